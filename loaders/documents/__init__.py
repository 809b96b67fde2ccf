"""Foreign files as plain values, read within bounds: a hostile or broken one ends in a `SourceError` with its place.

`read_text`, `read_json`, `read_toml`, `read_csv`, `read_yaml` (mappings that know their line) and `read_xml` (elements
that know theirs, one at a time). Whatever format a loader reads, it comes in through one of these doors.
"""

from .csv_document import read_csv
from .plain import read_json, read_text, read_toml
from .xml_document import Element, read_xml
from .yaml_document import Table, read_yaml

__all__ = [
    "Element",
    "Table",
    "read_csv",
    "read_json",
    "read_text",
    "read_toml",
    "read_xml",
    "read_yaml",
]
