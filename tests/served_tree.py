"""What lies in a folder, to see whether anything was written."""

from __future__ import annotations

from pathlib import Path


def tree(folder: Path) -> dict[str, tuple[int, int]]:
    """Every file below a folder, with its size and its time of change."""
    return {
        str(file.relative_to(folder)): (file.lstat().st_size, file.lstat().st_mtime_ns)
        for file in sorted(folder.rglob("*"))
    }
