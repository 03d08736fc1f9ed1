"""Panels in real JupyterLab: by mouse, by keyboard, as a screen reader finds them, narrow, and opened again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

from course_lib.panels import front_end
from tests.browser.jupyterlab import LessonOnScreen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = {
    "densities": "from course_lib.panels.two_densities import TwoDensities\nTwoDensities().show()",
    "players": "from course_lib.panels.two_players import TwoPlayers\nTwoPlayers().show()",
    "blind": """import numpy as np
from course_lib.panels.real_or_fake import RealOrFake
random = np.random.default_rng(0)
images = random.uniform(-1, 1, (9, 28, 28, 1))
RealOrFake(images, images, count=2).show()""",
    "film": """from course_lib.panels.film import FilmPanel
FilmPanel([images, images * 0], [0, 1000], columns=3).show()""",
    "walk": """from course_lib import plots
from course_lib.media import pictures
from course_lib.panels.panel import Panel, slider

class Walk(Panel):
    def __init__(self):
        self.steps = 0
        super().__init__({"size": slider("size", 0.5, 0.0, 1.0)}, advance=self.step, rate=20)
    def step(self):
        self.steps += 1
        if self.controls["size"].value > 0.9:
            raise ValueError("the step is <too large>")
    def alt(self):
        return f"{self.steps} steps of size {self.controls['size'].value:.1f}"
    def _measure(self):
        self.pixels = pictures.tile(np.random.default_rng(self.steps).uniform(-1, 1, (1, 40, 40, 1)), columns=1)
    def _draw(self):
        return plots.Picture(pictures.png(self.pixels, 4), self.alt())

try:
    earlier.append(walk)
except NameError:
    earlier = []
walk = Walk()
walk.show()""",
    "count": "print([panel.steps for panel in earlier], walk.steps)",
}
KEYS = (
    *(
        "ArrowDown",
        "ArrowUp",
        "Home",
        "End",
        "PageDown",
        "j",
        "k",
        "m",
        "y",
        "r",
        "a",
        "b",
        "x",
        "c",
        "v",
        "z",
        "s",
    ),
    *("d d", "0 0", "i i", "1", "h", "o", "l", "Shift+M", "Shift+ArrowDown", "Shift+Enter", "Control+Enter"),
    *("Alt+Enter", "Control+Shift+ArrowDown", "Delete"),
)
NOTEBOOK = """() => [...document.querySelectorAll('.jp-Notebook .jp-Cell')].map(cell => [
    cell.className.match(/jp-\\w+Cell\\b/g).join(), cell.className.includes('jp-mod-active'),
    cell.querySelector('.jp-InputPrompt')?.textContent, cell.querySelector('.cm-content')?.textContent,
    cell.className.includes('jp-mod-selected'), !!cell.querySelector('.jp-mod-outputsScrolled'),
    cell.querySelectorAll('.jp-OutputArea-output').length, cell.querySelector('.jp-OutputArea')?.checkVisibility(),
]).concat([[document.querySelector('.jp-Notebook').className.match(/jp-mod-\\w+Mode/g)]])"""
"""All that a key could do to a notebook: kinds, order, choice, numbers and text of cells, outputs, the mode."""


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    """What the page's console said, errors alone; a test takes away what it means to cause."""
    return []


@pytest.fixture(scope="module")
def opened(
    page: Page, address: str, checkout: Path, screenshots: Path, complaints: list[str]
) -> Iterator[LessonOnScreen]:
    """A notebook of panels, all cells run, once for all tests."""

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error":
            complaints.append(message.text)

    cells = [new_code_cell(source, id=name) for name, source in CELLS.items()]
    path = checkout / "lessons" / "panels_to_try.ipynb"
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(
        new_notebook(cells=[new_markdown_cell("# Panels"), *cells], metadata={"kernelspec": kernel}), path
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    opened = LessonOnScreen(page, address, path, screenshots)
    opened.run_all(3)
    for name in CELLS:  # what was never on the screen is not drawn
        opened.cell(name).scroll_into_view_if_needed()
        opened.cell(name).locator(".jp-OutputArea-output").first.wait_for()
    page.on("console", listen)
    expect(page.locator(f".{front_end.PANEL}[role=group]")).to_have_count(5)
    yield opened
    opened.shut_down()


@pytest.fixture
def panels(opened: LessonOnScreen, complaints: list[str]) -> Iterator[LessonOnScreen]:
    """The notebook, and after the test a look at the console."""
    yield opened
    said = [text for text in complaints if "favicon" not in text]
    complaints.clear()
    assert said == []


def panel(notebook: LessonOnScreen, name: str) -> Locator:
    return notebook.cell(name).locator(f".{front_end.PANEL}")


def picture(notebook: LessonOnScreen, name: str) -> Locator:
    return panel(notebook, name).locator(f".{front_end.PICTURE} img")


CONTROLS = {
    "menu": lambda notebook: panel(notebook, "players").get_by_role("combobox", name="game"),
    "slider": lambda notebook: panel(notebook, "densities").get_by_role("slider", name="real: gap"),
    "number": lambda notebook: panel(notebook, "densities").get_by_role(
        "textbox", name="real: std, in digits"
    ),
    "button": lambda notebook: panel(notebook, "blind").get_by_role("button", name="again"),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_no_key_pressed_in_a_panel_acts_on_the_notebook(panels: LessonOnScreen, name: str) -> None:
    control = CONTROLS[name](panels)
    control.scroll_into_view_if_needed()
    control.focus()
    before = panels.page.evaluate(NOTEBOOK)
    for keys in KEYS:
        for key in keys.split():
            panels.page.keyboard.press(key)
        panels.wait_until_idle(1)
        assert panels.page.evaluate(NOTEBOOK) == before, f"{keys} in a {name}"
        assert control.evaluate("element => element === document.activeElement"), (
            f"{keys} took the focus away"
        )


def test_the_same_keys_act_beside_a_panel(panels: LessonOnScreen) -> None:
    panels.cell("count").locator(".jp-InputPrompt").click()
    before = panels.page.evaluate(NOTEBOOK)
    for there, back in (("ArrowUp", "ArrowDown"), ("m", "y")):
        panels.page.keyboard.press(there)
        panels.page.wait_for_timeout(200)
        assert panels.page.evaluate(NOTEBOOK) != before
        panels.page.keyboard.press(back)
    panels.page.keyboard.press("Shift+Enter")
    panels.cell("count").get_by_text("[] 0").wait_for()


def test_a_slider_dragged_and_pressed_moves_picture_and_words(panels: LessonOnScreen) -> None:
    slider = panel(panels, "densities").get_by_role("slider", name="fake: mean")
    slider.scroll_into_view_if_needed()
    shown, said = (picture(panels, "densities").get_attribute(name) for name in ("src", "alt"))
    place = slider.bounding_box()
    middle = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    panels.page.mouse.move(*middle)
    panels.page.mouse.down()
    panels.page.mouse.move(middle[0] + 40, middle[1], steps=4)
    panels.page.mouse.up()
    expect(picture(panels, "densities")).not_to_have_attribute("src", shown)
    expect(picture(panels, "densities")).not_to_have_attribute("alt", said)

    panels.wait_until_idle(1)
    for _ in range(3):
        before = slider.get_attribute("aria-valuetext")
        slider.press("ArrowLeft")
        expect(slider).not_to_have_attribute("aria-valuetext", before)
        value = slider.get_attribute("aria-valuetext")
        assert re.fullmatch(r"−?\d\.\d", value)
        expect(picture(panels, "densities")).to_have_attribute(
            "alt", re.compile(f"fake density around {value.replace('−', '-')} ")
        )
