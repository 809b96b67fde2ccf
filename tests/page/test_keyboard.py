"""Everything works without a mouse."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/paths?from=company/softbank-group&to=framework/pytorch&k=3",
        "/questions/who_controls?artefact=framework/pytorch&limit=4",
        "/audit",
        "/map",
        "/console/cypher",
    ],
)
def test_tab_reaches_every_control_and_leaves_every_editor(reader, path):
    page = reader.open(path)
    page.evaluate("document.activeElement.blur()")
    wanted = page.evaluate(
        """() => {
          const controls = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
          const folded = 'details:not([open]) > :not(summary)';
          const shown = [...document.querySelectorAll(controls)].filter(
            e => e.checkVisibility() && e.tabIndex >= 0 && !e.disabled && !e.closest(folded));
          window.wanted = shown;
          window.reached = new Set();
          document.addEventListener('focusin', e => window.reached.add(e.target));
          return shown.length;
        }"""
    )
    for _ in range(wanted + 12):
        page.keyboard.press("Tab")
    missed = page.evaluate(
        "window.wanted.filter(e => !window.reached.has(e)).map(e => e.outerHTML.slice(0, 120))"
    )
    assert wanted > 10
    assert missed == []


def test_an_entity_is_found_and_opened_by_keys_alone(reader):
    page = reader.open("/questions")
    page.keyboard.press("/")
    page.keyboard.type("Q95")
    page.get_by_role("option", name="Google").wait_for()
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("option", selected=True).inner_text().startswith("Google")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Google", level=1).wait_for()
    assert page.url == f"{reader.address}/entity/company/google"
    assert page.evaluate("document.activeElement.id") == "main"
    page.go_back()
    page.get_by_role("heading", name="Questions", level=1).wait_for()


def test_escape_closes_the_suggestions_and_keeps_the_text(reader):
    page = reader.open("/")
    field = page.get_by_label("Look up")
    field.fill("nvid")
    page.get_by_role("option", name="NVIDIA company", exact=True).wait_for()
    field.press("Escape")
    assert page.get_by_role("option").count() == 0
    assert field.input_value() == "nvid"
    field.press("Enter")
    page.get_by_role("heading", name="Search", level=1).wait_for()
    assert page.url.endswith("/search?q=nvid")


def test_the_first_tab_leads_past_the_frame(reader):
    page = reader.open("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"


def test_the_map_moves_and_zooms_by_keys(reader):
    page = reader.open("/map")
    canvas = page.get_by_role("application")
    expect(canvas).to_have_attribute("aria-busy", "false")
    before = canvas.screenshot()
    canvas.focus()
    for key in ("+", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
        moved = canvas.locator("canvas").get_attribute("style")
    assert "scale(1.5)" in (moved or "")
    expect(canvas.locator("canvas")).to_have_attribute("style", re.compile(r"scale\(1\)"))
    assert canvas.screenshot() != before
    page.keyboard.press("0")
    expect(canvas.locator("canvas")).to_have_attribute("style", re.compile(r"scale\(0\.6"))
    expect(canvas.locator("canvas")).to_have_attribute("style", re.compile(r"scale\(1\)"))
    canvas.evaluate("canvas => canvas.blur()")
    assert canvas.screenshot() == before
