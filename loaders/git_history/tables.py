"""Tables of commits that are pseudonymised already, in the columns of what is read from git itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...errors import SourceError
from ...graph.claims import Claims
from .history import FARTHEST
from .people import company
from .privacy import without_addresses

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["read_table", "rows_of"]

_READ: Final = {
    "commit_sha": "string",
    "author_id": "string",
    "email_domain": "string",
    "author_time": "int64",
    "is_bot": "bool",
    "is_service_identity": "bool",
}
"""Columns that are read, and as which type."""

_PSEUDONYM: Final = "^[0-9a-f]{16}$"
_DOMAIN: Final = r"^(~(personal|rare|local|none)|[a-z0-9_][a-z0-9_-]*(\.[a-z0-9_][a-z0-9_-]*)+)$"


def rows_of(file: Path) -> int:
    """The number of rows that a Parquet file says it has; 0 where it is none."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(file).num_rows)
    except (pa.ArrowException, OSError):
        return 0


def read_table(file: Path, out: Claims) -> pa.Table:
    """Reads the Parquet of one repository.

    columns read: commit_sha, author_id, email_domain, author_time (Unix seconds), is_bot, is_service_identity.
    A row that holds a name or an address where a pseudonym or a domain belongs is refused, and not repeated.

    Returns:
        columns: sha (number of the row), contributor, month, commits, domain, bot_kind, organisation.

    Raises:
        SourceError: It is no Parquet file, or lacks one of these columns.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    try:
        names = pq.read_schema(file).names
        missing = [n for n in _READ if n not in names]
        if missing:
            hint = f"it needs {', '.join(_READ)}"
            raise SourceError(f"the column {missing[0]} is missing", where=str(file), hint=hint)
        table = pq.read_table(file, columns=list(_READ))
        table = table.cast(pa.schema([(n, pa.type_for_alias(t)) for n, t in _READ.items()]))
    except (pa.ArrowException, OSError) as error:
        hint = "fetch it anew; columns and their types are in the README"
        what = f"not a commit table: {without_addresses(str(error))}"
        raise SourceError(what, where=str(file), hint=hint) from error
    record = out.record(dict.fromkeys(names))
    for name in _READ:
        record[name]
    lowered = pc.utf8_lower(table["email_domain"])
    table = table.set_column(table.column_names.index("email_domain"), "email_domain", lowered)
    table = table.append_column("row", pa.array(range(1, table.num_rows + 1)))
    for name, form, reason in (
        ("author_id", _PSEUDONYM, "a pseudonym is needed (16 hexadecimal digits)"),
        ("email_domain", _DOMAIN, "a domain is needed, or ~personal, ~rare, ~local, ~none"),
    ):
        texts = pc.fill_null(table[name], "~none")
        bad = pc.invert(pc.match_substring_regex(texts, form))
        for row in table.filter(bad)["row"].to_pylist():
            out.refuse(f"{file.name} row {row}", reason, name)
        table = table.filter(pc.invert(bad))
    return _columns(table)


def _columns(table: pa.Table) -> pa.Table:
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    seconds = np.clip(pc.fill_null(table["author_time"], 0).to_numpy(), -FARTHEST, FARTHEST)
    months = seconds.astype("datetime64[s]").astype("datetime64[M]").astype(np.int32)
    domains = pc.fill_null(table["email_domain"], "~none")
    flags = pa.table(
        {
            "author": table["author_id"],
            "service": pc.fill_null(table["is_service_identity"], fill_value=False),
            "bot": pc.fill_null(table["is_bot"], fill_value=False),
        }
    )
    # An author is a robot where every commit says so.
    each = flags.group_by("author").aggregate([("service", "any"), ("bot", "all")])
    rows = zip(*(each[name].to_pylist() for name in each.column_names), strict=True)
    said = {author: (service, bot) for author, service, bot in rows}
    known = [said[author] for author in flags["author"].to_pylist()]
    service = [mirror for mirror, _ in known]
    kinds = ["mirror" if mirror else "automation" if bot else "none" for mirror, bot in known]
    owners = {domain: company(domain) for domain in domains.unique().to_pylist()}
    organisations = [
        owners[domain] if mirror else ""
        for domain, mirror in zip(domains.to_pylist(), service, strict=True)
    ]
    return pa.table(
        {
            "sha": table["row"].cast(pa.string()),
            "contributor": table["author_id"],
            "month": pa.array(months),
            "commits": pa.array(np.ones(len(months), np.int8)),
            "domain": domains,
            "bot_kind": pa.array(kinds, pa.string()),
            "organisation": pa.array(organisations, pa.string()),
        }
    )
