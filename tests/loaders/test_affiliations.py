"""Affiliations: the packaged list as it is shipped, then lists of users in all their forms."""

from __future__ import annotations

import csv
import datetime
import hashlib
import itertools
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import stackholder.loaders.affiliations.loader as module
from hypothesis import given
from hypothesis import strategies as st
from loading import NOW, Loaded, load
from stackholder.graph.schema import Partial
from stackholder.loaders.affiliations.organisations import Directory
from stackholder.loaders.affiliations.readings import Bad, Period, domain_map, domain_name

FOLDER = Path(str(module.__file__)).parent
SALT = b"a salt of the tests"


@pytest.fixture(autouse=True)
def _salt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKHOLDER_SALT", SALT.decode())


def who(address: str) -> str:
    return hashlib.blake2b(address.encode(), digest_size=8, key=SALT).hexdigest()


def packaged(name: str) -> list[dict[str, str]]:
    with (FOLDER / "data" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def domains(loaded: Loaded) -> set[tuple[str, str, str]]:
    """(kind, id, member of email_domains)"""
    rows = [(kind, row) for kind in ("Company", "Institution") for row in loaded.rows(kind)]
    return {
        (kind, row["id"], domain) for kind, row in rows for domain in row.get("email_domains", [])
    }


def texts(folder: Path) -> str:
    tables = [str(pq.read_table(f).to_pylist()) for f in sorted(folder.rglob("*.parquet"))]
    return "\n".join([*tables, *(f.read_text() for f in sorted(folder.rglob("*.json")))])


def test_the_packaged_list_is_taken_without_a_refusal(tmp_path: Path) -> None:
    loaded = load(tmp_path, "affiliations", None)
    assert loaded.ledger.failure == ""
    assert loaded.refusals() == []
    assert loaded.ledger.unread == {}
    rows = packaged("domains.csv")
    assert sum(loaded.ledger.nodes.values()) == len(rows)
    assert {(i, d.partition(" ")[0]) for _, i, d in domains(loaded)} == {
        (r["organisation"], r["domain"]) for r in rows
    }
    assert {
        ("Company", "xilinx", "xilinx.com ../2022-02-14"),
        ("Company", "amd", "xilinx.com 2022-02-14/.."),
        ("Company", "intel", "habana.ai 2019-12-16/.."),
        ("Company", "nvidia", "mellanox.com 2020-04-27/.."),
        ("Company", "red-hat", "redhat.com"),
        ("Company", "meta-platforms", "fb.com"),
        ("Company", "meta-platforms", "meta.com"),
        ("Institution", "mit", "mit.edu"),
    } <= domains(loaded)


def test_the_packaged_list_is_wide_and_sound() -> None:
    rows, organisations, providers = (
        packaged(f"{n}.csv") for n in ("domains", "organisations", "providers")
    )
    assert len({r["organisation"] for r in rows}) > 400
    assert {r["organisation"] for r in rows} == {o["id"] for o in organisations}
    assert {o["kind"] for o in organisations} == {"Company", "Institution"}
    assert all(r["source_url"].startswith("https://") for r in rows)
    assert all(domain_name(r["domain"]) == r["domain"] for r in [*rows, *providers])
    assert not {r["domain"] for r in rows} & {p["domain"] for p in providers}
    assert not any("@" in value for r in rows for value in r.values())


def test_no_domain_has_two_owners_on_one_day() -> None:
    spans: dict[str, list[tuple[datetime.date, datetime.date]]] = {}
    for row in packaged("domains.csv"):
        start, end = Partial.read(row["from"]), Partial.read(row["to"])
        span = (start.date if start else datetime.date.min, end.date if end else datetime.date.max)
        spans.setdefault(row["domain"], []).append(span)
    for domain, found in spans.items():
        ordered = sorted(found)
        assert all(one[1] <= two[0] for one, two in itertools.pairwise(ordered)), domain


def test_a_user_s_domains_are_stated_with_their_dates(tmp_path: Path) -> None:
    loaded = load(tmp_path, "affiliations", FOLDER / "sample" / "domains.csv", label="mine")
    assert domains(loaded) == {
        ("Company", "acme-tools", "acme.example"),
        ("Company", "xilinx", "xilinx.com ../2022-02-14"),
        ("Company", "amd", "xilinx.com 2022-02-14/.."),
        ("Institution", "sample-college", "cs.sample-college.edu"),
    }
    assert [(at, field) for at, field, _ in loaded.refusals()] == [
        ("domains.csv:6", "domain"),
        ("domains.csv:7", "domain"),
        ("domains.csv:8", "to"),
    ]


def test_a_user_s_contributors_are_hashed_at_once(tmp_path: Path) -> None:
    loaded = load(tmp_path, "affiliations", FOLDER / "sample" / "contributors.csv", label="mine")
    assert loaded.triples("EMPLOYS") == {
        ("acme-tools", "EMPLOYS", "0123456789abcdef"),
        ("amd", "EMPLOYS", who("ann@acme.example")),
    }
    edge = next(e for e in loaded.rows("EMPLOYS") if e["source"] == "acme-tools")
    dates = (
        str(edge["valid_from"]),
        edge["valid_from_precision"],
        str(edge["valid_to"]),
        edge["valid_to_precision"],
    )
    assert dates == ("2020-03-01", "month", "2022-07-01", "day")
    assert (edge["signal"], edge["licence"], edge["at"]) == (
        "list",
        "LicenseRef-unstated",
        "contributors.csv:2",
    )
    assert {tuple(p["identifiers"]) for p in loaded.rows("Contributor")} == {
        ("contributor:0123456789abcdef",),
        (f"contributor:{who('ann@acme.example')}",),
    }
    assert [(at, field) for at, field, _ in loaded.refusals()] == [
        ("contributors.csv:4", "contributor")
    ]
    assert loaded.ledger.unread == {"seen": 3}
    kept = texts(loaded.folder)
    assert "@" not in kept
    assert "ann-example" not in kept.lower()


def test_a_gitdm_map_is_read_with_its_dates(tmp_path: Path) -> None:
    loaded = load(tmp_path, "affiliations", FOLDER / "sample" / "domain-map", label="mine")
    assert domains(loaded) == {
        ("Company", "acme-tools-inc", "acme.example ../2023-05-01"),
        ("Company", "intel", "acme.example 2023-05-01/.."),
    }
    assert loaded.triples("EMPLOYS") == {("intel", "EMPLOYS", who("ann@mail.example"))}
    assert str(loaded.rows("EMPLOYS")[0]["valid_to"]) == "2021-01-01"
    assert loaded.ledger.skipped == {"lines that say independent or unknown": 1}
    assert [at for at, _, _ in loaded.refusals()] == ["domain-map:6"]
    assert "@" not in texts(loaded.folder)


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    loaded = load(tmp_path, "affiliations", FOLDER / "sample", label="mine")
    assert {(s.name, s.finished) for s in loaded.ledger.scopes} == {
        ("contributors.csv", True),
        ("domain-map", True),
        ("domains.csv", True),
    }


def test_a_user_s_organisations_go_first(tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "organisations.csv").write_text(
        "id,kind,name,identifiers\nacme-tools,Institution,Acme Tools,ror:00acme000\n"
    )
    (folder / "domains.csv").write_text(
        "\ufeffDomain,Organization\nacme-tools.io,acme tools Ltd.\n"
    )
    loaded = load(tmp_path / "home", "affiliations", folder, label="mine")
    assert domains(loaded) == {("Institution", "acme-tools", "acme-tools.io")}
    assert "ror:00acme000" in loaded.rows("Institution")[0]["identifiers"]


def test_a_row_that_is_gone_ends_the_employment(tmp_path: Path) -> None:
    file = tmp_path / "who.csv"
    file.write_text("contributor,organisation\n0123456789abcdef,intel\n00000000000000aa,intel\n")
    load(tmp_path / "home", "affiliations", file, label="mine")
    file.write_text("contributor,organisation\n0123456789abcdef,intel\n")
    later = load(
        tmp_path / "home", "affiliations", file, label="mine", now=NOW + datetime.timedelta(days=9)
    )
    assert {(e["target"], str(e.get("valid_to"))) for e in later.rows("EMPLOYS")} == {
        ("0123456789abcdef", "None"),
        ("00000000000000aa", "2026-12-03"),
    }


def test_the_same_list_gives_the_same_partition(tmp_path: Path) -> None:
    first, other = (
        load(tmp_path / n, "affiliations", FOLDER / "sample", label="mine") for n in ("a", "b")
    )
    names = [f.relative_to(first.folder) for f in first.folder.rglob("*.parquet")]
    assert names
    assert all((first.folder / n).read_bytes() == (other.folder / n).read_bytes() for n in names)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"name,age\nAnn,3\n", "neither a list of domains nor of contributors"),
        (b"", "neither a list of domains nor of contributors"),
        (b"domain,organisation\n\xff\xfe,x\n", "not UTF-8"),
        (b'domain,organisation\n"' + b"x" * 11_000_000 + b'",y\n', "not a CSV"),
    ],
)
def test_a_file_of_another_form_is_an_error_with_a_hint(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    failure = load(tmp_path / "home", "affiliations", file, label="mine").ledger.failure
    assert said in failure
    assert str(file) in failure
    assert "→" in failure


def test_rows_with_too_many_cells_are_refused_and_short_ones_filled(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text("domain,organisation,from,to\na.io,Acme,2020,2021,more\nb.io,Acme\n\nc.io,\n")
    loaded = load(tmp_path / "home", "affiliations", file, label="mine")
    assert domains(loaded) == {("Company", "acme", "b.io")}
    assert [(at, field) for at, field, _ in loaded.refusals()] == [
        ("list.csv:2", ""),
        ("list.csv:5", "organisation"),
    ]


def test_an_organisation_is_known_by_id_name_and_legal_form() -> None:
    directory = Directory()
    assert {
        directory.named(n).id for n in ("red-hat", "Red Hat", "red hat, inc.", "RED HAT INC")
    } == {"red-hat"}
    assert directory.named("Straße & Söhne GmbH").id == "strasse-and-sohne-gmbh"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    entries = domain_map(text)
    assert entries is None or entries
    try:
        read = domain_name(text)
    except Bad as bad:
        field = bad.field
    else:
        field = "domain" if re.fullmatch(r"[a-z0-9_.-]+", read) else ""
    assert field == "domain"


def test_periods_are_half_open_intervals() -> None:
    assert Period.read("", "").beside("a.io") == "a.io"
    assert Period.read("2020", "2021-03").beside("a.io") == "a.io 2020/2021-03"
    with pytest.raises(Bad):
        Period.read("2021", "2021")
