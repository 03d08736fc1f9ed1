"""Formulas as MathML, made when the site is built; also a Sphinx extension that puts them into its pages."""

from __future__ import annotations

import html
from functools import cache
from typing import Any

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.util import logging

WARN = logging.getLogger(__name__).warning
NAME = "mathml"
"""What `html_math_renderer` calls it."""

STRUT = '<mspace height=".7em"/>'
"""Under a root: browsers hang its sign on the bar, and over a small letter alone it would hang below the line."""


@cache
def mathml(latex: str, display: bool = False) -> str:
    """A formula as a `<math>` element, on a line of its own if `display`; one that is no LaTeX stays as it is written.

    Its LaTeX is kept in the attribute `alttext`.
    """
    try:
        formula = LatexToMathML().convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        WARN("no formula: %s (%s)", latex, str(error).splitlines()[0])
        return f"<code>{html.escape(latex)}</code>"
    formula = formula.replace("<msqrt>", f"<msqrt>{STRUT}")
    written = html.escape(" ".join(latex.split()))
    return formula.replace("<math", f'<math alttext="{written}"', 1)


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls."""
    app.add_html_math_renderer(NAME, (_visit_inline, None), (_visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _visit_inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(mathml(node.astext()))
    raise nodes.SkipNode


def _visit_block(translator: Any, node: nodes.math_block) -> None:
    # a wide formula is moved sideways in its own box, and not the page with it; from the keyboard too
    translator.body.append(f'<div class="formula" tabindex="0">{mathml(node.astext(), True)}</div>')
    raise nodes.SkipNode
