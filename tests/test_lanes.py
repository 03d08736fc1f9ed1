"""Continuous integration: scripts that a person can call, and workflows that only call them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from course_lib import ROOT

LANES = ROOT / ".ci" / "lanes"
SCRIPTS = sorted(
    path for path in (ROOT / ".ci" / "run", *LANES.iterdir()) if path.read_bytes().startswith(b"#!")
)
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in ROOT.glob(".github/workflows/*")}
PUBLISHING = WORKFLOWS.pop("site")["jobs"]
JOBS = [job for workflow in WORKFLOWS.values() for job in workflow["jobs"].values()]


def lines_of(job: dict) -> list[str]:
    """What a job runs, with each entry of its matrix put in."""
    lines = [line for step in job["steps"] for line in step.get("run", "").splitlines()]
    entries = job.get("strategy", {}).get("matrix", {}).get("include", [])
    return [line for line in lines if "matrix." not in line] + [entry["script"] for entry in entries]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_bash_that_stops_at_the_first_error(script) -> None:
    assert os.access(script, os.X_OK)
    assert "\nset -euo pipefail\n" in script.read_text("utf-8")
    subprocess.run(["bash", "-n", str(script)], check=True)


def test_jobs_call_these_scripts_and_do_nothing_else() -> None:
    called = {line.split()[0] for job in JOBS for line in lines_of(job) if not line.startswith("sudo ")}
    assert called == {str(script.relative_to(ROOT)) for script in SCRIPTS}


def test_the_site_is_published_by_the_one_command() -> None:
    assert [lines_of(job) for job in PUBLISHING.values()] == [["python3 -m course_lib site --out _site"], []]
    (upload,) = [step for step in PUBLISHING["build"]["steps"] if "upload-pages" in step.get("uses", "")]
    assert upload["with"] == {"path": "_site"}


def test_every_change_is_tested_on_each_supported_python() -> None:
    (job,) = WORKFLOWS["tests"]["jobs"].values()
    assert job["strategy"]["matrix"]["python"] == ["3.11", "3.12", "3.13"]
    assert WORKFLOWS["tests"][True]["push"] == {"branches": ["main"]}  # YAML reads `on` as true


def test_a_run_ends_by_itself_before_it_is_ended() -> None:
    text = (ROOT / ".ci" / "run").read_text("utf-8")
    (minutes,) = re.findall(r"timeout --signal=INT --kill-after=\d+ (\d+)m", text)
    # 45 on two quiet cores; a machine has been seen to take twice as long for an hour
    assert 60 <= int(minutes) < 90
    assert all(job["timeout-minutes"] >= int(minutes) + 15 for job in JOBS)


@pytest.mark.parametrize("words", [[], ["newer"], ["--quick", "python3.11"]])
def test_a_lane_that_is_none_is_refused_in_one_line(words: list[str]) -> None:
    done = subprocess.run([str(LANES / "versions"), *words], capture_output=True, text=True)
    assert done.returncode != 0 and len(done.stderr.splitlines()) == 1 and "newest or oldest" in done.stderr


PYTHON = """\
#!/bin/sh
# A Python that makes an environment of itself, has one package, and says what it is told to do.
case "$*" in
*"-m venv "*) for folder; do :; done; mkdir -p "$folder/bin"; cp "$0" "$folder/bin/python" ;;
*freeze*) echo tensorflow==1 ;;
*course_lib*) echo "$@" ;;
esac
"""
GIT = "#!/bin/sh\nexec tar -c -T /dev/null\n"


@pytest.mark.parametrize(
    ("words", "options"),
    [
        ("newest", ""),
        ("newest PYTHON", ""),
        ("newest --quick", " --quick"),
        ("newest --quick PYTHON", " --quick"),
        ("--jobs 1 newest PYTHON --quick", " --jobs 1 --quick"),
        ("PYTHON newest -- -k oldest python", " -- -k oldest python"),
    ],
)
def test_the_words_for_a_lane_come_in_any_order(words: str, options: str, tmp_path: Path) -> None:
    for name, text in {"python3.13": PYTHON, "python": PYTHON, "git": GIT}.items():
        (tmp_path / name).write_text(text, "utf-8")
        (tmp_path / name).chmod(0o755)
    called = [str(LANES / "versions"), *words.replace("PYTHON", str(tmp_path / "python")).split()]
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(called, capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")
    whole = ["-m course_lib test -- tests/lessons/test_notebooks.py -k runs_to_the_end"]
    calls = [f"-m course_lib test --no-long{options}", *([] if "--quick" in options else whole)]
    assert done.stdout.splitlines()[-1 - len(calls) :] == [*calls, "newest: all well"]
