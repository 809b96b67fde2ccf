"""Which cloud offers which accelerators, from a plain table such as a price list is exported as."""

from __future__ import annotations

import collections
import csv
import dataclasses
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from ...errors import SourceError
from ...graph.claims import Claims, Source, starter_id
from ...graph.schema import Partial
from ...graph.wording import counted, listed
from ..documents import read_csv
from ..spelling import slug

__all__ = ["SOURCE", "load"]

SOURCE = Source(
    id="offers",
    title="accelerators that clouds have on sale",
    publisher="the cloud, or whoever made the list",
    licence="NOASSERTION",
    homepage="https://focus.finops.org/",
    tier="primary",
    rank=60,
    reads=("*.csv",),
)

_COLUMNS: Final = {
    "cloud": ("cloud", "provider", "cloud provider", "provider name", "vendor"),
    "accelerator": (
        *(
            "accelerator",
            "accelerator name",
            "accelerator type",
            "gpu",
            "gpu name",
            "gpu type",
            "gpu model",
        ),
        *("accelerator model", "chip"),
    ),
    "count": ("accelerators", "accelerator count", "gpus", "gpu count", "count"),
    "instance": (
        "instance",
        "instance type",
        "machine type",
        "sku",
        "sku name",
        "size",
        "shape",
        "name",
    ),
    "region": ("region", "region id", "region name", "location"),
    "since": ("since", "effective date", "valid from", "date"),
    "until": ("until", "valid to", "end date"),
    "url": ("url", "source url"),
}
"""Names of a column in price lists, in small letters, words parted by one space."""

_NOTHING: Final = frozenset({"", "-", "none", "n/a", "na", "no", "null", "0"})
_SHOWN: Final = 4


@dataclasses.dataclass(slots=True)
class _Offer:
    """What a table says of one accelerator at one cloud.

    Attributes:
        at: Line that names it first.
        spelling: As it is written there.
        instances, regions: Of all its lines.
        since: The earliest day that a line says; empty = none says one.
        until: The latest, if all lines say one.
        url: Of its first line.
        open: Whether a line says no end.
    """

    at: str
    spelling: str
    url: str
    instances: set[str] = dataclasses.field(default_factory=set)
    regions: set[str] = dataclasses.field(default_factory=set)
    since: str = ""
    until: str = ""
    open: bool = False


def load(source: Path, out: Claims) -> None:
    """Reads a CSV, or all of a folder; each is a scope, a line a row, and each pair of cloud and accelerator an edge.

    Raises:
        SourceError: One is missing, not CSV, or says nowhere which cloud or accelerator a line is about.
    """
    files = sorted(source.glob("*.csv")) if source.is_dir() else [source]
    if not files:
        raise SourceError("no *.csv in this folder", where=str(source), hint="name the table")
    for file in files:
        _read(file, out)


def _read(source: Path, out: Claims) -> None:
    lines = list(read_csv(source))
    columns = _columns(lines, source, out.ledger.label)
    offers: dict[tuple[str, str], _Offer] = {}
    with out.scope(source.name), out.rows(len(lines)):
        for line, fields in lines:
            at = f"{source.name}:{line}"
            if fields is None:
                out.refuse(at, "has more or fewer fields than the header")
                continue
            record = out.record(fields)
            row = {name: str(record[column]).strip() for name, column in columns.items()}
            cloud = row.get("cloud", out.ledger.label)
            accelerator = row["accelerator"]
            if accelerator.casefold() in _NOTHING:
                out.skip("line without an accelerator")
            elif cloud.casefold() in _NOTHING:
                out.refuse(at, "says not which cloud", columns.get("cloud", "cloud"))
            elif problem := _dates(row):
                out.refuse(at, problem, columns[problem.partition(":")[0]])
            else:
                key = _id("clouds", cloud), _id("accelerators", accelerator)
                offer = offers.setdefault(key, _Offer(at, accelerator, row.get("url", "")))
                _add(offer, row)
                _state_ends(key, cloud, accelerator, at, out)
        for (cloud, accelerator), offer in offers.items():
            _state(cloud, accelerator, offer, out)


def _columns(
    lines: Sequence[tuple[int, Mapping[str, str] | None]], source: Path, label: str
) -> dict[str, str]:
    """Our name of each column that the table has, and its own."""
    header = next((fields for _, fields in lines if fields is not None), {})
    plain = {" ".join(re.split(r"[\s_-]+", name.casefold())): name for name in header}
    columns = {
        name: plain[spelling]
        for name, spellings in _COLUMNS.items()
        if (spelling := next((s for s in spellings if s in plain), ""))
    }
    if header and "accelerator" not in columns:
        what = f"no column for the accelerator: its first line is {', '.join(header)[:200]!r}"
        raise SourceError(what, where=f"{source}:1", hint="call it accelerator, gpu or gpu_type")
    if header and "cloud" not in columns and label.casefold() not in _table("clouds"):
        raise SourceError(
            "no column says which cloud offers it",
            where=f"{source}:1",
            hint=f"add a column cloud, or name the cloud before the file: offers:aws={source.name}",
        )
    return columns


def _dates(row: Mapping[str, str]) -> str:
    """What is wrong with its dates; empty where nothing is."""
    for name in ("since", "until"):
        if row.get(name):
            try:
                Partial.read(row[name])
            except ValueError as error:
                return f"{name}: {error}"
    return ""


def _add(offer: _Offer, row: Mapping[str, str]) -> None:
    since, until = row.get("since", ""), row.get("until", "")
    count = row.get("count", "")
    if row.get("instance"):
        offer.instances.add(row["instance"] + (f" ×{count}" if count.isdigit() else ""))
    if row.get("region"):
        offer.regions.add(row["region"])
    offer.since = min(filter(None, (offer.since, since)), default="")
    offer.until = max(offer.until, until)
    offer.open = offer.open or not until


def _state_ends(key: tuple[str, str], cloud: str, accelerator: str, at: str, out: Claims) -> None:
    for kind, table, id_, name in (
        ("CloudPlatform", "clouds", key[0], cloud),
        ("Processor", "accelerators", key[1], accelerator),
    ):
        known = [starter_id(kind, id_)] if id_ in _table(table).values() else []
        out.node(kind, id_, name, at=at, identifiers=known)


def _state(cloud: str, accelerator: str, offer: _Offer, out: Claims) -> None:
    parts = [offer.spelling]
    if offer.instances:
        parts.append(
            f"{counted(len(offer.instances), 'instance type')}: {listed(sorted(offer.instances), _SHOWN)}"
        )
    if offer.regions:
        parts.append(
            f"{counted(len(offer.regions), 'region')}: {listed(sorted(offer.regions), _SHOWN)}"
        )
    out.edge(
        "OFFERS",
        ("CloudPlatform", cloud),
        ("Processor", accelerator),
        at=offer.at,
        url=offer.url or None,
        valid_from=offer.since or None,
        valid_to=None if offer.open else offer.until,
        stated="; ".join(parts),
    )


def _id(table: str, text: str) -> str:
    """The id of a cloud or accelerator: of the starter data by the longest spelling in a text, else its own slug.

    Where two of equal length mean different ones, none is taken.
    """
    words = _words(text)
    ids: dict[int, set[str]] = collections.defaultdict(set)
    for spelling, id_ in _table(table).items():
        wanted = _words(spelling)
        if any(words[n : n + len(wanted)] == wanted for n in range(len(words))):
            ids[len(wanted)].add(id_)
    best = ids[max(ids)] if ids else set()
    return min(best) if len(best) == 1 else slug(text)


def _words(text: str) -> list[str]:
    return [w for w in re.split(r"[^a-z0-9]+", text.casefold()) if w]


@functools.cache
def _table(name: str) -> Mapping[str, str]:
    """Id of the starter data by spelling, in small letters."""
    return dict(_rows(name))


def _rows(name: str) -> Iterator[tuple[str, str]]:
    file = Path(__file__).parent / "data" / f"{name}.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield row["spelling"], row["id"]
