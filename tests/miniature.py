"""A course in miniature: the real bootstrap over three tiny packages, so that a whole set-up takes seconds."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from course_lib import ROOT
from course_lib.commands.program import COMMANDS

SETUP = tuple(
    f"setup/{name}.py" for name in ("__init__", "bootstrap", "home", "pip_install", "places", "write_errors")
)
"""Of the library, what a command needs before anything is installed, beside the flat files."""

PYPROJECT = """\
[build-system]
requires = ["flit_core>=3.9"]
build-backend = "flit_core.buildapi"

[project]
name = "gan-course"
version = "0.1.0"
description = "A course in miniature."
dependencies = ["tiny-base"]

[project.optional-dependencies]
cpu = ["tensorflow-cpu"]
gpu = ["tensorflow[and-cuda]"]
lab = ["tiny-lab"]
dev = ["tiny-dev"]

[project.scripts]
gan-course = "course_lib.__main__:main"

[tool.flit.module]
name = "course_lib"
"""
LOCK = """\
flit-core=={flit}
tensorflow==1.5 ; sys_platform == 'darwin'
tensorflow-cpu==1.5
tiny-base==1.0
tiny-dev==1.0
tiny-lab==1.0
"""
COMMAND = """\
HELP = DESCRIPTION = EXAMPLE = "tiny"
NEEDS = ("tiny_base", {needs!r})
EXTRAS = ({extra!r},)


def add_arguments(parser):
    parser.add_argument("words", nargs="*")


def run(args):
    import sys
    import tiny_base

    print("ran", args.command, args.words, "in", sys.prefix, "with tiny_base", tiny_base.VERSION)
    return 7
"""


def make_wheel(folder: Path, name: str, version: str, metadata: str = "") -> Path:
    """A wheel with one module that knows its version."""
    module, info = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
    return write_wheel(
        folder / f"{module}-{version}-py3-none-any.whl",
        {
            f"{module}/__init__.py": f"VERSION = {version!r}\n".encode(),
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{metadata}".encode(),
            f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        },
    )


def write_wheel(path: Path, files: dict[str, bytes]) -> Path:
    info = next(name.split("/")[0] for name in files if ".dist-info/" in name)
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(name, content)
        wheel.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"]))
    return path


def pack(folder: Path, name: str) -> str:
    """A wheel of a package that is installed here; returns its version."""
    package = importlib.metadata.distribution(name)
    left_out = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", ".pyc")
    kept = [file for file in package.files if not str(file).endswith(left_out) and ".." not in file.parts]
    write_wheel(
        folder / f"{name}-{package.version}-py3-none-any.whl",
        {file.as_posix(): file.locate().read_bytes() for file in kept},
    )
    return package.version


class Miniature:
    """A checkout of the miniature course in `folder`, and the wheels that pip finds for it."""

    def __init__(self, folder: Path, wheels: Path) -> None:
        self.folder, self.wheels, self.venv = folder, wheels, folder / ".venv"
        self.log, self.stamp = self.venv / "install.log", self.venv / "complete.json"
        for room in ("commands", "setup"):
            (folder / "course_lib" / room).mkdir(parents=True)
        wheels.mkdir(exist_ok=True)
        for name in (
            "__init__.py",
            "__main__.py",
            "gpu.py",
            "keras_settings.py",
            "commands/__init__.py",
            "commands/program.py",
            *SETUP,
        ):
            shutil.copy(ROOT / "course_lib" / name, folder / "course_lib" / name)
        for name in COMMANDS:
            needs, extra = ("tiny_dev", "dev") if name == "test" else ("tiny_lab", "lab")
            source = COMMAND.format(needs=needs, extra=extra)
            (folder / "course_lib" / "commands" / f"{name}.py").write_text(source)
        (folder / "pyproject.toml").write_text(PYPROJECT)
        self.lock = LOCK.format(flit=pack(wheels, "flit_core"))
        (folder / "requirements.txt").write_text(self.lock)
        for name, version in (
            ("tiny-base", "1.0"),
            ("tiny-lab", "1.0"),
            ("tiny-dev", "1.0"),
            ("tiny-lab", "2.0"),
        ):
            make_wheel(wheels, name, version)
        make_wheel(wheels, "tensorflow-cpu", "1.5")
        make_wheel(
            wheels,
            "tensorflow",
            "1.5",
            'Provides-Extra: and-cuda\nRequires-Dist: tiny-cuda; extra == "and-cuda"\n',
        )
        make_wheel(wheels, "tiny-cuda", "1.0")

    def env(self, **changes: str) -> dict[str, str]:
        """This process's environment without what may help or hinder: only `wheels` has packages."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
        offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull}
        return {
            **kept,
            **offline,
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "HOME": str(self.folder.parent),
            **changes,
        }

    def start(self, *words: str, python: str = sys.executable, **changes: str) -> subprocess.Popen[str]:
        """Start the course from another folder, as the leader of its own process group."""
        return subprocess.Popen(
            [python, str(self.folder / "course_lib"), *words],
            cwd=self.folder.parent,
            env=self.env(**changes),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(
        self, *words: str, python: str = sys.executable, **changes: str
    ) -> subprocess.CompletedProcess[str]:
        process = self.start(*words, python=python, **changes)
        out, err = process.communicate(timeout=300)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def import_version(self, module: str) -> str:
        """The version of a package as `.venv` imports it; empty if it cannot."""
        python = self.venv / "bin" / "python"
        asked = subprocess.run(
            [python, "-c", f"import {module}; print({module}.VERSION)"], capture_output=True, text=True
        )
        return asked.stdout.strip()


def error_line(finished: subprocess.CompletedProcess[str]) -> str:
    """The one line that explains a failure; whatever else was said is progress, never a traceback."""
    assert finished.returncode == 1, finished.stderr
    assert "Traceback" not in finished.stderr and finished.stdout == ""
    (line,) = [line for line in finished.stderr.splitlines() if line.startswith("error: ")]
    assert finished.stderr.endswith(line + "\n")
    return line
