"""The explorers and the dashboard in real JupyterLab: by mouse and by keyboard, narrow, and in the dark theme."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell
from playwright.sync_api import Locator, Page, expect

from course_lib.panels import front_end
from tests.browser.jupyterlab import LessonOnScreen, listen_to_console, write_notebook

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CELLS = {
    "latent": """import numpy as np
from course_lib import plots
from course_lib.keras_settings import prepare_keras
prepare_keras()
import keras
from course_lib.models import networks
from course_lib.panels.latent_explorer import LatentExplorer
plots.use_course_style()
random = np.random.default_rng(3)
generator = networks.dcgan_generator((28, 28, 1), latent_size=9, width=4, classes=3)
generator.set_weights([random.normal(0, 0.5, w.shape) if w.ndim > 1 else w for w in generator.get_weights()])
LatentExplorer(generator, ("shirt", "boot", "bag")).show()""",
    "convolution": """from course_lib.panels.convolution_explorer import ConvolutionExplorer
ConvolutionExplorer().show()""",
    "dashboard": """from course_lib.models.gan import GAN
from course_lib.panels.dashboard import Dashboard
from course_lib.training.loop import Recorder
gan = GAN(networks.dcgan_generator((12, 12, 1), 3, 4), networks.dcgan_discriminator((12, 12, 1), 4))
gan.compile()
images = random.uniform(-1, 1, (50, 12, 12, 1)).astype("float32")
Dashboard(gan, images, Recorder(grid=(2, 4)), batch_size=8).show()""",
    "film": """from course_lib.panels.film import FilmPanel
FilmPanel([images[:1]], [0]).show()""",
    "blind": """from course_lib.panels.real_or_fake import RealOrFake
RealOrFake(images, images, count=4).show()""",
}


@pytest.fixture(scope="module")
def opened(
    page: Page, address: str, checkout: Path, screenshots: Path, complaints: list[str]
) -> Iterator[LessonOnScreen]:
    """A notebook of panels, all cells run, once for all tests."""
    cells = [new_code_cell(source, id=name) for name, source in CELLS.items()]
    listen_to_console(page, complaints)
    path = write_notebook(checkout / "lessons" / "explorers_to_try.ipynb", cells)
    opened = LessonOnScreen(page, address, path, screenshots)
    complaints.clear()  # of what was there before the panels
    opened.run_all(4)
    for name in CELLS:  # what was never on the screen is not drawn
        opened.cell(name).scroll_into_view_if_needed()
        opened.cell(name).locator(".jp-OutputArea-output").first.wait_for()
    expect(page.locator(f".{front_end.PANEL}[role=group]")).to_have_count(len(CELLS))
    yield opened
    opened.shut_down()


class Shown:
    """What a panel shows now; `changed` waits until picture and words are others, which say what they should."""

    def __init__(self, notebook: LessonOnScreen, name: str) -> None:
        self.picture = notebook.picture(name)
        self.notebook = notebook
        self.src, self.alt = (self.picture.get_attribute(each) for each in ("src", "alt"))

    def changed(self, says: str = ".") -> None:
        expect(self.picture).not_to_have_attribute("src", self.src, timeout=60_000)
        expect(self.picture).not_to_have_attribute("alt", self.alt)
        expect(self.picture).to_have_attribute("alt", re.compile(says))
        self.notebook.wait_until_idle(1)


def drag(notebook: LessonOnScreen, slider: Locator, by: int) -> None:
    slider.scroll_into_view_if_needed()
    place = slider.bounding_box()
    x, y = place["x"] + place["width"] / 2, place["y"] + place["height"] / 2
    notebook.page.mouse.move(x, y)
    notebook.page.mouse.down()
    notebook.page.mouse.move(x + by, y, steps=4)
    notebook.page.mouse.up()


def test_latent_sliders_by_keyboard_and_by_dragging(panels: LessonOnScreen) -> None:
    slider = panels.panel("latent").get_by_role("slider", name="direction 1")
    for move, change in (("ArrowRight", 0.1), ("ArrowLeft", -0.1), ("End", None), ("Home", None)):
        shown, before = Shown(panels, "latent"), float(said(slider))
        slider.press(move)
        expect(slider).not_to_have_attribute("aria-valuetext", f"{before:.1f}".replace("-", "−"))
        now = float(said(slider))
        assert now == pytest.approx(before + change if change else {"End": 3, "Home": -3}[move])
        shown.changed(re.escape(f"direction 1 {now:+.1f}"))
    shown = Shown(panels, "latent")
    drag(panels, slider, 60)
    shown.changed(re.escape(f"direction 1 {float(said(slider)):+.1f}"))
    assert float(said(slider)) > -3


def said(slider: Locator) -> str:
    """The number that a slider speaks, as Python writes it."""
    return slider.get_attribute("aria-valuetext").replace("−", "-")


def test_a_click_on_the_map_goes_to_what_lies_under_the_mouse(panels: LessonOnScreen) -> None:
    """The upper right picture of the map, found by its place on the sheet of 8 by 6 cells."""
    panels.panel("latent")
    shown, sheet = Shown(panels, "latent"), panels.picture("latent").bounding_box()
    panels.page.mouse.click(sheet["x"] + sheet["width"] * 7.5 / 8, sheet["y"] + sheet["height"] * 0.5 / 6)
    shown.changed(r"direction 1 \+3\.0, direction 2 -3\.0")


def test_the_map_is_one_tab_stop_and_arrows_go_about_in_it(panels: LessonOnScreen) -> None:
    explorer = panels.panel("latent")
    explorer.get_by_role("button", name="load").focus()
    on_map = []
    for _ in range(40):
        panels.page.keyboard.press("Tab")
        title = panels.page.evaluate("document.activeElement.title")
        if panels.page.evaluate("!document.activeElement.closest('.course-panel')"):
            break
        on_map += [title] if title.startswith("map") else []
    assert len(on_map) == 1
    explorer.get_by_title(on_map[0]).focus()
    panels.page.keyboard.press("Home")
    for key, arrives in (
        *(("ArrowLeft", "map 1, 1"), ("ArrowUp", "map 1, 1"), ("ArrowRight", "map 1, 2")),
        *(
            ("ArrowDown", "map 2, 2"),
            ("End", "map 5, 5"),
            ("ArrowRight", "map 5, 5"),
            ("ArrowUp", "map 4, 5"),
        ),
    ):
        panels.page.keyboard.press(key)
        assert panels.page.evaluate("document.activeElement.title").startswith(arrives), key
    shown = Shown(panels, "latent")
    panels.page.keyboard.press("Enter")
    shown.changed(r"direction 1 \+3\.0, direction 2 \+1\.5")
    expect(explorer.get_by_role("button", name="map 4, 5")).to_be_focused()
    panels.page.keyboard.press("Shift+Tab")
    expect(explorer.get_by_role("button", name="load")).to_be_focused()


def test_classes_the_walk_and_its_ends(panels: LessonOnScreen) -> None:
    explorer = panels.panel("latent")
    menu, walk = (explorer.get_by_label("class", exact=True), explorer.get_by_role("slider", name="walk"))
    shown = Shown(panels, "latent")
    menu.focus()
    panels.page.keyboard.press("ArrowDown")
    shown.changed("drawn as boot")
    for end in ("walk from here", "walk to here"):
        shown = Shown(panels, "latent")
        explorer.get_by_role("button", name="another latent").click()
        shown.changed("drawn as boot")
        explorer.get_by_role("button", name=end).click()
        expect(walk).to_have_attribute("aria-valuetext", "1.00" if "to" in end else "0.00")
        panels.wait_until_idle(1)
    shown = Shown(panels, "latent")
    walk.press("Home")
    shown.changed()
    shown = Shown(panels, "latent")
    drag(panels, walk, 40)
    shown.changed()
    explorer.get_by_role("button", name="play").click()
    for _ in range(2):
        Shown(panels, "latent").changed()
    explorer.get_by_role("button", name="pause").click()
    expect(explorer.get_by_role("button", name="play")).to_be_visible()
    panels.wait_until_idle(1)
    paused = Shown(panels, "latent")
    panels.page.wait_for_timeout(700)
    assert panels.picture("latent").get_attribute("src") == paused.src


def test_a_picture_is_saved_with_its_latent_and_loaded_again(panels: LessonOnScreen) -> None:
    explorer = panels.panel("latent")
    name = explorer.get_by_label("file", exact=True)
    name.fill("my boot.png")
    name.press("Enter")
    explorer.get_by_role("button", name="save").click()
    expect(explorer.get_by_role("status")).to_have_text("Saved with its latent: my boot.png")
    panels.wait_until_idle(1)
    saved = Shown(panels, "latent")
    explorer.get_by_role("button", name="another latent").click()
    saved.changed()
    shown = Shown(panels, "latent")
    explorer.get_by_role("button", name="load").focus()
    panels.page.keyboard.press("Space")
    expect(explorer.get_by_role("status")).to_have_text("Loaded: my boot.png")
    shown.changed()
    length = re.compile(r"^.*?direction 6 \S+")  # all but the walk
    assert length.match(panels.picture("latent").get_attribute("alt"))[0] == length.match(saved.alt)[0]
    assert (panels.path.parent / "my boot.png").exists()
    name.fill("no such.png")
    explorer.get_by_role("button", name="load").click()
    expect(explorer.get_by_role("status")).to_contain_text("There is no file no such.png")


def test_convolution_sliders_by_keyboard_and_by_dragging(panels: LessonOnScreen) -> None:
    explorer = panels.panel("convolution")
    for name, key, says in (
        ("kernel", "ArrowRight", "Kernel 5, stride 2"),
        ("stride", "ArrowLeft", "Kernel 5, stride 1"),
        ("layers", "Home", "32 → 32 pixels"),
        ("pixels", "ArrowLeft", "31 → 31 pixels"),
        ("place of the pixel", "Home", "output pixel 0 sees"),
    ):
        shown, slider = Shown(panels, "convolution"), explorer.get_by_role("slider", name=name, exact=True)
        slider.press(key)
        shown.changed(says)
    shown = Shown(panels, "convolution")
    drag(panels, explorer.get_by_role("slider", name="place of the pixel"), 60)
    shown.changed("output pixel [1-9]")
    for label, says in (
        ("layers are", "input pixel paints"),
        ("show", "input pixel"),
        ("padding", '"valid"'),
    ):
        shown = Shown(panels, "convolution")
        explorer.get_by_label(label, exact=True).focus()
        panels.page.keyboard.press("ArrowDown")
        shown.changed(says)


def test_a_training_plays_pauses_and_goes_on_with_another_rate(panels: LessonOnScreen) -> None:
    dashboard = panels.panel("dashboard")
    play, pause = (dashboard.get_by_role("button", name=name) for name in ("play", "pause"))
    shown = Shown(panels, "dashboard")
    play.click()
    shown.changed("losses: discriminator")
    rate = dashboard.get_by_role("slider", name="generator's learning rate")
    rate.press("End")  # while it runs
    expect(panels.picture("dashboard")).to_have_attribute("alt", re.compile("rates: generator 0.1,"))
    drag(panels, rate, -60)
    expect(panels.picture("dashboard")).not_to_have_attribute("alt", re.compile("rates: generator 0.1,"))
    Shown(panels, "dashboard").changed()  # it still trains
    pause.focus()
    panels.page.keyboard.press("Enter")
    expect(play).to_be_focused()
    panels.wait_until_idle(1)
    paused = Shown(panels, "dashboard")
    panels.page.wait_for_timeout(1000)
    assert panels.picture("dashboard").get_attribute("src") == paused.src
    panels.page.keyboard.press("Enter")
    paused.changed()
    assert step_of(paused.alt) < step_of(panels.picture("dashboard").get_attribute("alt"))
    pause.click()
    expect(play).to_be_visible()
    panels.wait_until_idle(1)


def step_of(alt: str) -> int:
    return int(re.search(r"at step ([\d,]+)", alt)[1].replace(",", ""))


def test_an_interrupt_breaks_nothing(panels: LessonOnScreen) -> None:
    """Where panels have a thread of their own it is not heard; where it is, the training pauses."""
    dashboard = panels.panel("dashboard")
    play, pause = (dashboard.get_by_role("button", name=name) for name in ("play", "pause"))
    shown = Shown(panels, "dashboard")
    play.click()
    expect(shown.picture).not_to_have_attribute("src", shown.src, timeout=60_000)
    for _ in range(3):
        panels.choose("Kernel", "Interrupt Kernel")
    panels.page.wait_for_timeout(1000)
    if pause.is_visible():
        pause.click()
    expect(play).to_be_visible()
    panels.wait_until_idle(1)
    assert "Traceback" not in dashboard.inner_text()
    expect(dashboard.get_by_role("alert")).to_have_count(0)
    shown = Shown(panels, "dashboard")
    play.click()
    expect(shown.picture).not_to_have_attribute("src", shown.src)
    assert step_of(shown.alt) < step_of(shown.picture.get_attribute("alt"))
    pause.click()
    expect(play).to_be_visible()
    panels.wait_until_idle(1)


def test_a_film_of_one_frame_is_no_error(panels: LessonOnScreen) -> None:
    slider = panels.panel("film").get_by_role("slider", name="step")
    for key in ("ArrowRight", "Home"):
        slider.press(key)
    expect(panels.picture("film")).to_have_attribute("alt", re.compile("after 0 training steps"))


@pytest.mark.parametrize("way", ["a double click", "a key held down"])
def test_what_was_not_seen_is_not_answered(panels: LessonOnScreen, way: str) -> None:
    blind = panels.panel("blind")
    panels.page.wait_for_timeout(400)  # a hand takes so long to come back
    blind.get_by_role("button", name="again").click()
    expect(panels.picture("blind")).to_have_attribute("alt", re.compile("Picture 1 of 4"))
    panels.page.wait_for_timeout(400)
    real = blind.get_by_role("button", name="real")
    if way == "a double click":
        real.dblclick()
    else:
        real.focus()
        for _ in range(15):  # the browser takes what is not let go for repeats
            panels.page.keyboard.down("Enter")
        panels.page.keyboard.up("Enter")
    panels.wait_until_idle(1)
    panels.page.wait_for_timeout(500)
    expect(panels.picture("blind")).to_have_attribute("alt", re.compile("Picture 2 of 4"))
    real.click()
    expect(panels.picture("blind")).to_have_attribute("alt", re.compile("Picture 3 of 4"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_narrow_page_with_the_file_list_nothing_is_cut_off(panels: LessonOnScreen, theme: str) -> None:
    panels.page.set_viewport_size({"width": 800, "height": 1400})
    if theme == "dark":
        panels.page.locator(".lm-MenuBar-item", has_text="Settings").click()
        panels.page.locator(".lm-Menu-item:visible", has_text="Theme").first.hover()
        panels.page.locator(".lm-Menu-item:visible", has_text="JupyterLab Dark").first.click()
        expect(panels.page.locator("body")).to_have_attribute("data-jp-theme-light", "false")
    try:
        files = panels.page.locator("#filebrowser")
        if not files.is_visible():
            panels.choose("View", "File Browser")
        expect(files).to_be_visible()
        for name in CELLS:
            whole = panels.panel(name)
            panels.page.wait_for_timeout(500)
            panels.page.screenshot(path=panels.screenshots / f"{theme}-{name}.png")
            area = panels.cell(name).locator(".jp-OutputArea-output").first.bounding_box()
            right = area["x"] + area["width"]
            for each in whole.locator("select, input, img, .widget-inline-hbox, button").all():
                if each.is_visible() and (box := each.bounding_box()) is not None:
                    assert box["x"] + box["width"] <= right + 1, f"{name}: {each.evaluate(WHICH)} is cut off"
            scrolled = whole.evaluate(WIDER)
            assert scrolled == [], f"{name} has to be scrolled sideways"
    finally:
        panels.page.set_viewport_size({"width": 1280, "height": 1400})


WHICH = "element => element.outerHTML.slice(0, 200)"
WIDER = """panel => [panel, ...panel.querySelectorAll('*')].filter(each =>
    each.scrollWidth > each.clientWidth + 1 && ['auto', 'scroll'].includes(getComputedStyle(each).overflowX)
).map(each => each.className)"""
