"""A slider dragged faster than pictures can be drawn: the newest value wins, nothing queues up, nothing blinks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell
from playwright.sync_api import Page

from tests.browser.jupyterlab import LessonOnScreen, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SLOW = """import time
from course_lib.panels.two_densities import TwoDensities

class Slow(TwoDensities):
    def _measure(self):
        time.sleep(0.3)
        super()._measure()

Slow().show()"""
WATCH = """() => {  // once for each frame that the screen shows
    window.seen = {blank: 0, heights: [], pictures: []};
    const look = () => {
        const image = document.querySelector('.jupyter-widgets img');
        if (!image?.complete || !image.naturalWidth) window.seen.blank++;
        else if (window.seen.pictures.at(-1) !== image.alt) window.seen.pictures.push(image.alt);
        const height = Math.round(image?.getBoundingClientRect().height ?? 0);
        if (!window.seen.heights.includes(height)) window.seen.heights.push(height);
        requestAnimationFrame(look);
    };
    look();
}"""


@pytest.fixture(scope="module")
def opened(page: Page, address: str, checkout: Path, screenshots: Path) -> Iterator[LessonOnScreen]:
    path = write_notebook(checkout / "lessons" / "to_drag.ipynb", [new_code_cell(SLOW)])
    opened = LessonOnScreen(page, address, path, screenshots)
    opened.run_all(3)
    yield opened
    opened.shut_down()


def test_the_newest_value_wins_and_nothing_blinks(opened: LessonOnScreen) -> None:
    page, steps = opened.page, 60
    slider = page.locator(".widget-slider", has_text="fake: mean")
    handle, track = slider.locator(".noUi-handle"), slider.locator(".noUi-base").bounding_box()
    slider.get_by_role("slider").press("ArrowLeft")  # a first picture
    opened.wait_for("() => document.querySelector('.jupyter-widgets img')?.alt.includes('around 0.9')", 1)
    page.evaluate(WATCH)

    handle.hover()
    page.mouse.down()
    for step in range(steps):
        page.mouse.move(track["x"] + track["width"] * (0.2 + 0.6 * step / steps), track["y"] + 3)
    while_dragged = page.evaluate("() => window.seen.pictures.length")
    page.mouse.up()
    last = slider.locator(".widget-readout").inner_text()
    opened.wait_for("last => window.seen.pictures.at(-1).includes(`fake density around ${last} `)", 1, last)
    opened.wait_until_idle(1)

    seen = page.evaluate("() => window.seen")
    assert float(last) > 2.5
    assert while_dragged < steps / 2, "pictures kept up with the mouse: nothing was tried"
    assert len(seen["pictures"]) - while_dragged <= 2, "moves had queued up"
    assert seen["blank"] == 0
    assert len(seen["heights"]) == 1, f"the page jumped: {seen['heights']}"
