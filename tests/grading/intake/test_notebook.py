"""Bytes in; cells out, or one line that tells the student what to do."""

import codecs
import gzip
import json

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib import CourseError
from course_lib.authoring.lesson import find_source, load_lesson
from course_lib.authoring.student import student_notebook
from course_lib.grading.intake import notebook
from course_lib.grading.intake.notebook import read

CELL = {"cell_type": "code", "id": "a", "metadata": {"x": 1}, "source": "1 + 1", "outputs": []}
NOTEBOOK = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [CELL]}
TEXT = json.dumps(NOTEBOOK, indent=1)
PIECE = TEXT.index('"source"')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings(encoding):
    text = TEXT.replace("1 + 1", "print('é∞🙂')")
    assert read(text.encode(encoding)) == [{**CELL, "source": "print('é∞🙂')"}]
    assert read(codecs.BOM_UTF8 + b"\n\n" + text.encode() + b"\n\0\0")[0]["source"] == "print('é∞🙂')"


def test_a_lessons_notebook_comes_out_as_nbformat_reads_it():
    notebook = student_notebook(load_lesson(find_source("01")))
    cells = read(nbformat.writes(notebook).encode())
    assert [(c["cell_type"], c["id"], c["metadata"], c["source"]) for c in cells] == [
        (c.cell_type, c.id, c.metadata, c.source) for c in notebook.cells
    ]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b" \n\t", "empty"),
        (bytes(100), "empty"),
        (TEXT[:PIECE].encode(), "ends in the middle"),
        (TEXT[:-1].encode(), "ends in the middle"),
        (TEXT[: PIECE + 13].encode(), "ends in the middle"),
        (TEXT.replace("1 + 1", "é").encode("latin-1"), "not UTF-8"),
        (b"\xff\xfe{", "not UTF-8"),
        (TEXT.replace(' "cells"', '<<<<<<< HEAD\n "cells"').encode(), r"merge conflict of git \(line"),
        (b"<<<<<<< HEAD\n" + TEXT.encode(), "merge conflict"),
        (b"<!DOCTYPE html>\n<html></html>", "web page"),
        (b"\n<html>", "web page"),
        (b"PK\x03\x04rest", "zip archive"),
        (gzip.compress(TEXT.encode(), mtime=0), "gzip"),
        (b"%PDF-1.7", "PDF"),
        (b"import numpy as np\n\ndef f(x):\n    return x\n", "Python program"),
        (b"# %% [markdown]\n# Lesson\n", "Python program"),
        (b"null", "no cells"),
        (b"[1, 2]", "no cells"),
        (b'{"cells": {}}', "no cells"),
        (b'{"cells": 3, "worksheets": 4}', "no cells"),
        (b"just text", "JSON breaks off"),
        (TEXT.replace('"id"', "'id'").encode(), "JSON breaks off in line"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"cells": [' + b'{"a":' * 200 + b"1" + b"}" * 200 + b"]}", "nested too deep"),
        (b'{"cells": [' + b"{}," * 400_000 + b"{}]}", "too many parts"),
        (json.dumps({"cells": [CELL] * 10_000}).encode(), "10,000 cells"),
        (json.dumps({"cells": [CELL, {**CELL, "source": "x" * 3_000_000}]}).encode(), "Cell 2 holds 3.0 MB"),
        (b" " * 21_000_000, "21 MB"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_line(data, says):
    with pytest.raises(CourseError, match=says) as caught:
        read(data)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


def test_brackets_inside_strings_are_no_depth():
    cell = {**CELL, "source": "[{" * 5_000 + '\\"' * 50, "outputs": [{"text": "[" * 400_000}]}
    assert read(json.dumps({"cells": [cell]}).encode()) == [cell]


def test_numbers_that_are_none():
    text = TEXT.replace('"x": 1', '"x": NaN, "y": -Infinity, "z": ' + "9" * 5000)
    (cell,) = read(text.encode())
    assert cell["metadata"]["x"] is None and cell["metadata"]["y"] is None
    assert cell["source"] == "1 + 1"


def test_half_a_character():
    text = TEXT.replace("1 + 1", "a\\ud800b \\ud83d\\ude42").replace(
        '"outputs": []', '"outputs": [{"text": "\\udfff"}]'
    )
    (cell,) = read(text.encode())
    assert cell["source"] == "a?b 🙂" and cell["outputs"] == [{"text": "?"}]


def test_format_3():
    old = nbformat.v3.new_notebook(worksheets=[nbformat.v3.new_worksheet()])
    output = nbformat.v3.new_output("pyout", output_text="2", output_png="aGk=")
    stream = nbformat.v3.new_output("stream", output_text="hello")
    old.worksheets[0].cells = [
        nbformat.v3.new_heading_cell("Title", level=2),
        nbformat.v3.new_text_cell("markdown", source="text"),
        nbformat.v3.new_code_cell("1 + 1", outputs=[output, stream]),
    ]
    heading, text, code = read(nbformat.writes(old, version=3).encode())
    assert (heading["cell_type"], heading["source"], text["source"]) == ("markdown", "## Title", "text")
    assert (code["cell_type"], code["source"]) == ("code", "1 + 1")
    assert code["outputs"][0]["data"] == {"text/plain": ["2"], "image/png": "aGk="}
    assert code["outputs"][1]["name"] == "stdout" and "".join(code["outputs"][1]["text"]) == "hello"


def test_what_has_the_wrong_type_is_replaced_by_nothing():
    cells = [3, None, {**CELL, "id": 5, "metadata": [], "source": ["a\r\n", 4, "b"], "outputs": {"x": 1}}, {}]
    text = json.dumps({"metadata": 7, "nbformat": "x", "cells": cells})
    assert read(text.encode()) == [
        {"cell_type": "code", "metadata": {}, "source": "a\nb", "outputs": []},
        {"cell_type": "raw", "metadata": {}, "source": ""},
    ]
    assert (
        read(b'{"cells": [3], "cells": [], "cells": [{"cell_type": "code", "source": 5}]}')[0]["source"] == ""
    )


def test_a_picture_in_the_text_is_no_reason_to_refuse():
    cell = {"cell_type": "markdown", "metadata": {}, "source": "x" * 3_000_000}
    assert len(read(json.dumps({"cells": [cell]}).encode())[0]["source"]) == notebook.LONGEST_SOURCE


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
keys = ["cell_type", "source", "input", "metadata", "outputs", "id", "level"]
kinds = json_values | st.sampled_from(["code", "markdown", "heading"])
wild_cells = st.dictionaries(st.sampled_from(keys), kinds, max_size=5) | json_values
wild = json_values | st.fixed_dictionaries({"cells": st.lists(wild_cells, max_size=4)})


@given(wild.map(json.dumps).map(str.encode) | st.binary(max_size=50) | st.text(max_size=50).map(str.encode))
@settings(max_examples=300, deadline=None)
def test_cells_or_one_line_and_nothing_else(data):
    try:
        cells = read(data)
    except CourseError as error:
        assert "\n" not in str(error)
        return
    for cell in cells:
        assert isinstance(cell["source"], str) and isinstance(cell["metadata"], dict)
        assert all(isinstance(output, dict) for output in cell.get("outputs", []))
    assert read(json.dumps({"cells": cells}).encode()) == cells


@pytest.mark.parametrize("filler", ["1,", '{"":0},', '"ab",', "1e5,", "]", '\\"', '"', "<<<<<<\n", '[]"'])
def test_20_mb_of_anything_are_refused(filler):
    begin = '{"cells": [], "x": [' + ('"' if filler == '\\"' else "")
    data = (begin + filler * (19_999_900 // len(filler))).encode()
    with pytest.raises(CourseError):
        read(data)
