"""What launching stands on: the lock, Binder's file, continuous integration, light imports."""

from __future__ import annotations

import importlib.metadata
import itertools
import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course_lib import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LOCK = [
    Requirement(line)
    for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
PLATFORMS = {
    "Linux x86-64": ("linux", "Linux", "x86_64", "posix"),
    "Linux on ARM": ("linux", "Linux", "aarch64", "posix"),
    "macOS on ARM": ("darwin", "Darwin", "arm64", "posix"),
    "Windows": ("win32", "Windows", "AMD64", "nt"),
}
PYTHONS = ("3.11.2", "3.11.9", "3.12.1", "3.13.0")


def describe_environment(platform: str, python: str) -> dict[str, str]:
    sys_platform, system, machine, os_name = PLATFORMS[platform]
    return {
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "implementation_version": python,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": sys_platform,
        "platform_system": system,
        "platform_machine": machine,
        "os_name": os_name,
        "extra": "",
    }


def pins(environment: dict[str, str]) -> dict[str, str]:
    """Package: version, as pip reads the lock in this environment; each package once."""
    applying = [pin for pin in LOCK if pin.marker is None or pin.marker.evaluate(environment)]
    versions = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in applying}
    assert len(versions) == len(applying), "a package is pinned twice"
    return versions


@pytest.mark.parametrize(("platform", "python"), itertools.product(PLATFORMS, PYTHONS))
def test_lock_satisfies_every_range(platform: str, python: str) -> None:
    environment = describe_environment(platform, python)
    versions = pins(environment)
    extras = PROJECT["optional-dependencies"]
    asked = [
        *PROJECT["dependencies"],
        *(line for name in ("cpu", "lab", "grading", "dev") for line in extras[name]),
    ]
    for requirement in map(Requirement, asked):
        if requirement.marker is None or requirement.marker.evaluate(environment):
            version = versions.get(canonicalize_name(requirement.name))
            assert version, f"{requirement.name} is not in the lock"
            assert requirement.specifier.contains(version), f"{requirement} against {version}"
    assert len({"tensorflow", "tensorflow-cpu"} & versions.keys()) == 1


def test_lock_is_exact_and_names_no_index() -> None:
    text = (ROOT / "requirements.txt").read_text("utf-8")
    assert text.startswith("# Generated, not edited by hand")
    assert all(re.fullmatch(r"==[\w.]+", str(pin.specifier)) for pin in LOCK)
    assert "://" not in text and " @ " not in text
    assert not any(line.startswith("-") for line in text.splitlines())


@pytest.mark.slow
def test_lock_holds_everything_its_packages_need() -> None:
    """Read from the packages installed here, where they are the locked ones: nothing is left to pip's choice."""
    environment = {"extra": ""}
    versions = {
        canonicalize_name(pin.name): str(pin.specifier).removeprefix("==")
        for pin in LOCK
        if pin.marker is None or pin.marker.evaluate()
    }
    for name, version in versions.items():
        try:
            package = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        if package.version != version:
            continue
        for requirement in map(Requirement, package.requires or []):
            if requirement.marker is None or requirement.marker.evaluate(environment):
                needed = versions.get(canonicalize_name(requirement.name))
                assert needed, f"{name} needs {requirement}, which the lock lacks"
                assert requirement.specifier.contains(needed, prereleases=True), f"{name} needs {requirement}"


def test_pre_commit_runs_the_locked_ruff() -> None:
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))["repos"]
    (ruff,) = [pin for pin in LOCK if pin.name == "ruff"]
    assert f"=={repository['rev'].removeprefix('v')}" == str(ruff.specifier)
    for hook in repository["hooks"]:
        for path in ("course_lib/models/gan.py", "tests/grading/test_x.py", "lessons/source/01_gan_math.py"):
            assert re.match(hook["files"], path)


def test_importing_the_library_loads_nothing_heavy() -> None:
    code = "import sys, course_lib; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "course_lib" in loaded.stdout.split()
    for heavy in ("tensorflow", "keras", "numpy", "matplotlib", "PIL", "ipywidgets", "IPython", "tqdm"):
        assert heavy not in loaded.stdout.split()
