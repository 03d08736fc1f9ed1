"""The studio as an app in Chromium: two visitors, one who finds it full, and one whose kernel dies."""

from __future__ import annotations

import importlib.util
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from course_lib.benchmark.studio_load import opened
from tests.browser.jupyterlab import CHROMIUM_OPTIONS, MINUTE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

if importlib.util.find_spec("voila") is None:
    pytest.skip("voila is not installed: pip install voila", allow_module_level=True)


@pytest.fixture(scope="module")
def studio() -> Iterator[tuple[str, subprocess.Popen]]:
    with opened("garments", 2) as opening:
        yield opening


@pytest.fixture(scope="module")
def pages(chromium: str) -> Iterator[list[Page]]:
    """Three people's browsers, which share no cookie; the second one's is a dark phone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_OPTIONS)
        settings = [{"viewport": {"width": 1280, "height": 900}} for _ in range(3)]
        settings[1] = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
        expect.set_options(timeout=MINUTE / 2)  # a busy machine may take seconds to answer
        yield [browser.new_context(**each).new_page() for each in settings]
        browser.close()


def enter(page: Page, address: str) -> None:
    page.goto(address, timeout=2 * MINUTE)
    expect(page.get_by_text("Pair 1:")).to_be_visible(timeout=2 * MINUTE)
    page.wait_for_timeout(500)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_timeout(500)  # sooner than in 0.3 s the next would be the second of a double click


def test_visitors_do_not_see_each_other_and_the_one_after_is_told(
    studio: tuple, pages: list[Page], screenshots: Path
) -> None:
    address, server = studio
    one, two, third = pages
    elsewhere: list[str] = []
    one.on("request", lambda each: elsewhere.append(each.url) if "127.0.0.1" not in each.url else None)
    enter(one, address)
    assert [each for each in elsewhere if not each.startswith(("data:", "blob:"))] == []
    enter(two, address)
    picture = two.locator(".course-picture img").get_attribute("src")

    press(one, "keep left")
    expect(one.get_by_text("The gallery, 1 of 12")).to_be_visible()
    press(one, "right")
    expect(one.get_by_text("Pair 2:")).to_be_visible()
    seed = one.get_by_role("textbox", name="seed")
    seed.fill("<img src=x onerror=alert(1)>")
    seed.press("Tab")
    expect(one.get_by_role("alert").filter(has_text="A seed is a whole number")).to_be_visible()
    one.screenshot(path=screenshots / "app-wide.png", full_page=True)

    expect(two.get_by_text("The gallery is empty")).to_be_visible()
    expect(two.get_by_role("textbox", name="seed")).to_have_value("0")
    assert two.locator(".course-picture img").get_attribute("src") == picture
    assert two.get_by_role("button", name="undo").is_disabled()
    assert two.evaluate("document.documentElement.scrollWidth") <= 390
    assert two.locator(".course-picture img").bounding_box()["width"] <= 390
    two.screenshot(path=screenshots / "app-narrow.png", full_page=True)

    third.goto(address)
    expect(third.get_by_role("heading", name="The studio is full")).to_be_visible()
    expect(third.get_by_text("2 visitors are in it now")).to_be_visible()
    third.screenshot(path=screenshots / "app-full.png")
    third.goto("about:blank")
    press(one, "undo")
    expect(one.get_by_text("Pair 1:")).to_be_visible()
    expect(one.get_by_text("The gallery, 1 of 12")).to_be_visible()

    two.goto("about:blank")  # leaves, and gives the place to the next
    psutil.wait_procs(psutil.Process(server.pid).children()[1:], 20)
    assert len(psutil.Process(server.pid).children()) == 1


def test_whose_kernel_dies_is_told_and_comes_in_again(studio: tuple, pages: list[Page]) -> None:
    address, server = studio
    one = pages[0]
    if one.url != address:
        enter(one, address)
    for kernel in psutil.Process(server.pid).children():
        kernel.kill()
    expect(one.get_by_role("alert").filter(has_text="Your studio has been closed")).to_be_visible()
    one.get_by_role("button", name="Open the studio again").click()
    expect(one.get_by_text("Pair 1:")).to_be_visible(timeout=2 * MINUTE)
    expect(one.get_by_text("The gallery is empty")).to_be_visible()
