"""Formulas as MathML."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

pytest.importorskip("math_core", reason="the site needs the extra `site`: pip install -e .[site]")
pytest.importorskip("sphinx", reason="the site needs the extra `site`: pip install -e .[site]")

from course_lib.authoring.lesson import load_lesson, sources
from course_lib.site.mathml import mathml
from tests.site.test_markdown import formulas, with_formulas


def test_a_fraction_is_a_fraction_and_keeps_its_latex() -> None:
    tree = ElementTree.fromstring(mathml("\\frac{a}{b} < \\tilde x", display=True).replace("&nbsp;", " "))
    assert (
        tree.tag == "math"
        and tree.get("display") == "block"
        and tree.get("alttext") == "\\frac{a}{b} < \\tilde x"
    )
    assert ["".join(part.itertext()) for part in tree.find("mfrac")] == ["a", "b"]
    assert ElementTree.fromstring(mathml("x")).get("display") is None


def test_the_sign_of_a_root_stands_on_the_line() -> None:
    root = ElementTree.fromstring(mathml("\\sqrt n"))[0]
    assert [each.tag for each in root] == ["mspace", "mi"] and root[0].get("height") == ".7em"


def test_what_is_no_latex_stays_as_it_is_written(caplog: pytest.LogCaptureFixture) -> None:
    assert mathml("\\frac{a}{<b") == "<code>\\frac{a}{&lt;b</code>"


@pytest.mark.slow
def test_every_formula_of_the_lessons_is_drawn() -> None:
    found = {
        formula
        for path in sources()
        for cell in load_lesson(path).cells
        if cell.kind == "markdown"
        for formula in formulas(with_formulas(cell.source))
    }
    assert len(found) > 1000
    assert [each for each in found if not mathml(each).startswith("<math ")] == []
