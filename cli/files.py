"""How a command puts its result into a file: whole, or not at all."""

from __future__ import annotations

from pathlib import Path

__all__ = ["write"]


def write(file: Path, content: str | bytes) -> None:
    """Writes beside the file, then takes its place: a failure leaves no half of it.

    Raises:
        OSError: It cannot be written there.
    """
    import os

    from ..graph.home import exchange

    fresh = file.with_name(f".new-{file.name}-{os.getpid()}")
    try:
        fresh.write_bytes(content.encode() if isinstance(content, str) else content)
        exchange(fresh, file)
    finally:
        fresh.unlink(missing_ok=True)
