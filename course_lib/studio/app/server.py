"""The server of the studio: Voila, of which only what one page needs is left.

    serve(theme="sprites", visitors=12, port=8866)         until Ctrl-C; then every kernel ends, and no file stays

Voila gives each visitor a kernel and shows them what it displays. Left out are its lists and pages of files, its login
and the choice of a template by the address. What one more than `visitors` sees is a page that says so.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import ClassVar

import nbformat
from jupyter_client import KernelManager
from nbformat.v4 import new_code_cell, new_notebook
from tornado.ioloop import IOLoop
from tornado.iostream import StreamClosedError
from tornado.web import RequestHandler
from traitlets.config import Config
from voila.app import Voila
from voila.static_file_handler import AllowListFileHandler
from voila.tornado.handler import TornadoVoilaHandler

from course_lib import ROOT
from course_lib.studio.app.kernels import HEARD, IDLE, LONGEST_MESSAGE, LOOK, Connection, Kernels

PAGES = Path(__file__).parent / "pages"
CELL = """from course_lib.keras_settings import prepare_keras

prepare_keras()
from course_lib.studio.app.visit import visit

visit({theme!r})"""
EXTENSIONS = (
    *("@voila-dashboards/widgets-manager7", "@voila-dashboards/widgets-manager8"),
    "@jupyter-widgets/jupyterlab-manager",
)
"""What draws widgets; other extensions of a person's JupyterLab stay out."""
FULL = (503, "The studio is full", "{} visitors are in it now, and each needs a part of one computer.")
BROKEN = (500, "The studio could not open", "It is not your fault.")
NOWHERE = (404, "There is nothing here", "The studio is one page.")
AGAIN = "A place is free when somebody closes the page. This one asks again every minute."
"""Status, title and first sentence of what a visitor is told who does not get in."""
LIMITS = {"idle_connection_timeout": 60, "body_timeout": 10, "max_body_size": 2**14}
"""Seconds until a connection has asked for something, and until it has said it; bytes of a request's body, of which no
page sends any."""
MOST_FILES = 8192


class Notice:
    """How a handler tells a visitor something else than what was asked for."""

    def tell(self, status: int, title: str, text: str, again: str = "") -> None:
        page = self.settings["voila_jinja2_env"].get_template("notice.html")
        self.set_status(status)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        if again:
            self.set_header("Retry-After", "60")
        self.finish(page.render(title=title, text=text, again=again, home=self.settings["base_url"]))


class Door(Notice, TornadoVoilaHandler):
    """The studio's page for one visitor more, as long as there is a place."""

    async def get(self, path: str | None = None) -> None:
        if self.request.headers.get("Sec-Fetch-Dest", "document") != "document":
            self.tell(*NOWHERE)  # another page names it as its picture or frame, and would take a place
            return
        kernels = self.kernel_manager
        if not await kernels.let_in():
            _, title, text = FULL
            self.tell(FULL[0], title, text.format(kernels.inside()), AGAIN)
            return
        pieces = self.get_generator()
        try:
            first = await anext(pieces)  # comes when the kernel is there
        finally:
            kernels.settled()
        try:
            await self._hand_over(first)
            async for piece in pieces:
                await self._hand_over(piece)
        except StreamClosedError:
            pass  # gone before the page was whole; the kernel ends when it has been alone for long

    async def _hand_over(self, piece: str) -> None:
        self.write(piece)
        await self.flush()

    def write_error(self, status_code: int, **kwargs: object) -> None:
        self.tell(*(BROKEN if status_code >= 500 else (status_code, *NOWHERE[1:])))


class Nowhere(Notice, RequestHandler):
    """Every other address."""

    def prepare(self) -> None:
        self.tell(*NOWHERE)


class App(Voila):
    """Voila with one page. No settings that a person keeps for their own Voila are read."""

    config_file_paths: ClassVar[list[str]] = []

    def setup_template_dirs(self) -> None:
        super().setup_template_dirs()
        self.template_paths.insert(0, str(PAGES))

    def init_settings(self) -> dict:
        settings = super().init_settings()
        self.kernel_manager.allowed_message_types = list(HEARD)
        settings["disable_check_xsrf"] = (
            True  # all one can ask is by the kernel's key, which no other page knows
        )
        return settings | {"websocket_max_message_size": LONGEST_MESSAGE, "compress_response": True}

    def init_handlers(self) -> list:
        door = {"notebook_path": Path(self.notebook_path).name, "template_paths": self.template_paths}
        door |= {"config": self.config, "voila_configuration": self.voila_configuration}
        login = {each[0] for each in self.identity_provider.get_handlers()}
        left_out = (AllowListFileHandler, TornadoVoilaHandler)
        kept = [each for each in super().init_handlers() if each[1] not in left_out and each[0] not in login]
        return [(f"{self.server_url}$", Door, door), *kept, (".*", Nowhere)]

    def listen(self) -> None:
        """With limits for those who connect and say nothing, or too much."""
        self.app.listen = partial(self.app.listen, **LIMITS)
        super().listen()

    def start(self) -> None:
        IOLoop.current().add_callback(self._say)  # heard when the port is open
        super().start()

    def _say(self) -> None:
        print(f"The studio is open at {self.display_url} Close it with Ctrl-C.", flush=True)

    def launch_browser(self) -> None:
        """Without the file by which Voila does it, and leaves behind."""
        threading.Thread(target=webbrowser.open, args=[self.connection_url], daemon=True).start()


def settings(visitors: int, ip: str, port: int | None, browser: bool, folder: Path) -> Config:
    """What of Voila, of Jupyter's server and of its kernels is set, and why it is not as they have it."""
    config = Config()
    config.Voila.update(ip=ip, open_browser=browser, log_level=logging.ERROR)
    config.Voila.update(connection_dir_root=str(folder), root_dir=str(folder))
    config.Voila.kernel_websocket_connection_class = Connection
    config.NotebookNotary.update(db_file=":memory:", secret_file=str(folder / "secret"))  # else at home
    if port:
        config.Voila.update(port=port, port_retries=0)
    config.VoilaConfiguration.update(allow_template_override="NO", allow_theme_override="NO")
    config.VoilaConfiguration.update(multi_kernel_manager_class=Kernels, file_allowlist=[])
    config.VoilaConfiguration.extension_allowlist = list(EXTENSIONS)
    config.VoilaExecutor.update(startup_timeout=300, cell_error_instruction="Load the page anew.")
    config.Kernels.update(cull_idle_timeout=IDLE, cull_interval=LOOK, cull_connected=True, cull_busy=True)
    config.Kernels.allow_tracebacks = False
    config.Kernels.most = visitors
    config.KernelRestarter.restart_limit = 0  # one that starts anew would have no studio in it
    if hasattr(KernelManager, "transport_encryption"):
        config.KernelManager.transport_encryption = "auto"
    return config


def let_many_in() -> None:
    """Raise the number of files and sockets that this process may hold; macOS begins with 256, 15 a visitor."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """Variables for the server and its kernels: this course, a core for each, and nothing of a person's or kept."""
    before = dict(os.environ)
    os.environ.update(IPYTHONDIR=str(folder / "ipython"), JUPYTER_CONFIG_DIR=str(folder / "jupyter"))
    os.environ["JUPYTER_RUNTIME_DIR"] = str(folder / "runtime")
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # a kernel of the same name in the home folder stays out
    os.environ.update(OMP_NUM_THREADS="1", TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *filter(None, [before.get("PYTHONPATH")])])
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def serve(
    theme: str, visitors: int, ip: str = "127.0.0.1", port: int | None = None, browser: bool = False
) -> None:
    """Serve the studio until it is interrupted.

    theme: where a visitor begins. visitors: most at a time. port: None for 8866 or the next that is free. browser:
    whether to open one here.
    """
    with tempfile.TemporaryDirectory(prefix="studio_", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        notebook = folder / "studio.ipynb"
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        cells = [new_code_cell(CELL.format(theme=theme))]
        facts = {"kernelspec": kernel, "title": "The studio"}
        nbformat.write(new_notebook(cells=cells, metadata=facts), notebook)
        for quiet in ("tornado.access", "tornado.application", "tornado.general"):
            logging.getLogger(quiet).setLevel(logging.ERROR)  # a wrong address is no news
        let_many_in()
        with _environment(folder):
            app = App(config=settings(visitors, ip, port, browser, folder))
            app.initialize([str(notebook)])
            app.start()
