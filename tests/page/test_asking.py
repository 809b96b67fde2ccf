"""Questions, audit and the consoles: what a reader asks there, and takes home."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

EXAMPLES = Path(__file__).parents[2] / "examples"
REPORT = EXAMPLES / "torch-transformers.report.json"


def test_every_question_answers_its_example(reader):
    page = reader.open("/questions")
    addresses = page.locator(".question-link").evaluate_all(
        "all => all.map(a => a.getAttribute('href'))"
    )
    assert len(addresses) >= 10
    for address in addresses:
        if address == "/paths":
            continue
        page = reader.open(f"{address}?limit=5")
        assert page.get_by_role("alert").count() == 0, address
        assert "How to read it" in page.inner_text("main"), address
        said = page.locator(".result-said").count()
        assert said or page.locator(".result tbody tr").count() >= 1, address


def test_a_question_is_asked_by_form_and_taken_home(reader, tmp_path):
    page = reader.open("/questions/who_controls")
    page.get_by_label("Artefact").fill("pytorch")
    page.get_by_label("Rows at most").fill("7")
    page.get_by_label("Rows at most").press("Enter")
    page.wait_for_url("**limit=7*")
    reader.settled()
    assert "The first 7 rows" in page.locator(".result-count").inner_text()
    shown = page.locator(".result tbody tr:not(.behind)")
    assert shown.count() == 7
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download CSV").click()
    kept.value.save_as(tmp_path / "rows.csv")
    with (tmp_path / "rows.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download JSON").click()
    kept.value.save_as(tmp_path / "rows.json")
    answer = json.loads((tmp_path / "rows.json").read_text())
    assert [r["party"] for r in rows] == [r["party"] for r in answer["rows"]]
    assert answer["evidence"]
    names = shown.locator("td:first-child").all_inner_texts()
    assert names == [r["party_name"] for r in rows]


def test_cypher_and_sparql_show_the_same_rows(reader):
    def rows(language: str) -> list[str]:
        page = reader.open(f"/questions/fragile_dependencies?limit=10&language={language}")
        return page.locator(".result tbody tr:not(.behind)").all_inner_texts()

    assert rows("cypher") == rows("sparql") != []


def test_a_header_sorts_and_says_so(reader):
    page = reader.open("/questions/who_controls?artefact=framework/pytorch&limit=20")
    header = page.locator("th[data-column='hops']")
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "descending"
    place = page.locator("thead th").evaluate_all(
        "all => all.findIndex(t => t.dataset.column === 'hops')"
    )
    cells = page.locator(f".result tbody tr:not(.behind) td:nth-child({place + 1})")
    hops = [int(t) for t in cells.all_inner_texts()]
    assert hops == sorted(hops, reverse=True)
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "ascending"


def test_a_chart_says_its_unit_and_is_saved(reader, tmp_path):
    page = reader.open("/questions/who_controls?artefact=framework/pytorch")
    chart = page.locator(".bars svg")
    assert "decides, 0 to 1" in (chart.text_content() or "")
    assert "0.48–0.58" in (chart.text_content() or "")
    with page.expect_download() as kept:
        page.locator(".bars").get_by_role("button", name="Download SVG").click()
    kept.value.save_as(tmp_path / "bars.svg")
    assert "PyTorch core maintainers" in (tmp_path / "bars.svg").read_text()
    page.get_by_text("Draw the statements behind it").click()
    page.locator(".drawn canvas").first.wait_for()


def test_a_file_is_audited_by_choosing_and_by_dropping_it(reader):
    page = reader.open("/audit")
    page.locator("input[type=file]").set_input_files(REPORT)
    expect(page.locator(".audit-short")).to_contain_text(
        "18 (15 not open) are surely decided on by NVIDIA"
    )
    for part in ("Who decides on it", "What can be squeezed", "What it rests on", "What binds it"):
        assert page.get_by_role("region", name=part).is_visible()
    decider = page.get_by_role("region", name="Who decides on it").locator("tbody tr").first
    assert "18, at most 20" in decider.inner_text()
    decider.get_by_role("button", name="Evidence").click()
    assert page.locator(".behind:visible a.outside").count() >= 1
    page.reload()
    expect(page.locator(".audit-short")).to_have_count(0)
    dropped = page.evaluate_handle(
        """text => {
          const data = new DataTransfer();
          data.items.add(new File([text], "report.json"));
          return data;
        }""",
        REPORT.read_text(encoding="utf-8"),
    )
    page.dispatch_event(".drop", "drop", {"dataTransfer": dropped})
    expect(page.locator(".audit-short")).to_contain_text(
        "18 (15 not open) are surely decided on by NVIDIA"
    )


def test_what_is_written_is_audited_and_stays_in_the_address_unsent(reader):
    page = reader.open("/audit")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url))
    page.get_by_label("Or write requirements here").fill("torch==2.8.0\njax==0.6.0\n")
    page.get_by_role("button", name="Audit", exact=True).click()
    expect(page.locator(".result-count")).to_contain_text("2 packages")
    assert "#name=requirements.txt&text=torch" in page.url
    page.reload()
    expect(page.locator(".result-count")).to_contain_text("2 packages")
    assert not [url for url in sent if "torch" in url.partition("#")[0]]


def test_a_file_that_cannot_be_read_says_why(reader, tmp_path):
    (tmp_path / "report.json").write_text("{not json")
    page = reader.open("/audit")
    page.locator("input[type=file]").set_input_files(tmp_path / "report.json")
    expect(page.get_by_role("alert")).to_be_visible()
    assert len(page.get_by_role("alert").inner_text()) > 20


def test_the_sparql_console_asks_this_server_with_the_canned_texts(reader):
    page = reader.open("/console/sparql")
    with page.expect_response(
        lambda r: "/sparql" in r.url and r.request.method == "POST"
    ) as answered:
        page.get_by_label("Start from").select_option("fragile_dependencies")
    assert answered.value.url.startswith(f"{reader.address}/sparql")
    assert answered.value.status == 200
    expect(page.locator(".yasr table.dataTable tbody")).to_contain_text("NVIDIA")
    assert page.url.endswith("?question=fragile_dependencies")


def test_a_query_in_the_address_runs_at_once(reader):
    query = (
        "SELECT (COUNT(*) AS ?count) WHERE { ?s a <https://w3id.org/stackholder/ns%23Framework> }"
    )
    page = reader.open(f"/console/sparql?query={query}")
    expect(page.locator(".yasr table.dataTable tbody tr")).to_have_count(1)
    page = reader.open("/console/cypher?query=MATCH (f:Framework) RETURN count(*) AS frameworks")
    expect(page.locator(".result tbody tr")).to_have_count(1)


def test_the_cypher_console_binds_the_parameters_of_a_canned_text(reader):
    page = reader.open("/console/cypher")
    page.get_by_label("Start from").select_option("who_controls")
    expect(page.get_by_label("Parameters, as JSON")).to_have_value(
        '{"artefact":"framework/pytorch","power":""}'
    )
    expect(page.locator(".result tbody")).to_contain_text("PyTorch core maintainers")


@pytest.mark.parametrize(
    ("text", "said"),
    [("CREATE (n:Company) RETURN n", "read-only"), ("MATCH (n RETURN n", "")],
)
def test_a_cypher_text_that_is_refused_says_why(reader, text, said):
    page = reader.open(f"/console/cypher?query={text}")
    expect(page.get_by_role("alert")).to_contain_text(said)
    assert len(page.get_by_role("alert").inner_text()) > 10
