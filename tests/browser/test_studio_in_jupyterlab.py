"""The studio under a visitor's hands: keys answer, a slider keeps its own, and a file says where it comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell
from playwright.sync_api import Page, expect

from course_lib.studio import exporting
from tests.browser.jupyterlab import LessonOnScreen, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STUDIO = """from course_lib.keras_settings import prepare_keras

prepare_keras()
from course_lib.studio.studio import Studio

Studio("garments").show()"""


@pytest.fixture(scope="module")
def opened(page: Page, address: str, checkout: Path, screenshots: Path) -> Iterator[LessonOnScreen]:
    path = write_notebook(checkout / "lessons" / "to_visit.ipynb", [new_code_cell(STUDIO)])
    opened = LessonOnScreen(page, address, path, screenshots)
    opened.run_all(3)
    yield opened
    opened.shut_down()


def test_keys_answer_and_a_slider_keeps_them_and_a_kept_picture_is_saved(
    opened: LessonOnScreen, tmp_path: Path
) -> None:
    page = opened.page
    studio = page.locator(".jupyter-widgets", has=page.get_by_role("button", name="keep left")).first
    expect(studio.get_by_text("Pair 1:")).to_be_visible(timeout=60_000)

    studio.get_by_role("slider").press("ArrowRight")
    opened.wait_until_idle(1)
    expect(studio.get_by_text("Pair 1:")).to_be_visible()  # the slider moved, and nothing was answered
    studio.get_by_role("button", name="neither").press("ArrowRight")
    expect(studio.get_by_text("Pair 2:")).to_be_visible(timeout=60_000)

    page.wait_for_timeout(500)  # sooner than in 0.3 s it would be the second of a double click
    studio.get_by_role("button", name="keep left").click()
    expect(studio.get_by_text("The gallery, 1 of 12")).to_be_visible(timeout=60_000)
    expect(studio.get_by_text("Pair 2:")).to_be_visible()  # one answer was given, not two
    link = studio.get_by_role("link", name=re.compile("PNG"))
    with page.expect_download() as download:
        link.click()
    download.value.save_as(tmp_path / "kept.png")
    provenance = exporting.load(tmp_path / "kept.png")
    assert provenance.creation.theme == "garments" and provenance.creation.setting > 1
    opened.photograph("studio")
