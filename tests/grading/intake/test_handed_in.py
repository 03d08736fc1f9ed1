"""What is taken out of a file for the pages: the student's own code, and stored outputs as text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.grading.intake.answers import collect
from course_lib.grading.intake.clean_text import cleaned
from course_lib.grading.intake.outputs import MOST_READ
from tests.grading.small_lesson import RIGHT, notebook_of, seen_in, shows, small_lesson, stream


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return small_lesson(tmp_path_factory.mktemp("source"))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"text/html": "<script>alert(1)</script>"}, "[HTML, not shown here]"),
        ({"image/svg+xml": "<svg onload=alert(1)>"}, "[a picture, not shown here]"),
        ({"image/png": "aGk=", "text/plain": "<Figure size 1>"}, "<Figure size 1>\n[a picture, not shown here]"),
        ({"application/javascript": "alert(1)"}, "[JavaScript, not shown here]"),
        ({"application/vnd.jupyter.widget-view+json": {}, "text/plain": "W()"}, "W()\n[a widget, not shown here]"),
        ({"application/vnd.gan-course.values+json": {"value": 3.14159}}, "[other data, not shown here]"),
        ({"text/plain": ["a", 3, None, "b"]}, "ab"),
        ("not a mapping", ""),
    ],
)  # fmt: skip
def test_outputs_are_text_or_named(lesson, data, says):
    found = seen_in(lesson, notebook_of(lesson, outputs=[shows(data)]))["twice_the_mean"]
    assert found.output == says


def test_terminal_sequences_are_taken_out():
    assert (
        cleaned("\x1b[31mred\x1b[0m \x1b]8;;http://x\x07link\x1b]8;;\x07 a\x00\ud800")
        == "red link a\ufffd\ufffd"
    )
    assert cleaned("10%\r50%\r100%\r\nnext\r\n") == "100%\nnext\n"
    assert cleaned("if x:\u202e y") == "if x:\ufffd y"


@pytest.mark.parametrize(
    "wrong", [None, 3, "x", [], {}, [3], [{}], [{"output_type": []}], [stream({"a": 1})]]
)
def test_outputs_of_wrong_types(lesson, wrong):
    cells = json.loads(notebook_of(lesson))
    for cell in cells["cells"]:
        cell["outputs"] = wrong
        cell["metadata"] = (
            {"nbgrader": {"grade_id": wrong}} if cell["id"].startswith("check") else cell["metadata"]
        )
    found = seen_in(lesson, json.dumps(cells).encode())
    assert found["distances"].code == RIGHT["distances"] and not found["distances"].output


def test_the_code_is_the_students_own_cell(lesson):
    """Lines that were taken over from other cells are left out, so that line 2 is line 2 of the cell."""
    notebook = json.loads(
        notebook_of(lesson, {"twice_the_mean": "def twice_the_mean(n):\n    return helper(n)"})
    )
    helper = {"cell_type": "code", "id": "mine", "metadata": {}, "outputs": [stream("not this")]}
    notebook["cells"].insert(3, helper | {"source": "def helper(n):\n    return 2 * n.mean()"})
    assert "def helper" in collect(lesson, notebook).answers["twice_the_mean"]
    found = seen_in(lesson, json.dumps(notebook).encode())["twice_the_mean"]
    assert found.code == "def twice_the_mean(n):\n    return helper(n)" and found.output == ""


def test_an_untouched_stub_is_not_shown(lesson):
    found = seen_in(lesson, notebook_of(lesson, {}))
    assert found["distances"].code == "" and found["distances"].output == ""


@given(st.text("a\r\n\x1b[]0m;\x07\x00\u202e ", max_size=40) | st.text())
def test_cleaned_text_is_clean(text):
    assert cleaned(cleaned(text)) == cleaned(text)
    assert not set(cleaned(text)) & set("\x00\x07\r\x1b\u202e")


def test_what_is_kept_of_a_file_is_bounded(lesson):
    long = {each: f"{source}\n#{'x' * 10**6}"[:900_000] for each, source in RIGHT.items()}
    outputs = [stream("y" * 10**6), *[shows({"text/plain": "z" * 10**5})] * 50]
    for seen in seen_in(lesson, notebook_of(lesson, long, outputs, outputs)).values():
        assert [len(each) for each in (seen.code, seen.output, seen.check)] == [MOST_READ] * 3
