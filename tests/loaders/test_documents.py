"""Foreign files as plain values: what tools and people write is read as they mean it."""

from __future__ import annotations

from pathlib import Path

import pytest
from stackholder.errors import SourceError
from stackholder.loaders.documents import read_csv, read_text, read_yaml


@pytest.mark.parametrize("text", ["no", "on", "Yes", "y", "0123", "1_000", "12:30", "0b11"])
def test_what_only_yaml_1_1_took_for_a_number_or_a_truth_value_is_text(
    tmp_path: Path, text: str
) -> None:
    (tmp_path / "a.yaml").write_text(f"owners: [{text}]\n")
    assert read_yaml(tmp_path / "a.yaml") == {"owners": [text]}


def test_numbers_truth_values_and_nothing_stay_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: [true, False, 12, -1.5, 0x10, ~, null, '5']\n")
    assert read_yaml(tmp_path / "a.yaml") == {"a": [True, False, 12, -1.5, 16, None, None, "5"]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_is_read_in_the_encoding_that_its_first_bytes_say(
    tmp_path: Path, encoding: str
) -> None:
    (tmp_path / "a.txt").write_bytes("café\r\nZürich\n".encode(encoding))
    assert read_text(tmp_path / "a.txt") == "café\nZürich\n"


def test_text_that_is_cut_within_a_sign_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("ab".encode("utf-16")[:-1])
    with pytest.raises(SourceError, match="the file is not UTF-16"):
        read_text(tmp_path / "a.txt")


def test_columns_without_a_name_are_no_obstacle_and_a_name_given_twice_is(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,name,,\nn1,North,,\n")
    rows = [dict(row) for _, row in read_csv(tmp_path / "a.csv", ("id", "name")) if row]
    assert [(row["id"], row["name"]) for row in rows] == [("n1", "North")]
    (tmp_path / "a.csv").write_text("id,name,name\nn1,North,South\n")
    with pytest.raises(SourceError, match="'name' stands twice"):
        list(read_csv(tmp_path / "a.csv", ("id", "name")))
