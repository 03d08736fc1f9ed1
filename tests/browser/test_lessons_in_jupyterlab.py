"""Every lesson in real JupyterLab, in a real browser: as it opens, as it runs, and under mouse and keyboard.

Screenshots of all lessons are left in pytest's temporary folder; the output of the test names it.
"""

from __future__ import annotations

import re
import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from course_lib import ROOT
from course_lib.authoring.lesson import find_source, load_lesson
from course_lib.grading.intake.answers import collect
from tests.browser.jupyterlab import MINUTE, LessonOnScreen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LESSONS = sorted(path.stem for path in (ROOT / "lessons").glob("[0-9][0-9]_*.ipynb"))
# Run in the browser by every `test --no-long`: an answer is typed, a slider moved. All the others
# run from top to bottom under nbval there, and are opened here; run here too they would take a fifth of the time.
IN_SHORT = ("00", "01")
MINUTES = 12  # for all cells of a lesson, which take three on two quiet cores


@pytest.fixture
def lesson(
    name: str, page: Page, address: str, checkout: Path, screenshots: Path
) -> Iterator[LessonOnScreen]:
    """A lesson that was just opened, its kernel ready; afterwards the kernel is ended: one at a time."""
    lesson = LessonOnScreen(page, address, checkout / "lessons" / f"{name}.ipynb", screenshots)
    yield lesson
    lesson.shut_down()


@pytest.mark.parametrize("name", LESSONS)
def test_lesson_opens_complete(lesson: LessonOnScreen) -> None:
    assert_everything_shows_before_it_runs(lesson)


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name[:2] in IN_SHORT else [pytest.mark.long]) for name in LESSONS]
)
def test_lesson_runs_to_the_end_and_answers_its_reader(lesson: LessonOnScreen) -> None:
    print(f"screenshots: {lesson.screenshots}/{lesson.name}-*.png")
    lesson.run_all(MINUTES)
    lesson.photograph("run")
    assert_it_ran(lesson)
    PLAY.get(lesson.name, lambda lesson: None)(lesson)


def assert_everything_shows_before_it_runs(lesson: LessonOnScreen) -> None:
    """JupyterLab trusts nothing yet, and still every stored figure and every formula is there."""
    lesson.photograph("opened")
    assert lesson.page.locator(".jp-OutputArea-output.jp-mod-trusted").count() == 0
    stored = "".join(str(cell.get("outputs", "")) for cell in lesson.notebook.cells)
    assert len(lesson.pictures()) == stored.count("<img ") > 0
    assert_all_visible(lesson.pictures())

    assert lesson.page.locator(".jp-MarkdownOutput mjx-container").count() > 0
    assert lesson.page.locator("mjx-merror").all_text_contents() == []
    for text in lesson.page.locator(".jp-MarkdownOutput").all_text_contents():
        assert re.search(r"\$[^$\n]*\\[a-z]+", text) is None, f"a formula that was not set: {text}"
    assert lesson.wide_formulas() == []


def assert_it_ran(lesson: LessonOnScreen) -> None:
    """No error, no warning, figures again, and a kind word under each exercise that nobody has written."""
    assert lesson.page.locator(".jp-Dialog").all_inner_texts() == []  # "The kernel appears to have died"
    assert lesson.page.get_by_text("get notified about official Jupyter news").count() == 0
    assert lesson.pictures()
    assert_all_visible(lesson.pictures())
    saved = {cell.id: cell for cell in lesson.save().cells}
    for cell in saved.values():
        assert cell.cell_type != "code" or cell.execution_count, f"{cell.id} did not run"
        for output in cell.get("outputs", []):
            assert output.output_type != "error", f"{cell.id}: {output.ename}: {output.evalue}"
            assert output.get("name") != "stderr", f"{cell.id}: {output.text}"
        if "raise NotImplementedError" in cell.source:
            (said,) = saved[f"check-{cell.id}"].outputs
            assert "not written yet.\n" in said.text


def assert_all_visible(pictures: list[dict]) -> None:
    for picture in pictures:
        assert len(picture["alt"]) > 10, f"a picture without alternative text: {picture}"
        assert picture["pixels"] > 0, f"a picture that did not load: {picture}"
        assert picture["shown"] > 20, f"a picture that is not on the page: {picture}"


def write_an_answer(lesson: LessonOnScreen) -> None:
    """Lesson 00: an answer typed into its cell is checked at once, saved, and found by grading."""
    answer = runpy.run_path(str(ROOT / "tests/lessons/answers/00_start_here.py"))["RIGHT"]["stretch"]
    answer = f"# Exercise 1\n{answer.strip()}"
    lesson.cell("stretch").locator(".cm-content").click()
    lesson.page.keyboard.press("ControlOrMeta+A")
    lesson.page.keyboard.insert_text(answer)
    for _ in ("exercise", "check"):
        lesson.page.keyboard.press("Shift+Enter")
    lesson.cell("check-stretch").get_by_text("Exercise 1: right.").wait_for(timeout=MINUTE)

    assert collect(load_lesson(find_source("00")), lesson.save()).answers["stretch"] == answer


def move_a_slider(lesson: LessonOnScreen) -> None:
    """Lesson 01: the panel's picture follows a slider, moved by mouse and by keyboard."""
    picture = lesson.page.locator(".jp-OutputArea .jupyter-widgets img").first
    handle = lesson.page.locator(".jp-OutputArea .widget-slider [role=slider]").first
    follows = "before => document.querySelector('.jp-OutputArea .jupyter-widgets img')?.src !== before"

    handle.scroll_into_view_if_needed()
    before, value = picture.get_attribute("src"), handle.get_attribute("aria-valuenow")
    middle = handle.bounding_box()
    lesson.page.mouse.move(middle["x"] + middle["width"] / 2, middle["y"] + middle["height"] / 2)
    lesson.page.mouse.down()
    lesson.page.mouse.move(middle["x"] + 40, middle["y"] + middle["height"] / 2, steps=4)
    lesson.page.mouse.up()
    lesson.wait_for(follows, 1, before)
    assert handle.get_attribute("aria-valuenow") != value

    lesson.wait_until_idle(1)
    before = picture.get_attribute("src")
    handle.press("ArrowLeft")
    lesson.wait_for(follows, 1, before)
    assert picture.get_attribute("alt")
    lesson.photograph("moved")


PLAY = {"00_start_here": write_an_answer, "01_gan_math": move_a_slider}
