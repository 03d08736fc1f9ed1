"""Every panel in Voila, which shows a notebook without its code, and in Notebook 7; skipped where they are missing."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from course_lib import ROOT
from course_lib.panels import front_end
from tests.browser.jupyterlab import HAS_KERNEL, MINUTE, choose, listen_to_console, write_notebook
from tests.free_ports import free_ports
from tests.panels.every_panel import EXAMPLES, Example, cells

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SERVERS = {
    "voila": ("--no-browser", "--port={port}", "{path}"),
    "notebook": ("--no-browser", "--allow-root", "--port={port}", "--IdentityProvider.token="),
}
FOREIGN = {
    # Styles of icons come from the web, and extensions of JupyterLab's that Voila is too old for are left out.
    "voila": ("net::ERR_", "/voila/labextensions/"),
    # Notebook's own, with no cell and no extension: github.com/jupyter/notebook/issues/7862
    "notebook": ("reading 'schema'",),
}
"""By front end what its console says that is no fault of a panel's."""


@contextmanager
def served(tool: str, path: Path) -> Iterator[str]:
    """A notebook's front end with an empty home folder; gives its address."""
    port = free_ports(1)[0]
    ours = ("JUPYTER", "IPYTHON", "PYTEST")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    with path.with_suffix(".log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", tool, *(each.format(port=port, path=path) for each in SERVERS[tool])],
            cwd=path.parent,
            env={**env, "HOME": str(path.parent), "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            _wait_for(address := f"http://127.0.0.1:{port}/", server, path.with_suffix(".log"))
            yield address
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=60)


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}api", timeout=10)
        except urllib.error.HTTPError:  # an answer too
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError(f"no server at {address}:\n{log.read_text('utf-8')}")


@pytest.fixture(scope="module", params=SERVERS)
def tool(request: pytest.FixtureRequest) -> str:
    if importlib.util.find_spec(request.param) is None:
        pytest.skip(f"{request.param} is not installed: pip install {request.param}")
    return request.param


@pytest.fixture(scope="module")
def said(page: Page, complaints: list[str]) -> list[str]:
    """Errors of the page's scripts and of its console."""
    listen_to_console(page, complaints)
    return complaints


@pytest.fixture(scope="module")
def opened(
    tool: str, page: Page, tmp_path_factory: pytest.TempPathFactory, said: list[str]
) -> Iterator[Page]:
    """A page on which all panels are live."""
    said.clear()
    path = write_notebook(tmp_path_factory.mktemp(tool) / "panels.ipynb", cells())
    with served(tool, path) as address:
        page.goto(address if tool == "voila" else f"{address}notebooks/{path.name}", timeout=3 * MINUTE)
        if tool == "notebook":
            page.wait_for_function(HAS_KERNEL, timeout=3 * MINUTE)
            _run_all(page)
        expect(page.locator(f".{front_end.PANEL}[role=group]")).to_have_count(
            len(EXAMPLES), timeout=4 * MINUTE
        )
        yield page
        page.goto("about:blank")  # or the page would miss its server


def _run_all(page: Page) -> None:
    """Run all cells; Notebook asks for a kernel where it has not heard of its own yet."""
    choose(page, "Run", "Run All Cells")
    select, running = (
        page.locator(".jp-Dialog .jp-mod-accept"),
        page.locator(".jp-InputPrompt", has_text="[*]"),
    )
    expect(select.or_(running).first).to_be_visible(timeout=MINUTE)
    if select.is_visible():
        select.click()


def use(panel: Locator, example: Example) -> None:
    """Move the panel by the keyboard and see its picture follow; one that plays is played and paused by the mouse."""
    picture = panel.locator(f".{front_end.PICTURE} img")
    picture.scroll_into_view_if_needed()
    part = "alt" if example.words else "src"
    before = picture.get_attribute(part)
    panel.get_by_role(example.role, name=example.name, exact=True).press(example.key)
    expect(picture).not_to_have_attribute(part, before)
    if example.plays:
        before = picture.get_attribute("src")
        panel.get_by_role("button", name="play", exact=True).click()
        expect(picture).not_to_have_attribute("src", before, timeout=60_000)  # the first step is compiled
        panel.get_by_role("button", name="pause", exact=True).click()
        expect(panel.get_by_role("button", name="play", exact=True)).to_be_visible()
    expect(panel.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_control_moves_the_picture(
    opened: Page, tool: str, name: str, said: list[str], screenshots: Path
) -> None:
    number = list(EXAMPLES).index(name)
    use(opened.locator(f".{front_end.PANEL}").nth(number), EXAMPLES[name])
    still = opened.locator(f".{front_end.STILL}").nth(number)
    expect(still).not_to_have_attribute("open", "")
    opened.screenshot(path=screenshots / f"{tool}-{name}.png")
    ours = [text for text in said if not any(words in text for words in FOREIGN[tool])]
    said.clear()
    assert ours == []
