"""`doctor`, on this machine and on ones that lack something."""

from __future__ import annotations

import json
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib import ROOT, datasets
from course_lib.commands import doctor
from course_lib.commands.program import main
from course_lib.setup.places import COLAB
from course_lib.training import trial


def report(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict]:
    code = main(["doctor", "--json", "--no-trial"])
    return code, json.loads(capsys.readouterr().out)


def test_reports_versions_hardware_data_room_and_tools(capsys: pytest.CaptureFixture[str]) -> None:
    import numpy

    code, found = report(capsys)
    assert code == (1 if found["problems"] else 0)
    assert found["packages"]["numpy"] == numpy.__version__
    assert {"keras", "jupyterlab", "ipywidgets"} <= found["packages"].keys()
    assert found["hardware"]["cores"] >= 1
    assert found["data"] == "every file is whole"
    assert 0 < found["free_disk_gb"] < 1e6
    assert found["tools"].keys() == doctor.TOOLS.keys()


def test_people_read_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--no-trial"])
    said = capsys.readouterr().out
    for words in ("Python ", "Processor ", "Precision ", "Data ", "keras 3.", "chromium", "ffmpeg"):
        assert words in said
    assert said.count(platform.python_version()) == 1


def test_damaged_file_is_a_problem_with_its_mend(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(datasets, "verify", lambda: ["data/x.gz is missing; get it back with `git checkout`"])
    code, found = report(capsys)
    assert code == 1 and "data/x.gz is missing; get it back with `git checkout`" in found["problems"]
    assert main(["doctor", "--no-trial"]) == 1
    assert "PROBLEM  data/x.gz is missing" in capsys.readouterr().out


def test_odd_settings_of_keras_are_named_and_are_no_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert main(["doctor", "--no-trial"]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert last.startswith("NOTE     KERAS_BACKEND=torch is set: the course passes over it")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [("free_memory", lambda: 800_000_000, "0.8 GB of memory free"), ("NEEDED_DISK", 1e18, "make room")],
)
def test_scarcity_is_a_problem(
    name: str, value: object, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(doctor, name, value)
    code, found = report(capsys)
    assert code == 1 and any(words in problem for problem in found["problems"])


def test_old_package_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"keras": "2.15.0", "numpy": "2.1.0"}

    def version(name: str) -> str:
        if name not in versions:
            raise doctor.importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(doctor.importlib.metadata, "version", version)
    found = doctor.Report()
    doctor.examine_packages(found)
    assert found.packages == versions
    assert 'keras 2.15.0 is older than 3.10: pip install --upgrade "keras>=3.10"' in found.problems
    assert not any("numpy 2.1.0" in problem for problem in found.problems)


def test_missing_tool_names_its_purpose_and_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    main(["doctor", "--no-trial"])
    assert "not here, for running students' code in a sandbox when grading (apt install bubblewrap)" in (
        capsys.readouterr().out
    )


def test_free_memory_is_below_what_the_machine_has() -> None:
    if sys.platform != "linux":
        assert doctor.free_memory() is None
        return
    total = int(Path("/proc/meminfo").read_text().split()[1]) * 1024
    assert 0 < doctor.free_memory() <= total


def test_works_with_numpy_alone(tmp_path: Path) -> None:
    """As on many a system Python: what reads pictures is not there."""
    import numpy

    command = [sys.executable, "-S", str(copy_of_the_course(tmp_path) / "course_lib"), "doctor"]
    (tmp_path / "packages").mkdir()
    for package in Path(numpy.__file__).parent.parent.glob("numpy*"):
        (tmp_path / "packages" / package.name).symlink_to(package)
    env = {"PYTHONPATH": str(tmp_path / "packages"), "PATH": ""}
    finished = subprocess.run(command, env=env, capture_output=True, text=True)
    assert (finished.returncode, finished.stderr) == (1, "")
    assert "looked at once the packages are installed" in finished.stdout
    assert not re.search(r"not installed:.*\bnumpy\b", finished.stdout)


def copy_of_the_course(folder: Path) -> Path:
    """The library and its lists of packages, without .venv."""
    shutil.copytree(ROOT / "course_lib", folder / "course_lib", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


def test_works_without_any_package_and_says_what_to_do(tmp_path: Path) -> None:
    """A copy of the course without .venv, in a Python without site-packages (-S)."""
    command = [sys.executable, "-S", str(copy_of_the_course(tmp_path) / "course_lib"), "doctor"]
    finished = subprocess.run(command, capture_output=True, text=True)
    assert (finished.returncode, finished.stderr) == (1, "")
    assert "PROBLEM  not installed: tensorflow, keras" in finished.stdout
    assert "python3 -m course_lib lab sets them up" in finished.stdout
    assert not (tmp_path / ".venv").exists()
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "install.log").touch()
    finished = subprocess.run(command, capture_output=True, text=True)
    assert "PROBLEM  the set-up in .venv is unfinished" in finished.stdout
    (tmp_path / ".venv" / "complete.json").write_text('{"folder": "/old/place"}')
    finished = subprocess.run(command, capture_output=True, text=True)
    said = "PROBLEM  this folder was moved or copied, and .venv is still that of /old/place: python3 -m course_lib lab"
    assert said in finished.stdout


@pytest.mark.slow
def test_a_trial_says_how_long_a_lesson_takes_here(capsys: pytest.CaptureFixture[str]) -> None:
    main(["doctor", "--json"])
    said = capsys.readouterr()
    found = json.loads(said.out)
    known = json.loads((ROOT / "data" / trial.FILE).read_text("utf-8"))
    there = known["lesson_seconds"] * known["steps_a_second"]
    assert found["lesson_06_seconds"] == pytest.approx(there / found["steps_a_second"], abs=1)
    assert "trial" in said.err and len(said.err.splitlines()) == 1
    assert trial.estimate_lesson(known["steps_a_second"]) == known["lesson_seconds"]


@pytest.mark.parametrize(
    ("kernel", "browser", "place", "wrong"),
    [
        ("8.1.5", "3.0.13", "your own machine", False),
        ("7.7.1", "1.1.11", "your own machine", False),
        ("7.7.1", "3.0.13", "your own machine", True),
        ("8.1.5", "1.1.11", "Binder", True),
        ("7.7.1", "3.0.13", COLAB, False),
    ],
)
def test_both_sides_of_ipywidgets_must_belong_together(
    kernel: str, browser: str, place: str, wrong: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor.importlib.metadata, "version", lambda name: browser)
    report = doctor.Report(packages={"ipywidgets": kernel}, place=place)
    doctor.examine_widgets(report)
    assert len(report.problems) == wrong
    assert all(problem.startswith("no panel will work") for problem in report.problems)


def test_an_old_ipywidgets_is_a_problem_except_on_colab(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    version = doctor.importlib.metadata.version
    older = {"ipywidgets": "7.7.1", "jupyterlab-widgets": "1.1.11"}
    monkeypatch.setattr(doctor.importlib.metadata, "version", lambda name: older.get(name) or version(name))
    _, found = report(capsys)
    assert 'ipywidgets 7.7.1 is older than 8: pip install --upgrade "ipywidgets>=8"' in found["problems"]
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release-colab")
    _, found = report(capsys)
    assert found["place"] == COLAB and not any("ipywidgets" in each for each in found["problems"])
