"""The progress line where it is read: in a real pseudo-terminal, a log file and a notebook."""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from course_lib import ROOT
from course_lib.training.alarms import Alarm
from course_lib.training.loop import Recorder, train
from course_lib.training.progress_line import Progress, in_notebook
from tests.training.small_gan import BATCH, noise, small_gan

WARNING = re.compile(r"Warning at step [\d,]+: dead generator: .*lesson 08")


def watched_training(log_every: float = 0.0, **length: float) -> None:
    """Sixty steps of a generator that does not learn, so that there is something to warn of."""
    recorder = Recorder(grid=(2, 2))
    progress = Progress(recorder, log_every=log_every, **length)
    alarm = Alarm(recorder, noise(), least_diversity=0.0, patience=20, say=progress.say)
    gan = small_gan(learning_rate=0.0)
    train(gan, noise(), BATCH, steps=60, callbacks=[recorder, alarm, progress])


@contextlib.contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Connects stderr to a terminal of 80 characters a line; its other end, to read what was written."""
    ours, theirs = os.openpty()
    os.set_blocking(ours, False)
    monkeypatch.setenv("COLUMNS", "80")
    with os.fdopen(theirs, "w") as stderr, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stderr)
        yield ours
    os.close(ours)


def screen(written: str, columns: int = 80) -> list[str]:
    """The lines that stand on a terminal after these characters."""
    lines = []
    for row in written.replace("\r\n", "\n").split("\n"):
        line = ""
        for text in row.split("\r"):
            assert len(text) < columns, "a line as wide as the terminal wraps, and is then drawn twice"
            line = text + line[len(text) :]
        lines.append(line.rstrip())
    return lines


@pytest.mark.skipif(not hasattr(os, "openpty"), reason="Windows has no pseudo-terminals")
def test_terminal_shows_one_line_that_is_renewed_and_each_warning_on_its_own(monkeypatch) -> None:
    monkeypatch.setenv("TQDM_DISABLE", "1")
    with terminal(monkeypatch) as other_end:
        watched_training(steps=60)
        written = os.read(other_end, 100_000).decode()
    assert not re.search(r"[^\r\n -~]", written)
    assert re.match(r"\r+step 0, compiling\r", written)
    warning, last, after = screen(written)
    assert WARNING.search(warning)
    assert re.match(r"(\[#+\]  )?step 60  100%  0:00 left  [\d,]+ images/s  D \d\.\d\d  G \d\.\d\d", last)
    assert after == ""  # what is printed next starts on a line of its own


def test_line_has_bar_speed_and_time_left() -> None:
    recorder = Recorder(grid=(2, 2))
    for name, value in {"step": 1240, "images_per_second": 1530.4, "warning": ""}.items():
        recorder.history[name].append(value)
    recorder.history["discriminator_loss"].append(1.214)
    recorder.history["generator_loss"].append(0.8)
    progress = Progress(recorder, seconds=120)
    progress.began_at = 1000.0
    text = "step 1,240   33%  1:20 left  1,530 images/s  D 1.21  G 0.80"
    assert progress.line(1040.0, 100) == f"[{'#' * 10}{'.' * 20}]  {text}"
    assert progress.line(1040.0, 79) == f"[{'#' * 5}{'.' * 11}]  {text}"  # as wide as the terminal allows
    assert progress.line(1040.0, 65) == text
    assert progress.line(1040.0, 20) == text[:20]
    assert "100%  0:00 left" in progress.line(1500.0, 100)

    progress = Progress(recorder, steps=3000)
    progress.began_at, progress.first_look = 990.0, (1000, 1000.0)  # ten seconds of compiling do not count
    assert "step 1,240   41%  1:13 left" in progress.line(1010.0, 100)
    assert Progress(recorder).line(1010.0, 100).startswith("step 1,240  1,530 images/s")


def test_log_file_has_whole_lines_and_no_control_characters(tmp_path: Path, monkeypatch) -> None:
    with (tmp_path / "log").open("w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        watched_training(steps=60)
    written = (tmp_path / "log").read_text()
    assert not re.search(r"[^\n -~]", written)
    lines = written.splitlines()
    assert lines[0] == "step 0, compiling"
    assert sum(bool(WARNING.match(line)) for line in lines) == 1
    assert re.search(r"step 60  100%  0:00 left  [\d,]+ images/s .* ! dead generator$", lines[-1])


def test_log_file_does_not_fill_up(tmp_path: Path, monkeypatch) -> None:
    with (tmp_path / "log").open("w") as stderr:
        monkeypatch.setattr(sys, "stderr", stderr)
        recorder = Recorder(grid=(2, 2))
        train(small_gan(), noise(), BATCH, steps=40, callbacks=[recorder, Progress(recorder, steps=40)])
    assert len((tmp_path / "log").read_text().splitlines()) == 2  # the first and the last


def test_what_is_said_before_the_training_is_not_lost(capsys) -> None:
    Progress(Recorder()).say("a word")
    assert capsys.readouterr().err == "a word\n"
    assert not in_notebook()


@pytest.mark.slow
def test_notebook_keeps_one_output_and_nothing_on_stderr() -> None:
    """Under Jupyter, and in the same way under Colab, VS Code and nbval: display messages of a kernel."""
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("from tests.training import test_progress_line"),
            nbformat.v4.new_code_cell("test_progress_line.watched_training(steps=60)"),
            nbformat.v4.new_code_cell("assert test_progress_line.in_notebook()"),
        ]
    )
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": ROOT}}).execute()
    outputs = notebook.cells[1].outputs
    (shown,) = [output.data["text/plain"] for output in outputs if output.output_type == "display_data"]
    warning, last = shown.splitlines()
    assert WARNING.match(warning)
    assert re.match(r"\[#+\]  step 60  100%  0:00 left .* images/s .* ! dead generator$", last)
    streams = "".join(output.text for output in outputs if output.output_type == "stream")
    assert "step" not in streams and "Warning" not in streams
