"""Contradictions between statements: what is planted is found, at any date, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from stackholder.graph.assembly import build_snapshot
from stackholder.graph.claims import Claims, Source
from stackholder.graph.home import Home
from stackholder.graph.partition import settle
from stackholder.graph.schema import schema
from stackholder.state.conflicts import conflicts
from states import NOW, make_state

A, B, C = (("Company", name) for name in "abc")
F, X, Y, CHIP = (
    ("Framework", "f"),
    ("CloudPlatform", "x"),
    ("CloudPlatform", "y"),
    ("Processor", "p"),
)
RIGHTS = list(
    next(p.choices for p in schema().relations["GOVERNS"].properties if p.name == "rights")
)


def found(
    folder: Path, edges: dict[str, Any], nodes: dict[str, Any] | None = None
) -> list[tuple[str, str, str]]:
    state = make_state(folder, nodes or {}, edges, as_of=None)
    return [(c.conflict, c.about, c.detail) for c in conflicts(state.snapshot)]


def offers(platform: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"source": platform, "target": CHIP, **more}


def test_one_that_is_stated_to_be_the_only_one_beside_another(tmp_path: Path) -> None:
    rows = [offers(X, exclusive=True, valid_from="2020"), offers(Y, valid_from="2021")]
    [(sort, about, detail)] = found(tmp_path / "1", {"OFFERS": rows})
    assert (sort, about) == ("exclusive", "processor/p")
    assert "from 2021-01-01, the first stated to be exclusive" in detail
    both = [offers(X, exclusive=True), offers(Y, exclusive=True)]
    [(_, _, detail)] = found(tmp_path / "2", {"OFFERS": both})
    assert "each stated to be exclusive" in detail
    turns = [offers(X, exclusive=True, valid_to="2021"), offers(Y, valid_from="2021")]
    assert found(tmp_path / "3", {"OFFERS": turns}) == []
    own = {"PROVIDES": [{"source": A, "target": X}, {"source": A, "target": Y}]}
    assert found(tmp_path / "4", {"OFFERS": both, **own}) == []


def test_sole_suppliers_of_one_part(tmp_path: Path) -> None:
    def supplies(firm: tuple[str, str], part: str, **more: Any) -> dict[str, Any]:
        return {"source": firm, "target": CHIP, "part": part, **more}

    rows = [supplies(A, "memory", sole=True), supplies(B, "memory"), supplies(C, "packaging")]
    [(sort, about, _)] = found(tmp_path, {"SUPPLIES": rows})
    assert (sort, about) == ("exclusive", "processor/p")


def test_two_holders_of_all_rights_at_one_time_whenever_that_was(tmp_path: Path) -> None:
    def governs(holder: tuple[str, str], **more: Any) -> dict[str, Any]:
        return {"source": holder, "target": F, "rights": RIGHTS, **more}

    rows = [governs(A, valid_from="2010", valid_to="2015"), governs(B, valid_from="2014")]
    [(sort, about, detail)] = found(tmp_path / "1", {"GOVERNS": rows})
    assert (sort, about) == ("rights", "framework/f")
    assert detail.endswith("each have all rights from 2014-01-01 until 2015-01-01")
    turns = [governs(A, valid_to="2014"), governs(B, valid_from="2014")]
    assert found(tmp_path / "2", {"GOVERNS": turns}) == []


def test_votes_above_one_on_a_day(tmp_path: Path) -> None:
    def owns(holder: tuple[str, str], votes: float, **more: Any) -> dict[str, Any]:
        return {"source": holder, "target": C, "votes": votes, **more}

    rows = [owns(A, 0.7, valid_from="2019"), owns(B, 0.6, valid_from="2020")]
    [(sort, about, detail)] = found(tmp_path / "1", {"OWNS": rows})
    assert (sort, about) == ("votes", "company/c")
    assert detail.startswith("votes sum to 1.3 on 2020-01-01: ")
    rows = [owns(A, 0.7, valid_to="2020"), owns(B, 0.6, valid_from="2020"), owns(B, 0.6)]
    assert found(tmp_path / "2", {"OWNS": rows[:2]}) == []


@pytest.mark.parametrize(
    ("created", "stated", "conflict"),
    [
        ("2020-05-04", "2020-06-01", True),
        ("2020-05-01", "2020-05-09", False),
        ("2020", "2020-05", False),
    ],
)
def test_dates_that_disagree_with_those_of_the_entity(
    tmp_path: Path, created: str, stated: str, conflict: bool
) -> None:
    nodes = {"Framework": [{"id": "f", "created": created}]}
    edges = {"CREATED": [{"source": A, "target": F, "valid_from": stated}]}
    sorts = [sort for sort, *_ in found(tmp_path / "1", edges, nodes)]
    assert sorts == (["date"] if conflict else [])
    ended = {"GOVERNS": [{"source": A, "target": F, "rights": ["merge"], "valid_to": "2019"}]}
    [(sort, about, detail)] = found(tmp_path / "2", ended, nodes)
    assert (sort, about) == ("date", "framework/f")
    assert "before framework/f was there" in detail


def test_a_value_that_two_sources_state_differently_is_listed_with_both(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for loader, category in (("one", "public"), ("two", "private")):
        source = Source(id=loader, publisher="x", licence="CC0-1.0", homepage="https://x.example")
        folder = tmp_path / f"in-{loader}"
        folder.mkdir()
        claims = Claims(source, folder, label="t", origin="x", now=NOW, salt=home.salt())
        with claims.scope("all"):
            claims.node("Company", "a", "A", at="1", identifiers=["wikidata:Q1"], category=category)
        settle(home, claims, NOW)
    [one] = conflicts(build_snapshot(home))
    assert (one.conflict, one.sources) == ("value", "one:t, two:t")
    assert one.detail == "category is public (one:t), private (two:t)"
