"""`publish` from the command line: what it says, and its errors, one line each, before anything is written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import keras
import pytest

from course_lib.commands import program
from course_lib.commands import publish as command
from course_lib.studio import sources
from tests.studio.generators import chain, small

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("nothing_is_installed")]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    small(3).save(tmp_path / "generator.keras")
    (tmp_path / "report.json").write_text(json.dumps({"settings": {"dataset": "emoji"}, "steps": 12}))
    return tmp_path


def test_a_run_becomes_a_page_and_the_rounding_is_said(run: Path, capsys) -> None:
    out = run / "site"
    assert program.main(["publish", str(run), "--out", str(out), "--title", "Mine & yours"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"index.html: 0.\d\d MB, [\d,]+ weights; open it in a browser", said)
    assert re.search(
        r"Weights of half precision change a pixel by 0.\d+ of 255 on average, by \d at most", said
    )
    assert "<h1>Mine &amp; yours</h1>" in (out / "index.html").read_text("utf-8")
    card = json.loads((out / "model_card.json").read_text("utf-8"))
    assert card["settings"] == {"dataset": "emoji", "steps": 12} and "Open Font" in card["data_licence"]
    assert program.main(["publish", str(run / "generator.keras"), "--out", str(out)]) == 0
    assert "<h1>Emoji that do not exist</h1>" in (out / "index.html").read_text("utf-8")


def test_the_courses_own_need_no_run(tmp_path: Path, capsys) -> None:
    assert command.BUNDLED == sources.BUNDLED
    assert program.main(["publish", "garments", "--out", str(tmp_path / "site")]) == 0
    assert "118,337 weights" in capsys.readouterr().out


def test_a_mistake_is_one_line_and_nothing_is_written(run: Path, tmp_path: Path, capsys) -> None:
    odd = tmp_path / "odd.keras"
    dense = [keras.layers.Dense(12), keras.layers.Reshape((2, 2, 3))]
    chain(*dense, keras.layers.Softmax(name="strange")).save(odd)
    (tmp_path / "text.keras").write_text("no model")
    wrong = {
        "There is no file": ["garmentz", "--out", "site"],
        "holds other things": [str(run), "--out", str(tmp_path)],
        r"the layer strange \(Softmax\)": [str(odd), "--out", "site"],
        "not a Keras model": [str(tmp_path / "text.keras"), "--out", "site"],
        "The title has 1 to 80": [str(run), "--out", "site", "--title", ""],
    }
    before = sorted(tmp_path.iterdir())
    for reason, words in wrong.items():
        words = [str(tmp_path / word) if word == "site" else word for word in words]
        assert program.main(["publish", *words]) == 1
        error = capsys.readouterr().err
        assert re.search(reason, error) and error.count("\n") == 1, error
    assert sorted(tmp_path.iterdir()) == before
