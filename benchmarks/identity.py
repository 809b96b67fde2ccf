"""Identity by name, measured: what names alone propose among landscapes, against their crunchbase slugs as truth.

    python -m benchmarks.identity FOLDER          # landscape files; default: those among the real inputs

Two entries are one organisation when both carry one slug, and two when their slugs differ. The slugs are used for
this measure only; entries whose slug is known to name somebody else are left out, as the loader leaves them out.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from pathlib import Path

_REAL = Path(os.environ.get("STACKHOLDER_REAL_DATA", Path(__file__).parents[2] / "shared/data"))


def main() -> int:
    """Prints n, precision, recall, and what was missed or mistaken."""
    import datetime
    import tempfile

    import pyarrow as pa
    import pyarrow.parquet as pq
    from stackholder.graph.home import Home
    from stackholder.graph.identity import proposals
    from stackholder.pipeline import Input, run_loader

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", nargs="?", default=_REAL / "landscapes")
    given = options.parse_args()
    rows: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory(prefix="stackholder-bench-") as folder:
        home = Home(Path(folder))
        for file in sorted(Path(given.folder).glob("*.yml")):
            now = datetime.datetime.now(datetime.UTC)
            run_loader(home, Input("lf_landscape", file.stem, str(file)), now)
        for partition in home.partitions():
            for kind in ("Company", "Institution"):
                table = pq.read_table(partition / f"nodes/{kind}.parquet").to_pylist()
                for node in table:
                    slugs = [i for i in node["identifiers"] or [] if i.startswith("crunchbase:")]
                    if len(slugs) == 1 and node["name"]:
                        place = f"{partition.parent.name}/{node['id']}"
                        rows.append(
                            {
                                "id": place,
                                "family": "organisation",
                                "name": node["name"],
                                "slug": slugs[0],
                            }
                        )
    named = {row["id"]: row for row in rows}
    rows = list(named.values())
    columns = {n: [r[n] for r in rows] for n in ("id", "family", "name")}
    found = {
        (r["left"], r["right"])
        for r in proposals(pa.table({**columns, "kind": columns["family"]})).to_pylist()
    }
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row["slug"], []).append(row["id"])
    truth = {tuple(sorted(p)) for some in groups.values() for p in itertools.combinations(some, 2)}
    found = {tuple(sorted(pair)) for pair in found}
    right = found & truth
    print(
        f"{len(rows):,} entries with a slug of their own; {len(truth):,} pairs are one organisation"
    )
    print(f"proposed {len(found):,}, of them right {len(right):,}")
    print(
        f"precision {len(right) / max(1, len(found)):.3f}   recall {len(right) / max(1, len(truth)):.3f}"
    )
    for title, pairs in (("missed", truth - found), ("mistaken", found - truth)):
        for left, other in sorted(pairs)[:10]:
            print(f"{title}: {named[left]['name']!r} | {named[other]['name']!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
