"""The ontology as values: what `schema.ttl` says, and the only reader of it.

Every other room asks this module which kinds and relations there are, where a relation may lead, how a property is
typed and which relations carry control. Nothing else names a kind or a relation in a list.
"""

from __future__ import annotations

import dataclasses
import datetime
import functools
import math
import re
from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pyarrow as pa
    import pyoxigraph as ox

__all__ = [
    "NS",
    "POWERS",
    "Control",
    "Kind",
    "Partial",
    "Property",
    "Relation",
    "Schema",
    "Value",
    "read_text",
    "schema",
]

NS: Final = "https://w3id.org/stackholder/ns#"
SH: Final = "http://www.w3.org/ns/shacl#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

type_of_datatype: Final = {
    "string": "string",
    "boolean": "boolean",
    "integer": "integer",
    "double": "double",
    "date": "date",
    "dateTime": "datetime",
}

POWERS: Final = ("decides", "works", "squeezes", "pays", "binds")
"""The five powers, in the order in which they are shown."""

Scalar = str | bool | int | float | datetime.date | datetime.datetime
Value = Scalar | list[str] | None

_ILLEGAL = re.compile("[\x00\ud800-\udfff]")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T.*)?)?)?\Z")
_TRUE = frozenset({"true", "yes", "1"})
_FALSE = frozenset({"false", "no", "0"})


@dataclasses.dataclass(frozen=True, slots=True)
class Partial:
    """A date as exactly as a source states it.

    Attributes:
        date: First day of the stated period.
        precision: `day`, `month` or `year`.
    """

    date: datetime.date
    precision: str

    @classmethod
    def read(cls, value: object) -> Partial | None:
        """Reads `2022`, `2022-09`, `2022-09-14`, a date, or nothing.

        Raises:
            ValueError: It is none of these.
        """
        if value is None or value == "":
            return None
        if isinstance(value, Partial):
            return value
        if isinstance(value, datetime.datetime):
            return cls(value.date(), "day")
        if isinstance(value, datetime.date):
            return cls(value, "day")
        match = _DATE.match(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise ValueError(f"{value!r} is not a date like 2022, 2022-09 or 2022-09-14")
        year, month, day = match.groups()
        return cls(
            datetime.date(int(year), int(month or 1), int(day or 1)),
            "day" if day else "month" if month else "year",
        )


@dataclasses.dataclass(frozen=True, slots=True)
class Property:
    """One typed property of a kind or relation.

    Attributes:
        name: Column and Cypher property.
        path: IRI of the RDF predicate.
        type: `string`, `boolean`, `integer`, `double`, `date` or `datetime`; of each item when `list`.
        list: Whether it holds a set of values; order and repetition mean nothing.
        required: Whether it must have a value.
        choices: The permitted values; empty = any.
        low: Least value, included; None = no bound.
        high: Greatest value, included; None = no bound.
        above: Bound that must be exceeded; None = no bound.
        unit: Unit in words.
        comment: What it says.
        identity: Whether it is part of an edge's own identity.
        reference: Whether its values are ids of nodes (IRIs in RDF).
        yields: A value, as text, that gives way where another source states another; empty = none does.
    """

    name: str
    path: str
    type: str
    list: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    above: float | None = None
    unit: str = ""
    comment: str = ""
    identity: bool = False
    reference: bool = False
    yields: str = ""

    def read(self, value: object) -> Value:
        """Gives `value` in this property's type; None stays None, an empty text or set is None.

        Raises:
            ValueError: It has another type, or lies outside the bounds or choices.
        """
        if value is None or value == "":
            return None
        if not self.list:
            return self._one(value)
        items = value.split(";") if isinstance(value, str) else value
        if not isinstance(items, Iterable):
            raise ValueError(f"{value!r} is not a list")
        texts = {str(self._one(i)).strip() for i in items if i is not None and i != ""}
        return sorted(texts - {""}) or None

    def _one(self, value: object) -> Scalar:
        read = _readers[self.type](value)
        if self.choices and read not in self.choices:
            raise ValueError(f"{value!r} is none of {', '.join(self.choices)}")
        if isinstance(read, (int, float)) and not isinstance(read, bool):
            if self.low is not None and read < self.low:
                raise ValueError(f"{value!r} is below {self.low:g}")
            if self.above is not None and read <= self.above:
                raise ValueError(f"{value!r} is not above {self.above:g}")
            if self.high is not None and read > self.high:
                raise ValueError(f"{value!r} is above {self.high:g}")
        return read

    @property
    def arrow(self) -> pa.DataType:
        """The type of its column."""
        import pyarrow as pa

        one = {
            "string": pa.string(),
            "boolean": pa.bool_(),
            "integer": pa.int64(),
            "double": pa.float64(),
            "date": pa.date32(),
            "datetime": pa.timestamp("us", tz="UTC"),
        }[self.type]
        return pa.list_(one) if self.list else one


def read_text(value: object) -> str:
    """Gives `value` as text that every store and format can hold.

    Raises:
        ValueError: It holds a NUL character or half a surrogate pair.
    """
    text = value if isinstance(value, str) else str(value)
    if _ILLEGAL.search(text):
        raise ValueError("the text holds a NUL character or half a surrogate pair")
    return text


def _boolean(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    raise ValueError(f"{value!r} is neither true nor false")


def _integer(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"{value!r} is not a whole number")
    try:
        number = (
            int(value)
            if isinstance(value, (int, str))
            else int(value)
            if value.is_integer()
            else None
        )
    except ValueError:
        number = None
    if number is None or not -(2**63) <= number < 2**63:
        raise ValueError(f"{value!r} is not a whole number of 64 bits")
    return number


def _double(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(f"{value!r} is not a number")
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise ValueError(f"{value!r} is not a number") from None
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not a finite number")
    return number


def _date(value: object) -> datetime.date:
    partial = Partial.read(value)
    if partial is None:
        raise ValueError(f"{value!r} is not a date")
    return partial.date


def _datetime(value: object) -> datetime.datetime:
    if isinstance(value, str):
        value = datetime.datetime.fromisoformat(value)
    if not isinstance(value, datetime.datetime):
        raise ValueError(f"{value!r} is not a time")
    return value if value.tzinfo else value.replace(tzinfo=datetime.UTC)


_readers: Final[Mapping[str, Callable[[object], Scalar]]] = {
    "string": read_text,
    "boolean": _boolean,
    "integer": _integer,
    "double": _double,
    "date": _date,
    "datetime": _datetime,
}


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """A class of nodes.

    Attributes:
        name: As in Cypher labels and the column `kind`.
        iri: The class in RDF.
        comment: What it is.
        family: Name of the class above it when that groups several kinds (`Organization`); else its own name.
        superclasses: IRIs of the classes above it.
        same_as: IRIs of like classes of public vocabularies.
        identifiers: Schemes that identify it strongly, best first as declared.
        properties: Its own properties, in order; those of every node are in `Schema.node`.
    """

    name: str
    iri: str
    comment: str
    family: str
    superclasses: tuple[str, ...]
    same_as: tuple[str, ...]
    identifiers: tuple[str, ...]
    properties: tuple[Property, ...]

    @property
    def slug(self) -> str:
        """The first part of the ids of its nodes: `GoverningBody` → `governing-body`."""
        return "".join(f"-{c.lower()}" if c.isupper() else c for c in self.name).removeprefix("-")


@dataclasses.dataclass(frozen=True, slots=True)
class Control:
    """How a relation carries control.

    Attributes:
        forward: True when control flows from subject to object.
        powers: By which powers: decides, works, squeezes, pays, binds.
    """

    forward: bool
    powers: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Relation:
    """A class of edges.

    Attributes:
        name: As in Cypher relationship types.
        iri: The predicate of the direct triple in RDF.
        comment: What it says.
        cardinality: As in the ontology, e.g. `n:m`.
        sources: Kinds it may start at.
        targets: Kinds it may lead to.
        pairs: The permitted (source kind, target kind) pairs.
        same_as: IRIs of like predicates of public vocabularies.
        properties: Its own properties, in order; those of every edge are in `Schema.statement`.
        control: How it carries control; None = it does not.
        computed: Whether it is derived, not stated.
        event: Whether it says what happened: a fact from its beginning on, whenever its period ended.
    """

    name: str
    iri: str
    comment: str
    cardinality: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]
    same_as: tuple[str, ...]
    properties: tuple[Property, ...]
    control: Control | None
    computed: bool
    event: bool = False


@dataclasses.dataclass(frozen=True)
class Schema:
    """The whole ontology.

    Attributes:
        version: Of the ontology.
        node: Properties of every node.
        statement: Properties of every edge.
        kinds: By name, in order.
        relations: Asserted and computed relations between nodes, by name, in order.
        evidence: The relation between a statement and its source.
        families: Kinds by the class that groups them, e.g. `Organization`.
        prefixes: Namespace by prefix.
    """

    version: str
    node: tuple[Property, ...]
    statement: tuple[Property, ...]
    kinds: Mapping[str, Kind]
    relations: Mapping[str, Relation]
    evidence: Relation
    families: Mapping[str, tuple[str, ...]]
    prefixes: Mapping[str, str]

    def node_properties(self, kind: str) -> tuple[Property, ...]:
        """All properties of a node of `kind`: the common ones, then its own."""
        return self.node + self.kinds[kind].properties

    def edge_properties(self, relation: str) -> tuple[Property, ...]:
        """All properties of an edge of `relation`: the common ones, then its own."""
        return self.statement + self.relations[relation].properties

    def kind_of(self, entity: str) -> str:
        """The kind of an entity, by the first part of its id; empty where there is none of that name."""
        return self._slugs.get(entity.partition("/")[0], "")

    @functools.cached_property
    def _slugs(self) -> Mapping[str, str]:
        return {kind.slug: kind.name for kind in self.kinds.values()}

    @property
    def asserted(self) -> tuple[Relation, ...]:
        """The relations that sources state."""
        return tuple(r for r in self.relations.values() if not r.computed)


class _Reader:
    """Reads the ontology out of its triples."""

    def __init__(self, text: bytes) -> None:
        import pyoxigraph as ox

        self.ox = ox
        parser = ox.parse(text, format=ox.RdfFormat.TURTLE)
        self.store = ox.Store()
        self.store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in parser)
        self.prefixes = dict(parser.prefixes)

    def objects(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> list[object]:
        quads = self.store.quads_for_pattern(subject, self.ox.NamedNode(predicate), None)
        return sorted((q.object for q in quads), key=str)

    def text(self, subject: ox.NamedNode | ox.BlankNode, predicate: str) -> str:
        return next((_value(o) for o in self.objects(subject, predicate)), "")

    def subjects(self, kind: str) -> list[ox.NamedNode]:
        quads = self.store.quads_for_pattern(
            None, self.ox.NamedNode(RDF + "type"), self.ox.NamedNode(kind)
        )
        named = [q.subject for q in quads if isinstance(q.subject, self.ox.NamedNode)]
        return sorted(named, key=lambda s: int(self.text(s, NS + "order") or 0))

    def items(self, head: object) -> list[str]:
        values = []
        while isinstance(head, self.ox.BlankNode):
            values.append(self.text(head, RDF + "first"))
            head = self.objects(head, RDF + "rest")[0]
        return values

    def properties(self, subject: ox.NamedNode) -> tuple[Property, ...]:
        shapes = [
            s for s in self.objects(subject, SH + "property") if isinstance(s, self.ox.BlankNode)
        ]
        return tuple(
            self.property(s) for s in sorted(shapes, key=lambda s: int(self.text(s, SH + "order")))
        )

    def property(self, shape: ox.BlankNode) -> Property:
        def number(name: str) -> float | None:
            text = self.text(shape, SH + name)
            return float(text) if text else None

        choices = self.objects(shape, SH + "in")
        return Property(
            name=self.text(shape, SH + "name"),
            path=self.text(shape, SH + "path"),
            type=type_of_datatype[self.text(shape, SH + "datatype").removeprefix(XSD)],
            list=self.text(shape, NS + "list") == "true",
            required=self.text(shape, SH + "minCount") == "1",
            choices=tuple(self.items(choices[0])) if choices else (),
            low=number("minInclusive"),
            high=number("maxInclusive"),
            above=number("minExclusive"),
            unit=self.text(shape, NS + "unit"),
            comment=self.text(shape, SH + "description"),
            identity=self.text(shape, NS + "identity") == "true",
            reference=bool(self.text(shape, SH + "class")),
            yields=self.text(shape, NS + "yields"),
        )

    def kind(self, subject: ox.NamedNode) -> Kind:
        above = tuple(_value(o) for o in self.objects(subject, RDFS + "subClassOf"))
        name = self.text(subject, RDFS + "label")
        groups = [a.removeprefix(NS) for a in above if a.startswith(NS) and a != NS + "Node"]
        return Kind(
            name=name,
            iri=subject.value,
            comment=self.text(subject, RDFS + "comment"),
            family=groups[0] if groups else name,
            superclasses=above,
            same_as=tuple(_value(o) for o in self.objects(subject, RDFS + "seeAlso")),
            identifiers=tuple(
                _value(o)
                for holder in (self.ox.NamedNode(NS + "Node"), subject)
                for o in self.objects(holder, NS + "strongIdentifier")
            ),
            properties=self.properties(subject),
        )

    def relation(
        self, subject: ox.NamedNode, kinds: Mapping[str, Kind], *, computed: bool
    ) -> Relation:
        def ends(predicate: str) -> tuple[str, ...]:
            wanted = {_value(o).removeprefix(NS) for o in self.objects(subject, predicate)}
            return tuple(k.name for k in kinds.values() if wanted & {k.name, k.family, "Node"})

        sources, targets = ends(NS + "from"), ends(NS + "to")
        pairs = {(s, t) for s in sources for t in targets}
        if self.objects(subject, NS + "sameOr"):
            besides = set(ends(NS + "sameOr"))
            pairs = {
                (s, t)
                for s, t in pairs
                if s == t or t in besides or kinds[s].family == kinds[t].family
            }
        powers = tuple(_value(o) for o in self.objects(subject, NS + "power"))
        return Relation(
            name=self.text(subject, RDFS + "label"),
            iri=subject.value,
            comment=self.text(subject, RDFS + "comment"),
            cardinality=self.text(subject, NS + "cardinality"),
            sources=sources,
            targets=targets,
            pairs=frozenset(pairs),
            same_as=tuple(_value(o) for o in self.objects(subject, RDFS + "seeAlso")),
            properties=self.properties(subject),
            control=Control(
                self.text(subject, NS + "direction") == "forward",
                tuple(p for p in POWERS if p in powers),
            )
            if powers
            else None,
            computed=computed,
            event=self.text(subject, NS + "event") == "true",
        )

    def schema(self) -> Schema:
        ox = self.ox
        kinds = {k.name: k for k in (self.kind(s) for s in self.subjects(NS + "Kind"))}
        stated = [self.relation(s, kinds, computed=False) for s in self.subjects(NS + "Relation")]
        derived = [
            self.relation(s, kinds, computed=True) for s in self.subjects(NS + "ComputedRelation")
        ]
        families: dict[str, tuple[str, ...]] = {}
        for kind in kinds.values():
            families[kind.family] = (*families.get(kind.family, ()), kind.name)
        return Schema(
            version=self.text(
                ox.NamedNode(NS.rstrip("#")), "http://www.w3.org/2002/07/owl#versionInfo"
            ),
            node=self.properties(ox.NamedNode(NS + "Node")),
            statement=self.properties(ox.NamedNode(NS + "Statement")),
            kinds=kinds,
            relations={r.name: r for r in stated + derived if r.sources},
            evidence=next(r for r in stated if not r.sources),
            families=families,
            prefixes=self.prefixes,
        )


def _value(term: object) -> str:
    return str(getattr(term, "value", term))


@functools.cache
def schema() -> Schema:
    """The ontology of this version, read once from `schema.ttl`."""
    text = resources.files(__package__.partition(".")[0]).joinpath("schema.ttl").read_bytes()
    return _Reader(text).schema()
