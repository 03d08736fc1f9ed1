"""`audit` from the command line: what it says and writes, and its errors, one line each, before anything is drawn."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from course_lib.audit import auditing, subjects
from course_lib.commands import audit as command
from course_lib.commands import program
from course_lib.studio import sources
from tests.studio.generators import small

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("nothing_is_installed")]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    small(3).save(tmp_path / "generator.keras")
    report = {"settings": {}, "steps": 12, "seconds": 3.0, "hardware": {"cores": 2, "gpus": []}}
    (tmp_path / "report.json").write_text(json.dumps(report))
    return tmp_path


def test_a_run_is_audited_into_a_folder_of_its_own(run: Path, capsys) -> None:
    assert program.main(["audit", str(run), "--pictures", "200"]) == 0
    said = capsys.readouterr().out
    assert re.search(r"^1 of 8: copies.*^8 of 8: licence", said, re.MULTILINE | re.DOTALL)
    assert "Not measured: there is no report.json beside it that says what it learned from." in said
    assert f"{run / 'audit' / 'audit.html'}: open it in a browser" in said
    card = json.loads((run / "audit" / "model_card.json").read_text("utf-8"))
    assert card["audit"]["answers"]["energy"]["measured"] and "200 pictures" in (
        run / "audit" / "audit.html"
    ).read_text("utf-8")
    assert program.main(["audit", str(run / "generator.keras"), "--pictures", "200", "--seed", "1"]) == 0
    assert json.loads((run / "audit" / "model_card.json").read_text("utf-8"))["audit"]["seed"] == 1


def test_names_and_limits_are_those_of_the_library() -> None:
    assert command.BUNDLED == sources.BUNDLED
    assert command.PICTURES == (subjects.LEAST_PICTURES, subjects.MOST_PICTURES)


def test_a_mistake_is_one_line_and_nothing_is_written(run: Path, tmp_path: Path, capsys) -> None:
    (tmp_path / "text.keras").write_text("no model")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "model_card.json").write_text("{}")
    wrong = {
        "There is no file": ["garmentz"],
        "not a Keras model": [str(tmp_path / "text.keras"), "--out", str(tmp_path / "new")],
        "did not write": [str(run), "--out", str(tmp_path / "site")],
        "is no folder": [str(run), "--out", str(tmp_path / "text.keras")],
    }
    before = sorted(tmp_path.rglob("*"))
    for reason, words in wrong.items():
        assert program.main(["audit", *words]) == 1
        error = capsys.readouterr().err
        assert re.search(reason, error) and error.count("\n") == 1, error
    for count in ("199", "20001", "2e3", "nan"):
        with pytest.raises(SystemExit):
            program.main(["audit", str(run), "--pictures", count])
        assert "a whole number from 200 to 20000" in capsys.readouterr().err
    assert sorted(tmp_path.rglob("*")) == before


def test_ctrl_c_leaves_nothing(run: Path, monkeypatch, capsys) -> None:
    def stopped(*words: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(auditing.subjects, "find", stopped)
    before = sorted(run.rglob("*"))
    assert program.main(["audit", str(run)]) == 130
    assert sorted(run.rglob("*")) == before and "Interrupted" in capsys.readouterr().err
