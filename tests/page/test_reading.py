"""Start, search, entity, paths, changes and map: what a reader does there."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

SVG = "{http://www.w3.org/2000/svg}"


def test_the_first_page_answers_with_sources_before_one_asks(reader):
    page = reader.open("/")
    facts = page.locator(".highlight")
    assert facts.count() >= 3
    for fact in facts.all():
        assert fact.locator(".highlight-sources a[href^='http']").count() >= 1
        assert re.search(r"verified, confidence [01].* as of \d{4}-", fact.inner_text())
    assert re.search(r"[\d,]+ entities and [\d,]+ statements, as of \d{4}", page.inner_text("main"))
    assert page.get_by_text("Every source was read in full.").is_visible()
    facts.first.locator(".highlight-text a").click()
    reader.settled()
    assert page.locator("tbody tr").count() >= 1


def test_search_finds_names_aliases_and_identifiers_as_one_types(reader):
    page = reader.open("/search")
    field = page.get_by_label("Name, alias or identifier")
    for text, name in (("wikidata:Q95", "Google"), ("torch (python)", "PyTorch")):
        field.fill(text)
        expect(page.locator(".found").get_by_role("link", name=name, exact=True)).to_be_visible()
    assert "q=torch+%28python%29" in page.url
    field.fill("nothing of this name")
    expect(page.get_by_text("Nothing is named")).to_be_visible()


def test_an_entity_shows_who_decides_on_it_and_the_source_of_every_statement(reader):
    page = reader.open("/entity/framework/pytorch?as_of=2022-09-01")
    deciders = page.get_by_role("region", name=re.compile("^Decide on it: "))
    row = deciders.get_by_role("row").filter(has_text="Meta Platforms").first
    assert "holds all rights" in row.inner_text()
    row.get_by_role("button", name="Evidence").click()
    proof = deciders.locator(".behind:visible")
    assert "governs" in proof.inner_text()
    assert proof.locator("a.outside").count() >= 1
    page = reader.open("/entity/framework/pytorch")
    again = page.get_by_role("region", name=re.compile("^Decide on it: "))
    later = again.get_by_role("row").filter(has_text="Meta Platforms").first
    assert "holds all rights" not in later.inner_text()
    for statement in page.locator(".statement-group[open] .statement-list > li").all():
        assert re.search(r"verified, confidence 0|verified, confidence 1", statement.inner_text())


def test_an_entity_leads_to_the_questions_that_fit_it(reader):
    page = reader.open("/entity/framework/jax")
    page.get_by_role("link", name="Who controls this today?").click()
    page.get_by_role("heading", name="Who controls this today?").wait_for()
    reader.settled()
    expect(page.get_by_label("Artefact")).to_have_value("JAX")


def pick(page: Page, field: Locator, name: str) -> None:
    """Writes a name and takes the first suggestion."""
    field.fill(name)
    page.get_by_role("option").first.wait_for()
    field.press("ArrowDown")
    field.press("Enter")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(field).to_have_value(name)


def test_paths_are_asked_by_form_and_every_hop_explains_itself(reader):
    page = reader.open("/paths")
    pick(page, page.get_by_label("From"), "NVIDIA")
    pick(page, page.get_by_label("To", exact=True), "PyTorch")
    page.get_by_role("button", name="+ another target").click()
    pick(page, page.get_by_label("or to"), "vLLM")
    page.get_by_label("Paths").fill("3")
    page.get_by_role("button", name="Find paths").click()
    page.locator(".path").first.wait_for()
    reader.settled()
    assert page.url.count("to=") == 2
    assert page.locator(".path").count() == 3
    hops = page.locator(".path").first.locator(".hop")
    assert hops.count() == page.locator(".path").first.locator(".step").count()
    for hop in hops.all():
        assert hop.locator("a.outside").count() >= 1
        assert "verified, confidence" in hop.inner_text()
        assert hop.locator(".because").count() >= 2
    assert page.locator(".picture-canvas canvas").count() > 0


def test_a_path_ends_by_the_powers_that_are_chosen(reader):
    page = reader.open("/paths?from=company/alphabet&to=framework/jax")
    steps = [t.split()[0] for t in page.locator(".path .step").all_inner_texts()]
    assert set(steps) == {"decides", "squeezes"}
    assert page.get_by_label("decides", exact=True).is_checked()
    assert not page.get_by_label("pays", exact=True).is_checked()
    page.get_by_label("squeezes", exact=True).uncheck()
    page.wait_for_url("**power=decides*")
    reader.settled()
    left = page.locator(".path .step").all_inner_texts()
    assert left
    assert all(t.startswith("decides ") for t in left)


def test_values_are_said_in_words_of_two_figures(reader):
    for path in (
        "/entity/framework/pytorch",
        "/paths?from=company/nvidia&to=framework/pytorch",
        "/questions/who_controls?artefact=framework/pytorch",
    ):
        text = reader.open(path).inner_text("main")
        assert re.search(r"0\.\d\d–0\.\d\d", text), path
        assert not re.findall(r"(?<![\d.])0\.\d{3,}", text), path


def test_an_entity_says_who_holds_it_power_by_power(reader):
    page = reader.open("/entity/company/openai")
    expect(page.locator(".result-said")).to_contain_text("OpenAI is decided on by")
    sides = page.locator(".two-columns > section")
    over = sides.nth(0).locator("h3").all_inner_texts()
    assert [h.split(":")[0].strip() for h in over] == ["Decide on it", "Pay it", "Bind it"]
    assert "USD 13.8 bn" in sides.nth(0).inner_text()
    assert "Decides on: " in sides.nth(1).inner_text()
    first = sides.nth(0).locator("tbody tr").first
    assert "under OpenAI Foundation" in first.inner_text()
    first.get_by_role("button", name="Evidence").click()
    assert page.locator(".behind:visible a.outside").count() >= 1
    legend = page.locator(".picture-legend")
    assert "pays: gives it money" in legend.inner_text()


def test_the_slider_asks_at_another_date(reader):
    page = reader.open("/paths?from=company/meta-platforms&to=framework/pytorch&k=2&max_hops=1")
    assert page.locator(".path").count() == 0
    slider = page.get_by_role("slider", name="As of")
    slider.evaluate(
        "e => { e.value = (2022 - 2008) * 12 + 8; e.dispatchEvent(new Event('input')); }"
    )
    assert page.locator("output").inner_text() == "2022-09-01"
    slider.evaluate("e => e.dispatchEvent(new Event('change'))")
    page.wait_for_url("**as_of=2022-09-01*")
    page.locator(".path").first.wait_for()
    assert "Meta Platforms" in page.locator(".path").first.inner_text()


Box = tuple[float, float, float, float]


def plates(drawn: ET.Element) -> tuple[list[Box], list[Box]]:
    """The plates of the edges' labels, and the boxes of the nodes: left, top, right, bottom."""
    found: dict[bool, list[Box]] = {True: [], False: []}
    for rect in drawn.iter(f"{SVG}rect"):
        if "x" in rect.attrib:
            x, y, width, height = (float(rect.attrib[n]) for n in ("x", "y", "width", "height"))
            found["stroke" in rect.attrib].append((x, y, x + width, y + height))
    return found[False], found[True]


def touching(one: Box, other: Box) -> bool:
    """Whether two boxes overlap by more than their rounding."""
    return (
        min(one[2], other[2]) - max(one[0], other[0]) > 0.5
        and min(one[3], other[3]) - max(one[1], other[1]) > 0.5
    )


def test_a_picture_is_saved_as_it_is_seen(reader, tmp_path):
    page = reader.open("/paths?from=company/softbank-group&to=framework/pytorch&k=4")
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download SVG").click()
    kept.value.save_as(tmp_path / "paths.svg")
    drawn = ET.parse(tmp_path / "paths.svg").getroot()
    texts = {t.text for t in drawn.iter(f"{SVG}text")}
    assert {"SoftBank Group", "PyTorch", "Arm", "decides up to 1", "decides 0.05–0.15"} <= texts
    labels, boxes = plates(drawn)
    assert len(labels) >= 4
    assert [p for p in itertools.combinations(labels, 2) if touching(*p)] == []
    assert [(a, b) for a in labels for b in boxes if touching(a, b)] == []
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download PNG").click()
    kept.value.save_as(tmp_path / "paths.png")
    assert (tmp_path / "paths.png").read_bytes().startswith(b"\x89PNG")
    with page.expect_download() as kept:
        page.get_by_role("link", name="GraphML").first.click()
    kept.value.save_as(tmp_path / "around.graphml")
    assert ET.parse(tmp_path / "around.graphml").getroot().tag.endswith("graphml")


def test_a_box_of_a_picture_leads_to_its_entity_and_a_finger_scrolls_the_picture(browser, address):
    context = browser.new_context(viewport={"width": 400, "height": 860}, has_touch=True)
    page = context.new_page()
    page.goto(f"{address}/entity/framework/pytorch")
    frame = page.locator(".picture-canvas")
    frame.locator("canvas").first.wait_for()
    expect(page.locator("main")).to_have_attribute("aria-busy", "false")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box
    frame.evaluate(
        """frame => {
          window.scrolled = new Promise(done =>
            frame.addEventListener("scrollend", () => done(frame.scrollLeft), { once: true }));
        }"""
    )
    finger = context.new_cdp_session(page)
    for kind, left in (
        ("touchStart", 200),
        ("touchMove", 150),
        ("touchMove", 100),
        ("touchMove", 60),
    ):
        point = {"x": box["x"] + left, "y": box["y"] + 100}
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert page.evaluate("window.scrolled") > 50
    frame.evaluate("frame => { frame.scrollLeft = 0; }")
    page.mouse.click(box["x"] + 90, box["y"] + 36)
    page.get_by_role("heading", name="PyTorch core maintainers", level=1).wait_for()
    context.close()


def test_changes_say_what_was_added_and_what_ended(reader):
    page = reader.open("/changes?before=2022-09-01&after=2022-09-15&around=framework/pytorch")
    rows = page.locator("tbody tr").all_inner_texts()
    told = [" ".join(r.split()) for r in rows]
    assert any(re.match(r"− ended 2022-09-12 governs Meta Platforms PyTorch", r) for r in told)
    assert any(re.match(r"\+ added 2022-09-12 governs PyTorch Foundation PyTorch", r) for r in told)
    page.get_by_role("button", name="Evidence").first.click()
    assert page.locator(".behind:visible a.outside").count() >= 1
    page.get_by_label("powers instead of statements").check()
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**control=1*")
    reader.settled()
    rows = [" ".join(r.split()) for r in page.locator("tbody tr").all_inner_texts()]
    assert any(re.match(r"± changed Meta Platforms PyTorch decides 1 decides 0\.", r) for r in rows)
    assert any(
        re.match(r"\+ began PyTorch Foundation PyTorch – decides 0\.05–0\.15", r) for r in rows
    )


def test_the_map_finds_hides_and_saves(reader, tmp_path: Path):
    page = reader.open("/map")
    field = page.get_by_label("Find on the map")
    field.fill("nvidia")
    page.get_by_role("option", name="NVIDIA company", exact=True).click()
    expect(page.locator(".map-name")).to_have_text("NVIDIA")
    assert "focus=company/nvidia" in page.url
    page.get_by_label("Package").uncheck()
    assert "without=Package" in page.url
    page.reload()
    reader.settled()
    expect(page.locator(".map-name")).to_have_text("NVIDIA")
    assert not page.get_by_label("Package").is_checked()
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download SVG").click()
    kept.value.save_as(tmp_path / "map.svg")
    drawn = ET.parse(tmp_path / "map.svg").getroot()
    assert len(list(drawn.iter(f"{SVG}circle"))) > 500
    islands = {t.text for t in drawn.iter(f"{SVG}text") if t.get("font-weight") == "600"}
    assert len(islands) >= 5
    assert "Linux Foundation" in islands
    with page.expect_download() as kept:
        page.get_by_role("button", name="Download PNG").click()
    kept.value.save_as(tmp_path / "map.png")
    assert (tmp_path / "map.png").read_bytes().startswith(b"\x89PNG")


def test_the_map_follows_the_hand_as_a_picture_and_is_drawn_sharp_at_rest(reader):
    page = reader.open("/map")
    frame, drawing = page.get_by_role("application"), page.locator(".map-drawing")
    expect(frame).to_have_attribute("aria-busy", "false")
    moved = frame.evaluate(
        """frame => {
          const drawing = frame.querySelector("canvas");
          const place = () => new DOMMatrix(drawing.style.transform);
          const hand = (on, type, x, y) => on.dispatchEvent(
            new MouseEvent(type, { clientX: x, clientY: y, bubbles: true, view: window }));
          const before = place();
          hand(frame, "mousedown", 400, 400);
          for (let step = 1; step < 20; step += 1) hand(window, "mousemove", 400 + 4 * step, 400 + 2 * step);
          const after = place();
          const busy = frame.getAttribute("aria-busy");
          hand(window, "mouseup", 476, 438);
          return [after.e - before.e, after.f - before.f, busy];
        }"""
    )
    assert moved == [76, 38, "false"]
    box = frame.bounding_box()
    assert box
    beyond = [round(0.3 * (box[side] - 2)) for side in ("width", "height")]
    sharp = "translate({}px, {}px) scale(1)".format(*(-side for side in beyond))
    expect(drawing).to_have_attribute("style", re.compile(re.escape(sharp)))


def test_a_point_says_its_name_and_is_chosen_by_clicking(reader):
    page = reader.open("/map")
    frame = page.get_by_role("application")
    expect(frame).to_have_attribute("aria-busy", "false")
    box = frame.bounding_box()
    assert box
    spots = [(x / 12, y / 12) for x in range(2, 11) for y in range(2, 11)]
    for across, down in spots:
        page.mouse.move(box["x"] + box["width"] * across, box["y"] + box["height"] * down)
        if page.locator(".map-tip").is_visible():
            break
    name = page.locator(".map-tip").inner_text()
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(".map-name")).to_have_text(name)
    assert "focus=" in page.url
