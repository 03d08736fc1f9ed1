"""The site in Chromium: every page from disk, wide and narrow, light and dark, and nothing asked of another host."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytest.importorskip("furo", reason="the site needs the extra `site`: pip install -e .[site]")
pytest.importorskip("math_core", reason="the site needs the extra `site`: pip install -e .[site]")
pytest.importorskip("myst_nb", reason="the site needs the extra `site`: pip install -e .[site]")
pytest.importorskip("ziamath", reason="the site needs the extra `site`: pip install -e .[site]")

from playwright.sync_api import Browser, Page, Request, expect

from course_lib.authoring.address import Address, assuming
from course_lib.authoring.lesson import find_source
from course_lib.site import build
from course_lib.site.folder import check_folder
from tests.browser.jupyterlab import MINUTE
from tests.browser.legible import contrast, luminance
from tests.browser.web_server import web_server
from tests.site import crawl

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Page]
LESSONS = ("01", "06", "08")
TEXTS = """() => [...document.querySelectorAll('article :is(p, li, td, th, summary, h1, h2, a, pre, dt), nav a, math')]
    .filter(each => each.checkVisibility() && each.textContent.trim()).map(each => {
        let ground = each;
        while (ground.parentElement && /^rgba.*, 0\\)$/.test(getComputedStyle(ground).backgroundColor))
            ground = ground.parentElement;
        return [each.textContent.trim().slice(0, 60), getComputedStyle(each).color,
            getComputedStyle(ground).backgroundColor];
    })"""
"""The colours of each text and of what lies under it."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three lessons and a room of the library."""
    out = check_folder(tmp_path_factory.mktemp("built") / "a site")
    told: list[tuple[int, int]] = []
    with assuming(Address("ada/gans")):
        built = build.build(
            out,
            [find_source(number) for number in LESSONS],
            ["", "scores"],
            progress=lambda _, done, total: told.append((done, total)),
        )
    assert built.warnings == [] and built.lessons == len(LESSONS)
    assert told == [(number, 2 * built.pages) for number in range(1, 2 * built.pages + 1)]
    assert [*out.parent.iterdir()] == [out]
    return out


@pytest.fixture
def open_page(browser: Browser, site: Path) -> Iterator[Open]:
    """Opens pages from disk; afterwards nothing may have been asked for but the site's files, or complained about."""
    contexts, asked, complaints = [], [], []

    def failed(request: Request) -> None:
        if (
            request.failure != "net::ERR_ABORTED"
        ):  # the next page was opened while a lazy picture was under way
            complaints.append(f"{request.url}: {request.failure}")

    def open_page(name: str, **options: object) -> Page:
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(MINUTE / 2)
        page = contexts[-1].new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("requestfailed", failed)
        page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto((site / name).as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    own = (site.as_uri(), "data:", "http://127.0.0.1:")
    assert asked and [url for url in asked if not url.startswith(own)] == []
    assert complaints == []


def test_no_link_is_dead_no_picture_mute_and_no_formula_raw(site: Path) -> None:
    assert crawl.dead_links(site) == []
    assert len(crawl.pages(site)) > 30
    for path in crawl.pages(site):
        page = crawl.read(path)
        assert page.mute == [], path
        assert "$" not in page.text, path
    assert {"lessons/06_dcgan.html", "library/course_lib.scores.metrics.html"} <= {
        path.relative_to(site).as_posix() for path in crawl.pages(site)
    }


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_page_opens_from_disk_and_needs_no_sideways_scroll(
    open_page: Open, site: Path, width: int, scheme: str
) -> None:
    page = open_page("index.html", viewport={"width": width, "height": 844}, color_scheme=scheme)
    wide = []
    for path in crawl.pages(site):
        page.goto(path.as_uri())
        if page.evaluate("document.documentElement.scrollWidth") > width:
            wide.append(path.name)
        assert page.locator("h1").count() == 1 or path.name == "search.html"
    assert wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "name", ["lessons/06_dcgan.html", "cures.html", "library/course_lib.scores.metrics.html"]
)
def test_texts_are_legible_by_day_and_by_night(open_page: Open, name: str, scheme: str) -> None:
    page = open_page(name, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    seen = page.evaluate(TEXTS)
    assert len(seen) > 40
    faint = {text: (colour, ground) for text, colour, ground in seen if contrast(colour, ground) < 4.5}
    assert faint == {}
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (luminance(ground) < 0.1) == (scheme == "dark")


def test_the_reader_chooses_between_dark_and_light(open_page: Open) -> None:
    page = open_page("index.html", color_scheme="light", viewport={"width": 1280, "height": 900})
    for _ in range(3):
        page.locator(".theme-toggle-content button").click()
        if page.evaluate("document.body.dataset.theme") == "dark":
            break
    assert luminance(page.evaluate("getComputedStyle(document.body).backgroundColor")) < 0.1
    page.reload()
    assert page.evaluate("document.body.dataset.theme") == "dark"


def test_formulas_are_drawn_in_the_font_that_comes_with_them(open_page: Open) -> None:
    page = open_page("lessons/01_gan_math.html")
    page.evaluate("document.fonts.ready")
    assert page.evaluate(
        "[...document.fonts].filter(each => each.status == 'loaded').map(each => each.family)"
    )
    formulas = page.locator("math")
    assert formulas.count() > 150 and page.locator(".formula math mfrac").count() > 10
    box = page.locator(".formula mfrac").first.evaluate(
        "each => [...each.children].map(part => part.getBoundingClientRect().top)"
    )
    assert box[0] < box[1]  # one above the other: drawn as mathematics
    assert page.locator("merror").count() == 0


def test_pictures_come_as_they_come_into_sight_panels_as_their_still(open_page: Open) -> None:
    page = open_page("lessons/06_dcgan.html")
    still = page.locator("details.course-still img").first
    still.scroll_into_view_if_needed()
    page.wait_for_function("each => each.complete && each.naturalWidth > 300", arg=still.element_handle())
    assert len(still.get_attribute("alt")) > 40
    for picture in page.locator("article img").all():
        picture.scroll_into_view_if_needed()
    page.wait_for_function("[...document.images].every(each => each.complete && each.naturalWidth > 0)")
    assert page.get_by_text("(an interactive panel: run this cell to use it)").count() >= 2


def test_code_that_is_folded_unfolds_by_keyboard(open_page: Open) -> None:
    page = open_page("lessons/01_gan_math.html")
    summary = page.locator("summary", has_text="Draw the two pictures").first
    code = page.get_by_text("moving = [normal(x", exact=False).first
    expect(code).to_be_hidden()
    summary.focus()
    page.keyboard.press("Enter")
    expect(code).to_be_visible()
    expect(page.get_by_text("# @title")).to_have_count(0)


def test_one_goes_from_page_to_page_and_starts_a_lesson(open_page: Open) -> None:
    page = open_page("lessons/01_gan_math.html")
    launch = page.get_by_role("link", name="Launch on Binder")
    assert launch.get_attribute("href").startswith("https://mybinder.org/v2/gh/ada/gans/main?")
    page.locator(".related-pages a.next-page").click()
    expect(page.locator("h1")).to_contain_text("6. DCGAN")
    page.locator(".related-pages a.prev-page").click()
    expect(page.locator("h1")).to_contain_text("1. GAN mathematics")
    page.locator(".sidebar-tree").get_by_role("link", name="The library").click()
    page.get_by_role("link", name="scores", exact=True).last.click()
    page.get_by_role("link", name="scores.metrics").click()
    expect(page.locator("dt.sig").first).to_be_visible()


def test_the_search_finds_words_and_functions(open_page: Open, site: Path) -> None:
    with web_server(site) as address:
        page = open_page("index.html", viewport={"width": 1280, "height": 900})
        page.goto(f"{address}index.html")
        for word, found in (
            ("saddlepoint checkerboard", None),
            ("mixture", "1. GAN mathematics"),
            ("frechet", "frechet"),
        ):
            page.get_by_role("textbox").fill(word)
            page.keyboard.press("Enter")
            expect(page.locator("#search-results")).to_contain_text(
                "Search finished" if found else "did not match"
            )
            if found:
                expect(page.locator("#search-results .search a").filter(has_text=found).first).to_be_visible()


def test_from_disk_the_search_works_too(open_page: Open) -> None:
    page = open_page("index.html", viewport={"width": 1280, "height": 900})
    page.get_by_role("textbox").fill("mixture")
    page.keyboard.press("Enter")
    expect(
        page.locator("#search-results .search a").filter(has_text="1. GAN mathematics").first
    ).to_be_visible()


def test_the_table_of_cures_is_printed_alone(open_page: Open) -> None:
    page = open_page("cures.html", viewport={"width": 794, "height": 1123})
    assert page.locator("table tr").count() == 13
    page.emulate_media(media="print")
    for hidden in (".sidebar-drawer", ".related-pages", "button.print"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 794
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert pages == 1
