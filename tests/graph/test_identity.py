"""Who is who: strong identifiers join, names only propose, judgements decide, ids never change."""

from __future__ import annotations

import itertools
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stackholder.errors import UsageError
from stackholder.graph.home import Home
from stackholder.pipeline import Input, build

QID = "wikidata:Q95"


def firm(own: str, *identifiers: str, **properties: Any) -> dict[str, Any]:
    return {"id": own, "identifiers": [*identifiers], **properties}


def company(*firms: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {"Company": [*firms]}


def members(place: Any, kind: str = "Company") -> dict[str, set[str]]:
    """The subjects behind each entity, as loader:id."""
    rows = place.graph().snapshot.statements(kind).to_pylist()
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row["entity"], set()).add(f"{row['loader']}:{row['id']}")
    return found


def test_a_shared_strong_identifier_joins_what_two_sources_describe(place: Any) -> None:
    place.say(company(firm("google", QID)), loader="one", rank=1)
    place.say(company(firm("Google-LLC", QID, name="Google LLC")), loader="two", rank=2)
    place.snapshot()
    assert members(place) == {"company/google": {"one:google", "two:Google-LLC"}}


def test_a_chain_of_identifiers_joins_its_ends(place: Any) -> None:
    place.say(company(firm("a", "wikidata:Q1")), loader="one")
    place.say(company(firm("b", "wikidata:Q1", "lei:X")), loader="two")
    place.say(company(firm("c", "lei:X")), loader="three")
    place.snapshot()
    assert [len(m) for m in members(place).values()] == [3]


def test_a_name_a_domain_or_a_weak_identifier_joins_nothing(place: Any) -> None:
    same = {"name": "Google", "aliases": ["GOOG"], "email_domains": ["google.com"]}
    place.say(company(firm("google", "ticker:GOOG", **same)), loader="one")
    place.say(company(firm("google-inc", "ticker:GOOG", **same)), loader="two")
    place.snapshot()
    assert place.ids("Company") == {"company/google", "company/google-inc"}


def test_like_names_are_proposed_for_judgement(place: Any) -> None:
    place.say(company(firm("google", name="Google")), loader="one")
    place.say(company(firm("goog", name="Google, Inc."), firm("x", name="Xoogle")), loader="two")
    snapshot = place.snapshot()
    rows = pq.read_table(snapshot.folder / "proposals.parquet").to_pylist()
    assert [(r["left"], r["right"]) for r in rows] == [("company/goog", "company/google")]


def test_one_identifier_in_two_families_joins_nothing_across_them(place: Any) -> None:
    place.say({**company(firm("hf", QID)), "CloudPlatform": [firm("hub", QID)]})
    place.snapshot()
    assert place.ids("Company") == {"company/hf"}
    assert place.ids("CloudPlatform") == {"cloud-platform/hub"}


def test_a_company_here_and_an_institution_there_are_one_organization(place: Any) -> None:
    place.say(company(firm("openai", QID)), loader="one", rank=1)
    place.say({"Institution": [firm("open-ai", QID, category="foundation")]}, loader="two", rank=2)
    edges = {"OWNS": [{"source": ("Institution", "open-ai"), "target": ("Company", "openai-lp")}]}
    place.say(edges=edges, loader="two", label="deals", rank=2)
    place.snapshot()
    assert members(place)["company/openai"] == {"one:openai", "two:open-ai"}
    assert place.ids("Institution") == set()
    [edge] = place.edges("OWNS")
    assert (edge["source_kind"], edge["source"]) == ("Company", "company/openai")


def test_what_is_only_named_by_an_edge_is_a_stub_until_it_is_described(place: Any) -> None:
    edges = {"OWNS": [{"source": ("Company", "a"), "target": ("Company", "b")}]}
    place.say(company(firm("a")), edges)
    place.snapshot()
    stubs = {r["id"]: r["stub"] for r in nodes(place)}
    assert stubs == {"company/a": False, "company/b": True}
    place.say(company(firm("a"), firm("b")), edges)
    place.snapshot()
    assert not any(r["stub"] for r in nodes(place))


def nodes(place: Any, kind: str = "Company") -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(place.graph().snapshot.file(kind)).to_pylist()
    return rows


# ------------------------------------------------------------------ judgements


def two_googles(place: Any, *shared: str) -> None:
    place.say(company(firm("google", *shared)), loader="one", rank=1)
    place.say(company(firm("goog", *shared)), loader="two", rank=2)


def test_the_judgement_same_joins(place: Any) -> None:
    two_googles(place)
    place.judge(("one:company/google", "two:company/goog", "same"))
    place.snapshot()
    assert members(place) == {"company/google": {"one:google", "two:goog"}}


def test_the_judgement_same_joins_a_subject_to_an_identifier(place: Any) -> None:
    place.say(company(firm("google", QID)), loader="one", rank=1)
    place.say(company(firm("goog")), loader="two", rank=2)
    place.judge(("two:company/goog", QID, "same"))
    place.snapshot()
    assert members(place) == {"company/google": {"one:google", "two:goog"}}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    "pair", [("two:company/goog", QID), ("two:company/goog", "one:company/google")]
)
def test_the_judgement_different_parts(place: Any, pair: tuple[str, str], turned: bool) -> None:
    two_googles(place, QID)
    place.judge((*(reversed(pair) if turned else pair), "different"))
    place.snapshot()
    assert members(place) == {"company/google": {"one:google"}, "company/goog": {"two:goog"}}


def test_the_judgement_unsure_changes_nothing(place: Any) -> None:
    two_googles(place, QID)
    place.judge(("two:company/goog", "one:company/google", "unsure"))
    place.snapshot()
    assert members(place) == {"company/google": {"one:google", "two:goog"}}


def test_what_is_judged_different_is_not_joined_through_a_third(place: Any) -> None:
    place.say(company(firm("a", "wikidata:Q1")), loader="one", rank=1)
    place.say(company(firm("b", "wikidata:Q1", "lei:X")), loader="two", rank=2)
    place.say(company(firm("c", "lei:X")), loader="three", rank=3)
    place.judge(("one:company/a", "three:company/c", "different"))
    place.snapshot()
    assert members(place) == {"company/a": {"one:a", "two:b"}, "company/c": {"three:c"}}


def test_what_is_judged_different_keeps_those_who_are_not_the_other(place: Any) -> None:
    place.say(company(firm("a", "wikidata:Q1")), loader="one", rank=1)
    place.say(company(firm("b", "wikidata:Q1", "lei:X")), loader="two", rank=2)
    place.say(company(firm("c", "lei:X")), loader="three", rank=3)
    place.judge(("one:company/a", "two:company/b", "different"))
    place.snapshot()
    assert members(place) == {"company/a": {"one:a"}, "company/b": {"two:b", "three:c"}}


def test_a_judgement_on_an_identifier_finds_it_in_the_family_of_the_subject(place: Any) -> None:
    two_googles(place, QID)
    place.say({"CloudPlatform": [firm("gcp", QID)]}, loader="zzz")
    place.judge(("two:company/goog", QID, "different"))
    place.snapshot()
    assert place.ids("Company") == {"company/google", "company/goog"}
    place.say(company(firm("third")), loader="three")
    place.judge(("three:company/third", QID, "same"))
    place.snapshot()
    assert place.ids("Company") == {"company/google"}
    assert place.ids("CloudPlatform") == {"cloud-platform/gcp"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "judgement",
    [
        ("one:company/google", "two:company/goog", "same"),
        ("two:company/goog", QID, "different"),
        ("one:company/google", "three:company/third", "different"),
    ],
)
def test_removing_a_judgement_gives_the_former_snapshot_back(
    place: Any, judgement: tuple[str, str, str]
) -> None:
    two_googles(place, *([QID] if judgement[2] == "different" else []))
    place.say(company(firm("third", QID)), loader="three", rank=3)
    before = place.snapshot()
    place.judge(judgement)
    judged = place.snapshot()
    assert judged.hash != before.hash
    place.judge()
    after = place.snapshot()
    assert after.hash == before.hash
    assert after.folder == before.folder
    place.judge(judgement)
    assert place.snapshot().hash == judged.hash


def test_a_judgement_on_what_nobody_names_changes_nothing(place: Any) -> None:
    two_googles(place)
    before = place.snapshot()
    place.judge(("one:company/google", "four:company/nobody", "same"), (QID, "lei:Y", "same"))
    assert place.snapshot().hash == before.hash


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("left,right\n", 1),
        ("left,right,judgement,who,when,why\na,b,perhaps,me,today,so\n", 2),
        ("left,right,judgement,who,when,why\na,b,same,me,today,so\na,b,same\n", 3),
    ],
)
def test_a_judgement_of_another_form_is_refused_with_file_and_line(
    place: Any, text: str, line: int
) -> None:
    two_googles(place)
    place.home.judgements.write_text(text)
    with pytest.raises(UsageError) as caught:
        place.snapshot()
    assert caught.value.where == f"{place.home.judgements}:{line}"


# ------------------------------------------------------------------ ids that never change


def test_an_id_is_made_of_kind_and_slug_of_the_best_ranked_source(place: Any) -> None:
    place.say(company(firm("second", QID)), loader="aaa", rank=7)
    place.say(company(firm("first", QID)), loader="zzz", rank=3)
    place.say({"GoverningBody": [{"id": "board"}]})
    place.snapshot()
    assert place.ids("Company") == {"company/first"}
    assert place.ids("GoverningBody") == {"governing-body/board"}


def test_an_id_stays_when_a_better_ranked_source_arrives(place: Any) -> None:
    place.say(company(firm("goog", QID)), loader="two", rank=50)
    place.snapshot()
    place.say(company(firm("google", QID, name="Google")), loader="one", rank=0)
    place.snapshot()
    assert {r["id"]: r["name"] for r in nodes(place)} == {"company/goog": "Google"}


def test_an_id_stays_when_a_source_renames_its_subject(place: Any) -> None:
    place.say(company(firm("facebook", QID, name="Facebook")))
    place.snapshot()
    place.say(company(firm("meta", QID, name="Meta")))
    place.snapshot()
    assert place.ids("Company") == {"company/facebook"}


def test_an_id_stays_when_its_kind_turns_out_to_be_another(place: Any) -> None:
    place.say({"Institution": [firm("openai", QID)]}, loader="two", rank=50)
    place.snapshot()
    place.say(company(firm("openai", QID)), loader="one", rank=0)
    place.snapshot()
    assert place.ids("Institution") | place.ids("Company") == {"institution/openai"}


def test_ids_outlive_a_merge_and_its_undoing(place: Any) -> None:
    two_googles(place)
    place.snapshot()
    place.judge(("one:company/google", "two:company/goog", "same"))
    place.snapshot()
    assert place.ids("Company") == {"company/google"}
    place.judge()
    place.snapshot()
    assert place.ids("Company") == {"company/google", "company/goog"}


@pytest.mark.slow
def test_a_part_that_never_had_an_id_of_its_own_gets_one_and_keeps_it(place: Any) -> None:
    two_googles(place, QID)
    place.snapshot()
    place.judge(("two:company/goog", QID, "different"))
    place.snapshot()
    assert place.ids("Company") == {"company/google", "company/goog"}
    place.judge()
    place.snapshot()
    place.say(company(firm("goog")), loader="two", rank=2)
    place.snapshot()
    assert members(place) == {"company/google": {"one:google"}, "company/goog": {"two:goog"}}


def test_one_slug_of_two_sources_names_two_entities(place: Any) -> None:
    place.say(company(firm("apollo", "wikidata:Q1")), loader="one", rank=1)
    place.say(company(firm("apollo", "wikidata:Q2")), loader="two", rank=2)
    place.snapshot()
    assert members(place) == {
        "company/apollo": {"one:apollo"},
        "company/apollo~two": {"two:apollo"},
    }


@pytest.mark.slow
@pytest.mark.parametrize("later", ["one", "two"])
def test_a_slug_that_was_taken_before_stays_with_its_first_holder(place: Any, later: str) -> None:
    first = "two" if later == "one" else "one"
    ranks = {"one": 1, "two": 2}
    place.say(company(firm("apollo")), loader=first, rank=ranks[first])
    place.snapshot()
    place.say(company(firm("apollo")), loader=later, rank=ranks[later])
    place.snapshot()
    expected = {
        "company/apollo": {f"{first}:apollo"},
        f"company/apollo~{later}": {f"{later}:apollo"},
    }
    assert members(place) == expected


def test_a_slug_is_not_given_twice_when_its_holder_is_left_out_of_a_build(place: Any) -> None:
    place.say(company(firm("apollo")), loader="one")
    place.snapshot("one")
    place.say(company(firm("apollo")), loader="two")
    place.snapshot("two")
    assert place.ids("Company") == {"company/apollo~two"}
    place.snapshot()
    assert members(place) == {
        "company/apollo": {"one:apollo"},
        "company/apollo~two": {"two:apollo"},
    }


def test_a_slug_is_not_given_twice_when_its_holder_turned_into_another_kind(place: Any) -> None:
    place.say({"Institution": [firm("apollo", QID)]}, loader="one", rank=5)
    place.snapshot()
    place.say(company(firm("apollo-inc", QID)), loader="two", rank=0)
    place.say({"Institution": [firm("apollo", "ror:other")]}, loader="three", rank=9)
    place.snapshot()
    every = members(place) | members(place, "Institution")
    assert sorted(map(sorted, every.values())) == [
        ["one:apollo", "two:apollo-inc"],
        ["three:apollo"],
    ]
    assert "institution/apollo" in every
    assert every["institution/apollo"] == {"one:apollo", "two:apollo-inc"}


def test_an_id_whose_registry_was_lost_in_a_crash_is_registered_by_the_next_build(
    place: Any,
) -> None:
    place.say(company(firm("goog", QID)), loader="two", rank=50)
    place.snapshot()
    registry = place.path / "minted.parquet"
    published = registry.read_bytes()
    pq.write_table(pq.read_table(registry).slice(0, 0), registry)
    place.snapshot()
    assert pq.read_table(registry).num_rows == 1
    assert registry.read_bytes() == published


# ------------------------------------------------------------------ on any machine

LANDSCAPE = """landscape:
  - category:
    name: Polar Compute Fund Members
    subcategories:
      - subcategory:
        name: Silver
        items:
          - item:
            name: {name} (member)
            crunchbase: https://www.crunchbase.com/organization/{name}
            second_path:
              - Project Membership / Polar Compute Fund
"""


@pytest.mark.slow
def test_another_machine_another_folder_another_order_give_the_same_hash(
    place: Any, another_place: Any
) -> None:
    hashes = set()
    for order in itertools.permutations(("aurora", "borealis", "comet")):
        other = another_place()
        folder = other.path.parent / f"files-{order[0]}"
        folder.mkdir(parents=True)
        for name in order:
            (folder / f"{name}.yml").write_text(LANDSCAPE.format(name=name))
        inputs = [Input.read(f"lf_landscape={folder / name}.yml") for name in order]
        built = build(Home(other.path), inputs, only=["lf_landscape"])
        assert built.snapshot.edges["FUNDS"] == 3
        assert all(ledger.complete for ledger in built.ledgers)
        hashes.add(built.snapshot.hash)
    assert len(hashes) == 1


SUBJECTS = st.lists(
    st.tuples(
        st.sampled_from(["one", "two", "three"]),
        st.sampled_from("abc"),
        st.sets(st.sampled_from(["wikidata:Q1", "wikidata:Q2", "lei:X"]), max_size=2),
    ),
    min_size=1,
    max_size=7,
    unique_by=lambda subject: subject[:2],
)


@pytest.mark.slow
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(SUBJECTS)
def test_entities_are_the_connected_components_of_shared_identifiers(
    another_place: Any, subjects: list[tuple[str, str, set[str]]]
) -> None:
    import networkx as nx

    place = another_place()
    graph: nx.Graph[str] = nx.Graph()
    for loader in sorted({s[0] for s in subjects}):
        own = [s for s in subjects if s[0] == loader]
        place.say(company(*(firm(slug, *sorted(known)) for _, slug, known in own)), loader=loader)
        for _, slug, known in own:
            graph.add_node(f"{loader}:{slug}")
            graph.add_edges_from((f"{loader}:{slug}", f"={i}") for i in known)
    place.snapshot()
    parts = [{s for s in c if ":" in s and s[0] != "="} for c in nx.connected_components(graph)]
    assert sorted(map(sorted, members(place).values())) == sorted(map(sorted, parts))
