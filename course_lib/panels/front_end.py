"""What a panel needs of the browser, and ipywidgets has no trait for; in_the_browser.js and on_the_pad.js do it.

Keys pressed in a panel stay in it, sliders have names, the focus is never lost, the still picture is folded while the
panel lives, an animation gets its beat, and a pad is drawn on. Each script travels with its widgets as an attribute of
an empty image inside an HTML widget. So it works wherever widgets do, with nothing to install, and never runs where
there is no kernel.
"""

from __future__ import annotations

import html
from functools import cache
from pathlib import Path

import ipywidgets

PANEL, PICTURE, FITS, STILL = "course-panel", "course-picture", "course-fits", "course-still"
BEAT, SPOKEN, FIELDS, ONE_BY_ONE = "course-beat", "course-spoken", "course-fields", "course-one-by-one"
PAD, STROKE = "course-pad", "course-stroke"
"""Classes by which the scripts find their way; widgets get them with `add_class`."""
RUN_IT = "(an interactive panel: run this cell to use it)"
"""What stands in place of the controls where there is no kernel."""
DOT = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="  # one clear pixel
BEGIN = "begin => { const again = tries => begin(this) || tries && setTimeout(again, 50, tries - 1); again(100); }"
"""Widgets are put together piece by piece, so a script is tried again, for five seconds."""
STYLE = f"""<style>
.{PANEL} {{ width: 100%; }}
.{PANEL} select {{ appearance: auto; background-image: none !important; }}
.{PICTURE} {{ overflow-x: auto; }}
.{PICTURE} .widget-html-content {{ flex: none; width: max-content; max-width: max(100%, 560px); }}
.{PICTURE}.{FITS} .widget-html-content {{ max-width: 100%; }}
</style>"""
"""The arrow of a menu is the browser's own, light on dark; a large picture is scrolled before it becomes unreadable,
unless it was laid out to be read at half its size."""


@cache
def _script(file: str) -> str:
    return (Path(__file__).parent / file).read_text("utf-8")


def carrier(file: str, attributes: str = "") -> str:
    """An empty image that runs the script in this file, a function of the image, until that says it has begun."""
    run = html.escape(f"({BEGIN})({_script(file)})")
    return f'<img alt="" hidden src="{DOT}" {attributes} onload="{run}">'


def helper(panel: str, name: str) -> ipywidgets.HTML:
    """The widget that carries style and script into a panel; `panel` is its key, `name` what screen readers call it."""
    image = carrier("in_the_browser.js", f'data-panel="{panel}" data-name="{html.escape(name)}"')
    return ipywidgets.HTML(STYLE + image)


def still(panel: str, title: str, page: str) -> str:
    """The HTML that stays in a notebook's file: `page` open under `title`, and a line in place of dead widgets.

    After saving and opening again JupyterLab says "model not found" where the panel was; the style turns that into
    what to do about it. Where styles are left out, so are widgets.
    """
    child = ".jp-OutputArea-child"
    dead = f"{child}:has(+ {child} .{STILL}) > .jp-OutputArea-output.jupyter-widgets"
    style = (
        f"<style>{dead} {{ font-size: 0; }} {dead}::after {{ content: '{RUN_IT}'; "
        "font-size: var(--jp-content-font-size1); }</style>"
    )
    summary = f"<summary>{title[:1].upper()}{title[1:]}</summary>"
    return f'<details open class="{STILL} {STILL}-{panel}">{summary}{page}</details>{style}'
