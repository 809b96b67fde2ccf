"""What holds for every view: readable by all, at every width, in both schemes, and asked of nobody else."""

from __future__ import annotations

import re

import pytest

VIEWS = {
    "/": "Who holds your stack?",
    "/search?q=pytorch": "Search",
    "/entity/framework/pytorch": "PyTorch",
    "/paths?from=company/softbank-group&to=framework/pytorch&to=framework/jax&k=4": "Control paths",
    "/questions": "Questions",
    "/questions/who_controls?artefact=framework/pytorch": "Who controls this today?",
    "/audit": "Audit your stack",
    "/map": "Map",
    "/changes?before=2022-09-01&after=2022-09-15&around=framework/pytorch": "What changed",
    "/console/sparql?question=fragile_dependencies": "SPARQL",
    "/console/cypher?question=fragile_dependencies": "Cypher",
}


@pytest.mark.parametrize(("path", "heading"), VIEWS.items())
def test_a_view_is_readable_in_both_schemes_at_every_width_and_its_address_gives_it_again(
    reader, path, heading
):
    page = reader.open(path)
    assert page.url.startswith(reader.address + path)
    assert page.locator("h1").inner_text() == heading
    assert reader.serious() == []
    first = told(reader)
    assert len(first) > 40
    for width in (400, 1600, 1000, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert reader.overflow <= 0, width
        assert page.locator("h1").is_visible()
    page.emulate_media(color_scheme="dark")
    reader.open(page.url.removeprefix(reader.address))
    assert told(reader) == first
    assert reader.serious() == []


def told(reader) -> str:
    """What a view says, without how long it took and without the lines that an editor happens to draw."""
    text: str = reader.page.locator("main").evaluate(
        """main => {
          const copy = main.cloneNode(true);
          for (const part of copy.querySelectorAll(".CodeMirror, .yasr_response_chip")) part.remove();
          return copy.textContent;
        }"""
    )
    return re.sub(r"in \d+ ms", "", text)


def test_the_scheme_is_that_of_the_system_until_the_reader_chooses(scheme_reader, request):
    dark = "dark" in request.node.name
    page = scheme_reader.open("/")
    brightness = "parseInt(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])"
    assert (page.evaluate(brightness) < 128) == dark
    button = page.get_by_role("button", name="Colours: system. Change to light.")
    button.click()
    assert page.evaluate(brightness) > 128
    page.get_by_role("button", name="Colours: light. Change to dark.").click()
    assert page.evaluate(brightness) < 128
    page.reload()
    assert page.evaluate(brightness) < 128


def test_an_address_that_is_none_says_so_and_the_next_step(reader):
    page = reader.open("/nowhere")
    assert "There is no page /nowhere" in page.get_by_role("alert").inner_text()
    page = reader.open("/entity/company/nobody-at-all")
    assert "There is no entity" in page.get_by_role("alert").inner_text()
    page = reader.open("/questions/none")
    assert "There is no question" in page.get_by_role("alert").inner_text()
    page = reader.open("/questions/who_controls?artefact=nothing-of-that-name")
    assert "nothing-of-that-name" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Artefact").is_visible()


def test_an_id_with_slashes_and_a_dot_has_an_address(reader):
    page = reader.open("/entity/package/nuget/microsoft.semantickernel")
    assert page.locator(".kind").first.inner_text() == "Package"
    assert page.get_by_role("alert").count() == 0


def test_a_cited_page_has_a_page_of_its_own(reader):
    page = reader.open("/search?q=linuxfoundation.org")
    source = page.locator(".found section").filter(has_text="Source").get_by_role("link").first
    name = source.inner_text()
    source.click()
    page.get_by_role("heading", name=name, level=1).wait_for()
    reader.settled()
    assert page.get_by_role("alert").count() == 0


def test_back_returns_to_where_one_read(reader):
    page = reader.open("/questions")
    left = page.evaluate(
        """() => new Promise(done => {
          addEventListener("scrollend", () => setTimeout(() => done(scrollY)), { once: true });
          document.querySelectorAll(".question-link")[9].scrollIntoView({ block: "center" });
        })"""
    )
    assert left > 200
    page.locator(".question-link").nth(9).click()
    reader.settled()
    assert page.evaluate("scrollY") == 0
    page.go_back()
    page.get_by_role("heading", name="Questions", level=1).wait_for()
    reader.settled()
    assert page.evaluate("scrollY") == left


def test_a_name_that_is_unknown_leads_to_the_search(reader):
    page = reader.open("/paths?from=no-such-firm&to=framework/jax")
    page.get_by_role("link", name="Search for “no-such-firm”").click()
    page.get_by_role("heading", name="Search", level=1).wait_for()
    assert page.url.endswith("/search?q=no-such-firm")
    page = reader.open("/paths?from=nvidya&to=framework/jax")
    page.get_by_role("alert").get_by_role("link", name="company/nvidia").click()
    page.get_by_role("heading", name="NVIDIA", level=1).wait_for()


def test_a_name_that_is_markup_is_shown_as_text(reader, odd_name):
    for path in (
        "/search?q=odd-labs",
        "/entity/company/odd-labs",
        "/entity/framework/pytorch",
        "/questions/who_controls?artefact=framework/pytorch",
        "/paths?from=company/odd-labs&to=framework/pytorch",
        "/map?focus=company/odd-labs",
        "/changes?before=2022-09-01&after=2022-09-15&around=company/odd-labs",
    ):
        page = reader.open(path)
        if "changes" not in path:
            assert page.get_by_text(odd_name).first.is_visible(), path
        assert page.evaluate("window.broken") is None, path
        assert page.locator("main script, main img, main [onclick]").count() == 0, path
    page = reader.open("/entity/company/odd-labs")
    assert page.get_by_text("“<b onclick=window.broken=1>all</b>”").first.is_visible()


def test_the_date_travels_with_every_link(reader):
    page = reader.open("/entity/framework/pytorch?as_of=2022-09-01")
    assert page.get_by_label("As of").input_value() == "2022-09-01"
    inside = page.locator("a[href^='/']:not([href^='/api/']):not(.skip):not([target])")
    addresses = inside.evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert len(addresses) > 20
    assert [a for a in addresses if "as_of=2022-09-01" not in a] == []
    page.get_by_role("button", name="today").click()
    reader.settled()
    assert "as_of" not in page.url
