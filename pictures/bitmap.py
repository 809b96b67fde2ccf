"""SVG as PNG, by resvg: an extra, since most readers are served by SVG."""

from __future__ import annotations

from typing import Final

from ..errors import UsageError

__all__ = ["png"]

_SHARPNESS: Final = 2


def png(svg: str) -> bytes:
    """A picture as PNG, at twice its size in pixels, on a light ground.

    Raises:
        UsageError: The extra is not installed.
    """
    try:
        import resvg_py
    except ImportError as error:
        raise UsageError(
            "PNG needs the library resvg-py",
            where="--format png",
            hint='pip install "stackholder[png]", or use --format svg',
        ) from error
    return bytes(
        resvg_py.svg_to_bytes(svg_string=svg, zoom=_SHARPNESS, sans_serif_family="DejaVu Sans")
    )
