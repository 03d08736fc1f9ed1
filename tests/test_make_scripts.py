"""The scripts that make what lies in data/: what they are asked for, and the lane that calls them every week."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from course_lib import ROOT
from tests.data_scripts import load

NAMES = sorted(path.stem for path in (ROOT / "data").glob("make_*.py"))
LANE = ROOT / ".ci" / "lanes" / "tables"
NOT_WEEKLY = {
    "make_style_pictures",  # where a rounding differs they change, though nobody could see it
    "make_pinyin",  # wants pypinyin, which only it needs
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_help_teaches_and_makes_nothing(name, monkeypatch, capsys) -> None:
    script = load(name)
    monkeypatch.setattr(sys, "argv", [f"{name}.py", "--help"])
    # without this a script that reads no options would now work for many minutes, and write
    assert re.search(r"\bparse_args\(|\bparser\(", (ROOT / "data" / f"{name}.py").read_text("utf-8"))
    with pytest.raises(SystemExit) as ended:
        script.main()
    assert ended.value.code == 0
    assert f"python data/{name}.py" in capsys.readouterr().out


def test_every_script_is_called_every_week() -> None:
    called = set(re.findall(r'^    "(\w+)', LANE.read_text("utf-8"), re.MULTILINE))
    assert {f"make_{name}" for name in called} == set(NAMES) - NOT_WEEKLY


def test_a_table_that_nobody_makes_is_refused_in_one_line() -> None:
    done = subprocess.run([str(LANE), "roads", "crops"], capture_output=True, text=True)
    assert done.returncode == 2 and "no table is called crops; there are: feature_network " in done.stderr
    assert len(done.stderr.splitlines()) == 1 and not done.stdout
