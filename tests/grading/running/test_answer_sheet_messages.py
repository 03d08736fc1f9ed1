"""What a student is told of an error in an answer."""

import builtins
import re

from course_lib.grading.running.error_messages import describe_error
from course_lib.grading.running.nbval_plugin import CellRan


def test_input_is_named_as_such():
    asked = CellRan("one", False, "StdinNotImplementedError", "line 2, in one")
    assert describe_error("def one():\n    return input()", 0, asked, False).startswith(
        "`input()` was called"
    )


def test_an_error_spells_little() -> None:
    """Kind and line are the student's to choose: together fewer than 5,000 ways to fail, whatever the answer."""
    answer = "\n" * 5_000 + "def f(): pass"
    kinds = [name for name in dir(builtins) if name.endswith(("Error", "Warning", "Exception", "Exit"))]
    said = {
        describe_error(answer, 0, CellRan("f", False, kind, f"line {line}, in f"), False)
        for kind in (*kinds, "BOOM_1", "BOOM_2")
        for line in (*range(1, 5_000, 7), 10**9)
    }
    usual = {each.partition(" in ")[0].partition(" below ")[0].partition(" when ")[0] for each in said}
    assert "An error of an unusual type" in usual and "ValueError" in usual and len(usual) < 25
    assert not any("BOOM" in each for each in said)
    named = {int(line) for each in said if "below" not in each for line in re.findall(r"line (\d+)", each)}
    assert max(named) <= 200
    assert len(said) < 5_000


def test_a_trace_of_any_length_is_looked_at_in_no_time() -> None:
    """Not by the clock: what is looked at does not grow with the trace, and the answer's lines are counted once."""

    class Counted(str):
        counts = 0

        def count(self, *arguments):  # type: ignore[no-untyped-def]
            Counted.counts += 1
            return super().count(*arguments)

    answer = Counted("def f(): pass" + "\n" * 400_000)
    cell = CellRan("f", False, "ValueError", "line 1 " * 140_000 + "line 7, in f")
    assert describe_error(answer, 0, cell, False) == "ValueError in line 7 of your cell."
    assert Counted.counts == 1
