"""Panels in real JupyterLab: by mouse, by keyboard, as a screen reader finds them, narrow, and opened again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from playwright.sync_api import Page, expect

from course_lib.panels import front_end
from tests.browser.jupyterlab import LessonOnScreen, listen_to_console, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = {
    "densities": "from course_lib.panels.two_densities import TwoDensities\nTwoDensities().show()",
    "players": "from course_lib.panels.two_players import TwoPlayers\nTwoPlayers().show()",
    "blind": """import numpy as np
from course_lib.panels.real_or_fake import RealOrFake
random = np.random.default_rng(0)
images = random.uniform(-1, 1, (9, 28, 28, 1))
RealOrFake(images, images, count=2).show()""",
    "taste": """from course_lib.panels.your_taste import YourTaste
YourTaste(images, images[:, :3, 0, 0], count=3, held_out=1).show()""",
    "film": """from course_lib.panels.film import FilmPanel
FilmPanel([images, images * 0], [0, 1000], columns=3).show()""",
    "desk": """from course_lib.panels.cutting_desk import CuttingDesk
CuttingDesk(np.repeat(images, 5, axis=0), [5, 12], rate=20).show()""",
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
    def _draw(self, small=False):
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
def opened(
    page: Page, address: str, checkout: Path, screenshots: Path, complaints: list[str]
) -> Iterator[LessonOnScreen]:
    """A notebook of panels, all cells run, once for all tests."""
    cells = [new_code_cell(source, id=name) for name, source in CELLS.items()]
    cells.insert(0, new_markdown_cell("# Panels"))
    path = write_notebook(checkout / "lessons" / "panels_to_try.ipynb", cells)
    opened = LessonOnScreen(page, address, path, screenshots)
    opened.run_all(3)
    for name in CELLS:  # what was never on the screen is not drawn
        opened.cell(name).scroll_into_view_if_needed()
        opened.cell(name).locator(".jp-OutputArea-output").first.wait_for()
    listen_to_console(page, complaints)
    expect(page.locator(f".{front_end.PANEL}[role=group]")).to_have_count(len(CELLS) - 1)
    yield opened
    opened.shut_down()


CONTROLS = {
    "menu": lambda notebook: notebook.panel("players").get_by_role("combobox", name="game"),
    "slider": lambda notebook: notebook.panel("densities").get_by_role("slider", name="real: gap"),
    "number": lambda notebook: notebook.panel("densities").get_by_role(
        "textbox", name="real: std, in digits"
    ),
    "button": lambda notebook: notebook.panel("blind").get_by_role("button", name="again"),
    "button with a key": lambda notebook: notebook.panel("taste").get_by_role("button", name="neither"),
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


def test_a_number_beside_a_slider_is_typed(panels: LessonOnScreen) -> None:
    number = CONTROLS["number"](panels)
    for digits in ("0.9", "0.6"):
        number.focus()
        for key in ("ControlOrMeta+A", *digits, "Enter"):
            panels.page.keyboard.press(key)
        slider = panels.panel("densities").get_by_role("slider", name="real: std")
        expect(slider).to_have_attribute("aria-valuetext", digits)
        expect(panels.picture("densities")).to_have_attribute("alt", re.compile(rf"\(std {digits}"))


@pytest.mark.parametrize("way", ["Escape", "a click"])
def test_there_is_a_way_out_of_a_panel(panels: LessonOnScreen, way: str) -> None:
    CONTROLS["button"](panels).focus()
    if way == "Escape":
        panels.page.keyboard.press("Escape")
    else:
        panels.cell("blind").locator(".jp-InputPrompt").click()
    expect(panels.cell("blind")).to_be_focused()
    before = panels.page.evaluate(NOTEBOOK)
    panels.page.keyboard.press("ArrowDown")
    expect(panels.cell("taste")).to_be_focused()
    assert panels.page.evaluate(NOTEBOOK) != before


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
    slider = panels.panel("densities").get_by_role("slider", name="fake: mean")
    slider.scroll_into_view_if_needed()
    shown, said = (panels.picture("densities").get_attribute(name) for name in ("src", "alt"))
    place = slider.bounding_box()
    middle = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    panels.page.mouse.move(*middle)
    panels.page.mouse.down()
    panels.page.mouse.move(middle[0] + 40, middle[1], steps=4)
    panels.page.mouse.up()
    expect(panels.picture("densities")).not_to_have_attribute("src", shown)
    expect(panels.picture("densities")).not_to_have_attribute("alt", said)

    panels.wait_until_idle(1)
    for _ in range(3):
        before = slider.get_attribute("aria-valuetext")
        slider.press("ArrowLeft")
        expect(slider).not_to_have_attribute("aria-valuetext", before)
        value = slider.get_attribute("aria-valuetext")
        assert re.fullmatch(r"−?\d\.\d", value)
        expect(panels.picture("densities")).to_have_attribute(
            "alt", re.compile(f"fake density around {value.replace('−', '-')} ")
        )


def test_every_control_has_a_name_and_speaks_what_it_shows(panels: LessonOnScreen) -> None:
    """As a screen reader finds them: in the browser's accessibility tree."""
    browser = panels.page.context.new_cdp_session(panels.page)
    nodes = {node["nodeId"]: node for node in browser.send("Accessibility.getFullAXTree")["nodes"]}

    def told(node: dict, key: str) -> str:
        return node.get(key, {}).get("value", "")

    def inside(node: dict) -> Iterator[dict]:
        for child in node["childIds"]:
            yield nodes[child]
            yield from inside(nodes[child])

    groups = {told(node, "name"): node for node in nodes.values() if told(node, "role") == "group"}
    named: dict[str, set[str]] = {}
    for panel_name in ("Two densities", "Two players", "Real or fake", "Your taste", "Film panel", "Walk"):
        for node in inside(groups[panel_name]):
            named.setdefault(told(node, "role"), set()).add(told(node, "name"))
    for role in ("slider", "textbox", "combobox", "button", "image"):
        assert "" not in named[role], f"a {role} without a name"
    assert named["slider"] >= {"real: mean", "fake: std", "step size", "step", "size"}
    assert named["textbox"] >= {"real: mean, in digits", "step size, in digits"}
    assert named["combobox"] == {"game", "steps"}
    taste = {"left", "neither", "right"}  # "undo" is off before the first answer
    assert named["button"] - {"undo"} == {"real", "fake", "again", "play", *taste}

    for handle in panels.page.locator(f".{front_end.PANEL} [role=slider]").all():
        whole = handle.locator("xpath=ancestor::*[contains(@class, 'widget-inline-hbox')]")
        assert handle.get_attribute("aria-valuetext") == whole.locator(".widget-readout").inner_text() != ""


def test_the_focus_is_handed_on_after_the_last_answer(panels: LessonOnScreen) -> None:
    blind = panels.panel("blind")
    fake, again = (blind.get_by_role("button", name=name) for name in ("fake", "again"))
    numbered = panels.cell("blind").locator("details", has_text="All pictures, with numbers")
    before = numbered.locator("img").get_attribute("src")
    for number in (1, 2):
        expect(panels.picture("blind")).to_have_attribute("alt", re.compile(f"Picture {number} of 2"))
        panels.page.wait_for_timeout(350)  # as long as one looks at least: what is quicker is a double click
        fake.focus()
        panels.page.keyboard.press("Enter")
    expect(fake).to_be_disabled()
    expect(again).to_be_focused()
    panels.page.wait_for_timeout(350)
    panels.page.keyboard.press("Enter")
    expect(panels.picture("blind")).to_have_attribute("alt", re.compile("Picture 1 of 2"))
    expect(numbered.locator("img")).not_to_have_attribute("src", before)
    expect(numbered).not_to_have_attribute("open", "")  # folded while the panel lives


def test_arrow_keys_and_the_space_bar_answer_wherever_the_focus_is(panels: LessonOnScreen) -> None:
    taste, picture = panels.panel("taste"), panels.picture("taste")
    neither, undo, again = (taste.get_by_role("button", name=name) for name in ("neither", "undo", "again"))
    assert taste.get_by_role("button", name="left").get_attribute("aria-keyshortcuts") == "ArrowLeft"
    again.click()  # whatever earlier tests have answered
    before = panels.page.evaluate(NOTEBOOK)
    for number, key in ((1, "ArrowLeft"), (2, "Space"), (3, "ArrowRight")):
        expect(picture).to_have_attribute("alt", re.compile(f"^Pair {number} of 3"))
        panels.page.wait_for_timeout(350)
        panels.page.keyboard.press(key)
        if number < 3:
            expect(picture).to_have_attribute("alt", re.compile(f"^Pair {number + 1} of 3"))
            expect(neither).to_be_focused()
            outline = neither.evaluate(
                "each => getComputedStyle(each).outlineStyle + getComputedStyle(each).boxShadow"
            )
            assert outline != "nonenone", "the focus is to be seen"
    expect(picture).to_have_attribute(
        "alt", re.compile("^The creations that the model believes you like best")
    )
    expect(undo).to_be_focused()
    assert panels.page.evaluate(NOTEBOOK) == before
    panels.page.wait_for_timeout(350)
    panels.page.keyboard.press("Enter")
    expect(picture).to_have_attribute("alt", re.compile("^Pair 3 of 3"))
    panels.page.wait_for_timeout(350)
    for _ in range(2):  # at once: as when a key is held down
        panels.page.keyboard.press("ArrowLeft")
    expect(picture).to_have_attribute("alt", re.compile("^The creations"))


def steps(panels: LessonOnScreen) -> tuple[list[int], int]:
    """How many steps the kernel has made in the walks of earlier runs, and in the one on the screen."""
    count = panels.cell("count")
    count.locator(".jp-InputPrompt").click()
    panels.page.keyboard.press("Control+Enter")
    panels.wait_until_idle(1)
    earlier, now = re.fullmatch(
        r"\[(.*)\] (\d+)", count.locator(".jp-OutputArea-output").inner_text().strip()
    ).groups()
    return [int(each) for each in earlier.split(", ") if each], int(now)


def test_play_moves_the_picture_and_pause_stops_it_at_once(panels: LessonOnScreen) -> None:
    walk = panels.panel("walk")
    for name in ("play", "pause", "play"):  # by the keyboard
        walk.get_by_role("button", name=name).focus()
        panels.page.keyboard.press("Enter")
        expect(walk.get_by_role("button", name="pause" if name == "play" else "play")).to_be_focused()
    shown = panels.picture("walk").get_attribute("src")
    expect(panels.picture("walk")).not_to_have_attribute("src", shown)
    _, begun = steps(panels)  # a cell runs meanwhile
    said = panels.picture("walk").get_attribute("alt")
    expect(panels.picture("walk")).not_to_have_attribute("alt", said)

    walk.get_by_role("button", name="pause").click()
    expect(walk.get_by_role("button", name="play")).to_be_visible()
    paused = steps(panels)
    assert paused[1] > begun
    panels.page.wait_for_timeout(500)
    assert steps(panels) == paused


def test_a_cell_that_is_run_again_or_cleared_leaves_nothing_running(panels: LessonOnScreen) -> None:
    walk = panels.panel("walk")
    for way in ("run again", "cleared"):
        walk.get_by_role("button", name="play").click()
        said = panels.picture("walk").get_attribute("alt")
        expect(panels.picture("walk")).not_to_have_attribute("alt", said)
        panels.cell("walk").locator(".jp-InputPrompt").click()
        if way == "run again":
            panels.page.keyboard.press("Control+Enter")
            expect(panels.picture("walk")).to_have_attribute("alt", re.compile("^0 steps"))
        else:
            panels.choose("Edit", "Clear Cell Output")
            expect(walk).to_have_count(0)
        before = steps(panels)
        panels.page.wait_for_timeout(1000)
        assert steps(panels) == before
    panels.cell("walk").locator(".jp-InputPrompt").click()
    panels.page.keyboard.press("Control+Enter")
    expect(walk.get_by_role("button", name="play")).to_be_visible()


def test_what_goes_wrong_stands_under_the_panel_and_the_panel_goes_on(
    panels: LessonOnScreen, complaints: list[str]
) -> None:
    walk = panels.panel("walk")
    size = walk.get_by_role("slider", name="size")
    size.press("End")
    walk.get_by_role("button", name="play").click()
    expect(walk.get_by_role("alert")).to_have_text(re.compile("ValueError: the step is <too large>"))
    expect(walk.get_by_role("button", name="play")).to_be_visible()
    where = walk.locator("details", has_text="where it happened")
    expect(where.locator("pre")).to_be_hidden()
    where.locator("summary").click()
    expect(where.locator("pre")).to_contain_text("in step")
    size.press("Home")
    expect(walk.get_by_role("alert")).to_have_count(0)
    complaints[:] = [text for text in complaints if "too large" not in text]


def test_a_film_is_cut_by_the_threshold_and_plays(panels: LessonOnScreen) -> None:
    desk, picture = panels.panel("desk"), panels.picture("desk")
    expect(picture).to_have_attribute(
        "alt", re.compile("8 cuts found: 1 right, 7 false, 1 of 2 true ones missed")
    )
    desk.get_by_role("slider", name="threshold").press("End")
    expect(picture).to_have_attribute("alt", re.compile("0 cuts found: .* Missed at 5, 12"))
    desk.get_by_role("button", name="play").click()
    expect(desk.get_by_role("slider", name="frame")).to_have_attribute("aria-valuetext", re.compile("[1-9]"))
    desk.get_by_role("button", name="pause").click()
    expect(desk.get_by_role("button", name="play")).to_be_visible()


def test_on_a_narrow_page_nothing_is_cut_off(panels: LessonOnScreen) -> None:
    panels.page.set_viewport_size({"width": 800, "height": 1400})
    try:
        for name in list(CELLS)[:-1]:
            panel = panels.panel(name)
            panels.page.wait_for_timeout(300)
            panels.page.screenshot(path=panels.screenshots / f"narrow-{name}.png")
            right = panels.cell(name).locator(".jp-OutputArea").bounding_box()
            right = right["x"] + right["width"]
            shown = panel.locator("select, .widget-slider, .widget-inline-hbox, button:visible")
            for each in shown.all():
                if (box := each.bounding_box()) is not None:
                    assert box["x"] + box["width"] <= right, f"{name}: {each.inner_text()} is cut off"
        large = panels.picture("densities")
        assert large.bounding_box()["width"] >= 559
        assert large.locator("xpath=ancestor::*[contains(@class, 'course-picture')]").evaluate(
            "area => area.scrollWidth > area.clientWidth && getComputedStyle(area).overflowX === 'auto'"
        )
        assert panels.picture("walk").bounding_box()["width"] == 160
    finally:
        panels.page.set_viewport_size({"width": 1280, "height": 1400})


def test_opened_again_the_still_picture_is_there_and_what_to_do(
    panels: LessonOnScreen, complaints: list[str]
) -> None:
    """The kernel has forgotten the panel: first in a notebook that is trusted, then in one from elsewhere."""
    folded = panels.cell("densities").locator("details", has_text="The picture at the start")
    expect(folded).not_to_have_attribute("open", "")
    saved = panels.save()
    for kind in ("trusted", "from elsewhere"):
        panels.shut_down()
        if kind == "from elsewhere":
            saved.cells[0].source += " sent by somebody"
            nbformat.write(saved, panels.path)
        reopened = LessonOnScreen(
            panels.page, panels.page.url.split("?")[0] + "?", panels.path, panels.screenshots
        )
        trusted = reopened.page.locator(".jp-OutputArea-output.jp-mod-trusted").count() > 0
        assert trusted == (kind == "trusted")
        for name in list(CELLS)[:-1]:
            cell = reopened.cell(name)
            cell.scroll_into_view_if_needed()
            still = cell.locator("details").first
            expect(still.locator("img").first).to_be_visible()
            expect(still).to_have_attribute("open", "")
            reopened.page.wait_for_timeout(2500 if trusted else 0)  # so long JupyterLab looks for the widget
            reopened.page.screenshot(path=panels.screenshots / f"again-{kind}-{name}.png")
            first = cell.locator(".jp-OutputArea-output").first
            if trusted:
                expect(first).to_have_css("font-size", "0px")
                said = first.evaluate("output => getComputedStyle(output, '::after').content")
                assert said == f'"{front_end.RUN_IT}"'
            else:
                expect(first).to_have_text(front_end.RUN_IT)
    complaints[:] = [text for text in complaints if "widget model not found" not in text]
