"""Shares of work per owner group: counted before published, summed over a group, and never more than is known."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stackholder.state.work import COLUMNS, WorkShare, leading, shares_of_work
from states import make_state

GROUP = {"google": "alphabet", "deepmind": "alphabet"}


def row(source: str, share: float | None, **properties: Any) -> dict[str, Any]:
    """A row of a count of 100 commits of which 80 have a known employer."""
    return {
        "source": source,
        "target": "f",
        "key": f"{source}-{properties.get('window', 'all')}-{properties.get('total', 100)}",
        "status": "current",
        "method": "computed",
        "window": "all",
        "total": 100,
        "share": share,
        "low": share,
        "high": None if share is None else share + 0.2,
        "coverage": 0.8,
        **properties,
    }


def published(source: str, share: float | None = None, **properties: Any) -> dict[str, Any]:
    """A row of what somebody states."""
    nothing = {"total": None, "low": None, "high": None, "coverage": None}
    return row(source, share, **{"method": "asserted", **nothing, **properties})


def intervals(shares: list[WorkShare]) -> dict[str, tuple[float, float]]:
    return {s.group: (pytest.approx(s.low), pytest.approx(s.high)) for s in shares}


def test_the_organisations_of_a_group_are_summed_and_the_unknown_part_counts_once() -> None:
    shares = shares_of_work([row("google", 0.3), row("deepmind", 0.2), row("meta", 0.3)], GROUP)
    assert intervals(shares) == {"alphabet": (0.5, 0.7), "meta": (0.3, 0.5)}
    assert shares[0].organisations == ("google", "deepmind")
    assert shares[0].keys == ("deepmind-all-100", "google-all-100")
    assert all(s.counted and s.coverage == 0.8 and s.total == 100 for s in shares)


def test_all_goes_before_the_latest_year_and_that_before_older_ones() -> None:
    years = [row("meta", 0.1, window="2023"), row("meta", 0.4, window="2025")]
    assert [(s.window, s.low) for s in shares_of_work(years, {})] == [("2025", 0.4)]
    assert [s.low for s in shares_of_work([*years, row("meta", 0.2)], {})] == [0.2]


def test_of_several_counts_the_one_with_the_greatest_total_is_taken() -> None:
    counts = [row("meta", 0.9, total=10), row("meta", 0.2, total=1000), row("amd", 0.5, total=10)]
    assert intervals(shares_of_work(counts, {})) == {"meta": (0.2, 0.4)}


def test_a_published_share_is_used_where_nothing_is_counted() -> None:
    (share,) = shares_of_work([published("meta", 0.45)], {})
    assert (share.low, share.high, share.counted, share.coverage) == (0.45, 0.45, False, None)


def test_beside_a_count_that_knows_less_than_half_a_published_share_is_given_after_it() -> None:
    stated = published("meta", low=0.4, high=0.5)
    thin, good = row("meta", 0.1, coverage=0.49), row("meta", 0.1, coverage=0.5)
    assert [s.counted for s in shares_of_work([stated, thin], {})] == [True, False]
    assert [s.counted for s in shares_of_work([stated, good], {})] == [True]


def test_at_least_and_at_most_are_what_is_published() -> None:
    shares = shares_of_work([published("meta", low=0.4), published("amd", high=0.1)], {})
    assert intervals(shares) == {"meta": (0.4, 1.0), "amd": (0.0, 0.1)}


def test_two_that_publish_different_shares_leave_both_open() -> None:
    two = [published("meta", 0.4), published("meta", 0.6, key="other")]
    assert intervals(shares_of_work(two, {})) == {"meta": (0.4, 0.6)}


def test_what_is_disputed_or_states_no_share_is_left_out() -> None:
    assert shares_of_work([row("meta", 0.5, status="disputed"), row("amd", None)], {}) == []


def test_a_count_without_a_coverage_knows_what_it_lists() -> None:
    (share,) = shares_of_work([row("meta", 0.3, coverage=None, high=None)], {})
    assert (share.low, share.high, share.coverage) == (0.3, 1.0, 0.3)


def test_the_leader_is_named_only_where_the_unknown_cannot_change_who_leads() -> None:
    sure = shares_of_work([row("meta", 0.6), row("amd", 0.2)], {})
    assert (leading(sure) or sure[1]).group == "meta"
    unsure = [row("meta", 0.4), row("amd", 0.3)]
    assert leading(shares_of_work(unsure, {})) is None, "with the unknown part amd has 0.5"
    alone = shares_of_work([row("meta", 0.3, coverage=0.3)], {})
    assert leading(alone) is None, "somebody who is not listed may have 0.7"
    assert leading([]) is None


@given(
    st.lists(st.floats(0, 0.2), min_size=1, max_size=5),
    st.floats(0, 1),
    st.randoms(use_true_random=False),
)
def test_to_know_less_of_a_count_only_widens_the_shares(
    parts: list[float], forgotten: float, chance: random.Random
) -> None:
    """Commits whose employer is no longer known leave `low` no greater and `high` no smaller."""
    names = [f"o{n}" for n in range(len(parts))]
    group = {name: chance.choice(names) for name in names if chance.random() < 0.5}
    lost = chance.choice(names)
    after = [p * (forgotten if n == lost else 1) for n, p in zip(names, parts, strict=True)]

    def counted(shares: list[float]) -> dict[str, WorkShare]:
        rows = [row(n, s, coverage=sum(shares)) for n, s in zip(names, shares, strict=True)]
        return {s.group: s for s in shares_of_work(rows, group)}

    before, then = counted(parts), counted(after)
    for owner, share in before.items():
        assert then[owner].low <= share.low + 1e-9
        assert then[owner].high >= share.high - 1e-9
        assert 0 <= share.low <= share.high <= 1


def test_a_count_replaces_other_counts_and_leaves_what_is_published(tmp_path: Path) -> None:
    stated = {"source": ("Company", "meta"), "target": ("Framework", "f"), "window": "all"}
    state = make_state(
        tmp_path,
        {
            "Company": [
                {"id": "meta", "name": "Meta", "email_domains": ["meta.example"]},
                {"id": "amd", "name": "AMD"},
            ],
            "Framework": [{"id": "f", "name": "F"}],
            "Contributor": [{"id": "ann", "name": "ann"}, {"id": "bob", "name": "bob"}],
        },
        {
            "CONTRIBUTED_TO": [
                {
                    "source": ("Contributor", who),
                    "target": ("Framework", "f"),
                    "window": "2025-03",
                    "email_domain": domain,
                    "commits": commits,
                    "valid_from": "2025-03",
                }
                for who, domain, commits in (("ann", "meta.example", 1), ("bob", "gmail.com", 3))
            ],
            "CONTRIBUTION_SHARE": [
                {**stated, "share": 0.5, "total": 9, "method": "computed"},
                {**stated, "source": ("Company", "amd"), "share": 0.3, "note": "of reviews"},
            ],
        },
    )
    shares = shares_of_work(state.edges("CONTRIBUTION_SHARE", COLUMNS).to_pylist(), {})
    assert [(s.group, s.low, s.high, s.counted) for s in shares] == [
        ("company/meta", 0.25, 1.0, True),
        ("company/amd", 0.3, 0.3, False),
    ]
