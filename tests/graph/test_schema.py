"""The ontology: what `schema.ttl` holds, and that nothing else in the product lists it."""

from __future__ import annotations

import ast
import csv
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stackholder
from stackholder.exports.schema_formats import rows
from stackholder.graph.schema import schema

DATA = Path(__file__).parent.parent / "data"
ROOT = Path(stackholder.__file__).parent
WHO_MAY_NAME = {"loaders", "state", "queries", "audit", "pictures", "tests", "benchmarks"}
"""A state computes what it holds, an audit is a question of its own, and pictures choose what they show."""

KINDS = (
    "Company Institution Contributor GoverningBody Framework Package Model Dataset CloudPlatform "
    "Processor License Norm Industry Source"
).split()


def ontology() -> list[dict[str, str]]:
    """The table of relations of the design, by hand."""
    with (DATA / "relations.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def spelled_out(text: str) -> set[str]:
    families = {"Organization": {"Company", "Institution"}, "any": set(KINDS)}
    return set().union(*(families.get(name, {name}) for name in text.split()))


def permitted(row: dict[str, str]) -> set[tuple[str, str]]:
    """Pairs of ends; `same` and `same or Organization` bind the target to the source."""
    sources, targets = spelled_out(row["domain"]), row["range"]
    organizations = spelled_out("Organization")
    if targets.startswith("same"):
        pairs = {(s, s) for s in sources}
        pairs |= set(itertools.product(sources & organizations, organizations))
        if targets == "same or Organization":
            pairs |= set(itertools.product(sources, organizations))
        return pairs
    return set(itertools.product(sources, spelled_out(targets)))


def test_there_are_fourteen_kinds_in_the_order_of_the_ontology() -> None:
    assert list(schema().kinds) == KINDS


def test_there_are_twenty_eight_relations_between_nodes_and_one_from_statements_to_sources() -> (
    None
):
    names = [row["relation"] for row in ontology()]
    assert len(names) == 28
    assert [r.name for r in schema().asserted] == names
    assert schema().evidence.name == "EVIDENCED_BY"
    assert schema().evidence.sources == ()
    assert schema().evidence.targets == ("Source",)


def test_computed_relations_are_told_from_stated_ones() -> None:
    computed = [r.name for r in schema().relations.values() if r.computed]
    assert computed == ["CONTROLS", "ULTIMATELY_CONTROLS", "CONTRIBUTION_SHARE", "HAS_POWER"]


@pytest.mark.parametrize("row", ontology(), ids=lambda row: row["relation"])
def test_a_relation_leads_where_the_ontology_says(row: dict[str, str]) -> None:
    assert schema().relations[row["relation"]].pairs == permitted(row)


@pytest.mark.parametrize("row", ontology(), ids=lambda row: row["relation"])
def test_a_relation_carries_the_control_of_the_ontology(row: dict[str, str]) -> None:
    control = schema().relations[row["relation"]].control
    powers = (" ".join(control.powers), "→" if control.forward else "←") if control else ("", "")
    assert powers == (row["power"], row["direction"])


@pytest.mark.parametrize("row", ontology(), ids=lambda row: row["relation"])
def test_a_relation_has_the_properties_of_the_ontology(row: dict[str, str]) -> None:
    own = {p.name for p in schema().relations[row["relation"]].properties}
    assert set(row["properties"].split()) <= own


def test_every_statement_carries_key_dates_sources_confidence_method_status_and_licence() -> None:
    names = {p.name for p in schema().statement}
    assert names >= {
        *("key", "valid_from", "valid_from_precision", "valid_to", "valid_to_precision"),
        *("recorded_at", "source_ids", "confidence", "method", "status", "licence"),
    }
    required = {p.name for p in schema().statement if p.required}
    assert required == {"key", "source_ids", "confidence", "method", "status", "licence"}
    choices = {p.name: p.choices for p in schema().statement if p.choices}
    assert choices["method"] == ("asserted", "extracted", "computed", "estimated")
    assert choices["status"] == ("current", "disputed", "retracted")


def test_every_node_carries_id_kind_and_name() -> None:
    assert {p.name for p in schema().node if p.required} == {"id", "kind", "name", "stub"}


def test_organization_is_no_kind_but_groups_two() -> None:
    assert schema().families["Organization"] == ("Company", "Institution")
    assert "Organization" not in schema().kinds


def test_no_two_properties_of_a_node_or_edge_share_a_name() -> None:
    for kind in schema().kinds:
        names = [p.name for p in schema().node_properties(kind)]
        assert len(names) == len(set(names)), kind
    for relation in schema().relations:
        names = [p.name for p in schema().edge_properties(relation)]
        assert len(names) == len(set(names)), relation


def test_every_name_iri_and_comment_is_given_once() -> None:
    every = [*schema().kinds.values(), *schema().relations.values(), schema().evidence]
    assert len({t.name for t in every}) == len({t.iri for t in every}) == len(every)
    assert all(t.comment for t in every)


def test_the_shown_schema_lists_all_kinds_and_relations() -> None:
    names = [row["name"] for row in rows()]
    assert names == [*schema().kinds, *schema().relations, schema().evidence.name]


def modules() -> list[Any]:
    """The modules that may name no kind and no relation."""
    rooms = [p.parent for p in ROOT.glob("*/__init__.py") if p.parent.name not in WHO_MAY_NAME]
    files = [*ROOT.glob("*.py"), *itertools.chain.from_iterable(r.rglob("*.py") for r in rooms)]
    return [
        pytest.param(name, id=name)
        for name in sorted(str(file.relative_to(ROOT)) for file in files)
    ]


def texts(tree: ast.Module) -> Iterator[str]:
    """The texts of a module, without those of `__all__`, which are names of Python."""
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "__all__":
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


@pytest.mark.parametrize("module", modules())
def test_no_kind_or_relation_is_named_outside_schema_loaders_control_and_questions(
    module: str,
) -> None:
    names = {*schema().kinds, *schema().relations, schema().evidence.name}
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    assert sorted(names & set(texts(tree))) == []
