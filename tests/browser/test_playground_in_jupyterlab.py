"""The playground in real JupyterLab: played by mouse and by keyboard alone, named, narrow, and quick."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell
from playwright.sync_api import Locator, Page, expect

from course_lib.panels import front_end
from tests.browser.jupyterlab import (
    LessonOnScreen,
    assert_no_complaint,
    listen_to_console,
    write_notebook,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELL = """from course_lib import plots
from course_lib.keras_settings import prepare_keras
prepare_keras()
plots.use_course_style()
from course_lib.panels.playground import Playground
playground = Playground()
playground.show()"""
ORDER = (
    *("healthy", "play", "step of D", "step of G", "one round", "slow motion", "reset", "rounds a picture"),
    *("real points", "gradient arrows", "target", "loss", "gradient penalty", "spectral norm in D"),
    *("hidden units", "hidden layers", "seed", "optimiser", "learning rate of D", "learning rate of G"),
    *("momentum, beta 1", "steps of D a round", "copy as code"),
)
"""Controls, as Tab comes to them."""
NAME_OF_FOCUS = """() => {
    const it = document.activeElement;
    return it.ariaLabel || it.labels?.[0]?.textContent.trim() || it.textContent.trim() || it.title;
}"""


@pytest.fixture(scope="module")
def opened(
    page: Page, address: str, checkout: Path, screenshots: Path, complaints: list[str]
) -> Iterator[LessonOnScreen]:
    """A notebook with the playground, run once for all tests."""
    path = write_notebook(checkout / "lessons" / "playground_to_try.ipynb", [new_code_cell(CELL, id="it")])
    opened = LessonOnScreen(page, address, path, screenshots)
    opened.run_all(4)
    listen_to_console(page, complaints)
    yield opened
    opened.shut_down()


@pytest.fixture
def playground(opened: LessonOnScreen, complaints: list[str]) -> Iterator[Locator]:
    """The panel, at round 0; after the test a look at the console."""
    panel = opened.panel("it")
    panel.get_by_role("button", name="reset").click()
    expect(picture(panel)).to_have_attribute("alt", re.compile("Round 0"))
    opened.wait_until_idle(1)  # after a click JupyterLab sees to the focus itself, in its own time
    yield panel
    assert_no_complaint(complaints)


def picture(panel: Locator) -> Locator:
    return panel.locator(f".{front_end.PICTURE} img")


def round_of(panel: Locator) -> int:
    """The round that the picture's words tell."""
    return int(re.search(r"Round ([\d,]+)", picture(panel).get_attribute("alt"))[1].replace(",", ""))


def test_played_by_mouse_it_trains_and_pauses_at_once(playground: Locator, opened: LessonOnScreen) -> None:
    shown = picture(playground).get_attribute("src")
    playground.get_by_role("button", name="play").click()
    expect(picture(playground)).to_have_attribute(
        "alt", re.compile("KL"), timeout=60_000
    )  # measured: 20 rounds
    assert picture(playground).get_attribute("src") != shown
    opened.page.screenshot(path=opened.screenshots / "playground-plays.png")
    playground.get_by_role("button", name="pause").click()
    expect(playground.get_by_role("button", name="play")).to_be_visible()
    opened.wait_until_idle(1)
    paused = picture(playground).get_attribute("src")
    opened.page.wait_for_timeout(700)
    assert picture(playground).get_attribute("src") == paused and round_of(playground) % 5 == 0


def test_played_by_keyboard_alone(playground: Locator, opened: LessonOnScreen) -> None:
    page = opened.page
    playground.get_by_role("button", name="one round").focus()
    for key in ("Enter", "Space"):
        before = round_of(playground)
        page.keyboard.press(key)
        expect(picture(playground)).to_have_attribute("alt", re.compile(f"Round {before + 1}"))
    page.keyboard.press("Tab")  # to slow motion
    for number in range(1, 6):
        page.keyboard.press("Enter")
        expect(playground.get_by_text(f"Stage {number} of 5")).to_be_visible()
    playground.get_by_label("target", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(picture(playground)).to_have_attribute("alt", re.compile("learns a grid of 25"))
    playground.get_by_role("slider", name="learning rate of G").focus()
    shown = page.evaluate("document.activeElement.getAttribute('aria-valuetext')")
    page.keyboard.press("ArrowRight")
    expect(playground.get_by_role("slider", name="learning rate of G")).not_to_have_attribute(
        "aria-valuetext", shown
    )
    playground.get_by_label("warped latent grid").focus()
    page.keyboard.press("Space")
    expect(picture(playground)).to_have_attribute("alt", re.compile("heat map, gradient arrows"))
    page.keyboard.press("Space")
    playground.get_by_role("button", name="copy as code").focus()
    page.keyboard.press("Enter")
    expect(playground.locator("textarea")).to_have_value(re.compile("import keras"))
    page.keyboard.press("Enter")
    playground.get_by_role("button", name="healthy").click()


def test_tab_comes_to_every_control_in_order(playground: Locator, opened: LessonOnScreen) -> None:
    playground.get_by_role("button", name="healthy").focus()
    met = []
    for _ in range(60):
        met.append(opened.page.evaluate(NAME_OF_FOCUS))
        if met[-1] == ORDER[-1]:
            break
        opened.page.keyboard.press("Tab")
    assert [name for name in met if name in ORDER] == list(ORDER)
    assert "" not in met


def test_points_are_drawn_on_the_pad(playground: Locator, opened: LessonOnScreen) -> None:
    playground.get_by_label("target", exact=True).select_option(label="your drawing")
    playground.get_by_role("button", name="clear").click()
    by_mouse = playground.get_by_role("button", name="x -2.75, y 2.75")
    by_mouse.click()
    expect(by_mouse).to_have_class(re.compile("mod-active"))
    opened.wait_until_idle(1)
    by_keyboard = playground.get_by_role("button", name="x 0.25, y 0.25")
    by_keyboard.press("Space")
    expect(by_keyboard).to_have_class(re.compile("mod-active"))
    expect(picture(playground)).to_have_attribute("alt", re.compile("learns your drawing"))
    opened.wait_until_idle(1)
    opened.page.screenshot(path=opened.screenshots / "playground-drawn.png")
    playground.get_by_role("button", name="healthy").click()


def test_a_stroke_draws_and_one_that_begins_on_a_drawn_cell_erases(
    playground: Locator, opened: LessonOnScreen
) -> None:
    playground.get_by_label("target", exact=True).select_option(label="your drawing")
    playground.get_by_role("button", name="clear").click()
    expect(playground.get_by_text("The pad is empty")).to_be_visible()
    row = [
        playground.get_by_role("button", name=f"x {x}, y 1.25") for x in ("-1.25", "-0.75", "-0.25", "0.25")
    ]
    boxes = [cell.bounding_box() for cell in row]
    middles = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
    mouse = opened.page.mouse
    for seen in (True, False):
        mouse.move(*middles[0])
        mouse.down()
        mouse.move(*middles[-1])  # in one leap: the cells between are drawn too
        mouse.move(*middles[0])  # and back, where the browser adds a click
        mouse.up()
        opened.wait_until_idle(1)
        for cell in row:
            expect(cell).to_have_class(re.compile("mod-primary" if seen else "^((?!mod-primary).)*$"))
        opened.page.screenshot(path=opened.screenshots / f"playground-stroke-{seen}.png")
    expect(playground.get_by_text("The pad is empty")).to_be_visible()
    row[1].click()  # still an ordinary press
    expect(row[1]).to_have_class(re.compile("mod-active"))
    playground.get_by_role("button", name="healthy").click()


def test_on_a_narrow_page_nothing_is_cut_off(playground: Locator, opened: LessonOnScreen) -> None:
    opened.page.set_viewport_size({"width": 800, "height": 1400})
    try:
        opened.page.wait_for_timeout(500)
        opened.page.screenshot(path=opened.screenshots / "playground-narrow.png")
        area = opened.cell("it").locator(".jp-OutputArea").bounding_box()
        for each in playground.locator("select, .widget-inline-hbox, button:visible").all():
            if (box := each.bounding_box()) is not None:
                assert box["x"] + box["width"] <= area["x"] + area["width"], f"{each.inner_text()} is cut off"
    finally:
        opened.page.set_viewport_size({"width": 1280, "height": 1400})
