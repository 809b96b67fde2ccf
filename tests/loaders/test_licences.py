"""Licence expressions as trees: what the grammar of SPDX makes equal is equal, and nothing else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stackholder.loaders.licences import Terms, canonical, expressed, read_terms

LISTED = ("MIT", "ISC", "Apache-2.0", "SSPL-1.0", "GPL-2.0-only WITH Classpath-exception-2.0")


@pytest.mark.parametrize(
    ("stated", "normal"),
    [
        ("((mit))", "MIT"),
        ("(MIT AND ISC)", "ISC AND MIT"),
        ("MIT AND (Apache-2.0 AND ISC) AND MIT", "Apache-2.0 AND ISC AND MIT"),
        ("MIT OR Apache-2.0 AND ISC", "(Apache-2.0 AND ISC) OR MIT"),
        ("MIT OR (Apache-2.0 AND ISC) OR Zlib", "(Apache-2.0 AND ISC) OR MIT OR Zlib"),
        ("gpl-2.0-only with classpath-exception-2.0", LISTED[-1]),
        (
            "LicenseRef-a and DocumentRef-b:LicenseRef-c",
            "DocumentRef-b:LicenseRef-c AND LicenseRef-a",
        ),
    ],
)
def test_an_expression_has_one_normal_form(stated: str, normal: str) -> None:
    assert canonical(stated) == normal


@pytest.mark.parametrize(
    "text",
    ["", "MIT AND", "(MIT", "MIT/ISC", "Some Terms", "MIT AND Some", "NOASSERTION", "(" * 9000],
)
def test_what_is_no_expression_is_none(text: str) -> None:
    assert canonical(text) == ""


def trees() -> st.SearchStrategy[str]:
    return st.recursive(
        st.sampled_from(LISTED),
        lambda inner: st.tuples(
            st.sampled_from([" AND ", " OR "]), st.lists(inner, min_size=1, max_size=3)
        ).map(lambda pair: f"({pair[0].join(pair[1])})"),
        max_leaves=8,
    )


@given(trees(), st.sets(st.sampled_from(LISTED)))
def test_the_normal_form_permits_what_the_expression_permits(stated: str, fine: set[str]) -> None:
    terms = read_terms(stated)
    assert terms is not None
    python = stated.replace(" AND ", " and ").replace(" OR ", " or ")
    for licence in sorted(LISTED, key=len, reverse=True):
        python = python.replace(licence, str(licence in fine))
    verdict = terms.value(lambda one: "yes" if str(one) in fine else "no", ("yes", "no"))
    assert (verdict == "yes") is eval(python)
    assert read_terms(str(terms)) == terms


def test_expressions_of_other_meaning_have_other_ids() -> None:
    one = "MIT OR (Apache-2.0 AND BSD-3-Clause) OR ISC"
    other = "MIT OR (Apache-2.0 AND (BSD-3-Clause OR ISC))"
    ids = [[licence.id for licence in expressed(e, e, inferred=False)] for e in (one, other)]
    assert len({id_ for each in ids for id_ in each}) == 2


def test_of_what_all_applies_silence_is_kept_where_it_is_asked_for() -> None:
    stated = "MIT AND NOASSERTION"
    assert [one.id for one in expressed(stated, stated, inferred=False)] == ["mit"]
    loud = list(expressed(stated, stated, inferred=False, silence=True))
    assert [one.terms for one in loud] == [Terms("MIT"), Terms("NOASSERTION")]
    assert [one.spdx for one in loud] == ["MIT", ""]
