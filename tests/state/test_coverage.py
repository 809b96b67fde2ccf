"""How much work has a known employer, by which signal, with and without mirror bots."""

from __future__ import annotations

import datetime
from pathlib import Path

import duckdb
import pytest
from real import real
from stackholder.graph.home import Home
from stackholder.pipeline import Input, build
from stackholder.state.contributions import SIGNALS, coverage

DAY = datetime.date(2026, 11, 1)


@pytest.mark.slow
def test_the_parts_of_all_real_projects_add_up_and_meet_an_independent_count(
    tmp_path: Path,
) -> None:
    tables = real("git", "commits")
    home = Home(tmp_path)
    inputs = [Input("git_history", label, str(tables)) for label in ("once", "twice")]
    snapshot = build(home, inputs, only=["git_history", "affiliations", "curated"]).snapshot
    rows = coverage(snapshot, DAY).to_pylist()
    assert len(rows) == 22
    for row in rows:
        assert row["known"] + row["unknown"] == pytest.approx(1)
        assert sum(row[signal] for signal in SIGNALS) == pytest.approx(row["known"])
        assert 0 <= row["mirrors"] <= 1
    counted = duckdb.sql(f"""
        SELECT count(*), count(*) FILTER (is_service_identity) FROM read_parquet('{tables}/*.parquet')
        WHERE author_id NOT IN (  -- whoever is a bot anywhere is one everywhere
            SELECT author_id FROM read_parquet('{tables}/*.parquet') WHERE is_bot AND NOT is_service_identity)
    """).fetchall()[0]
    total = sum(row["commits"] for row in rows)
    mirrored = sum(round(row["mirrors"] * row["commits"]) for row in rows)
    assert (total, mirrored) == counted, "loaded twice, a history counts once"
    samples = next(r for r in rows if r["name"] == "Vertex AI samples")
    assert samples["known_without_mirrors"] < samples["known"]
    assert samples["service_identity"] == pytest.approx(samples["mirrors"])
