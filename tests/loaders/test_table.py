"""Users' own tables, mapped by a small TOML file."""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from loading import load, tally
from stackholder.loaders import loader

SAMPLE = loader("table").folder / "sample"


def test_columns_constants_and_conditions_become_claims(tmp_path: Path) -> None:
    loaded = load(tmp_path, "table", SAMPLE / "stack.toml")
    uses = {
        (r["source"], r["target"], str(r.get("valid_from")), r.get("users"), r["confidence"])
        for r in loaded.rows("USES")
    }
    assert uses == {
        ("search", "pytorch", "2023-05-01", 12, 0.9),
        ("search", "polar-kit", "2024-01-01", 3, 0.9),
    }
    [governs] = loaded.rows("GOVERNS")
    assert (governs["source"], governs["target"], governs["rights"]) == (
        "search",
        "polar-kit",
        ["merge", "release"],
    )
    assert {(r["licence"], r["url"]) for r in loaded.rows("USES")} == {
        ("CC0-1.0", "https://polar.example/wiki/Search")
    }
    assert {r["name"] for r in loaded.rows("Company")} == {
        "Team Search",
        "Team Speech",
        "Team Maps",
        "Team Ads",
    }
    assert (loaded.ledger.publisher, loaded.ledger.licence) == ("Polar Compute", "CC0-1.0")


def test_a_value_that_does_not_fit_is_refused_and_the_rest_of_its_row_holds(tmp_path: Path) -> None:
    loaded = load(tmp_path, "table", SAMPLE / "stack.toml")
    assert {(at, field) for at, field, _ in loaded.refusals()} == {
        ("stack.csv:4", "framework"),
        ("stack.csv:5", "valid_from"),
        ("stack.csv:6", "users"),
        ("stack.csv:7", ""),
    }
    assert tally(loaded) == (6, 5, 1, 0)
    assert loaded.ledger.unread == {"colour": 6 - 1}


def test_parquet_gives_the_same_as_csv(tmp_path: Path) -> None:
    parse = pa.csv.ParseOptions(invalid_row_handler=lambda row: "skip")
    types = pa.csv.ConvertOptions(column_types={"since": pa.string(), "users": pa.string()})
    table = pa.csv.read_csv(SAMPLE / "stack.csv", parse_options=parse, convert_options=types)
    pq.write_table(table, tmp_path / "stack.parquet")
    text = (SAMPLE / "stack.toml").read_text().replace("stack.csv", "stack.parquet")
    (tmp_path / "stack.toml").write_text(text)
    one = load(tmp_path / "a", "table", SAMPLE / "stack.toml")
    two = load(tmp_path / "b", "table", tmp_path / "stack.toml")
    for relation in ("USES", "GOVERNS"):
        assert one.triples(relation) == two.triples(relation) != set()
    assert [int(at.split()[-1]) for at, _, _ in two.refusals()] == [3, 3, 4, 5]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("file = 'stack.csv'\ncolour = 1\n", "'colour' is not known here"),
        ("file = 'stack.csv'\n", "it states nothing"),
        ("[[node]]\nkind='Company'\nid='{team}'\n", "it names no table"),
        ("file='stack.csv'\n[[node]]\nkind='Song'\nid='{team}'\n", "there is no kind 'Song'"),
        ("file='stack.csv'\n[[node]]\nkind='Company'\n", "needs an id or a name"),
        ("file='stack.csv'\n[[node]]\nkind='Company'\nid='{nothing}'\n", "no column 'nothing'"),
        ("file='stack.csv'\n[[edge]]\nrelation='USES'\nsource='Company: {team}'\ntarget='Industry: {x}'\n",
         "USES does not lead from Company to Industry"),
        ("file='stack.csv'\n[[edge]]\nrelation='CONTROLS'\n", "there is no relation 'CONTROLS' to state"),
        ("file='stack.csv'\n[[edge]]\nrelation='USES'\nsource='{team}'\n", "is no end of an edge"),
        ("file='stack.csv'\n[[edge]]\nrelation='USES'\nsource='Company: {team}'\ntarget='Framework: {f}'\nrites=1\n",
         "'rites' is no property here"),
        ("file='none.csv'\n[[node]]\nkind='Company'\nid='{team}'\n", "there is no such file"),
        ("file = [\n", "not TOML"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_says_what_is_wrong_and_what_is_known(
    tmp_path: Path, text: str, said: str
) -> None:
    shutil.copy(SAMPLE / "stack.csv", tmp_path)
    (tmp_path / "m.toml").write_text(text)
    failure = load(tmp_path / "home", "table", tmp_path / "m.toml").ledger.failure
    assert said in failure
    assert "→" in failure


def test_the_mapping_of_the_readme_is_the_one_that_works(tmp_path: Path) -> None:
    text = (SAMPLE.parent / "README.md").read_text().partition("```toml\n")[2].partition("```")[0]
    shutil.copy(SAMPLE / "stack.csv", tmp_path)
    (tmp_path / "m.toml").write_text(text)
    loaded = load(tmp_path / "home", "table", tmp_path / "m.toml")
    assert loaded.triples("GOVERNS") == {("search", "GOVERNS", "polar-kit")}
    assert len(loaded.rows("USES")) == 3
