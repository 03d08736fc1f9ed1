"""Sources: roles, ids and the rules, each broken rule named with file and line."""

import pytest

from course_lib import CourseError
from course_lib.authoring.lesson import find_source, load_lesson


def line_of(text: str, fragment: str) -> int:
    return text[: text.index(fragment)].count("\n") + 1


def test_roles_ids_and_points(small_lesson):
    assert small_lesson.title == "90. A small lesson"
    assert [(cell.role, cell.id) for cell in small_lesson.cells] == [
        ("text", "text-90-a-small-lesson"),
        ("setup", "setup-90-a-small-lesson"),
        ("text", "text-doubling"),
        ("demo", "demo-doubling"),
        ("exercise", "double"),
        ("check", "check-double"),
        ("graded", "graded-double"),
        ("text", "text-repair"),
        ("exercise", "quadruple"),
        ("check", "check-quadruple"),
        ("graded", "graded-quadruple"),
        ("spoiler", "spoiler-repair"),
        ("notes", "notes-for-teachers"),
        ("notes", "notes-for-teachers-2"),
    ]
    assert small_lesson.points == {"double": 4, "quadruple": 6}
    assert [cell.number for cell in small_lesson.exercises.values()] == [1, 2]
    assert [cell.tolerance for cell in small_lesson.having("graded")] == [1e-6, 1e-4]
    assert small_lesson.cells[3].tags == ("nbval-check-output",)


def test_lines_are_those_of_the_file(small_lesson, small_text):
    lines = small_text.splitlines()
    for cell in small_lesson.cells:
        assert lines[cell.line - 1].startswith("# %%")
        first = cell.source.splitlines()[0]
        assert lines[cell.line].removeprefix("# " * (cell.kind == "markdown")) == first


def test_an_edit_changes_the_ids_of_its_own_section_only(write_source, small_lesson, small_text):
    before = [cell.id for cell in small_lesson.cells]
    edited = small_text.replace(
        "# ## Repair\n", "# ## Repair\n\n# %%\nprint(1)\n\n# %% [markdown]\n# More.\n"
    )
    after = [cell.id for cell in load_lesson(write_source(edited)).cells]
    assert [each for each in after if each not in before] == ["demo-repair", "text-repair-2"]
    assert [each for each in before if each not in after] == []


BROKEN = {
    # what is replaced, by what, where the error is found, what it says
    "unknown role": ('role="spoiler"', 'role="spoilt"', '"spoilt"', "'spoilt' is not one of"),
    "markdown with a code role": ('role="notes"', 'role="check"', 'role="check"\n# ## For', "not one of text, notes"),
    "unquoted metadata": ('role="setup"', "role=setup", "role=setup", "cannot read the cell's metadata"),
    "unknown key": ('role="setup"', 'role="setup" time=3', "time=3", "(time)"),
    "solution left open": ("    return 2 * x\n    ### END SOLUTION\n", "    return 2 * x\n", "### BEGIN", "left open"),
    "nested solution": ("    return 2 * x\n", "    ### BEGIN SOLUTION\n", "SOLUTION\n    ### E", "before"),
    "end without begin": ("    ### BEGIN SOLUTION\n    return 2 * x", "    return 2 * x", "### END", "without ### B"),
    "wrong end": ("    ### END BROKEN\n", "    ### END SOLUTION\n", "### END SOLUTION\n    #", "without ### BEGIN"),
    "marker outside": ("print(\"two", "### BEGIN SOLUTION\nprint(\"two", "### BEGIN SOLUTION\nprint", "outside"),
    "no solution": (
        "    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION\n",
        "    return 2 * x\n",
        'role="exercise"',
        "no solution",
    ),
    "no first line": ("# Exercise 1\n", "# The first\n", "# The first", "first line of an exercise is `# Exercise N`"),
    "wrong number": ("# Exercise 2\n", "# Exercise 3\n", "# Exercise 3", "write `# Exercise 2`"),
    "duplicate id": (
        'role="exercise" grade_id="quadruple"',
        'role="exercise" grade_id="double"',
        'role="exercise" grade_id="double"\n# Exercise 2',
        "'double' is taken by the exercise in line 16",
    ),
    "no id": ('role="exercise" grade_id="double"', 'role="exercise"', 'role="exercise"\n', "needs grade_id"),
    "bad id": ('role="exercise" grade_id="double"', 'role="exercise" grade_id="Dou ble"', "Dou ble", "needs grade_id"),
    "id on a demo": ('tags=["nbval-check-output"]', 'grade_id="x"', 'grade_id="x"', "has no grade_id"),
    "check of nothing": ('role="check" grade_id="double"', 'role="check" grade_id="dubble"', "dubble", "no exercise"),
    "graded of nothing": ('role="graded" grade_id="double"', 'role="graded" grade_id="d"', '"d"', "no exercise"),
    "check before its exercise": (
        'role="check" grade_id="double"',
        'role="check" grade_id="quadruple"',
        'role="check" grade_id="quadruple"',
        "no exercise above has grade_id 'quadruple'",
    ),
    "no points": (" points=4", "", 'role="graded" grade_id="double"', "needs points"),
    "zero points": ("points=4", "points=0", "points=0", "above 0"),
    "negative points": ("points=4", "points=-1", "points=-1", "above 0"),
    "points in words": ("points=4", 'points="four"', 'points="four"', "above 0"),
    "true points": ("points=4", "points=true", "points=true", "points"),
    "points elsewhere": ('role="spoiler"', 'role="spoiler" points=1', "points=1", "only graded cells"),
    "tolerance": ("tolerance=1e-4", "tolerance=0", "tolerance=0", "tolerance is a number above 0"),
    "tags": ('tags=["nbval-check-output"]', 'tags="x"', "# %% [markdown]", "'x' is not of type 'array'"),
    "solution is no Python": ("return 2 * x", "return 2 *", 'role="exercise"', "with its solution is not valid Python"),
    "stub is no Python": ("    # return double(x)\n", "    #   return double(x)\n", '"quadruple"', "stub is not"),
    "more than functions": ("def double", "print(1)\ndef double", 'role="exercise"', "functions only"),
    "deep heading": ("# ## Repair", "# #### Repair", "# #### Repair", "### at most"),
    "two titles": ("# ## Repair", "# # Repair", "# # Repair", "one title"),
    "no title": ("# # 90. A small lesson", "# Hello", "# %% [markdown]", "the title"),
    "text before": ("# %% [markdown]\n# # 90", "import os\n# %% [markdown]\n# # 90", "import", "a source starts"),
    "fold of an exercise": (
        'role="exercise" grade_id="double"', 'role="exercise" fold="x" grade_id="double"', 'fold="x"', "fold is for"
    ),
    "empty fold": ('role="spoiler"', 'role="spoiler" fold=""', 'fold=""', "in 70 letters at most"),
    "fold without a title": ('role="spoiler"', 'role="spoiler" fold=true', "fold=true", "in 70 letters at most"),
    "our answer outside a check": ("import math", "import math\nx = OUR_ANSWER", 'role="setup"', "check cells only"),
    "cell mark in a string": ('print("two doubled is", 2 * 2)', 'x = """\n# %% x\n"""', "# %% [mark", "a string"),
}  # fmt: skip


@pytest.mark.parametrize("rule", BROKEN)
def test_broken_rules_are_named_with_file_and_line(rule, write_source, small_text):
    old, new, place, message = BROKEN[rule]
    assert old in small_text
    text = small_text.replace(old, new, 1)
    path = write_source(text)
    with pytest.raises(CourseError) as error:
        load_lesson(path)
    said = str(error.value)
    assert message in said
    assert "\n" not in said
    assert said.startswith(f"{path.as_posix()}:{line_of(text, place)}: ")


def test_headings_inside_code_fences_are_no_headings(write_source, small_text):
    load_lesson(
        write_source(small_text.replace("# What it is about.", "# ```\n# # a comment\n# #### another\n# ```"))
    )


def test_unreadable_sources(tmp_path):
    path = tmp_path / "91_x.py"
    with pytest.raises(CourseError, match="cannot be read"):
        load_lesson(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(CourseError, match="UTF-8"):
        load_lesson(path)
    path.write_text("")
    with pytest.raises(CourseError, match=":1: a source starts with"):
        load_lesson(path)


def test_lessons_are_found_by_number_name_and_path(small_source):
    folder = small_source.parent
    (folder / "07_other.py").write_text("")
    for name in ("90", "90_small", "lessons/90_small.ipynb", str(small_source)):
        assert find_source(name, folder) == small_source
    assert find_source("7", folder).stem == "07_other"
    with pytest.raises(CourseError, match="no lesson is called '3'; there are: 07_other, 90_small"):
        find_source("3", folder)
    with pytest.raises(
        CourseError, match="no lesson sources here: give a notebook by its path instead of '3'"
    ):
        find_source("3", folder / "nowhere")
