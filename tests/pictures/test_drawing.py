"""`stackholder draw`, and what of the graph goes into a picture."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import stackholder
from drawn import overlapping, parsed, texts
from small_stack import EDGES, NODES, edges
from stackholder.answers.graph import Graph
from stackholder.cli import run
from stackholder.pictures import concentration_picture, ego_picture, matrix_picture, paths_picture
from stackholder.pictures.views import ego_of, kind_of, layers_of, network_of, shared_out, years_of
from states import make_state

Cli = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def starter(starter_home: Path) -> Iterator[Graph]:
    with stackholder.open(starter_home) as graph:
        yield graph


@pytest.fixture
def draw(
    starter_home: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Cli:
    """Runs `stackholder draw` on the starter graph, in an empty folder."""
    monkeypatch.setenv("STACKHOLDER_HOME", str(starter_home))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(["draw", *map(str, arguments)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


# ------------------------------------------------------------------ what goes in


def test_an_ego_shows_the_strongest_of_each_power_and_counts_the_rest(starter: Graph) -> None:
    held: dict[str, dict[str, tuple[float, float]]] = {}
    for row in starter.state.edges("HAS_POWER").to_pylist():
        if "company/nvidia" in {row["source"], row["owner"]}:
            value = (row["low"] or 0.0, row["high"] or 0.0)
            held.setdefault(row["power"], {})[row["target"]] = value
    ego = ego_of(starter.state, "company/nvidia", 12)
    own = [x for x in ego.network.links if x.source == "company/nvidia"]
    assert len(own) == 12
    for power in ("decides", "squeezes"):
        shown = {x.target for x in own if x.power == power}
        rest = held[power].keys() - shown
        assert shown
        assert ego.left_out[1][power] == len(rest) > 50
        assert min(held[power][t] for t in shown) >= max(held[power][t] for t in rest)


def test_of_things_held_alike_those_that_most_others_need_are_shown(starter: Graph) -> None:
    ego = ego_of(starter.state, "company/nvidia", 8)
    assert "framework/cuda" in {x.target for x in ego.network.links if x.power == "decides"}


def test_an_owner_holds_what_its_firms_hold(starter: Graph) -> None:
    own = {
        (x.target, x.about) for x in ego_of(starter.state, "company/alphabet", 200).network.links
    }
    assert ("framework/jax", "through Google") in own
    over = ego_of(starter.state, "framework/jax").network.links
    assert ("company/google", "under Alphabet") in {(x.source, x.about) for x in over}


def test_persons_whose_employer_is_not_known_are_a_neighbour_of_their_own(starter: Graph) -> None:
    network = ego_of(starter.state, "framework/pytorch", 50).network
    body = "governing-body/pytorch-core-maintainers"
    nodes = {x.source for x in network.links if x.source.startswith(body)}
    assert len(nodes) == 2
    names = {n.name for n in network.nodes if n.id in nodes}
    assert any("whose employer is not known" in name for name in names)


def test_room_is_shared_out_among_the_powers() -> None:
    assert shared_out({"decides": 25, "works": 2, "squeezes": 3}, 16) == {
        "decides": 11, "works": 2, "squeezes": 3,
    }  # fmt: skip
    assert shared_out({"pays": 9, "decides": 9}, 3) == {"decides": 2, "pays": 1}
    assert shared_out({"binds": 0}, 3) == {}


def test_what_is_not_known_is_drawn_as_what_could_be(tmp_path: Path) -> None:
    state = make_state(
        tmp_path,
        {"Company": [{"id": i, "name": i} for i in ("ada", "bert", "cleo")]},
        {
            "OWNS": [
                *edges("Company:ada Company:cleo"),
                *edges("Company:bert Company:cleo", votes=0.0),
            ]
        },
    )
    ego = ego_of(state, "company/cleo")
    assert [(x.source, x.low, x.high) for x in ego.network.links if x.power == "decides"] == [
        ("company/ada", 0.0, 1.0)
    ]
    assert "company · decides up to 1" in {w.text for w in texts(ego_picture(ego))}


def test_the_network_of_an_answer_holds_its_hops_once_with_relation_and_date(
    starter: Graph,
) -> None:
    answer = starter.paths("alphabet", "jax", k=3)
    network = network_of(answer)
    hops = {(h["source"], h["target"], h["power"]) for path in answer.hops for h in path}
    assert {(x.source, x.target, x.power) for x in network.links} == hops
    assert network.title == "Control paths from Alphabet to JAX"
    about = {(x.source, x.target): x.about for x in network.links if x.power == "decides"}
    assert about["company/alphabet", "company/google"] == "OWNS since 2015-10-02"
    assert about["company/google", "framework/jax"] == "GOVERNS since 2018"
    assert all(x.reason for x in network.links)


def test_years_are_all_years_up_to_the_date_and_not_only_the_last(starter: Graph) -> None:
    years = years_of(starter.state, "framework/keras").years
    assert [y.year for y in years] == list(range(2016, 2027))
    assert all(0 <= s.low <= s.high <= 1 for y in years for s in y.shares)
    assert all(y.elephant is None or 1 <= y.elephant[0] <= y.elephant[1] for y in years)


def test_years_after_the_date_are_not_drawn(starter_home: Path) -> None:
    with stackholder.open(starter_home, as_of="2020-06-01") as graph:
        assert years_of(graph.state, "framework/keras").years[-1].year == 2020


def test_layers_count_what_a_firm_holds_with_those_it_controls(tmp_path: Path) -> None:
    layers = layers_of(make_state(tmp_path, NODES, EDGES))
    rows = {name: dict(zip(layers.layers, counts, strict=True)) for name, counts in layers.firms}
    assert rows["Over"]["Chips"] == 1
    assert rows["Over"]["Clouds"] == 1
    assert "Xena" not in rows
    assert rows["Nora"] == {
        "Chips": 0, "Clouds": 1, "Frameworks": 1, "Models": 0, "Data sets": 0, "Standards": 0, "Seats": 0,
    }  # fmt: skip
    assert "The Trust" not in rows
    fewer = layers_of(make_state(tmp_path, NODES, EDGES), most=2)
    assert len(fewer.firms) == 2
    assert fewer.left_out == len(rows) - 2


def test_kinds_are_read_off_ids() -> None:
    assert kind_of("cloud-platform/x") == "CloudPlatform"
    assert kind_of("nosuchkind/x") == ""


def test_no_label_touches_another_in_pictures_of_the_real_graph(starter: Graph) -> None:
    state = starter.state
    drawn = [
        paths_picture(network_of(starter.paths("nvidia", "pytorch", k=10))),
        paths_picture(network_of(starter.paths("softbank-group", "pytorch", "vllm", k=20))),
        paths_picture(network_of(starter.paths("linux-foundation", "pytorch", k=20))),
        matrix_picture(layers_of(state)),
        *(ego_picture(ego_of(state, i)) for i in ("framework/pytorch", "company/nvidia", "company/google")),
        *(concentration_picture(years_of(state, f"framework/{i}")) for i in ("keras", "numpy", "faiss")),
    ]  # fmt: skip
    for svg in drawn:
        assert overlapping(svg) == []
        assert f"As of {starter.as_of}" in {w.text for w in texts(svg)}


# ------------------------------------------------------------------ the command


@pytest.mark.parametrize(
    "words",
    [
        ["paths", "nvidia", "pytorch"],
        ["ego", "PyTorch"],
        ["concentration", "keras"],
        ["matrix", "--most", "5"],
    ],
    ids=lambda w: w[0],
)
def test_a_picture_goes_to_stdout_or_to_a_file_in_the_format_of_its_ending(
    draw: Cli, words: list[str]
) -> None:
    code, out, _ = draw(*words)
    assert code == 0
    assert parsed(out).get("role") == "img"
    assert draw(*words, "-o", "a.svg") == (0, "a.svg: written\n", "")
    assert Path("a.svg").read_text(encoding="utf-8") == out
    assert draw(*words, "-o", "a.png")[0] == 0
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("words", [["paths", "nvidia", "pytorch"], ["ego", "pytorch"]])
def test_networks_are_also_mermaid_and_dot(draw: Cli, words: list[str]) -> None:
    assert draw(*words, "-f", "mermaid")[1].startswith("graph LR\n")
    assert draw(*words, "-f", "dot")[1].startswith("digraph control {\n")
    draw(*words, "-o", "a.mmd")
    assert Path("a.mmd").read_text(encoding="utf-8") == draw(*words, "-f", "mermaid")[1]


def test_what_cannot_be_drawn_says_why_and_leaves_no_file(draw: Cli, tmp_path: Path) -> None:
    for words, code, part in (
        (["ego", "nosuchthing"], 4, "there is no entity 'nosuchthing'"),
        (["concentration", "cuda"], 4, "no commits of CUDA are counted by year"),
        (["concentration", "nvidia"], 4, "is no entity among Framework"),
        (["paths", "pytorch", "nvidia", "--max-hops", "1"], 4, "no control path"),
        (["matrix", "-f", "mermaid"], 2, "mermaid"),
    ):
        found, out, err = draw(*words, "-o", "a.svg")
        assert found == code
        assert part in err
        assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_without_the_extra_png_says_what_to_install(
    draw: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert importlib.util.find_spec("resvg_py") is not None
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    code, _, err = draw("ego", "pytorch", "-o", "a.png")
    assert code == 2
    assert 'pip install "stackholder[png]"' in err
    assert not Path("a.png").exists()
