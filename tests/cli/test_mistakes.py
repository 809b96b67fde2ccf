"""What goes wrong is said once, with the place and the next step, and never as a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]
ASK = ["ask", "who_controls", "-p", "artefact", "pytorch"]
SECRET = "open-sesame"
SERVER = f"bolt://somebody:{SECRET}@127.0.0.1:1"


def is_one_message(said: Any, code: int, *parts: str) -> None:
    """One message on stderr with all these parts and a next step, nothing on stdout, the exit code."""
    assert said.code == code, said
    assert said.out == ""
    assert "Traceback" not in said.err
    assert "defect of Stackholder" not in said.err
    assert said.err.count("error: ") == 1
    assert "  → " in said.err
    for part in parts:
        assert part in said.err


# ---------------------------------------------------------------------- names and parameters


def test_a_mistyped_entity_is_guessed(cli: Cli) -> None:
    is_one_message(cli("show", "pytorhc"), 4, "'pytorhc'", "did you mean framework/pytorch")
    is_one_message(cli("paths", "nvida", "pytorch"), 4, "'nvida'", "did you mean company/nvidia")


def test_an_entity_of_another_kind_is_said_to_be_one(cli: Cli) -> None:
    said = cli("ask", "framework_cloud_paths", "-p", "framework", "nvidia")
    is_one_message(said, 4, "'nvidia'", "Framework", "company/nvidia is a Company")


def test_a_search_without_hits_is_not_found(cli: Cli) -> None:
    is_one_message(cli("find", "nosuchthing"), 4, "'nosuchthing'")
    is_one_message(cli("find", ""), 4)


def test_a_search_among_an_unknown_kind_lists_the_kinds(cli: Cli) -> None:
    is_one_message(cli("find", "torch", "--kind", "Frame"), 2, "--kind", "'Frame'", "Framework")


def test_an_unknown_question_is_guessed(cli: Cli) -> None:
    is_one_message(cli("ask", "who_control"), 4, "'who_control'", "did you mean who_controls?")
    is_one_message(cli("ask", "zzz"), 4, "'zzz'", "stackholder ask")


def test_a_missing_parameter_says_how_to_write_it(cli: Cli) -> None:
    is_one_message(cli("ask", "who_controls"), 2, "artefact", "-p artefact pytorch")


@pytest.mark.parametrize("name", ["nosuch", "limit", "timeout", "explain", "store", "name"])
def test_an_unknown_parameter_lists_the_known_ones(cli: Cli, name: str) -> None:
    is_one_message(cli(*ASK, "-p", name, "1"), 2, repr(name), "its parameters: artefact")


def test_a_store_that_speaks_another_language_is_refused(cli: Cli) -> None:
    said = cli(*ASK, "--language", "sparql", "--store", "embedded")
    assert said.code == 2
    assert "'embedded' speaks cypher, not sparql" in said.err


def test_an_unknown_store_lists_the_known_ones(cli: Cli) -> None:
    is_one_message(cli(*ASK, "--store", "nosuch"), 2, "'nosuch'", "embedded, rdf, rdflib, bolt://")


@pytest.mark.parametrize("date", ["nonsense", "2022-13-01", "2022-02-30", "14.9.2022", "", "0"])
def test_nonsense_is_no_date(cli: Cli, date: str) -> None:
    said = cli("show", "pytorch", "--as-of", date)
    is_one_message(said, 2, "write a date like 2022-09-14")
    assert "as-of" in said.err or "as_of" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["paths", "nvidia", "pytorch"],
        ASK,
        ["cypher", "RETURN 1"],
        ["sparql", "ASK {}"],
        ["validate"],
        ["audit", "x.json"],
        ["push", "bolt://127.0.0.1:1"],
        ["export", "graphml", "out.graphml"],
    ],
    ids=lambda a: a[0],
)
def test_every_verb_refuses_nonsense_for_a_date(cli: Cli, arguments: list[str]) -> None:
    is_one_message(cli(*arguments, "--as-of", "nonsense"), 2, "'nonsense'", "2022-09-14")
    assert not Path("out.graphml").exists()


def test_a_server_is_not_asked_for_another_date(cli: Cli) -> None:
    is_one_message(
        cli(*ASK, "--store", SERVER, "--as-of", "2022"), 2, "--as-of", "stackholder push"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["find", "torch", "--format", "xml"],
        ["export", "docx", "out"],
        ["find", "torch", "--limit", "0"],
        ["find"],
        ["paths", "nvidia"],
        ["paths", "nvidia", "pytorch", "-k", "0"],
        ["sparql", "ASK {}", "--timeout", "0"],
        ["nosuch"],
        ["find", "torch", "--nosuch"],
    ],
    ids=" ".join,
)
def test_wrong_usage_says_where_help_is(cli: Cli, arguments: list[str]) -> None:
    said = cli(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert "Error: " in said.err
    assert "--help" in said.err


# ---------------------------------------------------------------------- queries


def test_a_syntax_error_in_cypher_says_line_and_column(cli: Cli) -> None:
    is_one_message(cli("cypher", "MATCH (n:Company)\nRETURN n.id ORDER n"), 1, "line 2, column ")


def test_a_syntax_error_in_sparql_is_one_message(cli: Cli) -> None:
    is_one_message(cli("sparql", "SELECT ?x WHERE {\n ?x ?y }"), 1, "query")


def test_a_kind_that_does_not_exist_is_named(cli: Cli) -> None:
    is_one_message(cli("cypher", "MATCH (n:Compny) RETURN n.id"), 1, "Compny", "stackholder schema")


def test_an_empty_query_is_an_error(cli: Cli) -> None:
    is_one_message(cli("cypher", ""), 1)
    is_one_message(cli("sparql", " "), 1)


def test_a_parameter_that_the_query_does_not_have_is_an_error(cli: Cli) -> None:
    is_one_message(cli("cypher", "RETURN 'of $x' AS a", "-p", "x", "1"), 2, "'x'", "write $x in it")
    text = "SELECT ?n WHERE { <https://example.org/x> <https://example.org/y> ?n }"
    is_one_message(cli("sparql", text, "-p", "n", "1"), 2, "'n'", "write ?_n in it")


def test_a_parameter_that_is_not_given_is_an_error(cli: Cli) -> None:
    is_one_message(cli("cypher", "MATCH (c:Company {name: $x}) RETURN c.id"), 2, "$x", "-p x VALUE")
    assert cli("cypher", "RETURN 'costs $x' AS a // of $y").code == 0


def test_parameters_reach_the_query_as_values(cli: Cli) -> None:
    said = cli("cypher", "RETURN $a AS a, $b AS b, $c AS c", "-p", "a", "1", "-p", "b", "x'y", "-p", "c",
               "true", "-f", "json")  # fmt: skip
    assert said.json["rows"] == [{"a": 1, "b": "x'y", "c": True}]
    text = "SELECT ?n WHERE { ?c <https://w3id.org/stackholder/ns#id> ?_id ; <https://schema.org/name> ?n }"
    assert cli("sparql", text, "-p", "id", "company/nvidia").out == "n\nNVIDIA\n"


def test_a_query_that_is_no_text_is_an_error(process: Cli) -> None:
    is_one_message(process("cypher", "-", stdin=b"RETURN '\xff'"), 2, "query, character", "UTF-8")


@pytest.mark.parametrize(
    ("verb", "text"),
    [
        ("cypher", "CREATE (n:Company {id: 'x'})"),
        ("cypher", "MATCH (n:Company) SET n.name = 'x' RETURN n"),
        ("cypher", "MATCH (n:Company) DETACH DELETE n"),
        ("cypher", "MERGE (n:Company {id: 'x'}) RETURN n"),
        ("cypher", "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row"),
        ("cypher", "COPY Company FROM 'x.csv'"),
        ("cypher", "MATCH (n) RETURN n.id; CREATE (m:Company {id: 'x'})"),
        ("cypher", "/* a read */ CALL db.labels()"),
        ("sparql", "INSERT DATA { <x:a> <x:b> <x:c> }"),
        ("sparql", "DELETE WHERE { ?s ?p ?o }"),
        ("sparql", "CLEAR ALL"),
        ("sparql", "LOAD <http://127.0.0.1:1/x>"),
        ("sparql", "SELECT * { SERVICE <http://127.0.0.1:1/sparql> { ?s ?p ?o } }"),
        ("sparql", "SELECT * FROM <http://127.0.0.1:1/x> { ?s ?p ?o }"),
    ],
    ids=lambda x: x.split("(")[0].split("<")[0][:24],
)
def test_what_would_write_or_reach_outside_is_refused(cli: Cli, verb: str, text: str) -> None:
    is_one_message(cli(verb, text), 2, "is refused")


def test_a_word_in_a_string_writes_nothing(cli: Cli) -> None:
    assert cli("cypher", "RETURN 'CREATE' AS text // SET").code == 0
    assert cli("sparql", 'SELECT ("INSERT DATA" AS ?text) {} # LOAD').code == 0


@pytest.mark.parametrize(
    ("verb", "text"),
    [
        ("cypher", "MATCH (a), (b), (c) WHERE a.name < b.name AND b.name < c.name RETURN count(*)"),
        ("sparql", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"),
    ],
)
def test_a_query_that_takes_too_long_is_stopped_and_gives_nothing(
    cli: Cli, verb: str, text: str
) -> None:
    is_one_message(cli(verb, text, "--timeout", "0.3"), 124, "stopped after 0.3 s", "--timeout")


# ---------------------------------------------------------------------- servers and secrets


@pytest.mark.parametrize(
    "arguments",
    [
        ["cypher", "RETURN 1", "--store", SERVER],
        [*ASK, "--store", SERVER],
        ["push", SERVER],
    ],
    ids=lambda a: a[0],
)
def test_a_server_that_does_not_answer_is_named_without_the_password(
    cli: Cli, arguments: list[str]
) -> None:
    said = cli(*arguments)
    is_one_message(said, 1, "127.0.0.1:1", "start it")
    assert SECRET not in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["doctor", SERVER],
        ["doctor", SERVER, "--format", "json"],
        [SERVER],
        ["push", SERVER, SERVER],
        ["show", SERVER],
        [*ASK, "--store", SERVER, "--as-of", "2022"],
        ["cypher", "RETURN 1", "--store", SERVER.replace("bolt", "nosuch")],
        ["sparql", "ASK {}", "--store", SERVER.replace("bolt", "http")],
        ["find", "x", "--limit", SERVER],
    ],
    ids=lambda a: " ".join(a)[:24],
)
def test_a_password_is_never_printed(cli: Cli, arguments: list[str]) -> None:
    said = cli(*arguments)
    assert said.code != 0
    assert SECRET not in said.out
    assert SECRET not in said.err


def test_a_password_in_a_setting_is_starred_out(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACKHOLDER_STORE", SERVER)
    said = cli("--show-config")
    assert "bolt://somebody:***@127.0.0.1:1" in said.out
    assert SECRET not in cli(*ASK).err


def test_doctor_says_that_a_server_is_down(cli: Cli) -> None:
    said = cli("doctor", "bolt://127.0.0.1:1", "-f", "json")
    assert said.code == 1
    last = said.json["rows"][-1]
    assert (last["what"], last["state"]) == ("bolt://127.0.0.1:1", "bad")


# ---------------------------------------------------------------------- files and homes


def test_a_home_without_a_graph_says_how_to_build_one(cli: Cli, tmp_path: Path) -> None:
    for arguments in (["find", "torch"], ASK, ["show", "pytorch"], ["export", "turtle", "x.ttl"]):
        is_one_message(
            cli(*arguments, "--home", tmp_path / "empty"), 4, "empty", "stackholder build"
        )
    assert not (tmp_path / "empty").exists()


def test_a_home_that_is_a_file_is_an_error(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    said = cli("build", "--home", tmp_path / "file")
    assert said.code == 1
    assert str(tmp_path / "file") in said.err
    assert "Traceback" not in said.err


def test_a_broken_snapshot_is_an_error(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "h/snapshots/x").mkdir(parents=True)
    (tmp_path / "h/current").symlink_to("snapshots/x")
    is_one_message(
        cli("find", "torch", "--home", tmp_path / "h"), 4, "snapshots/x", "stackholder build"
    )


def test_an_audit_of_a_missing_file_is_not_found(cli: Cli) -> None:
    is_one_message(cli("audit", "nosuch.json"), 4, "nosuch.json", "there is no such file")


def test_an_audit_of_a_folder_asks_for_a_file(cli: Cli, tmp_path: Path) -> None:
    is_one_message(cli("audit", tmp_path), 2, str(tmp_path), "a folder, not a file")


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("report.json", '{"install": [\n  1,', "report.json:2:"),
        ("report.json", '{"install": 3}', "`install`"),
        ("report.json", "[]", "report.json"),
        ("pylock.toml", "a = \n", "pylock.toml"),
        ("stack.docx", "x", "stack.docx"),
    ],
)
def test_an_audit_of_a_broken_file_says_where(cli: Cli, name: str, text: str, place: str) -> None:
    Path(name).write_text(text)
    is_one_message(cli("audit", name), 1, place)


def test_an_export_that_cannot_be_written_leaves_nothing(cli: Cli, tmp_path: Path) -> None:
    said = cli("export", "turtle", tmp_path / "nosuch/x.ttl", "--around", "vllm")
    assert said.code in {1, 2}
    assert str(tmp_path / "nosuch") in said.err
    assert not (tmp_path / "nosuch").exists()


def test_a_flavour_of_another_format_is_refused(cli: Cli) -> None:
    is_one_message(cli("export", "turtle", "x.ttl", "--flavor", "yed"), 2, "graphml")


def test_debug_shows_the_traceback(process: Cli) -> None:
    said = process("--debug", "show", "pytorhc")
    assert said.code == 1
    assert "Traceback" in said.err


def test_an_argument_that_is_no_utf_8_is_a_mistake_and_no_defect(cli: Cli) -> None:
    is_one_message(cli("find", "caf\udce9"), 2, "an argument is not UTF-8")


def test_a_file_whose_name_is_no_utf_8_is_read_and_named(cli: Cli, tmp_path: Path) -> None:
    parts = [{"name": "six", "purl": "pkg:pypi/six@1"}]
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": parts}
    file = tmp_path / "caf\udce9.json"
    file.write_text(json.dumps(bill))
    said = cli("audit", str(file), "--format", "json")
    assert said.code == 0, said.err
    said.json["file"].encode()
    source = f"sbom:x={file}"
    built = cli("build", "--home", tmp_path / "other", "--no-stores", "--source", source)
    assert built.code == 0, built.err


@pytest.mark.parametrize("question", ["concentration", "outside_work", "control_surplus"])
def test_a_window_that_is_none_is_a_mistake(cli: Cli, question: str) -> None:
    is_one_message(cli("ask", question, "-p", "window", "foo"), 2, "'foo' is no window")


@pytest.mark.parametrize(
    "arguments",
    [("diff", "2024", "2020"), ("ask", "change", "-p", "before", "2024", "-p", "after", "2020")],
)
def test_dates_in_the_wrong_order_are_a_mistake(cli: Cli, arguments: tuple[str, ...]) -> None:
    is_one_message(cli(*arguments), 2, "2024-01-01 is after 2020-01-01", "swap them")


def test_a_picture_goes_into_a_file_whose_ending_means_one(cli: Cli, tmp_path: Path) -> None:
    for name, more in (("a.pdf", ()), ("a.svg", ("--format", "dot"))):
        said = cli("draw", "ego", "jax", "-o", tmp_path / name, *more)
        is_one_message(said, 2, name)
