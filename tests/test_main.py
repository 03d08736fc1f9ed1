"""The command line before any command runs: help, wrong words, errors, Ctrl-C."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest

from course_lib import ROOT, CourseError
from course_lib.commands import program
from course_lib.commands.program import COMMANDS, build_parser, main


def call(*words: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The command line in a Python without any package (-S leaves the installed ones out)."""
    command = [sys.executable, "-S", str(ROOT / "course_lib"), *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def test_help_needs_no_package_and_lists_every_command(tmp_path: Path) -> None:
    finished = call("--help", cwd=tmp_path)
    assert (finished.returncode, finished.stderr) == (0, "")
    for name in COMMANDS:
        assert f"\n    {name} " in finished.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_each_command_teaches_with_an_example(name: str) -> None:
    finished = call(name, "--help")
    assert (finished.returncode, finished.stderr) == (0, "")
    description, examples = finished.stdout.split("\nexamples:\n")
    assert len(description.split()) > 30
    assert f"  python3 -m course_lib {name}" in examples


@pytest.mark.parametrize("name", ["program", *COMMANDS])
def test_help_is_as_wide_as_the_terminal(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Examples are left whole, to be copied; so is one word that is longer than a line."""
    own = __import__(f"course_lib.commands.{name}", fromlist=[name]).DESCRIPTION
    for columns in (40, 80, 200):
        monkeypatch.setenv("COLUMNS", str(columns))
        filled = program.filled(own)
        assert all(len(line) < columns or " " not in line for line in filled.splitlines())
        assert [part.split() for part in filled.split("\n\n")] == [part.split() for part in own.split("\n\n")]
        with pytest.raises(SystemExit):
            build_parser().parse_args(["--help"] if name == "program" else [name, "--help"])
        assert f"\n\n{filled}\n\n" in capsys.readouterr().out


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_in_the_help_are_valid(name: str) -> None:
    command = __import__(f"course_lib.commands.{name}", fromlist=[name])
    calls = [line for line in command.EXAMPLE.splitlines() if "course_lib " in line]
    assert calls
    for line in calls:
        words = shlex.split(line.split("course_lib ")[1].split("   ")[0].split(" > ")[0])
        assert build_parser().parse_args(words).command == name


def test_without_a_command_comes_the_help() -> None:
    assert call().stdout == call("--help").stdout


@pytest.mark.parametrize(
    ("word", "hint"),
    [("tets", "did you mean test?"), ("trian", "did you mean train?"), ("xyzzy", "the commands are lab,")],
)
def test_unknown_command_suggests_the_nearest(word: str, hint: str) -> None:
    finished = call(word)
    assert finished.returncode == 2
    assert finished.stderr.endswith(finished.stderr.splitlines()[-1] + "\n") and hint in finished.stderr


def test_words_after_two_dashes_reach_pytest() -> None:
    args = build_parser().parse_args(["test", "--quick", "--", "-k", "losses", "-x"])
    assert args.quick and args.pytest_args == ["-k", "losses", "-x"]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["test", "-k", "losses"], "come after two dashes: python3 -m course_lib test -- -k losses"),
        (["train", "--secnds", "5"], "there is no '--secnds' here; did you mean --seconds?"),
        (["run", "06", "07"], "there is no '07' here; python3 -m course_lib run --help lists what it takes"),
    ],
)
def test_words_that_a_command_does_not_know_get_a_hint(words: list[str], hint: str) -> None:
    finished = call(*words)
    assert finished.returncode == 2
    assert hint in finished.stderr.splitlines()[-1]
    assert finished.stderr.startswith(f"usage: python3 -m course_lib {words[0]} ")


@pytest.mark.parametrize("module", ["pathlib", "argparse", "difflib"])
def test_ctrl_c_during_the_first_imports_is_one_line(module: str, tmp_path: Path) -> None:
    (tmp_path / f"{module}.py").write_text("raise KeyboardInterrupt\n")
    command = [sys.executable, "-S", "-m", "course_lib", "doctor"]
    env = {"PYTHONPATH": str(tmp_path)}
    finished = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert (finished.returncode, finished.stdout, finished.stderr) == (130, "", "\nInterrupted.\n")


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="Windows has no signal masks")
def test_ctrl_c_held_back_while_python_starts_is_heard() -> None:
    """As `continue_in_venv` starts the new Python: the signal, sent before it can run, waits for `__main__`."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # children inherit it
    command = [sys.executable, "-S", "-m", "course_lib", "doctor"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.send_signal(signal.SIGINT)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    assert process.communicate() == ("", "\nInterrupted.\n")
    assert process.returncode == 130


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_impossible_port_is_turned_away(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        build_parser().parse_args(["lab", f"--port={port}"])
    assert "is not a port" in capsys.readouterr().err


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch):
    """Make `doctor` raise what the test wants."""

    def fail_with(error: BaseException) -> None:
        def run(args: object) -> int:
            raise error

        command = types.SimpleNamespace(NEEDS=(), EXTRAS=(), HELP="", DESCRIPTION="", EXAMPLE="", run=run)
        command.add_arguments = lambda parser: None
        monkeypatch.setitem(sys.modules, "course_lib.commands.doctor", command)

    return fail_with


def test_mistakes_of_the_user_are_one_line(failing, capsys: pytest.CaptureFixture[str]) -> None:
    failing(CourseError("there is no lesson 11; there are 00 to 09"))
    assert main(["doctor"]) == 1
    assert capsys.readouterr() == ("", "error: there is no lesson 11; there are 00 to 09\n")


def test_ctrl_c_is_one_line(failing, capsys: pytest.CaptureFixture[str]) -> None:
    failing(KeyboardInterrupt())
    assert main(["doctor"]) == 130
    assert capsys.readouterr() == ("", "\nInterrupted.\n")


@pytest.mark.parametrize(
    ("encoding", "printed"),
    [("cp1252", "fa\u00e7ade ? ok".encode("cp1252")), ("utf-8", "fa\u00e7ade \u2192 ok".encode())],
)
def test_what_the_console_cannot_show_is_replaced(
    encoding: str, printed: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows' consoles, and names of files that are not UTF-8, which Python holds as halves of characters."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding, newline="\n"))
    command = types.SimpleNamespace(NEEDS=(), EXTRAS=(), HELP="", DESCRIPTION="", EXAMPLE="")
    command.add_arguments = lambda parser: None
    command.run = lambda args: print("fa\u00e7ade \u2192 ok", "\udcff") or 0
    monkeypatch.setitem(sys.modules, "course_lib.commands.doctor", command)
    assert main(["doctor"]) == 0
    assert raw.getvalue() == printed + b" ?\n"


def test_faults_of_ours_keep_their_traceback(failing) -> None:
    failing(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        main(["doctor"])


def test_wrong_python_is_told_before_anything_else(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(argv: list[str]) -> None:
        raise CourseError(f"this Python is too old for {argv}")

    monkeypatch.setattr(program.bootstrap, "check_python", refuse)
    monkeypatch.setattr(program, "build_parser", lambda: pytest.fail("came first"))
    assert main(["lab"]) == 1
    assert capsys.readouterr().err == "error: this Python is too old for ['lab']\n"


def test_the_library_without_the_course_says_where_the_course_is(tmp_path: Path) -> None:
    """As pip would put it among other packages."""
    shutil.copytree(
        ROOT / "course_lib", tmp_path / "course_lib", ignore=shutil.ignore_patterns("__pycache__")
    )
    for command in COMMANDS:
        words = {
            "sample": ["a.keras", "--count", "1", "--out", "a.png"],
            "grade": ["01", "a", "--key", "k", "--out", "o"],
            "run": ["01"],
            "assemble": ["a", "--key", "k", "--out", "o"],
            "release": ["01", "--key", "k", "--out", "o"],
            "train": ["--out", "o"],
            "publish": ["garments", "--out", "o"],
            "audit": ["garments"],
        }
        ran = subprocess.run(
            [sys.executable, "-m", "course_lib", command, *words.get(command, [])],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": ""},
            capture_output=True,
            text=True,
        )
        assert ran.returncode == 1 and len(ran.stderr.splitlines()) == 1, (command, ran.stderr)
        assert "is the library alone" in ran.stderr or command == "sample", (command, ran.stderr)
