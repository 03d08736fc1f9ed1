"""What Binder would make of this checkout, by its own program repo2docker; nothing is built."""

from __future__ import annotations

import importlib.metadata
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from course_lib import ROOT

PIP = ["--constraint requirements.txt", "--editable .[cpu,lab]", "notebook==7.6.5"]
TEST_TOOLS = ("playwright", "scipy", "hypothesis", "ruff", "distributed", "pytest", "jupyter-repo2docker")
ASKED = "jupyterlab>=4.6.6,<4.7"
"""What that notebook asks for; the one in repo2docker's own image, 7.4.7, wants JupyterLab below 4.5."""


@pytest.fixture(scope="module")
def dockerfile() -> str:
    repo2docker = pytest.importorskip("repo2docker.app", reason="pip install jupyter-repo2docker")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        app = repo2docker.Repo2Docker()
        packs = (kind(app.base_image) for kind in app.buildpacks)
        pack = next(each for each in packs if each.detect())
        assert type(pack).__name__ == "CondaBuildPack" and pack.python_version == "3.12"
        pack.platform = "linux/amd64"
        return pack.render({})


def test_the_checkout_is_there_before_pip_looks_for_it(dockerfile: str) -> None:
    copied = dockerfile.index("COPY --chown=1000:1000 src/ ${REPO_DIR}/")
    installed = dockerfile.index('env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"')
    assert copied < installed
    assert "WORKDIR ${REPO_DIR}" in dockerfile[:copied]  # pip reads the paths from that folder


def test_pips_own_settings_lie_where_its_home_is_then(dockerfile: str) -> None:
    assert "ARG REPO_DIR=${HOME}" in dockerfile
    assert "no-cache-dir = true" in (ROOT / ".config" / "pip" / "pip.conf").read_text("utf-8")


def test_pip_takes_the_versions_of_the_lock() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))
    python, pip, from_pip = environment["dependencies"]
    assert (python, pip, from_pip) == ("python=3.12", "pip", {"pip": PIP})


def test_the_tools_of_the_tests_stay_out() -> None:
    """Whatever is needed by what a student needs, read from the packages installed here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    waiting = [Requirement(line) for line in (*project["dependencies"], *extras["cpu"], *extras["lab"])]
    found = set()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found.add(name)
        waiting += map(Requirement, importlib.metadata.requires(name) or [])
    assert {"tensorflow-cpu", "keras", "jupyterlab", "jupytext", "mido"} <= found
    assert not found & set(TEST_TOOLS)


def test_jupyterlab_is_one_that_the_image_bears() -> None:
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    (version,) = (line.partition("==")[2] for line in lines if line.startswith("jupyterlab=="))
    assert Requirement(ASKED).specifier.contains(version)
