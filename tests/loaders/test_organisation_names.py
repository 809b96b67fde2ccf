"""One truth of names: one slug and one list of legal forms, whoever reads the name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import stackholder
from stackholder.graph.legal_forms import without_legal_forms
from stackholder.loaders.affiliations.organisations import Directory
from stackholder.loaders.organisations import organisation
from stackholder.loaders.spelling import slug


@pytest.mark.parametrize(
    "name", ["Ørsted", "AT&T Labs West", "C++ Alliance", "Łódź Software", "华为云"]
)
def test_a_name_has_one_slug_whatever_reads_it(name: str) -> None:
    assert Directory().named(name).id == organisation(name).id == slug(name)


def test_a_slug_keeps_the_letters_of_a_name() -> None:
    assert slug("Ørsted") == "orsted"


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Hitachi, Ltd.", "Hitachi"),
        ("Huawei Technologies Co., Ltd", "Huawei Technologies"),
        ("Spotify AB", "Spotify"),
        ("Bosch GmbH & Co. KG", "Bosch"),
        ("Ltd", "Ltd"),
        ("Costco", "Costco"),
    ],
)
def test_legal_forms_are_no_part_of_a_name(name: str, bare: str) -> None:
    assert without_legal_forms(name) == bare
    assert without_legal_forms(name.lower()) == bare.lower()


def test_legal_forms_are_listed_once() -> None:
    root = Path(stackholder.__file__).parent
    files = [f for room in ("graph", "loaders") for f in (root / room).rglob("*.py")]
    listing = [f.name for f in files if re.search(r"\|plc\|", f.read_text(encoding="utf-8"))]
    assert listing == ["legal_forms.py"]
