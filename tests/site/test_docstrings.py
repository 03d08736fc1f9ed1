"""Docstrings as Markdown: read back by a Markdown parser."""

from __future__ import annotations

import html
import re

import pytest

pytest.importorskip("myst_nb", reason="the site needs the extra `site`: pip install -e .[site]")

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from course_lib.site.docstrings import escaped, to_markdown

RENDER = MarkdownIt("commonmark").enable("table").render


@given(st.text(alphabet="ab*_[]<>$#{}~&|\\ ", min_size=1, max_size=30))
def test_prose_is_read_as_it_is_written(text: str) -> None:
    text = f"a{text}a"
    shown = html.unescape(re.sub(r"</?p>", "", RENDER(escaped(text)))).strip()
    assert shown == text


def test_code_stays_code() -> None:
    assert RENDER(escaped("`a_b*` and c_d*")) == "<p><code>a_b*</code> and c_d*</p>\n"


def test_sections_and_arguments_are_lists() -> None:
    page = RENDER(
        to_markdown(
            """A thing.

            Args:
                x: a number
                    that goes on.
                *rest: more; p_data.

            Returns:
                Nothing.
            """
        )
    )
    assert "<strong>Args</strong>" in page and page.count("<li>") == 2
    assert "<code>x</code>: a number\nthat goes on." in page and "<code>*rest</code>: more; p_data." in page
    assert "<p>Nothing.</p>" in page


def test_the_fields_of_a_class_are_a_list_and_other_colons_are_not() -> None:
    text = "Two things.\n\nsize: of it.\n    In pixels.\nseed: of the noise.\nNote: not a field."
    page = RENDER(to_markdown(text, ("size", "seed")))
    assert page.count("<li>") == 2 and "<code>size</code>: of it.\nIn pixels." in page
    assert "Note: not a field." in page and "<code>Note" not in page


def test_what_is_set_in_is_a_program_or_a_formula() -> None:
    page = RENDER(
        to_markdown(
            "An arc.\n\n    gan = GAN()\n\n    gan.fit()\n\nand\n\n    sin(t w) / sin(w) a    with w\n\nend"
        )
    )
    assert '<code class="language-python">gan = GAN()\n\ngan.fit()' in page
    assert '<code class="language-text">sin(t w)' in page and page.endswith("<p>end</p>\n")
