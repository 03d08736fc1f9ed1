"""A student's work goes into the new notebook, cell by cell, and what finds no place is said."""

from __future__ import annotations

import copy
import json

import pytest

from course_lib import CourseError
from course_lib.updates.carry import carry
from tests.updates.a_course import (
    ANSWER,
    LESSON,
    MOVED,
    RECAST,
    REWORDED,
    SHORTER,
    answered,
    built,
    by_id,
    changed,
    own_cell,
    sources,
    stream,
    with_own,
    without,
    worked_on,
)

NEWER = built(changed(("Twice as much.", "Two times as much.")))


def cells_of(text: str) -> dict[str, dict]:
    return {cell["id"]: cell for cell in json.loads(text)["cells"]}


def test_answers_are_in_their_cells_with_their_outputs_and_our_text_is_new() -> None:
    carried = carry(answered(built(), double=ANSWER, shift=MOVED), NEWER)
    found = sources(carried.text)
    assert (found["double"], found["shift"]) == (ANSWER, MOVED)
    assert "Two times as much." in found["text-doubling"]
    assert cells_of(carried.text)["double"]["outputs"][0]["text"] == ["output of double"]
    assert (str(carried), carried.notes) == ("2 answers", [])


def test_all_else_is_as_we_built_it() -> None:
    carried = json.loads(carry(answered(built(), double=ANSWER), NEWER).text)
    expected = json.loads(answered(NEWER, double=ANSWER))
    by_id(expected["cells"], "double")["source"] = ANSWER.splitlines(keepends=True)
    assert carried == expected


def test_an_untouched_notebook_brings_nothing() -> None:
    carried = carry(built(), NEWER)
    assert (carried.text, str(carried), carried.notes) == (NEWER.decode(), "nothing", [])


def test_what_a_check_said_is_kept_as_long_as_it_asks_the_same() -> None:
    old = answered(built(), check__double='# @title Check exercise 1\ncheck(1, "double", [(3, 6)])')
    assert cells_of(carry(old, NEWER).text)["check-double"]["outputs"][0]["text"] == [
        "output of check__double"
    ]
    another = built(changed(("[(3, 6)]", "[(3, 6), (4, 8)]")))
    assert cells_of(carry(old, another).text)["check-double"]["outputs"] == []


def test_own_cells_come_after_the_cell_that_they_followed() -> None:
    old = with_own(
        answered(built(), double=ANSWER), "double", own_cell("double(3)\ndouble(4)", name="aaaa1111")
    )
    old = with_own(old, "aaaa1111", own_cell("my note", "markdown", "bbbb2222"))
    carried = carry(old, NEWER)
    found = sources(carried.text)
    assert [*found][[*found].index("double") :][:3] == ["double", "aaaa1111", "bbbb2222"]
    assert (found["aaaa1111"], found["bbbb2222"]) == ("double(3)\ndouble(4)", "my note")
    assert cells_of(carried.text)["aaaa1111"]["outputs"][0]["text"] == ["mine"]
    assert str(carried) == "1 answer and 2 added cells"


def test_a_cell_above_all_of_ours_stays_there_and_one_below_a_cell_that_is_gone_moves_up() -> None:
    old = with_own(built(), "check-shift", own_cell("below a check", name="below"))
    old = worked_on(old, lambda cells: cells.insert(0, own_cell("first of all", name="first")))
    found = [*sources(carry(old, built(SHORTER)).text)]
    assert found[0] == "first"
    assert found[found.index("below") - 1] == "text-shifting"


def test_pictures_pasted_into_a_text_come_along() -> None:
    picture = {"image.png": {"image/png": "iVBORw0KGgo="}}
    cell = own_cell("![](attachment:image.png)", "markdown", "pasted") | {"attachments": picture}
    carried = carry(with_own(built(), "double", cell), NEWER)
    sources(carried.text)
    assert cells_of(carried.text)["pasted"]["attachments"] == picture


@pytest.mark.parametrize("name", ["demo-doubling", "text-shifting", "setup-1-a-small-lesson", "check-shift"])
def test_a_cell_of_ours_that_only_the_student_changed_stays_changed(name: str) -> None:
    old = answered(built(), **{name.replace("-", "__"): "changed by me"})
    carried = carry(old, NEWER)
    assert sources(carried.text)[name] == "changed by me"
    assert (str(carried), carried.notes) == ("1 changed cell", [])


def test_of_a_cell_that_both_changed_ours_is_taken_and_it_is_said() -> None:
    carried = carry(answered(built(), text__doubling="## Doubling\n\nMy note."), NEWER)
    assert sources(carried.text)["text-doubling"] == "## Doubling\n\nTwo times as much."
    assert carried.notes == [
        "your version of the cell '## Doubling' was left out: it has changed in the course too"
    ]


def test_a_demo_that_we_put_before_does_not_take_the_place_of_the_one_that_was_edited() -> None:
    """The ids of demos count on in a section, so the new one has the id of the old one."""
    edited = answered(built(), demo__doubling='print("two doubled is", 2 + 2)')
    new = built(changed(('# %%\nprint("two', '# %%\nprint("new")\n\n# %%\nprint("two')))
    found = sources(carry(edited, new).text)
    assert found["demo-doubling"] == 'print("new")'
    assert found["demo-doubling-2"] == 'print("two doubled is", 2 + 2)'


def test_an_answer_stays_when_the_exercise_is_reworded_and_it_is_said() -> None:
    carried = carry(answered(built(), double=ANSWER), built(REWORDED))
    assert sources(carried.text)["double"] == ANSWER
    assert carried.notes == ["exercise 1 (double) has been reworded since you answered it"]


def test_an_answer_to_a_function_that_is_called_in_another_way_now_stands_aside() -> None:
    carried = carry(answered(built(), shift=MOVED), built(RECAST))
    found = sources(carried.text)
    assert found["shift"] == sources(built(RECAST))["shift"]
    kept = found[[*found][[*found].index("shift") + 1]]
    assert kept.endswith(MOVED) and kept.startswith("Kept by an update")
    assert carried.answers == 0 and len(carried.notes) == 1
    assert "exercise 2 (shift) asks for something else now" in carried.notes[0]


def test_an_answer_that_is_no_python_yet_is_carried_as_it_is() -> None:
    half = "# Exercise 2\ndef shift(x, by):\n    return (x +"
    assert sources(carry(answered(built(), shift=half), built(RECAST)).text)["shift"] == half


def test_the_answer_to_an_exercise_that_is_gone_stands_aside_in_its_place() -> None:
    carried = carry(answered(built(), double=ANSWER, shift=MOVED), built(SHORTER))
    found = sources(carried.text)
    assert found["double"] == ANSWER and "shift" not in found
    assert found["kept-shift"].endswith(MOVED) and cells_of(carried.text)["kept-shift"]["cell_type"] == "raw"
    assert carried.answers == 1 and "exercise 2 (shift) is no longer in the lesson" in carried.notes[0]


def test_exercises_that_were_added_renamed_and_reordered_get_their_own_answers() -> None:
    shifting = LESSON[
        LESSON.index('# %% role="exercise" grade_id="shift"') : LESSON.index('# %%\nprint("the')
    ]
    first = shifting.replace('grade_id="shift"', 'grade_id="moved"').replace("Exercise 2", "Exercise 1")
    added = first.replace("shift", "halve").replace("moved", "halve").replace("Exercise 1", "Exercise 2")
    source = without('# %% role="exercise" grade_id="shift"', '# %%\nprint("the end")')
    source = source.replace("# Exercise 1", "# Exercise 3")
    place = source.index('# %% role="exercise" grade_id="double"')
    new = built(source[:place] + first + added + source[place:])
    carried = carry(answered(built(), double=ANSWER, shift=MOVED), new)
    found = sources(carried.text)
    assert (found["double"], found["moved"]) == (ANSWER, MOVED)
    assert found["halve"] == sources(new)["halve"]
    assert carried.answers == 2


def test_cells_that_the_student_moved_do_not_move_ours() -> None:
    old = worked_on(answered(built(), double=ANSWER), lambda cells: cells.reverse())
    carried = carry(old, NEWER)
    assert [*sources(carried.text)] == [*sources(NEWER)]
    assert sources(carried.text)["double"] == ANSWER


def test_cells_that_the_student_deleted_come_back() -> None:
    old = worked_on(built(), lambda cells: cells.__delitem__(slice(1, 5)))
    assert carry(old, NEWER).text == NEWER.decode()


def test_a_copy_that_the_student_made_of_a_cell_stays_a_cell_of_their_own() -> None:
    def duplicate(cells: list[dict]) -> None:
        place = next(at for at, cell in enumerate(cells) if cell["id"] == "demo-doubling")
        cells.insert(place + 1, copy.deepcopy(cells[place]) | {"id": "c0c0c0c0", "source": "print(2 * 3)"})

    found = sources(carry(worked_on(built(), duplicate), NEWER).text)
    assert found["demo-doubling"] == sources(NEWER)["demo-doubling"]
    assert found["c0c0c0c0"] == "print(2 * 3)"


def test_of_cells_with_one_id_the_first_that_was_written_is_the_answer_and_the_others_follow() -> None:
    def duplicate(cells: list[dict]) -> None:
        place = next(at for at, cell in enumerate(cells) if cell["id"] == "double")
        cells.insert(place + 1, copy.deepcopy(cells[place]) | {"source": ANSWER})
        cells.insert(place + 2, copy.deepcopy(cells[place]) | {"source": ANSWER + "  # or so"})

    found = sources(carry(worked_on(built(), duplicate), NEWER).text)
    assert [text for text in found.values() if text.startswith(ANSWER)] == [ANSWER, ANSWER + "  # or so"]
    assert found["double"] == ANSWER


@pytest.mark.parametrize("lost", ["id", "metadata"])
def test_without_ids_or_without_metadata_each_answer_finds_its_cell(lost: str) -> None:
    def lose(cells: list[dict]) -> None:
        for cell in cells:
            cell.pop("id") if lost == "id" else cell.update(metadata={})

    old = with_own(answered(built(), double=ANSWER, shift=MOVED), "double", own_cell("double(3)"))
    carried = carry(worked_on(old, lose), NEWER)
    found = sources(carried.text)
    assert (found["double"], found["shift"]) == (ANSWER, MOVED)
    assert [*found.values()].count("double(3)") == 1 and len(found) == len(sources(NEWER)) + 1


def test_the_key_of_an_exercise_alone_leads_to_it() -> None:
    """As nbgrader's tools and platforms leave it, which keep no metadata but their own."""

    def keep_the_key(cells: list[dict]) -> None:
        for cell in cells:
            cell.pop("id")
            cell["metadata"].pop("course")

    old = worked_on(answered(built(), double="double = lambda x: x + x"), keep_the_key)
    assert sources(carry(old, NEWER).text)["double"] == "double = lambda x: x + x"


def test_ids_are_found_where_colab_keeps_them() -> None:
    def save(cells: list[dict]) -> None:
        for cell in cells:
            cell["metadata"] = {"id": cell.pop("id")}

    carried = carry(worked_on(answered(built(), double=ANSWER), save), built(REWORDED))
    assert sources(carried.text)["double"] == ANSWER


def test_without_any_mark_answers_are_found_by_their_functions_and_our_old_texts_stay_out() -> None:
    def lose(cells: list[dict]) -> None:
        for cell in cells:
            cell.pop("id")
            cell["metadata"] = {}

    old = worked_on(answered(built(), double=ANSWER), lose)
    carried = carry(old, NEWER)
    assert [*sources(carried.text)] == [*sources(NEWER)]
    assert sources(carried.text)["double"] == ANSWER and "lost the course's marks" in carried.notes[-1]


@pytest.mark.parametrize("kind", ["raw", "markdown"])
def test_an_answer_whose_cell_became_text_by_a_key_press_is_code_again(kind: str) -> None:
    def press(cells: list[dict]) -> None:
        cell = by_id(cells, "double")
        cell.update(cell_type=kind, source=ANSWER)
        del cell["outputs"], cell["execution_count"]

    carried = carry(worked_on(built(), press), NEWER)
    assert sources(carried.text)["double"] == ANSWER
    assert cells_of(carried.text)["double"]["cell_type"] == "code"
    assert carried.notes == [f"exercise 1 (double) was a {kind} cell, which is never run: it is code again"]


@pytest.mark.parametrize(
    ("name", "kind"), [("text-doubling", "code"), ("demo-doubling", "raw"), ("check-double", "markdown")]
)
def test_what_the_student_wrote_in_a_cell_made_of_another_kind_stays_of_that_kind_below_ours(
    name: str, kind: str
) -> None:
    def press(cells: list[dict]) -> None:
        cell = by_id(cells, name)
        cell.update(cell_type=kind, source="mine = 1")
        if kind == "code":
            cell.update(outputs=[stream("one")], execution_count=1)
        else:
            cell.pop("outputs", None), cell.pop("execution_count", None)

    old = worked_on(built(), press)
    carried = carry(old, NEWER)
    found = sources(carried.text)
    assert found[name] == sources(NEWER)[name]
    below = [*found][[*found].index(name) + 1]
    assert found[below] == "mine = 1" and cells_of(carried.text)[below]["cell_type"] == kind
    assert f"is a {kind} cell with you: yours stands below the course's" in carried.notes[0]
    assert carry(old, carried.text.encode()).text == carried.text


def test_a_cell_of_ours_that_is_of_another_kind_and_else_as_it_was_is_of_ours_again_and_it_is_said() -> None:
    carried = carry(
        worked_on(built(), lambda cells: by_id(cells, "demo-doubling").update(cell_type="raw")), NEWER
    )
    assert carried.text == NEWER.decode()
    assert carried.notes == ["""'print("two doubled is", 2 * 2)' was a raw cell, and is code again"""]


@pytest.mark.parametrize("kind", ["markdown", "raw", "code"])
def test_a_cell_of_millions_of_characters_is_carried_whole(kind: str) -> None:
    long = "# " + "word " * 300_000 + "the end"
    carried = carry(with_own(built(), "double", own_cell(long, kind)), NEWER)
    assert sources(carried.text)["a1b2c3d4"] == long


def test_outputs_of_format_3_and_broken_ones_come_out_as_the_format_has_them() -> None:
    results = [
        {"output_type": "pyout", "prompt_number": 3, "text": ["42"], "latex": ["$42$"], "metadata": {}},
        {"output_type": "stream", "stream": "stderr", "text": ["a warning"]},
        {"output_type": "pyerr", "ename": "E", "evalue": "e", "traceback": ["E: e"], "metadata": {}},
        {"output_type": "execute_result", "data": {"text/plain": "43"}, "execution_count": 4, "x": 1},
        {"output_type": "display_data", "data": 5},
        {"output_type": "nonsense"},
        {"output_type": ["nonsense"]},
    ]
    cell = own_cell("42") | {"outputs": results}
    carried = carry(with_own(built(), "double", cell), NEWER)
    sources(carried.text)  # valid, says nbformat
    first, warning, error, again, empty = cells_of(carried.text)["a1b2c3d4"]["outputs"]
    assert first["output_type"] == "execute_result"
    assert first["data"] == {"text/plain": ["42"], "text/latex": ["$42$"]}
    assert (warning["name"], warning["text"]) == ("stderr", ["a warning"])
    assert (error["output_type"], error["traceback"]) == ("error", ["E: e"])
    assert (again["data"], again["execution_count"], empty["data"]) == ({"text/plain": "43"}, 4, {})


def test_half_a_character_in_either_notebook_is_no_hindrance() -> None:
    """As a cut emoji leaves one: JSON can name it, no file can hold it."""

    def cut(data: bytes) -> bytes:
        assert b'"the end' in data
        return data.replace(b'"the end', b'"the \\ud83d end')

    old = answered(built(), double=ANSWER)
    for one, other in ((old, cut(NEWER)), (cut(old), NEWER), (cut(old), cut(NEWER))):
        text = carry(one, other).text
        assert sources(text.encode())["double"] == ANSWER


def test_a_second_time_adds_nothing() -> None:
    old = with_own(
        answered(built(), double=ANSWER, shift=MOVED, demo__doubling="print(5)"),
        "double",
        own_cell("note", "markdown"),
    )
    for new in (NEWER, built(RECAST), built(SHORTER), built(REWORDED)):
        once = carry(old, new).text
        assert carry(old, once.encode()).text == once


def test_what_was_written_in_the_new_notebook_already_stays() -> None:
    new = answered(NEWER, double="# Exercise 1\ndef double(x):\n    return x * 2  # newer")
    carried = carry(answered(built(), double=ANSWER, shift=MOVED), new)
    found = sources(carried.text)
    assert found["double"].endswith("# newer") and found["shift"] == MOVED
    assert any(text.endswith(ANSWER) for text in found.values())
    assert "exercise 1 (double) had an answer here already" in carried.notes[0]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (built()[:-2000], "the file ends in the middle, as after a broken upload"),
        (b"<<<<<<< HEAD\n" + built(), "the file holds a merge conflict of git (line 1)"),
        (b"[1, 2]", "the file is JSON, but no notebook, as it has no cells"),
    ],
)
def test_a_broken_notebook_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(CourseError) as refused:
        carry(data, NEWER)
    assert str(refused.value) == reason
