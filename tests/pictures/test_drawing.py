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
from stackholder.pictures.views import ego_of, kind_of, layers_of, network_of, years_of
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


def test_an_ego_keeps_the_strongest_on_each_side_and_counts_the_rest(starter: Graph) -> None:
    strongest: dict[str, float] = {}
    for row in starter.state.edges("CONTROLS").to_pylist():
        if row["source"] == "company/nvidia" and row["strength"] != 0:
            found = -1.0 if row["strength"] is None else row["strength"]
            strongest[row["target"]] = max(strongest.get(row["target"], -1.0), found)
    ego = ego_of(starter.state, "company/nvidia", 12)
    shown = {n.id for n in ego.network.nodes} - {"company/nvidia"}
    assert len(strongest) > 50
    assert ego.left_out[1] == len(strongest) - 12
    kept = {t: s for t, s in strongest.items() if t in shown}
    assert len(kept) == 12
    assert min(kept.values()) >= max(s for t, s in strongest.items() if t not in shown)


def test_an_unknown_strength_is_drawn_as_unknown_and_no_strength_is_not_drawn(
    tmp_path: Path,
) -> None:
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
    assert [(x.source, x.strength) for x in ego.network.links] == [("company/ada", None)]
    assert "Company  ·  V ?" in {w.text for w in texts(ego_picture(ego))}


def test_the_network_of_an_answer_holds_its_hops_once_with_relation_and_date(
    starter: Graph,
) -> None:
    answer = starter.paths("alphabet", "jax", k=3)
    network = network_of(answer)
    hops = {(h["source"], h["target"], h["channel"]) for path in answer.hops for h in path}
    assert {(x.source, x.target, x.channel) for x in network.links} == hops
    assert network.title == "Control paths from Alphabet to JAX"
    about = {(x.source, x.target): x.about for x in network.links}
    assert about["company/alphabet", "company/google"] == "OWNS since 2015-10-02"
    assert about["company/google", "framework/jax"] == "GOVERNS since 2018"


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
        (["concentration", "pytorch"], 4, "no commits of PyTorch are counted by year"),
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
