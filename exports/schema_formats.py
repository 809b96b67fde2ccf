"""The ontology in other forms, all derived from the schema: rows, Markdown, SHACL, Cypher DDL, Mermaid."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from typing import Final

from ..graph.schema import NS, XSD, Property, Relation, schema

__all__ = ["FORMS", "rows"]

_XSD: Final = {
    "string": "string",
    "boolean": "boolean",
    "integer": "integer",
    "double": "double",
    "date": "date",
    "datetime": "dateTime",
}


def rows() -> Iterator[dict[str, str]]:
    """Kinds and relations. columns: name, sort, ends, control, properties, meaning."""
    for kind in schema().kinds.values():
        yield {
            "name": kind.name,
            "sort": "kind",
            "ends": "",
            "control": "",
            "properties": ", ".join(p.name for p in kind.properties),
            "meaning": kind.comment,
        }
    for relation in [*schema().relations.values(), schema().evidence]:
        yield {
            "name": relation.name,
            "sort": "computed" if relation.computed else "relation",
            "ends": f"{_ends(relation.sources)} → {_ends(relation.targets)}",
            "control": _control(relation),
            "properties": ", ".join(p.name for p in relation.properties),
            "meaning": relation.comment,
        }


def _ends(kinds: tuple[str, ...]) -> str:
    ontology = schema()
    if set(kinds) == set(ontology.kinds):
        return "any"
    if not kinds:
        return "statement"
    left = list(kinds)
    for family, members in ontology.families.items():
        if len(members) > 1 and set(members) <= set(left):
            left = [family if k == members[0] else k for k in left if k not in members[1:]]
    return ", ".join(left)


def _control(relation: Relation) -> str:
    if relation.control is None:
        return "–"
    return f"{'→' if relation.control.forward else '←'} {', '.join(relation.control.powers)}"


def _kind_of(field: Property) -> str:
    text = f"[{field.type}]" if field.list else field.type
    if field.choices:
        text += " {" + ", ".join(field.choices) + "}"
    return text + (f", {field.unit}" if field.unit else "")


def _markdown() -> str:
    ontology = schema()
    lines = [
        "# Kinds and relations",
        "",
        f"Ontology {ontology.version}. Made from `schema.ttl` by `stackholder schema --format md`; do not edit.",
        "",
        "Control: → runs from subject to object, ← the other way, and by which powers: *decides* on it, *works* on it, "
        "*squeezes* by withholding what it needs, *pays*, *binds* by law or licence. [control.md](control.md) says how "
        "each is measured.",
        "",
        "An edge holds on a date that lies in its period. An event says what happened: it holds from the beginning "
        "of its period on, and the end of the period does not end it.",
        "",
        "## On every node",
        "",
        *_properties(ontology.node),
        "",
        "## On every edge",
        "",
        *_properties(ontology.statement),
        "",
    ]
    for kind in ontology.kinds.values():
        lines += [
            f"## {kind.name}",
            "",
            kind.comment,
            "",
            f"Identified by: {', '.join(kind.identifiers)}. Like: {_like(kind.same_as)}",
            "",
            *_properties(kind.properties),
            "",
        ]
    for relation in [*ontology.relations.values(), ontology.evidence]:
        lines += [
            f"## {relation.name}",
            "",
            f"{relation.comment} {'Computed. ' if relation.computed else ''}"
            f"{'An event: it holds from its beginning on. ' if relation.event else ''}"
            f"{_ends(relation.sources)} → {_ends(relation.targets)}, {relation.cardinality}. "
            f"Control: {_control(relation)}. Like: {_like(relation.same_as)}",
            "",
            *_properties(relation.properties),
            "",
        ]
    return "\n".join(lines)


def _like(iris: tuple[str, ...]) -> str:
    prefixes = schema().prefixes
    lines = []
    for iri in iris:
        near = [(p, n) for p, n in prefixes.items() if iri.startswith(n)]
        lines.append(f"`{near[0][0]}:{iri.removeprefix(near[0][1])}`" if near else f"<{iri}>")
    return ", ".join(lines) or "–"


def _properties(properties: tuple[Property, ...]) -> list[str]:
    if not properties:
        return ["No properties of its own."]
    head = ["| property | type | RDF | says |", "|---|---|---|---|"]
    return head + [
        f"| `{p.name}`{' *' if p.required else ''} | {_kind_of(p)} | {_like((p.path,))} | {p.comment} |"
        for p in properties
    ]


def _turtle() -> str:
    return (
        resources.files(__package__.partition(".")[0])
        .joinpath("schema.ttl")
        .read_text(encoding="utf-8")
    )


def _shacl() -> str:
    """Shapes for the RDF of a state: node shapes per kind, statement shapes per relation."""
    ontology = schema()
    base = NS.removesuffix("ns#")
    parts = [
        f"@prefix stk: <{NS}> .",
        "@prefix sh: <http://www.w3.org/ns/shacl#> .",
        f"@prefix xsd: <{XSD}> .",
        "@prefix shape: <https://w3id.org/stackholder/shape/> .",
        "",
    ]
    for kind in ontology.kinds.values():
        shapes = [_shape(p) for p in ontology.node_properties(kind.name)]
        parts.append(
            f"shape:{kind.name} a sh:NodeShape ; sh:targetClass <{kind.iri}> ;\n{_joined(shapes)} .\n"
        )
    for relation in ontology.relations.values():
        local = relation.iri.removeprefix(NS)
        statement = f"{base}prop/statement/{local}"
        classes = [f"[ sh:class <{ontology.kinds[k].iri}> ]" for k in relation.targets]
        ends = f"sh:nodeKind sh:IRI ; sh:or ( {' '.join(classes)} )"
        end = f"  sh:property [ sh:path <{statement}> ; sh:minCount 1 ; sh:maxCount 1 ; {ends} ]"
        shapes = [end, *(_shape(p) for p in ontology.edge_properties(relation.name))]
        parts.append(
            f"shape:{relation.name} a sh:NodeShape ; sh:targetSubjectsOf <{statement}> ;\n{_joined(shapes)} .\n"
        )
    return "\n".join(parts)


def _joined(shapes: list[str]) -> str:
    return " ;\n".join(shapes)


def _shape(field: Property) -> str:
    parts = [f"sh:path <{field.path}>"]
    if field.reference:
        parts.append("sh:nodeKind sh:IRI")
    else:
        parts.append(f"sh:datatype xsd:{_XSD[field.type]}")
    if field.required:
        parts.append("sh:minCount 1")
    if not field.list:
        parts.append("sh:maxCount 1")
    if field.choices:
        parts.append("sh:in ( " + " ".join(f'"{c}"' for c in field.choices) + " )")
    bounds = (
        ("minInclusive", field.low),
        ("maxInclusive", field.high),
        ("minExclusive", field.above),
    )
    parts += [
        f'sh:{name} "{value:g}"^^xsd:{_XSD[field.type]}'
        for name, value in bounds
        if value is not None
    ]
    return "  sh:property [ " + " ; ".join(parts) + " ]"


def _cypher_ddl() -> str:
    from ..stores.embedded import ddl

    return ";\n".join(ddl()) + ";\n"


def _mermaid() -> str:
    lines = ["graph LR"]
    for relation in schema().asserted:
        if relation.control is None:
            continue
        arrow = "-->" if relation.control.forward else "-.->"
        for source in _ends(relation.sources).split(", "):
            lines += [
                f"  {source} {arrow}|{relation.name}| {target}"
                for target in _ends(relation.targets).split(", ")
            ]
    return "\n".join(lines) + "\n"


FORMS: Final[Mapping[str, Callable[[], str]]] = {
    "md": _markdown,
    "turtle": _turtle,
    "shacl": _shacl,
    "cypher-ddl": _cypher_ddl,
    "mermaid": _mermaid,
}
