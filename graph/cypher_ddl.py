"""The constraints of Neo4j that follow from the schema."""

from __future__ import annotations

__all__ = ["unique_id", "unique_key"]


def unique_id(label: str) -> str:
    """The statement by which no two nodes with this label have one `id`; safe to repeat."""
    return f"CREATE CONSTRAINT `{label}_id` IF NOT EXISTS FOR (n:`{label}`) REQUIRE n.id IS UNIQUE"


def unique_key(relation: str) -> str:
    """The statement by which no two edges of this relation have one `key`; safe to repeat.

    Needs Neo4j 5.7 or later; the community edition is enough.
    """
    return (
        f"CREATE CONSTRAINT `{relation}_key` IF NOT EXISTS "
        f"FOR ()-[r:`{relation}`]-() REQUIRE r.key IS UNIQUE"
    )
