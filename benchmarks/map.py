"""The map of ten thousand points under the hand: seconds between frames while it is dragged and zoomed.

    python -m benchmarks.map --nodes 20000 --edges 60000

Chromium draws it as it does without a graphics card. There is no peer: the figure is held against what an eye sees.
"""

from __future__ import annotations

import asyncio
import math
import shutil
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from benchmarks.data import asked, parser
from benchmarks.serve import started, verdict

if TYPE_CHECKING:
    from playwright.async_api import Page

SECONDS: Final = 4.0
ROUNDS: Final = 3
AIMS: Final = {"drag": 34.0, "zoom": 50.0}
LONG_TASK: Final = 100.0
_BEGIN: Final = """() => {
  const seen = window.seen = { frames: [], tasks: [], on: true };
  seen.observer = new PerformanceObserver(list => list.getEntries().forEach(e => seen.tasks.push(e.duration)));
  seen.observer.observe({ entryTypes: ["longtask"] });
  let last = performance.now();
  const frame = () => {
    const now = performance.now();
    seen.frames.push(now - last);
    last = now;
    if (seen.on) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""
_END: Final = "() => { seen.on = false; seen.observer.disconnect(); return [seen.frames.slice(1), seen.tasks]; }"


def ticks(pause: float) -> Iterator[float]:
    """Seconds since the beginning, until it has lasted long enough."""
    begun = time.monotonic()
    while (passed := time.monotonic() - begun) < SECONDS:
        yield passed
        time.sleep(pause)


async def drag(page: Page, x: float, y: float) -> None:
    """Draws the map in loops."""
    await page.mouse.move(x, y)
    await page.mouse.down()
    for passed in ticks(0.012):
        turn = 1.6 * passed
        await page.mouse.move(x + 220 * math.sin(turn), y + 160 * math.sin(1.7 * turn))
    await page.mouse.up()


async def zoom(page: Page, x: float, y: float) -> None:
    """Turns the wheel in and out."""
    await page.mouse.move(x, y)
    for passed in ticks(0.06):
        await page.mouse.wheel(0, -120 if int(passed / 0.75) % 2 == 0 else 120)


async def measured(home: Any) -> bool:
    """Prints the frames of all rounds; gives whether all of them were quick enough."""
    from playwright.async_api import async_playwright

    good = True
    async with started(home) as (port, _), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = await browser.new_page(viewport={"width": 1600, "height": 1000})
        await page.goto(f"http://127.0.0.1:{port}/map")
        await page.locator("main[aria-busy=false]").wait_for(timeout=60_000)
        await page.wait_for_timeout(3_000)
        box = await page.locator(".map-canvas").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        for act in (drag, zoom) * ROUNDS:
            await page.evaluate(_BEGIN)
            await act(page, x, y)
            frames, tasks = await page.evaluate(_END)
            frames.sort()
            name = act.__name__
            middle, most = frames[len(frames) // 2], frames[-1]
            print(f"{name}: {len(frames)} frames, median {middle:.1f} ms, longest {most:.1f} ms")
            good &= verdict(f"{name}, p95 in ms", frames[int(0.95 * len(frames))], AIMS[name])
            good &= verdict(f"{name}, longest task in ms", max(tasks, default=0.0), LONG_TASK)
            await page.wait_for_timeout(1_000)
        await browser.close()
    return good


def main() -> int:
    options = parser(__doc__)
    options.set_defaults(nodes=20_000, edges=60_000)
    state = asked(options.parse_args())
    return 0 if asyncio.run(measured(state.folder.parents[2])) else 1


if __name__ == "__main__":
    sys.exit(main())
