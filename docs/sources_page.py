"""Writes docs/sources.md from the loaders: their `SOURCE`, and what their README.md says of gifts and traps."""

from __future__ import annotations

import re
from pathlib import Path

from stackholder.loaders import Loader, loader, names

_HEAD = """# Sources

What can be loaded, made from the loaders themselves by `make docs`. `stackholder sources` shows which of it your graph
holds, how complete it is, and what was refused. [Adding a source](adding-a-source.md) shows how to write one.

| loader | reads | publisher | licence |
|---|---|---|---|
"""
_PARTS = ("What it gives", "Traps")


def page() -> str:
    """The page as Markdown."""
    every = [loader(name) for name in names()]
    rows = (
        f"| [{one.source.id}](#{one.source.id}) | {one.source.title} | {one.source.publisher} | {one.source.licence} |"
        for one in every
    )
    return _HEAD + "\n".join(rows) + "\n" + "".join(map(_section, every))


def _section(one: Loader) -> str:
    readme = one.folder / "README.md"
    text = readme.read_text(encoding="utf-8") if readme.exists() else ""
    source = one.source
    live = " It can also ask the source's API." if one.fetch else ""
    reads = ", ".join(source.reads) or "data of the package"
    said = [f"\n## {source.id}\n\n{_first(text) or source.title.capitalize() + '.'}\n"]
    said.append(
        f"Reads {reads}.{live} [{source.publisher}]({source.homepage}), {source.licence}.\n"
    )
    if source.expects:
        bounds = "; ".join(
            f"{n} {least:,} to {most:,}" for n, (least, most) in source.expects.items()
        )
        said.append(f"Publishes only within these bounds: {bounds}.\n")
    for title in _PARTS:
        found = re.search(rf"^## {title}\n+(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        if found:
            said.append(f"### {title}\n\n{found[1].strip()}\n")
    return "\n".join(said)


def _first(text: str) -> str:
    """The first paragraph below the title."""
    paragraphs = [
        p for p in text.split("\n\n")[1:] if p.strip() and not p.startswith(("    ", "`", "#", "|"))
    ]
    return paragraphs[0].strip() if paragraphs else ""


if __name__ == "__main__":
    Path(__file__).with_name("sources.md").write_text(page(), encoding="utf-8")
