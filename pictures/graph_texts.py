"""Networks as text for other programs to draw: Mermaid for forges and note-takers, DOT for Graphviz."""

from __future__ import annotations

from typing import Final

from .canvas import clean
from .ego import is_organisation
from .powers import label
from .subjects import Network

__all__ = ["dot", "mermaid"]

_DASHES: Final = {
    "decides": "solid",
    "works": "dotted",
    "squeezes": "dashed",
    "pays": "dashed",
    "binds": "dotted",
}


def mermaid(network: Network) -> str:
    """A Mermaid graph; each edge says the power with its value, why, and what it is read off."""
    ids = {node.id: f"n{number}" for number, node in enumerate(network.nodes)}
    lines = ["graph LR", f"  %% {_entities(network.title)}"]
    lines += [f"  %% Source: {_entities(network.source)}, as of {network.as_of}"]
    for node in network.nodes:
        left, right = ("(", ")") if is_organisation(node.kind) else ("[", "]")
        lines.append(f'  {ids[node.id]}{left}"{_entities(node.name)}"{right}')
    for link in network.links:
        words = [label(link), link.reason, link.about]
        about = "<br/>".join(_entities(w) for w in words if w)
        lines.append(f'  {ids[link.source]} -->|"{about}"| {ids[link.target]}')
    return "\n".join(lines) + "\n"


def dot(network: Network) -> str:
    """A DOT digraph; line styles differ by power as far as Graphviz has them."""
    lines = ["digraph control {", "  rankdir=LR;", '  node [shape=box, fontname="Helvetica"];']
    lines.append('  edge [fontname="Helvetica", fontsize=10];')
    foot = f"{network.title}\\nSource: {network.source}, as of {network.as_of}"
    lines.append(f"  labelloc=t; label={_quoted(foot, keep_breaks=True)};")
    for node in network.nodes:
        style = (
            ' style="rounded,filled", fillcolor="#ececec",' if is_organisation(node.kind) else ""
        )
        lines.append(f"  {_quoted(node.id)} [{style.strip()} label={_quoted(node.name)}];")
    for link in network.links:
        words = _quoted(label(link))
        why = "; ".join(w for w in (link.reason, link.about) if w)
        tip = f", tooltip={_quoted(why)}" if why else ""
        ends = f"{_quoted(link.source)} -> {_quoted(link.target)}"
        lines.append(f"  {ends} [label={words}, style={_DASHES[link.power]}{tip}];")
    return "\n".join([*lines, "}"]) + "\n"


def _line(text: str) -> str:
    return " ".join(clean(text).split())


def _entities(text: str) -> str:
    """A text as Mermaid shows it, whatever it holds."""
    plain = _line(text).replace("&", "&amp;").replace('"', "&quot;")
    return plain.replace("<", "&lt;").replace(">", "&gt;").replace("`", "&#96;")


def _quoted(text: str, *, keep_breaks: bool = False) -> str:
    """A text as a DOT string."""
    plain = _line(text).replace('"', '\\"')
    return (
        f'"{plain}"'
        if keep_breaks
        else '"' + _line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
    )
