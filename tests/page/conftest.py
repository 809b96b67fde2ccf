"""The page of a served graph in a real Chromium, which is watched: what it asks for, says and refuses."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from stackholder.cli import run
from stackholder.web.page import STATIC
from starter import once, run_folder

PAGE_FOLDER = Path(__file__).parents[2] / "web" / "page"
AXE = PAGE_FOLDER / "node_modules" / "axe-core" / "axe.min.js"
ODD_NAME = "<script>window.broken=1</script><img src=x onerror=window.broken=1> & Labs"


def lacking(what: str) -> None:
    """Skips a test by name for want of a tool; fails it in CI."""
    if os.environ.get("CI"):
        pytest.fail(f"needs {what}", pytrace=False)
    pytest.skip(f"needs {what}")


@pytest.fixture(scope="session")
def odd_name() -> str:
    """A company's name that is markup."""
    return ODD_NAME


def build_odd(home: Path) -> None:
    """Builds the starter graph, and beside it a company whose name is markup."""
    folder = home.parent / "odd"
    folder.mkdir(exist_ok=True)
    quoted = ODD_NAME.replace('"', '""')
    (folder / "odd.csv").write_text(f'name,said\n"{quoted}","<b onclick=window.broken=1>all</b>"\n')
    (folder / "odd.toml").write_text(
        'file = "odd.csv"\npublisher = "The tests"\nlicence = "CC0-1.0"\n'
        '[[node]]\nkind = "Company"\nid = "odd-labs"\nname = "{name}"\naliases = ["{said}"]\n'
        '[[node]]\nkind = "Framework"\nid = "torch"\nname = "PyTorch"\n'
        'identifiers = ["stackholder:framework/pytorch"]\n'
        '[[edge]]\nrelation = "GOVERNS"\nsource = "Company: odd-labs"\ntarget = "Framework: torch"\n'
        'rights = ["merge", "release", "admin"]\nstated = "{said}"\nurl = "https://example.org/odd"\n'
    )
    source = f"table:odd={folder / 'odd.toml'}"
    assert run(["build", "--home", str(home), "--quiet", "--source", source]) == 0


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home that the page is served from, built once per run."""
    return once(run_folder(tmp_path_factory), "page", build_odd)


@pytest.fixture(scope="session")
def address(home: Path) -> Iterator[str]:
    """Where the graph is served."""
    if not (STATIC / "index.html").exists():
        lacking("the built page: make web install")
    command = [sys.executable, "-m", "stackholder", "serve", "--port", "0", "--home", str(home)]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("STACKHOLDER_")}
    said: list[str] = []
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=kept) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        # it logs every request: a pipe that nobody reads would stop it
        reading = threading.Thread(target=said.extend, args=(process.stderr,), daemon=True)
        reading.start()
        try:
            yield str(json.loads(first)["address"])
            assert process.poll() is None, f"the server ended by itself: {said[-5:]}"
        finally:
            process.terminate()
            reading.join(30)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium without a window; its loop of events is to run in no other file."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        lacking("Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        options = ["--no-sandbox"] if os.geteuid() == 0 else []
        one = playwright.chromium.launch(executable_path=program, args=options)
        yield one
        one.close()


@dataclasses.dataclass
class Watched:
    """A page, and what it did that a reader would not want."""

    page: Page
    address: str
    faults: list[str] = dataclasses.field(default_factory=list)
    refusals: int = 0

    def __post_init__(self) -> None:
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._asked)
        self.page.on("dialog", lambda box: (self.faults.append("dialog"), box.dismiss()))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if "the server responded with a status of 4" in message.text:
            self.refusals += 1
        else:
            self.faults.append(f"{message.type}: {message.text}")

    def _asked(self, request: Request) -> None:
        own = (f"{self.address}/", "blob:", "data:")
        if not request.url.startswith(own):
            self.faults.append(f"asked another host: {request.url}")

    def open(self, path: str) -> Page:
        """Shows a view and waits until it has settled."""
        self.page.goto(self.address + path)
        return self.settled()

    def settled(self) -> Page:
        """Waits until the view says that it is complete."""
        expect(self.page.locator("main")).to_have_attribute("aria-busy", "false", timeout=15_000)
        return self.page

    def serious(self) -> list[str]:
        """What axe-core finds that is serious or critical."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found: list[dict[str, Any]] = self.page.evaluate("axe.run().then(r => r.violations)")
        return [
            f"{v['id']}: {v['nodes'][0]['target']} {v['nodes'][0].get('failureSummary')}"
            for v in found
            if v["impact"] in {"serious", "critical"}
        ]

    @property
    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        wide: int = self.page.evaluate(
            "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
        )
        return wide


def watched(browser: Browser, address: str, **options: Any) -> Iterator[Watched]:
    """A page in a fresh context; nothing it did may be a fault."""
    context = browser.new_context(reduced_motion="reduce", accept_downloads=True, **options)
    one = Watched(context.new_page(), address)
    one.page.set_default_timeout(15_000)
    yield one
    context.close()
    assert one.faults == []


@pytest.fixture
def reader(browser: Browser, address: str) -> Iterator[Watched]:
    """A reader with a window of common size."""
    yield from watched(browser, address, viewport={"width": 1280, "height": 900})


@pytest.fixture(params=["light", "dark"])
def scheme_reader(
    browser: Browser, address: str, request: pytest.FixtureRequest
) -> Iterator[Watched]:
    """A reader who likes it light, and one who likes it dark."""
    size = {"width": 1000, "height": 900}
    yield from watched(browser, address, viewport=size, color_scheme=request.param)
