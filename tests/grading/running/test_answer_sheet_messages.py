"""What a student is told of an error in an answer."""

from course_lib.grading.running.error_messages import describe_error
from course_lib.grading.running.nbval_plugin import CellRan


def test_input_is_named_as_such():
    asked = CellRan("one", False, "StdinNotImplementedError", "line 2, in one")
    assert describe_error("def one():\n    return input()", 0, asked, False).startswith(
        "`input()` was called"
    )
