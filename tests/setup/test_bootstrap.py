"""The set-up, done for real on a course in miniature: first run, second run, and what may go wrong."""

from __future__ import annotations

import ast
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib import ROOT, CourseError
from course_lib.setup import bootstrap
from tests.miniature import SETUP, Miniature, error_line, pack

ON_CUDA_PLATFORM = (sys.platform, platform.machine()) == ("linux", "x86_64")


@pytest.fixture
def course(tmp_path: Path) -> Miniature:
    return Miniature(tmp_path / "mon cours d'été", tmp_path / "wheels")


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Miniature:
    """A course that is set up; tests that share it leave it set up."""
    folder = tmp_path_factory.mktemp("ready")
    course = Miniature(folder / "mon cours d'été", folder / "wheels")
    first = course.run("lab", "a b", "é")
    assert first.returncode == 7, first.stderr
    assert f"ran lab ['a b', 'é'] in {course.venv} with tiny_base 1.0\n" == first.stdout
    assert "Setting up" in first.stderr and "\nSet up in" in first.stderr
    assert "\r" not in first.stderr and "\x1b" not in first.stderr  # control characters are for terminals
    return course


# --- a set-up that goes well


@pytest.mark.slow
def test_second_run_uses_what_the_first_installed(ready: Miniature) -> None:
    written = ready.log.stat().st_mtime_ns
    second = ready.run("lab")
    assert (second.returncode, second.stderr) == (7, "")
    assert ready.log.stat().st_mtime_ns == written


@pytest.mark.slow
def test_only_what_the_command_needs_is_installed(ready: Miniature) -> None:
    assert ready.import_version("tiny_lab") == "1.0"
    assert ready.import_version("tensorflow_cpu") == "1.5"
    assert ready.import_version("tiny_dev") == ""  # test tools come with `test`


@pytest.mark.slow
def test_installed_command_works_from_anywhere(ready: Miniature, tmp_path: Path) -> None:
    command = [ready.venv / "bin" / "gan-course", "train"]
    finished = subprocess.run(command, cwd=tmp_path, env=ready.env(), capture_output=True, text=True)
    assert (finished.returncode, finished.stderr) == (7, "")


@pytest.mark.slow
def test_package_that_vanished_is_put_back(ready: Miniature) -> None:
    python = str(ready.venv / "bin" / "python")
    subprocess.run([python, "-m", "pip", "uninstall", "-y", "-q", "tiny-lab"], check=True)
    assert ready.run("lab").returncode == 7
    assert ready.import_version("tiny_lab") == "1.0"


@pytest.mark.slow
def test_new_lock_and_new_extras_bring_what_they_name(ready: Miniature) -> None:
    lock = ready.folder / "requirements.txt"
    lock.write_text(ready.lock.replace("tiny-lab==1.0", "tiny-lab==2.0"))
    assert ready.run("lab").returncode == 7
    assert ready.import_version("tiny_lab") == "2.0"
    second = ready.run("test")
    assert second.returncode == 7
    assert "Adding to" in second.stderr and "2 GB" not in second.stderr
    assert ready.import_version("tiny_dev") == "1.0"
    assert ready.run("lab", PIP_NO_INDEX="1", PIP_FIND_LINKS="").returncode == 7  # nothing left to install
    lock.write_text(ready.lock)
    assert ready.run("lab").returncode == 7
    assert ready.import_version("tiny_lab") == "1.0"


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["python is gone", "folder moved"])
def test_broken_environment_is_mended(ready: Miniature, damage: str) -> None:
    if damage == "python is gone":
        for link in (ready.venv / "bin").glob("python*"):
            link.unlink()
    else:
        new_place = ready.folder.with_name("ailleurs, ensuite")
        ready.folder.rename(new_place)
        ready.folder, ready.venv = new_place, new_place / ".venv"
        ready.log, ready.stamp = ready.venv / "install.log", ready.venv / "complete.json"
    finished = ready.run("lab")
    assert finished.returncode == 7, finished.stderr
    assert f"in {ready.venv} with" in finished.stdout
    installed = subprocess.run(
        [ready.venv / "bin" / "gan-course", "lab"], env=ready.env(), capture_output=True
    )
    assert installed.returncode == 7


def test_packages_of_the_running_python_are_used(course: Miniature, tmp_path: Path) -> None:
    """conda, Binder, Colab, an active virtual environment: nothing is installed."""
    own = tmp_path / "own"
    for name in ("tiny_base", "tiny_lab"):
        (own / name).mkdir(parents=True)
        (own / name / "__init__.py").write_text("VERSION = 'own'")
    finished = course.run("lab", PYTHONPATH=str(own))
    assert finished.stdout == f"ran lab [] in {sys.prefix} with tiny_base own\n"
    assert not course.venv.exists()


def test_keras_2_does_not_count_as_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "keras").mkdir()
    (tmp_path / "keras" / "__init__.py").touch()
    metadata = tmp_path / "keras-2.15.0.dist-info" / "METADATA"
    metadata.parent.mkdir()
    for version, missing in (("2.15.0", ["keras"]), ("3.9.2", ["keras"]), ("3.10.0", []), ("3.15.1", [])):
        metadata.write_text(f"Metadata-Version: 2.1\nName: keras\nVersion: {version}\n")
        assert bootstrap.list_missing(("keras", "json")) == missing


def test_empty_folder_of_a_removed_package_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "tiny_left_over").mkdir()
    assert not bootstrap.is_importable("tiny_left_over")
    assert bootstrap.is_importable("json") and bootstrap.is_importable("sys")


@pytest.mark.slow
@pytest.mark.skipif(not ON_CUDA_PLATFORM, reason="TensorFlow with CUDA is published for Linux on x86-64 only")
def test_nvidia_gpu_gets_the_build_with_cuda(course: Miniature, tmp_path: Path) -> None:
    tool = tmp_path / "bin" / "nvidia-smi"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho 'GPU 0: Tesla T4 (UUID: GPU-0)'\n")
    tool.chmod(0o755)
    finished = course.run("lab", PATH=f"{tool.parent}{os.pathsep}{os.environ['PATH']}")
    assert finished.returncode == 7, finished.stderr
    assert course.import_version("tensorflow") == "1.5" and course.import_version("tiny_cuda") == "1.0"
    assert course.import_version("tensorflow_cpu") == ""


def test_gpu_build_has_the_version_of_the_lock() -> None:
    version = bootstrap.pin("tensorflow", "[and-cuda]").removeprefix("tensorflow[and-cuda]==")
    assert f"\ntensorflow-cpu=={version} ;" in (ROOT / "requirements.txt").read_text()


# --- set-ups that did not end


@pytest.mark.slow
def test_half_installed_package_is_installed_again(ready: Miniature) -> None:
    """What a kill or a full disk leaves: metadata that say it is there, and not all of its files."""
    (packages,) = ready.venv.glob("lib/*/site-packages")
    (packages / "tiny_lab-1.0.dist-info" / "INSTALLER").unlink()
    (packages / "tiny_lab" / "__init__.py").unlink()
    ready.stamp.unlink()
    assert ready.run("lab").returncode == 7
    assert ready.import_version("tiny_lab") == "1.0"


@pytest.mark.slow
def test_interrupted_set_up_is_noticed_in_the_active_environment(ready: Miniature) -> None:
    ready.stamp.unlink()
    finished = ready.run("lab", python=str(ready.venv / "bin" / "python"))
    assert finished.returncode == 7 and "Set up in" in finished.stderr
    assert ready.stamp.exists()


# --- set-ups that cannot be


@pytest.mark.slow
def test_without_network_one_line_says_so(course: Miniature) -> None:
    nowhere = {"PIP_NO_INDEX": "", "PIP_FIND_LINKS": "", "PIP_INDEX_URL": "http://127.0.0.1:9/simple"}
    for retries in ("0", "1"):
        line = error_line(course.run("lab", **nowhere, PIP_RETRIES=retries))
        assert "no network" in line and "Run the same command to try again" in line
    assert course.run("lab").returncode == 7  # the network is back


@pytest.mark.slow
def test_package_that_is_not_to_be_had_is_named(ready: Miniature) -> None:
    lock = ready.folder / "requirements.txt"
    lock.write_text(ready.lock.replace("tiny-lab==1.0", "tiny-lab==3.0"))
    line = error_line(ready.run("lab"))
    assert "pip finds no tiny-lab==3.0 for this Python and this machine" in line and str(ready.log) in line
    lock.write_text(ready.lock)
    assert ready.run("lab").returncode == 7


def test_file_in_the_way_is_named(course: Miniature) -> None:
    course.venv.touch()
    assert str(course.venv) in error_line(course.run("lab"))


def test_folder_that_takes_no_files_is_named(course: Miniature) -> None:
    """A dangling link stands for the read-only folder that root, who runs tests in containers, may write to."""
    course.venv.symlink_to("/proc/no/such/place")
    assert str(course.venv) in error_line(course.run("lab"))


def test_python_without_venv_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bootstrap, "is_importable", lambda name: name == "venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "no such python")
    with pytest.raises(CourseError, match=r"apt install python3\.\d+-venv"):
        bootstrap.make_venv()


@pytest.mark.slow
def test_python_without_ensurepip_uses_its_own_pip(course: Miniature) -> None:
    """Debian's Python with python3-pip but without python3-venv."""
    source = (course.folder / "course_lib" / "setup" / "bootstrap.py").read_text()
    without = 'return name != "ensurepip" and spec is not None'
    assert source.count("return spec is not None") == 1
    patched = source.replace("return spec is not None", without)
    (course.folder / "course_lib" / "setup" / "bootstrap.py").write_text(patched)
    pack(course.wheels, "pip")
    finished = course.run("lab")
    assert finished.returncode == 7, finished.stderr
    pip = subprocess.run([course.venv / "bin" / "python", "-m", "pip", "--version"], capture_output=True)
    assert pip.returncode == 0  # `%pip install` works in a notebook all the same


def test_what_needs_no_package_sets_nothing_up_whatever_has_become_of_venv(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`update` in a folder that was moved, called with the Python of its `.venv`."""
    (tmp_path / "install.log").touch()
    for name, path in (("VENV", sys.prefix), ("LOG", tmp_path / "install.log"), ("STAMP", tmp_path / "none")):
        monkeypatch.setattr(bootstrap, name, Path(path))
    monkeypatch.setattr(bootstrap, "set_up", lambda extras, lock: pytest.fail("set up"))
    bootstrap.ensure((), (), ["update"])


# --- Pythons that are too old or too new


def test_entry_parses_on_python_3_8() -> None:
    for name in ("commands/program.py", "gpu.py", "keras_settings.py", *SETUP):
        ast.parse((ROOT / "course_lib" / name).read_text("utf-8"), name, feature_version=(3, 8))


TOO_OLD = [
    path
    for path in map(shutil.which, ("python2", "python2.7", "python3.6", "python3.7", "python3.8"))
    if path
]
ONE_LINE = re.compile(r"error: this is Python \d\.\d+, the course needs 3\.11, 3\.12 or 3\.13; .+\n")
NEWER_THAN_2 = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.AsyncFunctionDef, ast.Starred)


@pytest.mark.skipif(not TOO_OLD, reason="no Python older than 3.9 is on PATH")
def test_a_python_that_cannot_read_the_course_gets_the_line(tmp_path: Path) -> None:
    tried = 0
    for python in TOO_OLD:
        if subprocess.run([python, "-c", ""], stderr=subprocess.DEVNULL).returncode == 0:  # no empty launcher
            for folder, words in ((ROOT, ["-m", "course_lib"]), (tmp_path, [str(ROOT / "course_lib")])):
                command = [python, "-B", *words, "update", "--from", "a b"]
                done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
                assert done.returncode == 1 and ONE_LINE.fullmatch(done.stderr), (python, done.stderr)
                assert done.stderr.endswith(f" {' '.join(words)} update --from 'a b'\n"), (
                    python,
                    done.stderr,
                )
                tried += 1
    if not tried:
        pytest.skip("what is on PATH as an older Python does not start")


@pytest.mark.parametrize("name", ["__init__.py", "__main__.py"])
def test_what_every_python_reads_first_has_nothing_that_python_2_cannot_read(name: str) -> None:
    text = (ROOT / "course_lib" / name).read_bytes().decode("ascii")  # Python 2 reads no other letters
    for node in ast.walk(ast.parse(text)):
        assert not isinstance(node, NEWER_THAN_2), ast.unparse(node)
        assert not (isinstance(node, ast.ImportFrom) and node.module == "__future__")
        assert not (isinstance(node, ast.Call) and ast.unparse(node.func) == "print")
        if isinstance(node, ast.FunctionDef):
            arguments = [*node.args.args, *node.args.kwonlyargs]
            assert not (node.returns or node.args.kwonlyargs or any(each.annotation for each in arguments))


@pytest.mark.parametrize("version", [(3, 8, 18), (3, 10, 13), (3, 14, 0)])
def test_other_python_is_turned_away_in_one_line(
    version: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CourseError, match=rf"^this is Python 3\.{version[1]}, .* install one of these"):
        bootstrap.check_python(["lab"], version)
    # a launcher without its Python, a Python
    for name, works in (("python3.12", "false"), ("python3.13", "true")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{works}\n")
        (tmp_path / name).chmod(0o755)
    for folder, course in ((ROOT, "-m course_lib"), (tmp_path, shlex.quote(str(ROOT / "course_lib")))):
        monkeypatch.chdir(folder)
        with pytest.raises(CourseError) as caught:
            bootstrap.check_python(["lab", "--port", "1", "a b"], version)
        assert str(caught.value).endswith(f"you have one: python3.13 {course} lab --port 1 'a b'")


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 7), (3, 13, 1)])
def test_supported_python_passes(version: tuple[int, ...]) -> None:
    bootstrap.check_python([], version)


@pytest.mark.slow
def test_every_old_python_of_this_machine_says_one_line() -> None:
    """Real interpreters, as many as there are; the two tests above stand in where there are none."""
    candidates = [shutil.which(f"python3.{minor}") for minor in range(7, 11)]
    candidates += map(str, Path.home().glob(".pyenv/versions/3.*/bin/python3"))
    for python in filter(None, candidates):
        ask = [
            python,
            "-c",
            "import sys; print(sys.version_info[:2] < (3, 11) and sys.version_info[:2] > (3, 6))",
        ]
        if subprocess.run(ask, capture_output=True, text=True).stdout.strip() != "True":
            continue
        finished = subprocess.run([python, ROOT / "course_lib", "lab"], capture_output=True, text=True)
        assert "the course needs 3.11, 3.12 or 3.13" in error_line(finished)
        assert len(finished.stderr.splitlines()) == 1
