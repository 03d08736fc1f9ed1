"""What a person reads while pip works and when it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from course_lib.setup.pip_install import describe_progress, explain


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
            "disk is full",
        ),
        (
            "WARNING: x\nERROR: No matching distribution found for a==1\n",
            "No matching distribution found for a==1.",
        ),
        ("ERROR: Failed to build 'x'\n[notice] A new release of pip", "Failed to build 'x'."),
        ("Killed", "Killed."),
        ("", "pip gave no reason."),
    ],
)
def test_explanation_of_a_failure(words: str, said: str, tmp_path: Path) -> None:
    assert said in explain(words.splitlines(), tmp_path)


def test_progress_says_where_pip_is() -> None:
    words = ["Collecting a", "  Downloading a-1-py3-none-any.whl.metadata (2.1 kB)", "Collecting b"]
    assert describe_progress(words) == "package 2"
    words.append("Downloading b_c-2.1-cp312-cp312-manylinux_2_17.whl (251.9 MB)")
    assert describe_progress(words) == "package 2: downloading b_c 2.1 (251.9 MB)"
    words.append("WARNING: Retrying (Retry(total=4, connect=None)) after connection broken")
    assert describe_progress(words) == "no answer from the package index, trying again"
    words += ["Installing collected packages: a, b_c", "  Attempting uninstall: a"]
    assert describe_progress(words) == "installing 2 packages"
    assert describe_progress(["Installing collected packages: a"]) == "installing 1 package"
    assert describe_progress([]) == "package 0"
