"""Who runs on what: adopters one by one, and shares of a survey apart from them."""

from __future__ import annotations

from pathlib import Path

from loading import load, tally
from stackholder.loaders import loader

SAMPLE = loader("industry_adoption").folder / "sample" / "adopters.csv"
ICE = "ice-survey-2025-respondents-isic-c"


def test_adopters_and_shares_of_respondents_are_kept_apart(tmp_path: Path) -> None:
    loaded = load(tmp_path, "industry_adoption", SAMPLE)
    uses = {
        (r["source_kind"], r["source"], r["target"], r.get("weight"), r.get("users"), r["method"])
        for r in loaded.rows("USES")
    }
    assert uses == {
        ("Company", "polar-bank", "pytorch", None, 1200, "asserted"),
        ("Company", "microsoft", "vertex-ai", 0.2, None, "asserted"),
        ("Institution", ICE, "pytorch", 0.34, None, "estimated"),
        ("Institution", ICE, "jax", 0.05, None, "estimated"),
    }
    assert all("not a count" in r["note"] for r in loaded.rows("USES") if r["source"] == ICE)


def test_industries_are_known_by_their_code(tmp_path: Path) -> None:
    loaded = load(tmp_path, "industry_adoption", SAMPLE)
    known = {(r["id"], r["name"], *r["identifiers"]) for r in loaded.rows("Industry")}
    assert known == {
        ("isic-k", "Finance and insurance", "isic:K"),
        ("nace-j", "J", "nace:J"),
        ("isic-c", "Manufacturing", "isic:C"),
    }
    assert (ICE, "IN_INDUSTRY", "isic-c") in loaded.triples("IN_INDUSTRY")
    [pytorch] = {tuple(r["identifiers"]) for r in loaded.rows("Framework") if r["id"] == "pytorch"}
    assert pytorch == ("stackholder:framework/pytorch",)


def test_bad_rows_are_refused_with_line_and_column(tmp_path: Path) -> None:
    loaded = load(tmp_path, "industry_adoption", SAMPLE)
    assert [(at, field) for at, field, _ in loaded.refusals()] == [
        ("adopters.csv:6", "weight"),
        ("adopters.csv:7", "organisation"),
        ("adopters.csv:8", "kind"),
        ("adopters.csv:9", "uses"),
        ("adopters.csv:10", "users"),
        ("adopters.csv:11", ""),
    ]
    assert tally(loaded) == (10, 6, 4, 0)
    assert list(loaded.ledger.unread) == ["colour"]


def test_a_file_without_the_columns_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("who,what\n")
    failure = load(tmp_path / "home", "industry_adoption", tmp_path / "a.csv").ledger.failure
    assert "no column 'uses'" in failure
