"""Execute a notebook with the interpreter that runs this, cell by cell, and tidy what it printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from asyncio import CancelledError
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelManager, KernelManager
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from course_lib import ROOT, CourseError
from course_lib.authoring import opened_data

WIDGET = "application/vnd.jupyter.widget-view+json"


class CellFailed(CourseError):
    """A cell of an executed notebook failed; `traceback` is the cell's own, as Jupyter shows it."""

    def __init__(self, message: str, traceback: str) -> None:
        super().__init__(message)
        self.traceback = traceback


@dataclass(frozen=True)
class CellRun:
    """What running one cell took; `peak_memory` is the kernel's so far in bytes (None where not known)."""

    cell_id: str
    seconds: float
    peak_memory: int | None


Progress = Callable[[str, int], AbstractContextManager[Callable[[CellRun], None]]]
"""Called with the notebook's name and number of code cells; gives a function called after each cell."""


@contextmanager
def silently(name: str, total: int) -> Iterator[Callable[[CellRun], None]]:
    """The progress that shows nothing."""
    yield lambda run: None


class ThisPython(KernelSpecManager):
    """Kernels are this interpreter, whatever a kernelspec called python3 on this machine would start."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        # put together here, because to import ipykernel makes some of its versions warn of their debugger
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name=kernel_name, language="python")


def execute(
    notebook: nbformat.NotebookNode,
    *,
    name: str = "notebook",
    folder: Path | None = None,
    progress: Progress = silently,
    stop_at_error: bool = True,
    cell_timeout: int | None = None,
    opened: Path | None = None,
) -> list[CellRun]:
    """Run all code cells in order, in place, outputs tidied.

    Args:
        name: how messages call the notebook.
        folder: where the kernel runs; `lessons/` unless said otherwise.
        progress: shows how far it is; see `course_lib.commands.run.show_progress`.
        stop_at_error: otherwise errors are left in the outputs and the next cells run.
        cell_timeout: seconds a cell may take.
        opened: a file for the kernel to note in which files below `data/` it opens; see `opened_data`.

    Raises:
        CellFailed: a cell raised, took too long or killed the kernel.
        KeyboardInterrupt: at Ctrl-C.
    """
    runs: list[CellRun] = []
    manager = AsyncKernelManager(kernel_spec_manager=ThisPython())
    client = NotebookClient(
        notebook,
        km=manager,
        timeout=cell_timeout,
        iopub_timeout=60,  # after 4 s, nbclient's own, a busy machine's cell of a thousand outputs has lost its last
        allow_errors=not stop_at_error,
        record_timing=False,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder or ROOT / "lessons")}},
    )
    running = ("before the first cell", 0.0)

    def start(cell: nbformat.NotebookNode, cell_index: int) -> None:
        nonlocal running
        running = (f"cell {cell_index + 1} ({cell.get('id', 'no id')})", time.perf_counter())

    def finish(cell: nbformat.NotebookNode, cell_index: int, execute_reply: dict) -> None:
        run = CellRun(cell.get("id", ""), time.perf_counter() - running[1], peak_memory(manager))
        runs.append(run)
        report(run)

    def watch(notebook: nbformat.NotebookNode) -> None:
        client.kc.execute(opened_data.request(opened), silent=True, store_history=False)

    client.on_cell_execute, client.on_cell_executed = start, finish
    if opened is not None:
        client.on_notebook_start = watch
    total = sum(cell.cell_type == "code" and bool(cell.source.strip()) for cell in notebook.cells)
    try:
        with progress(name, total) as report, _ctrl_c(client):
            # stderr: the kernel's own chatter. cleanup_kc: a kernel whose manager is given would live on.
            client.execute(env=_environment(), stderr=subprocess.DEVNULL, cleanup_kc=True)
    except CellExecutionError as error:
        message = f"{name}, {running[0]}: {error.ename}: {error.evalue}"
        raise CellFailed(message, error.traceback) from error
    except CellTimeoutError as error:
        raise CellFailed(f"{name}, {running[0]}: took longer than {cell_timeout} s", "") from error
    except DeadKernelError as error:
        raise CellFailed(f"{name}, {running[0]}: the kernel died (too little memory?)", "") from error
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = tidy(cell.outputs)
    return runs


@contextmanager
def _ctrl_c(client: NotebookClient) -> Iterator[None]:
    """Ctrl-C is a KeyboardInterrupt.

    nbclient then ends the kernel, and what it raises meanwhile depends on versions and on how far it was: that the
    kernel died, that its start was cancelled, that a cell was interrupted, or that nothing is there to be ended.
    """
    try:
        yield
    except (Exception, CancelledError) as error:
        if isinstance(error, CancelledError) or hasattr(client, "_async_cleanup_kernel_future"):
            raise KeyboardInterrupt from None
        raise


def tidy(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Outputs as they are stored: one stream each way, and no widgets that cannot be alive."""
    kept: list[nbformat.NotebookNode] = []
    streams: dict[str, nbformat.NotebookNode] = {}
    for output in outputs:
        if output.output_type == "stream":
            if output.name in streams:
                streams[output.name].text += output.text
                continue
            streams[output.name] = output
        elif WIDGET in output.get("data", {}):
            del output.data[WIDGET]
            output.data["text/plain"] = "(an interactive panel: run this cell to use it)"
        kept.append(output)
    for stream in streams.values():
        # a progress bar rewrites its line: what stays is what was written last
        stream.text = re.sub(r"^.*\r(?=[^\n])", "", stream.text, flags=re.MULTILINE)
    return [output for output in kept if output.output_type != "stream" or output.text.strip()]


def _environment() -> dict[str, str]:
    """The kernel's environment: course_lib importable, matplotlib drawing inline.

    Under pytest's variables a kernel would not show what libraries write to stderr, as it does for a student.
    """
    environment = {k: v for k, v in os.environ.items() if k != "MPLBACKEND" and not k.startswith("PYTEST")}
    paths = [str(ROOT), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment


def peak_memory(manager: KernelManager | AsyncKernelManager) -> int | None:
    """The kernel's highest resident memory, where Linux tells it."""
    pid = getattr(manager.provisioner, "pid", None)
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(peak[1]) * 1024 if peak else None
