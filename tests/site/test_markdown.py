"""Links that lead to pages of the site, and formulas that no Markdown takes apart."""

from __future__ import annotations

import re

import pytest

pytest.importorskip("math_core", reason="the site needs the extra `site`: pip install -e .[site]")
pytest.importorskip("myst_nb", reason="the site needs the extra `site`: pip install -e .[site]")

from hypothesis import given
from hypothesis import strategies as st

from course_lib.authoring.address import Address, assuming
from course_lib.authoring.lesson import load_lesson, sources
from course_lib.authoring.pages import PARSER
from course_lib.site.markdown import anchor, for_the_site, new_target, with_formulas

PAGES = {
    "README.md": "index.md",
    "lessons/06_dcgan.ipynb": "lessons/06_dcgan.ipynb",
    "lessons/INSTRUCTORS.md": "lessons/INSTRUCTORS.md",
    "course_lib/models/gan.py": "library/course_lib.models.gan.md",
    "course_lib": "library/index.md",
}


@pytest.mark.parametrize(
    ("target", "new"),
    [
        ("../README.md", "../index.md"),
        ("06_dcgan.ipynb", "../lessons/06_dcgan.ipynb"),
        ("06_dcgan.ipynb#The-film", "../lessons/06_dcgan.ipynb#the-film"),
        ("#Train,-and-watch", "../lessons/06_dcgan.ipynb#train-and-watch"),
        ("INSTRUCTORS.md#what-it-is", "../lessons/INSTRUCTORS.md#what-it-is"),
        ("../course_lib/models/gan.py", "../library/course_lib.models.gan.md"),
        ("../course_lib", "../library/index.md"),
        ("https://example.org/a#b", "https://example.org/a#b"),
        ("../LICENSE", None),
        ("07_did_it_work.ipynb", None),
    ],
)
def test_a_link_leads_to_the_page_of_the_site(target: str, new: str | None) -> None:
    """Seen from a solved copy, whose page lies in another folder than the lesson."""
    assert new_target(target, "lessons/06_dcgan.ipynb", "solutions/06_dcgan.ipynb", PAGES) == new


def test_what_is_not_on_the_site_is_on_github_or_no_link() -> None:
    text = "[the *licence*](../LICENSE), [tests](../tests) and ![a picture](../LICENSE)"
    where = ("lessons/INSTRUCTORS.md", "lessons/INSTRUCTORS.md", PAGES)
    assert for_the_site(text, *where).startswith("the *licence*, tests and ![")
    with assuming(Address("ada/gans", "lectures/autumn")):
        assert for_the_site(text, *where).startswith(
            "[the *licence*](https://github.com/ada/gans/blob/lectures/autumn/LICENSE), "
            "[tests](https://github.com/ada/gans/tree/lectures/autumn/tests)"
        )


def formulas(markdown: str) -> list[str]:
    tokens = [piece for token in PARSER.parse(markdown) for piece in (token.children or [token])]
    return [" ".join(token.content.split()) for token in tokens if token.type.startswith("math_")]


def test_a_formula_whose_second_line_begins_with_a_minus_is_one_formula() -> None:
    broken = "it is $(W\n- B)$ and $N = n\n+ 1$; `$a\n- b$` is code"
    assert not {"(W - B)", "N = n + 1"} & {*formulas(broken)}
    assert formulas(with_formulas(broken)) == ["(W - B)", "N = n + 1"]
    assert "`$a\n- b$`" in with_formulas(broken)
    fenced = "```\nx = '$a\n- b$'\n```\n$c$"
    assert with_formulas(fenced) == fenced


def test_inside_html_formulas_are_mathml() -> None:
    found = with_formulas("<details><summary>Why $x < 1$?</summary>\n$$x$$</details>\n\n$y$")
    assert found.count("<math") == 2 and found.endswith("\n\n$y$")
    assert 'alttext="x &lt; 1"' in found and 'display="block"' in found


@given(st.text(alphabet="ab$`\\\n -*", max_size=40))
def test_nothing_but_white_space_changes_in_text_without_html(text: str) -> None:
    assert "".join(with_formulas(text).split()) == "".join(text.split())


@pytest.mark.slow
def test_in_every_lesson_no_dollar_is_left_in_the_text() -> None:
    left = []
    for path in sources():
        for cell in load_lesson(path).cells:
            if cell.kind == "markdown":
                for token in PARSER.parse(with_formulas(cell.source)):
                    if token.type == "html_block":
                        left += re.findall(r"\$[^$]+\$", token.content)
                    left += [
                        each.content
                        for each in token.children or ()
                        if each.type == "text" and "$" in each.content
                    ]
    assert left == []


def test_sections_have_githubs_names() -> None:
    names = ["Train,-and-watch", "heading=What-we-saw", "how-an-exercise-works", "Über-$x$"]
    assert [anchor(each) for each in names] == [
        "train-and-watch",
        "what-we-saw",
        "how-an-exercise-works",
        "über-x",
    ]
