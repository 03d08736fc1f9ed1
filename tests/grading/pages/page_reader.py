"""What the tests of pages share: hostile text, a notebook handed in, and a reader that takes a page apart."""

from __future__ import annotations

import copy
import json
from html.parser import HTMLParser

from course_lib.authoring.student import student_notebook
from tests.grading.small_lesson import RIGHT

HOSTILE = (
    '</pre></code><script>alert(1)</script><img src=x onerror="alert(2)"><!-- </title></style>'
    "<a href='javascript:x'>&lt;b&gt;</a>\"' onload=x <svg/onload=x>"
)


class Reader(HTMLParser):
    """The tags with their attributes, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags, self.text, self.titles = [], "", 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, tuple(attributes)))

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def handle_pi(self, data):
        raise AssertionError(f"an instruction: {data}")


def notebook_of(lesson, answers=RIGHT, outputs=(), check_outputs=()) -> bytes:
    cells = [dict(cell) for cell in copy.deepcopy(student_notebook(lesson).cells)]
    for cell in cells:
        cell["source"] = answers.get(cell["id"], cell["source"])
        if cell["id"] in answers:
            cell["outputs"] = list(outputs)
        if cell["id"].startswith("check-"):
            cell["outputs"] = list(check_outputs)
    return json.dumps({"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}).encode()


def stream(text) -> dict:
    return {"output_type": "stream", "name": "stdout", "text": text}
