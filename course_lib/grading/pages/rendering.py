"""Jinja2 as the pages use it: whatever is put into a template is cleaned and escaped, and a name it lacks is an error.

Should a page be wrong about that one day, its Content-Security-Policy still lets no script run and nothing be fetched.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from course_lib.grading.intake.clean_text import cleaned


def shown(value: object) -> object:
    """A value on its way into a page, before it is escaped.

    HTML that a macro has made stays as it is: each value in it came this way already. It is cleaned value by value,
    and not once for the page, since a terminal sequence without an end would take the page's own tags with it.
    """
    return value if isinstance(value, Markup) else cleaned(str(value))


ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    finalize=shown,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.globals["style_digest"] = base64.b64encode(
    hashlib.sha256(ENVIRONMENT.get_template("style.css").render().encode()).digest()
).decode()


def render(template: str, **values: object) -> str:
    """A whole page.

    Args:
        template: the name of a file in `templates`.
        values: what it asks for; text as it is, of anybody.

    Raises:
        jinja2.UndefinedError: the template asks for something else.
    """
    return ENVIRONMENT.get_template(template).render(values)
