"""What all browser tests share: a checkout, JupyterLab on it, one page, and a picture of it when a test fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.jupyterlab import (
    CHROMIUM_OPTIONS,
    MINUTE,
    LessonOnScreen,
    assert_no_complaint,
    copy_checkout,
    serve,
)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_checkout(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def address(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(checkout, tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture(scope="module")
def page(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"),
            executable_path=chromium,
            headless=True,
            args=CHROMIUM_OPTIONS,
            viewport={"width": 1280, "height": 1400},
        )
        browser.set_default_timeout(2 * MINUTE)
        expect.set_options(timeout=MINUTE / 2)  # a busy machine may take seconds to answer
        yield browser.pages[0]
        browser.close()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Chromium for pages of one's own: each in a context that a test opens."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_OPTIONS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def complaints(page: Page) -> list[str]:
    """Errors of the page's scripts; a test takes away what it means to cause."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.fixture
def panels(opened: LessonOnScreen, complaints: list[str]) -> Iterator[LessonOnScreen]:
    """The notebook that the file calls `opened`, and after the test a look at the console."""
    yield opened
    assert_no_complaint(complaints)


@pytest.fixture(scope="module")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("screenshots")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[pytest.TestReport, pytest.TestReport]:
    """Keep what the screen showed when a test failed, and name the file in the report."""
    report = yield
    if report.when != "teardown" and report.failed and "page" in getattr(item, "funcargs", {}):
        path = item.funcargs["screenshots"] / f"failed-{item.name.replace('/', '-')}.png"
        item.funcargs["page"].screenshot(path=path)
        report.sections.append(("screenshot", str(path)))
    return report
