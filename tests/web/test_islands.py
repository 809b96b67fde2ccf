"""The places of the map: what is tied closely stands together, and apart from the rest."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.sparse import coo_matrix
from stackholder.web.communities import groups_of, placed


def links(pairs, count):
    """Ties in both directions."""
    ends = np.array(pairs).reshape(-1, 2)
    some = coo_matrix((np.ones(len(ends)), (ends[:, 0], ends[:, 1])), shape=(count, count))
    return (some + some.T).tocsr()


@pytest.fixture
def two_parties():
    """Thirty that are all tied, twenty that are all tied, one tie between them, and two that stand alone."""
    large = itertools.combinations(range(30), 2)
    small = itertools.combinations(range(30, 50), 2)
    return links([*large, *small, (0, 30)], 52)


def test_a_group_is_what_is_tied_closely_the_largest_first(two_parties):
    group = groups_of(two_parties)
    assert group[:30].tolist() == [0] * 30
    assert group[30:50].tolist() == [1] * 20
    assert len(set(group[50:])) == 2
    assert set(group[50:]).isdisjoint({0, 1})


def test_islands_do_not_touch(two_parties):
    group = groups_of(two_parties)
    places = placed(two_parties, group)
    middle = np.array([places[group == one].mean(axis=0) for one in range(2)])
    reach = [np.linalg.norm(places[group == one] - middle[one], axis=1).max() for one in range(2)]
    assert np.linalg.norm(middle[0] - middle[1]) > sum(reach)
    for alone in places[50:]:
        assert all(np.linalg.norm(alone - middle[one]) > reach[one] for one in range(2))


def test_the_same_graph_has_the_same_places_within_the_unit(two_parties):
    group = groups_of(two_parties)
    first, again = placed(two_parties, group), placed(two_parties, group)
    assert (first == again).all()
    assert first.min() == 0
    assert first.max() == 1
    assert len(np.unique(first.round(6), axis=0)) == 52


@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_graph_of_next_to_nothing_has_places(count):
    nothing = links([], count)
    places = placed(nothing, groups_of(nothing))
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()
