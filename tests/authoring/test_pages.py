"""Links and anchors of a page, as GitHub and JupyterLab read it."""

from __future__ import annotations

import nbformat
import pytest

from course_lib import CourseError
from course_lib.authoring.pages import anchors_of, links_in

PAGE = """\
# Start [here](a.md)

![a picture](images/a.png) and
[a title](b.md "B"), [an odd path](<c d.md>), [äöü](%C3%A4.md),
[by reference][r].

`[no](code.md)` and $f[0](x.md)$, see https://example.org/a_b_c.html.

```
[no](fenced.md)
```

    [no](indented.md)

$$
g[1](formula.md)
$$

<img alt="x" src="images/html.png"> <a href="d.html#e">d</a> \\[no](escaped.md)

| [in a table](t.md) | [two](u.md) |
|---|---|
| <https://example.org/auto> | [![badge](badge.png)](https://example.org/badge) |

[r]: r.md#s
"""


def test_every_kind_of_link_is_found_with_its_line_and_none_in_code_or_formulas() -> None:
    assert links_in(PAGE) == [
        (0, "a.md"),
        (2, "images/a.png"),
        (3, "b.md"),
        (2, "c%20d.md"),  # written otherwise there, so the line of its paragraph
        (3, "%C3%A4.md"),
        (2, "r.md#s"),
        (6, "https://example.org/a_b_c.html"),
        (18, "images/html.png"),
        (18, "d.html#e"),
        (20, "t.md"),
        (20, "u.md"),
        (22, "https://example.org/auto"),
        (22, "https://example.org/badge"),
        (22, "badge.png"),
    ]


HEADINGS = """\
# What's *new* in `course_lib`?
## 2. Step by step: D & G
## Again
## Again
Set below
---------
## [Linked](a.md) $x^2$ ü
<a id="by-id"></a><a name="by-name"></a>

    # code
"""


def test_sections_of_a_page_are_named_as_github_names_them(tmp_path) -> None:
    page = tmp_path / "page.md"
    page.write_text(HEADINGS, "utf-8")
    assert anchors_of(page) == {
        "whats-new-in-course_lib",
        "2-step-by-step-d--g",
        "again",
        "again-1",
        "set-below",
        "linked-x2-ü",
        "by-id",
        "by-name",
    }


def test_sections_of_a_notebook_are_named_as_jupyterlab_names_them(tmp_path) -> None:
    cells = [
        nbformat.v4.new_markdown_cell("# 1. Where *next*?\n<a id='here'></a>", id="title"),
        nbformat.v4.new_code_cell("# Not a heading", id="code"),
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "page.ipynb")
    assert anchors_of(tmp_path / "page.ipynb") == {
        "1.-Where-next?",
        "heading=1.-Where-next?",
        "here",
        "cell-id=title",
        "cell-id=code",
    }


def test_lines_of_other_files_have_names(tmp_path) -> None:
    (tmp_path / "a.py").write_text("a\nb\n")
    assert anchors_of(tmp_path / "a.py") == {"L1", "L2"}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 3}'])
def test_what_is_no_notebook_is_one_line(tmp_path, text: str) -> None:
    (tmp_path / "a.ipynb").write_text(text)
    with pytest.raises(CourseError, match=r"^a\.ipynb is not a notebook"):
        anchors_of(tmp_path / "a.ipynb")
