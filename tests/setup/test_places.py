"""Where the course runs, told from the marks that each place leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from course_lib.setup.places import HOME, PLACES, find_place

HUB = {"JUPYTERHUB_USER": "ada", "JUPYTERHUB_API_URL": "http://hub"}
CLUSTER = {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}


@pytest.mark.parametrize(
    ("environment", "file", "name"),
    [
        ({}, "", "your own machine"),
        ({"COLAB_RELEASE_TAG": "release"}, ".dockerenv", "Google Colab"),
        ({"BINDER_LAUNCH_HOST": "https://mybinder.org/", **HUB, **CLUSTER}, "", "Binder"),
        (HUB | CLUSTER, "", "JupyterHub"),
        ({"CODESPACES": "true"}, ".dockerenv", "GitHub Codespaces"),
        ({"WSL_DISTRO_NAME": "Ubuntu"}, "", "Windows Subsystem for Linux"),
        ({}, ".dockerenv", "a container"),
        ({"SSH_CONNECTION": "1 2 3 4"}, "run/.containerenv", "a container"),
        ({"SSH_CONNECTION": "1 2 3 4"}, "", "a machine reached over SSH"),
        ({"SSH_CONNECTION": ""}, "", "your own machine"),
    ],
)
def test_the_most_particular_place_counts(
    environment: dict[str, str], file: str, name: str, tmp_path: Path
) -> None:
    if file:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    assert find_place(environment, tmp_path).name == name


def test_each_place_says_what_to_expect() -> None:
    for place in (*PLACES, HOME):
        assert place.expect and all(line.endswith((".", "machine.")) for line in place.expect)
