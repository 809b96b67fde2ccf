"""The JSON API says what the command line and the Python API say."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stackholder
from stackholder.queries.catalogue import questions


@pytest.fixture(scope="session")
def graph(starter: Path) -> stackholder.Graph:
    return stackholder.open(starter)


@pytest.fixture(scope="module")
def client(serving: Any) -> Iterator[httpx.Client]:
    """A client of a server with the usual time limit."""
    with serving() as server, httpx.Client(base_url=server.address, timeout=60) as one:
        yield one


def get(client: httpx.Client, path: str, **parameters: Any) -> Any:
    found = client.get(f"/api/{path}", params=parameters)
    assert found.status_code == 200, found.text
    return found.json()


def plain(value: Any) -> Any:
    """A value as JSON gives it back."""
    return json.loads(json.dumps(value, default=str))


def test_about_counts_what_is_there(client: httpx.Client, graph: stackholder.Graph) -> None:
    told = get(client, "about")
    assert told["snapshot"] == graph.snapshot.hash
    assert told["as_of"] == str(graph.as_of)
    assert told["nodes"] == graph.state.node_count == sum(k["count"] for k in told["kinds"])
    assert told["edges"] == graph.state.edge_count == sum(r["count"] for r in told["relations"])
    assert told["built"]
    assert list(told["powers"]) == ["decides", "works", "squeezes", "pays", "binds"]
    assert told["powers"]["squeezes"] == "squeezes: can withhold what it needs"


def test_highlights_are_telling_and_cited(client: httpx.Client) -> None:
    facts = get(client, "highlights")["facts"]
    assert 5 <= len(facts) <= 8
    for fact in facts:
        assert fact["question"] in questions()
        assert all(s["url"].startswith("http") and s["title"] for s in fact["sources"])
        assert fact["sources"]
        assert 0 < fact["confidence"] <= 1
        asked = get(client, f"ask/{fact['question']}", **fact["parameters"])
        assert asked["rows"]
    assert any("NVIDIA" in fact["text"] for fact in facts)


@pytest.mark.parametrize("text", ["pytorch", "meta", "wikidata:Q95", "no such thing"])
def test_search_finds_what_find_finds(
    client: httpx.Client, graph: stackholder.Graph, text: str
) -> None:
    assert get(client, "search", q=text, limit=5)["rows"] == list(graph.find(text, limit=5))


def test_an_entity_is_what_show_shows_without_what_is_computed(
    client: httpx.Client, graph: stackholder.Graph
) -> None:
    told = get(client, "entity", id="PyTorch")
    shown = plain(graph.show("pytorch"))
    stated = [s for s in shown.pop("statements") if s["relation"] not in {"CONTROLS", "HAS_POWER"}]
    assert told["statements"] == stated
    assert {s["relation"] for s in stated} >= {"GOVERNS", "CONTRIBUTION_SHARE"}
    assert {k: told[k] for k in shown} == shown


def test_an_entity_says_who_holds_it_power_by_power_with_what_stands_behind(
    client: httpx.Client,
) -> None:
    told = get(client, "entity", id="PyTorch")
    order = list(get(client, "about")["powers"])
    places = [order.index(h["power"]) for h in told["holders"]]
    assert places == sorted(places)
    deciders = [h for h in told["holders"] if h["power"] == "decides"]
    assert [h["low"] for h in deciders] == sorted((h["low"] for h in deciders), reverse=True)
    first = deciders[0]
    assert (first["name"], first["label"]) == ("PyTorch core maintainers", "decides 0.73–0.83")
    assert first["reason"]
    keys = {k for side in ("holders", "holdings") for h in told[side] for k in h["keys"]}
    assert keys == set(told["evidence"])
    meta = next(h for h in told["holders"] if h["id"] == "company/meta-platforms")
    assert meta["owner_name"] == "Mark Zuckerberg"


def test_an_owner_holds_what_its_firms_hold(client: httpx.Client) -> None:
    told = get(client, "entity", id="alphabet")["holdings"]
    jax = next(h for h in told if h["id"] == "framework/jax" and h["power"] == "decides")
    assert (jax["party"], jax["holder"], jax["name"]) == ("company/google", "Google", "JAX")


def test_paths_are_those_of_the_command_line_with_a_picture(
    client: httpx.Client, graph: stackholder.Graph
) -> None:
    told = get(client, "paths", **{"from": "nvidia", "to": ["pytorch", "jax"], "k": 5})
    expected = plain(graph.paths("nvidia", "pytorch", "jax", k=5).to_dict())
    picture = told.pop("picture")
    assert told == expected
    ends = {
        e
        for hop in (h for path in told["hops"] for h in path)
        for e in (hop["source"], hop["target"])
    }
    assert {n["id"] for n in picture["nodes"]} == ends
    assert all(0 <= n[axis] <= 1 for n in picture["nodes"] for axis in ("x", "y"))
    places = {n["id"]: n for n in picture["nodes"]}
    for edge in picture["edges"]:
        assert places[edge["source"]]["x"] < places[edge["target"]]["x"]


def test_every_edge_of_a_picture_of_paths_says_its_power_in_words(client: httpx.Client) -> None:
    told = get(client, "paths", **{"from": "nvidia", "to": "pytorch"})
    labels = {e["label"] for e in told["picture"]["edges"]}
    assert "squeezes up to 0.38" in labels
    assert {hop["label"] for path in told["hops"] for hop in path} == labels
    assert all(e["reason"] and e["keys"] for e in told["picture"]["edges"])


def test_paths_end_by_the_powers_that_are_wanted(client: httpx.Client) -> None:
    told = get(client, "paths", **{"from": "microsoft", "to": "openai", "power": "pays,binds"})
    assert {row["power"] for row in told["rows"]} == {"pays"}
    [hop] = told["hops"][0]
    assert hop["label"].startswith("pays USD ")
    assert hop["low"] is hop["high"] is None
    usual = get(client, "paths", **{"from": "microsoft", "to": "openai"})
    assert {row["power"] for row in usual["rows"]} == {"decides"}


def test_every_question_is_listed_with_all_that_a_form_needs(client: httpx.Client) -> None:
    told = {q["name"]: q for q in get(client, "questions")["questions"]}
    assert set(told) == set(questions())
    for name, question in questions().items():
        assert [p["name"] for p in told[name]["parameters"]] == [
            p.name for p in question.parameters
        ]
        if not told[name]["computed"]:
            assert told[name]["cypher"] == question.text("cypher")
            assert told[name]["sparql"] == question.text("sparql")


@pytest.mark.parametrize(
    ("name", "language"),
    [
        *((n, None if q.computed else "cypher") for n, q in sorted(questions().items())),
        ("framework_cloud_paths", "sparql"),
        ("data_flywheel", "sparql"),
    ],
)
def test_a_question_has_the_answer_of_the_python_api(
    client: httpx.Client, graph: stackholder.Graph, name: str, language: Any
) -> None:
    given = {p.name: p.example for p in questions()[name].parameters}
    spoken = {"language": language} if language else {}
    told = get(client, f"ask/{name}", **given, **spoken, limit=7, explain=1)
    expected: dict[str, Any] = dict(given)
    assert told == plain(
        graph.ask(name, language=language, limit=7, explain=True, **expected).to_dict()
    )


def test_another_date_gives_the_answer_of_that_date(client: httpx.Client) -> None:
    now = get(client, "ask/who_controls", artefact="pytorch", limit=1)
    then = get(client, "ask/who_controls", artefact="pytorch", as_of="2022-09-01", limit=1)
    assert then["as_of"] == "2022-09-01"
    assert then["rows"][0]["party"] == "company/meta-platforms"
    assert now["rows"][0]["party"] == "governing-body/pytorch-core-maintainers"
    month = client.get("/api/about", params={"as_of": "2022-09"})
    assert month.json()["as_of"] == "2022-09-01"
    assert month.json()["edges"] < get(client, "about")["edges"]


def test_a_difference_is_that_of_the_command_line(client: httpx.Client) -> None:
    told = get(client, "diff", before="2022-09-01", after="2022-09-15", around="pytorch")
    changes = {(r["what"], r["relation"], r["source"]) for r in told["rows"]}
    assert ("ended", "GOVERNS", "company/meta-platforms") in changes
    assert ("added", "GOVERNS", "institution/pytorch-foundation") in changes
    assert told["names"]["institution/pytorch-foundation"] == "PyTorch Foundation"


def test_a_difference_of_powers_says_what_each_was_and_is(client: httpx.Client) -> None:
    asked = {"before": "2022-09-01", "after": "2022-09-15", "around": "pytorch"}
    told = get(client, "diff", **asked, control=1)
    rows = {
        (r["power"], r["party_name"]): (r["what"], r["before"], r["after"]) for r in told["rows"]
    }
    what, before, after = rows["decides", "Meta Platforms"]
    assert (what, before) == ("changed", "decides 1")
    assert after.startswith("decides 0.")
    core = rows["decides", "PyTorch core maintainers"]
    assert core == ("began", None, "decides 0.73–0.83")
    assert {k for r in told["rows"] for k in r["edge"].split()} >= set(told["evidence"])
    assert told["evidence"]


def test_snapshots_are_listed(client: httpx.Client, graph: stackholder.Graph) -> None:
    (only,) = get(client, "snapshots")["snapshots"]
    assert only["hash"] == graph.snapshot.hash
    assert only["current"] is True
    assert only["built"]


def test_the_map_holds_every_control_edge_once(
    client: httpx.Client, graph: stackholder.Graph
) -> None:
    told = get(client, "map")
    controls = graph.state.edges("CONTROLS", ["source", "target", "power"]).to_pylist()
    drawn = sorted(
        (told["nodes"][i]["id"], told["nodes"][j]["id"], power) for i, j, power in told["edges"]
    )
    assert drawn == sorted(
        (r["source"], r["target"], r["power"]) for r in controls if r["source"] != r["target"]
    )
    assert all(0 <= n[axis] <= 1 for n in told["nodes"] for axis in ("x", "y", "size"))
    assert len({(n["x"], n["y"]) for n in told["nodes"]}) > 0.9 * len(told["nodes"])
    few = get(client, "map", limit=50)
    assert len(few["nodes"]) == 50


def test_a_lock_file_and_a_report_are_audited_as_on_the_command_line(
    client: httpx.Client, graph: stackholder.Graph
) -> None:
    report = Path(__file__).parents[2] / "examples/torch-transformers.report.json"
    found = client.post("/api/audit", params={"name": "report.json"}, content=report.read_bytes())
    told = found.json()
    expected = plain(graph.audit(report).to_dict())
    assert told.pop("notes") == []
    evidence = told.pop("evidence")
    assert {k for d in told["deciders"] for k in d["keys"]} <= set(evidence)
    assert told.pop("file") == "report.json"
    del expected["file"]
    assert told == expected


def test_a_requirements_file_is_read_and_never_given_to_pip(client: httpx.Client) -> None:
    text = (
        "# ours\ntorch==2.5.1\ntransformers>=4  # models\n-r other.txt\n--index-url http://x\n"
        "numpy ; python_version > '3'\n"
    )
    found = client.post("/api/audit", params={"name": "requirements.txt"}, content=text)
    assert found.status_code == 200, found.text
    told = found.json()
    assert {p["name"] for p in told["packages"]} == {"torch", "transformers", "numpy"}
    assert {f["name"] for f in told["frameworks"]} >= {"PyTorch", "Transformers"}
    assert "pip is not run" in told["notes"][0]


@pytest.mark.parametrize("form", ["graphml", "turtle", "nquads", "node-link"])
def test_an_export_is_downloaded(client: httpx.Client, form: str) -> None:
    found = client.get("/api/export", params={"format": form, "around": "vllm"})
    assert found.status_code == 200
    assert found.headers["Content-Disposition"].startswith('attachment; filename="stackholder-')
    assert b"vllm" in found.content


@pytest.mark.parametrize("form", ["neo4j-csv", "parquet"])
def test_an_export_of_several_files_is_a_zip(client: httpx.Client, form: str) -> None:
    found = client.get("/api/export", params={"format": form, "around": "vllm", "hops": 2})
    assert found.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
        assert archive.testzip() is None
        assert "manifest.json" in archive.namelist()


def test_the_openapi_document_describes_what_is_answered(client: httpx.Client) -> None:
    told = get(client, "openapi.json")
    assert told["openapi"].startswith("3.1")
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            given = {
                p["name"]: "x"
                for p in operation["parameters"]
                if p["in"] == "query" and p.get("required")
            }
            found = client.request(
                method, path.replace("{name}", "who_controls"), params=given, content=b""
            )
            assert found.status_code != 405, path
            assert "there is no parameter" not in found.text


@pytest.mark.parametrize(
    ("path", "status", "what"),
    [
        ("entity", 400, "id is missing"),
        ("entity?id=nosuchthing", 404, "there is no entity"),
        ("entity?id=pytorch&id=jax", 400, "more than once"),
        ("search?q=x&limit=0", 400, "out of range"),
        ("search?q=x&limit=many", 400, "out of range"),
        ("search?q=x&colour=red", 400, "no parameter"),
        ("paths?from=nvidia", 400, "to is missing"),
        ("paths?from=nvidia&to=pytorch&power=votes", 400, "there is no"),
        ("paths?from=nvidia&to=pytorch&channels=V", 400, "no parameter"),
        ("paths?from=nvidia&to=pytorch&max_hops=99", 400, "out of range"),
        ("ask/nothing", 404, "there is no question"),
        ("ask/who_controls", 400, "needs artefact"),
        ("ask/who_controls?artefact=pytorch&explain=perhaps", 400, "no yes or no"),
        ("ask/who_controls?artefact=pytorch&language=latin", 400, "there is no"),
        ("ask/who_controls?artefact=pytorch&store=bolt://x", 400, "no parameter"),
        ("ask/stakes_web?least=few", 400, "integer"),
        ("diff?before=yesterday", 400, "date"),
        ("diff?before=abcdef", 404, "snapshot"),
        ("export?format=docx", 400, "no format"),
        ("about?as_of=tomorrow", 400, "no date"),
        ("about?as_of=2022-02-31", 400, "day is out of range"),
        ("nothing", 404, "there is no"),
    ],
)
def test_a_mistake_is_named_with_what_to_do(
    client: httpx.Client, path: str, status: int, what: str
) -> None:
    found = client.get(f"/api/{path}")
    assert found.status_code == status, found.text
    said = found.json()["error"]
    assert set(said) == {"what", "where", "hint"}
    assert what in said["what"]


def test_lines_that_pip_takes_cost_an_upload_nothing(client: httpx.Client) -> None:
    text = (
        "torch>=2.0,\\\n  <3\ngit+https://example.org/kit.git@v1#egg=kit\n./vendored\n-e .\n"
        "numpy ; sys_platform == 'win32'\ntransformers==${VERSION}\n"
        "jax @ https://example.org/jax-0.5.1-py3-none-any.whl\nkeras==3.* --hash=sha256:aa\n"
    )
    for body in (text.encode(), text.encode("utf-16")):
        found = client.post("/api/audit", params={"name": "requirements.txt"}, content=body)
        assert found.status_code == 200, found.text
        told = found.json()
        versions = {p["name"]: p["version"] for p in told["packages"]}
        named = {"torch": "", "numpy": "", "transformers": "", "jax": "0.5.1", "keras": ""}
        assert versions == named
        assert [note.partition(" ")[0] for note in told["notes"][1:]] == ["1", "3"]
    assert {p["name"]: p["line"] for p in told["packages"]}["keras"] == 9
