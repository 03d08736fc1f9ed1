"""Whatever a student wrote is found after an update, in the new notebook or in the old one that is kept."""

from __future__ import annotations

import copy
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.updates.carry import carry
from course_lib.updates.matching import role_of
from course_lib.updates.stepping import worth_keeping
from tests.updates.a_course import (
    LESSON,
    NAME,
    RECAST,
    REWORDED,
    SHORTER,
    built,
    changed,
    own_cell,
    sources,
    without,
    worked_on,
)

SWAPPED = without('# %% role="exercise" grade_id="double"', "# %% [markdown]\n# ## Shifting").replace(
    "# Exercise 2", "# Exercise 1"
)
NEW = [
    built(source)
    for source in (
        LESSON,
        REWORDED,
        RECAST,
        SHORTER,
        SWAPPED,
        changed(("Twice as much.", "Two times as much."), ('print("the end")', 'print("the very end")')),
        changed(('# %%\nprint("two', '# %%\nprint("new")\n\n# %%\nprint("two')),
        changed(
            ('role="exercise" grade_id="shift"', 'role="exercise" grade_id="moved"'),
            ('role="check" grade_id="shift"', 'role="check" grade_id="moved"'),
        ),
    )
]
PLACE = st.integers(0, 30)
WORK = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), PLACE),
        st.tuples(st.just("rewrite"), PLACE),
        st.tuples(st.just("own"), PLACE, st.sampled_from(["code", "markdown", "raw"])),
        st.tuples(st.just("delete"), PLACE),
        st.tuples(st.just("move"), PLACE, PLACE),
        st.tuples(st.just("copy"), PLACE, st.booleans()),
        st.tuples(st.just("turn"), PLACE, st.sampled_from(["code", "markdown", "raw"])),
        st.tuples(st.just("forget the id"), PLACE),
        st.tuples(st.just("forget the metadata"), PLACE),
    ),
    max_size=8,
)


def do(cells: list[dict], work: list[tuple]) -> None:
    """What a student does to a notebook; each word that is written is another one."""
    for number, (what, place, *more) in enumerate(work):
        place, word = place % len(cells), f"word{number}x"
        cell = cells[place]
        if what == "edit":
            cell["source"] = [*cell["source"], f"\n# {word}"]
        elif what == "rewrite":
            cell["source"] = [f"# {word}"]
        elif what == "own":
            cells.insert(place, own_cell(word, more[0], f"own-{number}"))
        elif what == "delete" and len(cells) > 1:
            del cells[place]
        elif what == "move":
            cells.insert(more[0] % len(cells), cells.pop(place))
        elif what == "copy":
            cells.insert(place, copy.deepcopy(cell) | ({"id": f"copy-{number}"} if more[0] else {}))
        elif what == "turn":
            cell["cell_type"] = more[0]
        elif what == "forget the id":
            cell.pop("id", None)
        elif what == "forget the metadata":
            cell["metadata"] = {}


@settings(max_examples=200)
@given(work=WORK, new=st.sampled_from(NEW))
def test_every_word_is_in_the_new_notebook_or_in_the_kept_one_and_then_it_is_said(
    work: list[tuple], new: bytes
) -> None:
    old = worked_on(built(), lambda cells: do(cells, work))
    kept = worth_keeping({NAME: old}, {NAME: new})
    carried = carry(old, new)
    found = sources(carried.text)
    expected = [cell["id"] for cell in json.loads(new)["cells"]]
    assert [name for name in found if name in expected] == expected, (
        "the course's own cells are all there, in the course's order"
    )
    for cell in json.loads(old)["cells"]:
        written = [
            f"word{number}x" for number in range(len(work)) if f"word{number}x" in "".join(cell["source"])
        ]
        for word in written:
            assert kept == {NAME: old}
            assert word in carried.text or carried.notes, word
            if role_of(cell) == "exercise" or str(cell.get("id")).startswith("own-"):
                assert word in carried.text, word
    assert carry(old, carried.text.encode()).text == carried.text
