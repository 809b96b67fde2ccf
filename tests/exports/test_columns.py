"""Whole columns become the same text as the standard library makes of each value."""

from __future__ import annotations

import json
from urllib.parse import quote
from xml.etree import ElementTree

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from stackholder.exports.columns import illegal_in_xml, json_list, json_text, xml_text
from stackholder.exports.graphml import _node_ids, node_id
from stackholder.graph.text import utf8
from stackholder.stores.triples import quoted
from states import entity_iri

TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from("&<>\"'\\\n\r\t\x00\x01\x1f\ufffe\uffff]/~_@:%"),
    )
)
COLUMN = st.lists(st.none() | TEXT)


@given(COLUMN)
def test_json_texts(texts: list[str | None]) -> None:
    found = json_text(pa.array(texts, pa.string())).to_pylist()
    assert [None if t is None else json.loads(t) for t in found] == texts


@given(st.lists(st.none() | st.lists(TEXT)), st.integers(0, 3))
def test_json_lists(lists: list[list[str] | None], start: int) -> None:
    column = pa.array(lists, pa.list_(pa.string()))[start:]
    found = json_list(column).to_pylist()
    assert [None if t is None else json.loads(t) for t in found] == lists[start:]


@given(COLUMN)
def test_xml_texts(texts: list[str | None]) -> None:
    column = pa.array(texts, pa.string())
    legal = [None if t is None else "".join(c for c in t if is_legal(c)) for t in texts]
    found = xml_text(column).to_pylist()
    read = [None if t is None else ElementTree.fromstring(f"<a>{t}</a>").text or "" for t in found]
    assert read == legal
    lost = sum(len(t) for t in texts if t) - sum(len(t) for t in legal if t)
    assert illegal_in_xml(column) == lost


def is_legal(character: str) -> bool:
    return character in "\t\n\r" or (ord(character) >= 32 and character not in "\ufffe\uffff")


@given(COLUMN)
def test_ids_in_columns_are_those_of_single_ids(ids: list[str | None]) -> None:
    column = pa.array(ids, pa.string())
    assert _node_ids(column).to_pylist() == [None if i is None else node_id(i) for i in ids]
    base = entity_iri("")
    iris = [None if q is None else base + q for q in quoted(column).to_pylist()]
    assert iris == [None if i is None else entity_iri(i) for i in ids]
    assert all(
        q is None or q == quote(q, safe="%/._~@:+,;=()!$&'*-") for q in quoted(column).to_pylist()
    )


@given(COLUMN, st.integers(0, 3), st.integers(0, 3))
def test_the_bytes_of_a_slice_are_those_of_its_values(
    texts: list[str | None], start: int, length: int
) -> None:
    column = pa.array(texts, pa.string())[start : start + length]
    assert utf8(column) == "".join(t or "" for t in column.to_pylist()).encode()
