"""The course as a newcomer has it: a fresh copy of the checkout, served by `lab`, and one lesson on the screen."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbformat.v4 import new_notebook
from playwright.sync_api import Locator, Page

from course_lib import ROOT
from course_lib.panels import front_end
from tests.free_ports import free_ports

MINUTE = 60_000  # milliseconds, as Playwright counts; every limit is generous, nothing waits for a fixed time
CHROMIUM_OPTIONS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
IS_OVER = """() => {  // all cells have run, or one failed and the rest were called off, or the kernel died
    const prompts = [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(each => each.textContent);
    const idle = document.querySelector('.jp-Notebook-ExecutionIndicator').dataset.status === 'idle';
    const begun = prompts.some(each => /\\d/.test(each));  // folded cells show no number
    return document.querySelector('.jp-Dialog') || (idle && begun && !prompts.includes('[*]:'));
}"""
HAS_KERNEL = """async () => (await (await fetch('/api/sessions')).json()).some(
    session => session.kernel?.execution_state === 'idle'
)"""
LOOK_AT_PICTURES = """() => [...document.querySelectorAll('.jp-Notebook .jp-OutputArea-output img')].filter(
    image => !image.hidden && !image.closest('details:not([open])')  // a panel's script, and what is folded
).map(image => ({alt: image.alt, pixels: image.naturalWidth, shown: image.getBoundingClientRect().width}))"""

FIND_WIDE_FORMULAS = """() => [...document.querySelectorAll('.jp-MarkdownOutput')].filter(text => {
    const right = text.getBoundingClientRect().right;
    return [...text.querySelectorAll('mjx-math')].some(math => math.getBoundingClientRect().right > right);
}).map(text => text.textContent.trim().slice(0, 60))"""


def copy_checkout(folder: Path) -> Path:
    """A checkout in `folder` that may be written to; the data, which nobody writes, is linked."""
    leave_out = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "runs")
    for name in ("course_lib", "lessons"):
        shutil.copytree(ROOT / name, folder / name, ignore=leave_out)
    for name in ("pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    (folder / "data").symlink_to(ROOT / "data")
    return folder


def write_notebook(path: Path, cells: list[nbformat.NotebookNode]) -> Path:
    """A notebook of these cells, for the kernel that `lab` brings."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


def listen_to_console(page: Page, complaints: list[str]) -> None:
    """From now on the errors that the page's console says are complaints too."""
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)


def assert_no_complaint(complaints: list[str]) -> None:
    """Nothing was said but that a page has no icon; what was said is forgotten."""
    said = [text for text in complaints if "favicon" not in text]
    complaints.clear()
    assert said == []


def choose(page: Page, menu: str, item: str) -> None:
    """Choose from the menu bar of JupyterLab or Notebook 7; `item` is how the entry begins."""
    page.locator(".lm-MenuBar-item", has_text=re.compile(f"^{menu}$")).click()
    page.locator(".lm-Menu-item:visible", has_text=re.compile(f"^{item}")).first.click()


@contextmanager
def serve(checkout: Path, home: Path) -> Iterator[str]:
    """Run `lab` in a checkout with an empty home folder; gives the address it prints, token included."""
    # What the tests set for themselves would hide from us what students see.
    ours = ("JUPYTER", "IPYTHON", "PYTEST", "TF_", "KERAS_", "MPLBACKEND", "XDG_", "PYTHONPATH")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    log = home / "lab.log"
    port = str(free_ports(1)[0])  # two servers that start at once would both take 8888 for free
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, str(checkout / "course_lib"), "lab", "--no-browser", "--port", port],
            cwd=home,
            env={**env, "HOME": str(home)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            yield _address(server, log)
        finally:
            _end(server, log)


def _end(server: subprocess.Popen, log: Path) -> None:
    """End the server as closing its terminal would.

    An error while Jupyter tidies up leaves it running until it is told again; seen once in some hundred servers.
    """
    for _ in range(2):
        server.terminate()
        try:
            server.wait(timeout=60)
            return
        except subprocess.TimeoutExpired:
            print(f"JupyterLab did not end when it was told:\n{log.read_text('utf-8')}", file=sys.stderr)
    server.kill()
    raise AssertionError("JupyterLab did not end, though it was told twice")


def _address(server: subprocess.Popen, log: Path) -> str:
    """Wait until the server has printed where it is."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and server.poll() is None:
        if found := re.search(r"http://localhost:\d+/lab\S*token=\w+", log.read_text("utf-8")):
            return found[0]
        time.sleep(0.2)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text('utf-8')}")


class LessonOnScreen:
    """A lesson open in JupyterLab, its kernel ready; everything is done by mouse, keyboard and menus.

    `screenshots` is the folder for pictures of the whole lesson, one screen a file.
    """

    def __init__(self, page: Page, address: str, notebook: Path, screenshots: Path) -> None:
        self.page, self.path, self.screenshots = page, notebook, screenshots
        self.name = notebook.stem
        self.notebook = nbformat.read(notebook, as_version=4)
        page.goto(f"{address.replace('00_start_here', self.name)}&reset")  # without the last lesson's tab
        self.cells = page.locator(".jp-Notebook .jp-Cell")
        all_here = "total => document.querySelectorAll('.jp-Notebook .jp-Cell').length === total"
        self.wait_for(all_here, 3, len(self.notebook.cells))
        self.wait_until_idle(3)
        self.wait_for(HAS_KERNEL, 3)  # the notebook says idle before there is one
        page.locator("#jp-main-statusbar").get_by_text(re.compile(r"^Python.* \| Idle$")).wait_for()
        self.wait_for("() => [...document.images].every(image => image.complete)", 1)

    def wait_for(self, condition: str, minutes: float, argument: object = None) -> None:
        """Wait until a JavaScript function of the page returns something true.

        Asked ten times a second: left to itself Playwright asks before every frame and so makes the browser draw
        sixty a second, which took over a quarter of a core from the kernel that was waited for.
        """
        self.page.wait_for_function(condition, arg=argument, timeout=minutes * MINUTE, polling=100)

    def wait_until_idle(self, minutes: float) -> None:
        """Wait until the kernel is there and has nothing to do."""
        idle = "() => document.querySelector('.jp-Notebook-ExecutionIndicator[data-status=idle]')"
        self.wait_for(idle, minutes)

    def cell(self, cell_id: str) -> Locator:
        """The cell of the notebook with this id."""
        return self.cells.nth([cell.id for cell in self.notebook.cells].index(cell_id))

    def panel(self, cell_id: str) -> Locator:
        """The panel that this cell shows, scrolled to."""
        found = self.cell(cell_id).locator(f".{front_end.PANEL}")
        found.scroll_into_view_if_needed()
        return found

    def picture(self, cell_id: str) -> Locator:
        """The picture of that panel, wherever the page stands."""
        return self.cell(cell_id).locator(f".{front_end.PICTURE} img")

    def choose(self, menu: str, item: str) -> None:
        """Choose from the menu bar, as `choose` does."""
        choose(self.page, menu, item)

    def run_all(self, minutes: float) -> None:
        """Clear all outputs, run all cells, and wait for the last one or for a failure."""
        self.choose("Edit", "Clear Outputs of All Cells")
        self.wait_for("() => !document.querySelector('.jp-OutputArea-output')", 1)
        self.choose("Run", "Run All Cells")
        self.wait_for(IS_OVER, minutes)

    def save(self) -> nbformat.NotebookNode:
        """Save the notebook and read it back from the disk."""
        with self.page.expect_response(lambda it: it.request.method == "PUT" and "/api/contents/" in it.url):
            self.choose("File", "Save Notebook")
        return nbformat.read(self.path, as_version=4)

    def pictures(self) -> list[dict]:
        """Of every picture among the outputs: alternative text, width of the file, width on the screen."""
        return self.page.evaluate(LOOK_AT_PICTURES)

    def wide_formulas(self) -> list[str]:
        """How the texts begin that hold a formula wider than the page: its end is cut off."""
        return self.page.evaluate(FIND_WIDE_FORMULAS)

    def photograph(self, moment: str) -> None:
        """Go through the lesson from top to bottom, and save it as `NAME-MOMENT-1.png`, ..., one file a screen.

        In CI, where nobody looks at them and they take half of the time, the pictures are not made.
        """
        scroller = self.page.locator(".jp-Notebook .jp-WindowedPanel-outer")
        screen = scroller.bounding_box()
        scroller.evaluate("area => area.scrollTo(0, 0)")
        for number in range(1, 100):
            if "CI" not in os.environ:
                path = self.screenshots / f"{self.name}-{moment}-{number:02}.png"
                self.page.screenshot(path=path, clip=screen)
            last = self.cells.last.bounding_box()
            if last is not None and last["y"] + last["height"] <= screen["y"] + screen["height"]:
                return
            scroller.evaluate("area => area.scrollBy(0, area.clientHeight - 60)")

    def shut_down(self) -> None:
        """End the kernel as lesson 00 teaches it, and wait until it is gone."""
        self.page.keyboard.press("Escape")  # closes the dialog that a dead kernel may have left
        self.choose("Kernel", "Shut Down Kernel")
        self.wait_for("async () => (await (await fetch('/api/kernels')).json()).length === 0", 1)
