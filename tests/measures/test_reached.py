"""A measure is reached by a user, or it is not here: no tested code that nothing calls."""

from __future__ import annotations

import ast
from pathlib import Path

import stackholder

ROOT = Path(stackholder.__file__).parent
ROOMS = ("measures", "state", "queries", "pictures", "audit", "loaders")
NODES = {
    file: list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    for room in ROOMS
    for file in sorted((ROOT / room).rglob("*.py"))
}
MEASURES = [file for file in NODES if file.parent.name == "measures"]


def functions(file: Path) -> set[str]:
    return {n.name for n in NODES[file] if isinstance(n, ast.FunctionDef) if n.name[0] != "_"}


def members(file: Path) -> set[str]:
    """The fields and methods of its classes."""
    bodies = [node for c in NODES[file] if isinstance(c, ast.ClassDef) for node in c.body]
    fields = {n.target.id for n in bodies if isinstance(n, ast.AnnAssign)}  # type: ignore[union-attr]
    return fields | {n.name for n in bodies if isinstance(n, ast.FunctionDef) if n.name[0] != "_"}


def test_every_function_is_imported_by_whoever_answers_with_it() -> None:
    imported = {
        (file, alias.name)
        for file, nodes in NODES.items()
        for node in nodes
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    unreached = {
        f"{file.stem}.{name}"
        for file in MEASURES
        for name in functions(file) - members(file)
        if not any(by != file and name == called for by, called in imported)
    }
    nested = {
        f"{file.stem}.{inner.name}"
        for file in MEASURES
        for outer in NODES[file]
        if isinstance(outer, ast.FunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.FunctionDef) and inner is not outer
    }
    assert unreached - nested == set()


def test_every_value_is_read() -> None:
    read = {
        node.attr
        for nodes in NODES.values()
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    assert {f"{f.stem}.{name}" for f in MEASURES for name in members(f) - read} == set()
