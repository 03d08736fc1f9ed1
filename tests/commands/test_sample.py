"""`sample` with generators that have classes, and with damaged files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_lib.commands.program import main
from course_lib.models import networks

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def conditional(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("run") / "generator.keras"
    networks.dcgan_generator(width=2, classes=10).save(path)
    (path.parent / "report.json").write_text(json.dumps({"settings": {"dataset": "fashion_mnist"}}))
    return path


def test_classes_are_drawn_by_number_by_name_and_all(conditional: Path, tmp_path: Path, capsys) -> None:
    drawn = {}
    for asked in ("8", "bag", "0"):
        out = tmp_path / f"{asked}.npy"
        assert main(["sample", str(conditional), "--count", "2", "--class", asked, "--out", str(out)]) == 0
        drawn[asked] = np.load(out)
    np.testing.assert_array_equal(drawn["8"], drawn["bag"])
    assert not np.array_equal(drawn["8"], drawn["0"])
    capsys.readouterr()
    assert main(["sample", str(conditional), "--count", "3", "--out", str(tmp_path / "all.png")]) == 0
    assert "A row for each class: 0 T-shirt/top, 1 Trouser," in capsys.readouterr().out
    with Image.open(tmp_path / "all.png") as picture:
        assert picture.size == (2 * (3 * 30 - 2), 2 * (10 * 30 - 2))


@pytest.mark.parametrize("asked", ["10", "-1", "hat"])
def test_unknown_class_is_answered_with_the_list(
    asked: str, conditional: Path, tmp_path: Path, capsys
) -> None:
    out = str(tmp_path / "x.png")
    assert main(["sample", str(conditional), "--count", "1", f"--class={asked}", "--out", out]) == 1
    error = capsys.readouterr().err
    assert f"--class {asked}: there is no such class" in error and "9 Ankle boot" in error
    assert error.count("\n") == 1


def test_a_flipped_byte_anywhere_is_one_line(conditional: Path, tmp_path: Path, capsys) -> None:
    whole, damaged = conditional.read_bytes(), tmp_path / "generator.keras"
    for place in (0, 30, len(whole) // 3, len(whole) // 2, len(whole) - 60, len(whole) - 20):
        damaged.write_bytes(whole[:place] + bytes([whole[place] ^ 0x40]) + whole[place + 1 :])
        code = main(
            ["sample", str(damaged), "--count", "1", "--class", "0", "--out", str(tmp_path / "x.npy")]
        )
        error = capsys.readouterr().err
        assert code == 1 and "damaged" in error and error.count("\n") == 1, place
