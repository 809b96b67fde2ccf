"""Pictures of the graph: control paths, neighbourhoods, concentration over years, firms by layer.

Each is a pure function over plain data that gives SVG as text, the same bytes for the same data: `paths_picture`,
`ego_picture`, `concentration_picture`,
`intervals_picture`, `matrix_picture`. Networks also as Mermaid and DOT, anything as PNG. What of a
state goes into a picture is gathered in `views`. Powers differ by words and dash pattern, not by colour alone.
"""

from __future__ import annotations

from .bitmap import png
from .concentration import concentration_picture
from .ego import ego_picture
from .graph_texts import dot, mermaid
from .intervals import intervals_picture
from .matrix import matrix_picture
from .paths import paths_picture
from .subjects import Ego, Intervals, Layers, Link, Network, Node, Share, Year, Years

__all__ = [
    "Ego",
    "Intervals",
    "Layers",
    "Link",
    "Network",
    "Node",
    "Share",
    "Year",
    "Years",
    "concentration_picture",
    "dot",
    "ego_picture",
    "intervals_picture",
    "matrix_picture",
    "mermaid",
    "paths_picture",
    "png",
]
