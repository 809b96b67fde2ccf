"""Pictures: sound XML, no label on another, the same bytes again, readable without colour, names shown as they are."""

from __future__ import annotations

import collections
import csv
import dataclasses
import datetime
import json
import os
import string
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from drawn import SVG, fetched, outside, overlapping, parsed, texts, width
from hypothesis import given, settings
from hypothesis import strategies as st
from stackholder.graph.schema import POWERS
from stackholder.pictures import (
    Ego,
    Intervals,
    Layers,
    Link,
    Network,
    Node,
    Share,
    Year,
    Years,
    concentration_picture,
    dot,
    ego_picture,
    intervals_picture,
    matrix_picture,
    mermaid,
    paths_picture,
    png,
)
from stackholder.pictures.canvas import text_width
from stackholder.pictures.powers import LOOKS, label, line_width

DAY = "2026-11-24"
SOURCE = "the tests"
SCRIPT = "<script>alert(1)</script> & \"quoted\" 'x' ]]> `"
NODES = (
    Node("company/ada", "Ada", "Company"),
    Node("institution/bert", "Bert Foundation", "Institution"),
    Node("governing-body/cleo", "Cleo Steering Committee of Many Words", "GoverningBody"),
    Node("framework/dora", "Dora", "Framework"),
    Node("framework/emil", SCRIPT, "Framework"),
)
LINKS = (
    Link("company/ada", "institution/bert", "pays", amount=13.8e9, reason="equity", about="FUNDS since 2020"),
    Link("institution/bert", "governing-body/cleo", "decides", 1.0, 1.0, about="PART_OF"),
    Link("governing-body/cleo", "framework/dora", "decides", 0.725, 0.825, reason="holds merge", about="GOVERNS"),
    Link("company/ada", "framework/dora", "decides", 1 / 6, 1 / 3, reason="sits", about="HAS_SEAT"),
    Link("company/ada", "framework/dora", "works", 0.591, 0.815),
    Link("company/ada", "framework/dora", "pays"),
    Link("framework/dora", "framework/emil", "squeezes", 0.0, 0.375),
    Link("company/ada", "framework/emil", "decides", 0.5, 0.5),
    Link("company/ada", "framework/emil", "binds", 1.0, 1.0),
)  # fmt: skip
NETWORK = Network("Control paths", NODES, LINKS, SOURCE, DAY, ("a note",))
CIRCLES = Network(
    "Circles",
    tuple(Node(f"framework/{n}", n, "Framework") for n in "abcdefgh"),
    tuple(
        Link(f"framework/{s}", f"framework/{t}", "I", 0.5)
        for s, t in ("ab", "ba", "cd", "dc", "ef", "fe", "gh", "hg", "bc", "fg")
    ),
    SOURCE,
    DAY,
)
YEARS = Years(
    "Whose work is Dora?",
    (
        Year(2019, 100, 0.9, (Share("Ada", 0.8, 0.9), Share("Bert", 0.1, 0.2)), (1, 1)),
        Year(2020, 200, 0.5, (Share("Ada", 0.4, 0.9), Share("Cleo", 0.1, 0.6)), (1, 7)),
        Year(2022, 50, 0.2, (Share("Bert", 0.2, 1.0),), None),
    ),
    SOURCE,
    DAY,
)
LAYERS = Layers(
    "Firms by layer", "things", ("Chips", "Clouds", "Data sets of all sorts"),
    (("Ada", (3, 0, 1)), (SCRIPT, (1, 12, 0))), 7, SOURCE, DAY,
)  # fmt: skip
INTERVALS = Intervals(
    "Shares", "% of the commits", (("Dora", 0.17, 0.98, "Ada, 18% known"),), SOURCE, DAY
)
PICTURES: dict[str, Callable[[], str]] = {
    "paths": lambda: paths_picture(NETWORK),
    "ego": lambda: ego_picture(Ego("framework/dora", NETWORK, ({"decides": 3}, {}))),
    "concentration": lambda: concentration_picture(YEARS),
    "matrix": lambda: matrix_picture(LAYERS),
    "intervals": lambda: intervals_picture(INTERVALS),
}
TEXTS: dict[str, Callable[[], str]] = {
    "mermaid": lambda: mermaid(NETWORK),
    "dot": lambda: dot(NETWORK),
    "paths with circles": lambda: paths_picture(CIRCLES),
}
every_picture = pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)


@every_picture
def test_it_is_sound_xml_with_a_name_for_those_who_cannot_see_it(
    picture: Callable[[], str],
) -> None:
    root = parsed(picture())
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(f"{SVG}title").text


def names_of_the_starter_graph() -> set[str]:
    """The names in the packaged tables."""
    tables = sorted((Path(__file__).parents[2] / "loaders/curated/data").rglob("*.csv"))
    rows = (row for table in tables for row in csv.DictReader(table.open(encoding="utf-8")))
    return {row["name"] for row in rows if row.get("name")}


@pytest.mark.parametrize("size", [10.0, 12.0, 17.0])
def test_the_room_that_a_picture_keeps_for_a_name_is_enough(size: float) -> None:
    names = names_of_the_starter_graph()
    assert len(names) > 500
    assert [n for n in sorted(names) if width(n, size) > text_width(n, size)] == []


@every_picture
def test_no_label_touches_another_or_leaves_the_picture(picture: Callable[[], str]) -> None:
    assert overlapping(picture()) == []
    assert outside(picture()) == []


def test_the_same_data_give_the_same_bytes_in_every_process() -> None:
    """Python orders sets of texts anew in each process, and by a seed where it is told one."""
    paths = os.pathsep.join(sys.path)
    drawn = [
        subprocess.run(
            [sys.executable, __file__],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "2")
    ]
    first, *others = (json.loads(text) for text in drawn)
    assert first.keys() == {*PICTURES, *TEXTS}
    for other in others:
        assert [name for name in first if first[name] != other[name]] == []


@every_picture
def test_the_foot_names_the_source_and_the_date(picture: Callable[[], str]) -> None:
    said = [w.text for w in texts(picture())]
    assert said[-2:] == [f"Source: {SOURCE}", f"As of {DAY}"]


@every_picture
def test_nothing_is_fetched(picture: Callable[[], str]) -> None:
    assert fetched(picture()) == []


@every_picture
def test_it_has_colours_for_dark_screens_and_none_of_them_on_paper(
    picture: Callable[[], str],
) -> None:
    assert "@media screen and (prefers-color-scheme: dark)" in picture()


@every_picture
def test_it_can_be_a_bitmap(picture: Callable[[], str]) -> None:
    width, height = (float(x) for x in parsed(picture()).get("viewBox").split()[2:])
    data = png(picture())
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    size = (int.from_bytes(data[16:20]), int.from_bytes(data[20:24]))
    assert abs(size[0] - 2 * width) <= 2
    assert abs(size[1] - 2 * height) <= 2


def test_the_order_of_nodes_and_links_does_not_move_the_nodes_of_an_ego() -> None:
    turned = dataclasses.replace(NETWORK, nodes=NODES[::-1], links=LINKS[::-1])
    first, second = (ego_picture(Ego("framework/dora", n)) for n in (NETWORK, turned))
    assert [w.text for w in texts(first)] == [w.text for w in texts(second)]


@pytest.mark.parametrize("name", ["paths", "matrix"])
def test_markup_in_a_name_is_shown_and_not_obeyed(name: str) -> None:
    svg = PICTURES[name]()
    assert "<script" not in svg
    assert not list(parsed(svg).iter(f"{SVG}script"))
    assert any("<script>" in w.text for w in texts(svg))


def test_characters_that_xml_forbids_do_not_break_it() -> None:
    odd = dataclasses.replace(NODES[0], name="A\x00\x1b\ufffe\ud800B 深度学习 😀")
    network = dataclasses.replace(NETWORK, nodes=(odd, *NODES[1:]))
    assert any("深度学习" in w.text for w in texts(paths_picture(network)))


def test_powers_differ_without_colour() -> None:
    assert tuple(LOOKS) == POWERS
    assert len({look.dash for look in LOOKS.values()}) == len(LOOKS)
    svg = paths_picture(NETWORK)
    for power in POWERS:
        assert f'class="power-{power}"' in svg
        assert LOOKS[power].words in {w.text for w in texts(svg)}
        assert any(w.text.startswith(power) for w in texts(svg))


def test_every_link_of_the_paths_says_its_power_and_value_in_words() -> None:
    said = [w.text for w in texts(paths_picture(NETWORK))]
    for words in (
        *("pays USD 13.8 bn", "pays", "decides 1", "decides 0.73–0.83", "decides 0.17–0.33"),
        *("works 0.59–0.82", "squeezes up to 0.38", "decides 0.50", "binds"),
    ):
        assert said.count(words) == 1


def test_a_line_is_as_wide_as_what_is_known_and_a_pale_one_as_what_could_be() -> None:
    network = dataclasses.replace(NETWORK, links=(LINKS[2],))
    drawn = {
        p.get("class"): float(p.get("stroke-width"))
        for p in parsed(paths_picture(network)).iter(f"{SVG}path")
        if p.get("stroke-width") and "h40" not in p.get("d")
    }
    known, reach = drawn["power-decides"], drawn["reach reach-decides"]
    assert known == round(line_width(0.725), 1)
    assert reach == round(line_width(0.825), 1)
    assert known < reach
    sure = paths_picture(dataclasses.replace(NETWORK, links=(LINKS[1],)))
    assert 'class="reach' not in sure
    assert "pale: what it could be at most" not in {w.text for w in texts(sure)}


def test_control_flows_from_left_to_right() -> None:
    places = {w.text: w.box.x for w in texts(paths_picture(NETWORK))}
    assert places["Ada"] < places["Bert Foundation"] < places["Dora"]


def test_a_circle_is_drawn_too() -> None:
    back = Link("framework/emil", "company/ada", "squeezes", 0.5, 0.5)
    svg = paths_picture(dataclasses.replace(NETWORK, links=(*LINKS, back)))
    assert overlapping(svg) == []
    assert [w.text for w in texts(svg)].count("squeezes 0.50") == 1


def test_an_ego_has_a_block_per_power_who_holds_it_on_the_left_and_what_it_holds_on_the_right() -> (
    None
):
    svg = ego_picture(Ego("framework/dora", NETWORK, ({"decides": 3, "binds": 2}, {})))
    places = {w.text: w.box for w in texts(svg)}
    blocks = ["decide on it: 5", "do its work: 1", "pay it: 1", "bind it: 2"]
    assert [places[b].y for b in blocks] == sorted(places[b].y for b in blocks)
    assert places["Ada"].x < places["Dora"].x < places["can squeeze: 1"].x
    assert "can squeeze it: 0" not in places
    assert "and 3 more, none with more" in places
    assert "company · decides 0.17–0.33 · HAS_SEAT" in places
    assert "company · works 0.59–0.82" in places
    assert "framework · squeezes up to 0.38" in places


def test_within_a_power_what_is_known_goes_before_what_could_be() -> None:
    links = (
        Link("company/ada", "framework/dora", "decides", 0.0, 1.0),
        Link("institution/bert", "framework/dora", "decides", 0.1, 0.1),
        Link("governing-body/cleo", "framework/dora", "works", 1.0, 1.0),
    )
    svg = ego_picture(Ego("framework/dora", dataclasses.replace(NETWORK, links=links)))
    heights = [w.text for w in sorted(texts(svg), key=lambda w: w.box.y)]
    names = [t for t in heights if t in {"Ada", "Bert Foundation"} or t.startswith("Cleo")]
    assert names[:2] == ["Bert Foundation", "Ada"]
    assert names[2].startswith("Cleo")


def test_an_ego_that_nobody_holds_says_so() -> None:
    alone = ego_picture(Ego("company/ada", NETWORK))
    assert "nobody is known to hold it" in {w.text for w in texts(alone)}


def test_concentration_has_units_and_a_band_from_known_to_possible() -> None:
    svg = PICTURES["concentration"]()
    said = {w.text for w in texts(svg)}
    assert {
        "Share of the commits by employer, %",
        "Commits with a known employer, %",
        "year (UTC)",
    } <= said
    assert {"2019", "2020", "2021", "2022"} <= said
    bands = [p for p in parsed(svg).iter(f"{SVG}path") if p.get("class") == "band"]
    assert len(bands) == 1
    assert bands[0].find(f"{SVG}title").text == "Ada, 2019–2020: known to possible share"


def test_no_year_is_no_picture() -> None:
    with pytest.raises(ValueError, match="no year"):
        concentration_picture(dataclasses.replace(YEARS, years=()))


def test_the_area_of_a_square_is_the_count() -> None:
    root = parsed(matrix_picture(LAYERS))
    squares = {
        r.find(f"{SVG}title").text: float(r.get("width")) * float(r.get("height"))
        for r in root.iter(f"{SVG}rect")
        if r.get("class") == "mark"
    }
    assert squares["Ada: Chips: 3"] / squares[f"{SCRIPT}: Chips: 1"] == pytest.approx(3, rel=0.05)


def test_where_nothing_is_counted_twice_the_square_says_it_all() -> None:
    once = dataclasses.replace(LAYERS, firms=(("Ada", (1, 0, 1)),))
    assert not {w.text for w in texts(matrix_picture(once))} & {"0", "1"}


def test_mermaid_and_dot_hold_every_link_once_and_quote_names() -> None:
    for text, arrow in ((mermaid(NETWORK), "-->|"), (dot(NETWORK), " -> ")):
        assert text.count(arrow) == len(LINKS)
        assert SOURCE in text
        assert DAY in text
    drawn = mermaid(NETWORK)
    assert drawn.startswith("graph LR\n")
    assert "<script" not in drawn
    assert "`" not in drawn
    assert 'label="<script>alert(1)</script> & \\"quoted\\" \'x\' ]]> `"' in dot(NETWORK)


NAMES = st.text(string.printable + "äß深😀\x00", min_size=1, max_size=40)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    count = draw(st.integers(2, 9))
    nodes = tuple(
        Node(f"framework/n{i}", draw(NAMES), draw(st.sampled_from(["Company", "Framework"])))
        for i in range(count)
    )
    ends = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(
        lambda p: p[0] != p[1]
    )

    def link(a: int, b: int) -> Link:
        power = draw(st.sampled_from(POWERS))
        if power == "pays":
            amount = draw(st.none() | st.floats(0, 1e12))
            return Link(nodes[a].id, nodes[b].id, power, amount=amount, reason=draw(NAMES))
        low, high = sorted((draw(st.floats(0, 1)), draw(st.floats(0, 1))))
        return Link(nodes[a].id, nodes[b].id, power, low, high, reason=draw(NAMES))

    links = tuple(link(a, b) for a, b in draw(st.lists(ends, min_size=1, max_size=14)))
    return Network(draw(NAMES), nodes, links, draw(NAMES), str(datetime.date(2026, 11, 24)))


@settings(max_examples=60, deadline=None)
@given(networks())
def test_any_network_is_drawn_without_one_label_on_another(network: Network) -> None:
    svg = paths_picture(network)
    assert overlapping(svg) == []
    assert outside(svg) == []
    said = collections.Counter(w.text for w in texts(svg))
    for words, count in collections.Counter(label(x) for x in network.links).items():
        assert said[words] >= count
    assert svg == paths_picture(network)
    ego = ego_picture(Ego(network.nodes[0].id, network))
    assert overlapping(ego) == []
    assert outside(ego) == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            lambda commits, known, parts, elephant: (commits, known, parts, elephant),
            st.integers(1, 10**6),
            st.floats(0, 1),
            st.dictionaries(NAMES, st.floats(0, 1), max_size=6),
            st.none() | st.tuples(st.integers(1, 5), st.integers(5, 300)),
        ),
        min_size=1,
        max_size=30,
    )
)
def test_any_years_are_drawn_without_one_label_on_another(rows: list[tuple]) -> None:  # type: ignore[type-arg]
    years = tuple(
        Year(1995 + i, commits, known, tuple(Share(n, s, 1.0) for n, s in parts.items()), elephant)
        for i, (commits, known, parts, elephant) in enumerate(rows)
    )
    svg = concentration_picture(Years("Whose?", years, SOURCE, DAY))
    assert overlapping(svg) == []
    assert outside(svg) == []


if __name__ == "__main__":
    json.dump({name: picture() for name, picture in (PICTURES | TEXTS).items()}, sys.stdout)
