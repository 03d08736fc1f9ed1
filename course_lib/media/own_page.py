"""Parts of a web page that is one file and asks for nothing: texts that can be read, values that stay values, and
which scripts and styles may run.

text = filled(template, {"TITLE": html.escape(title), "DECK": as_script(deck), "STYLE_DIGEST": digest(style)})
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping

from course_lib import CourseError

JOINERS = "\u200c\u200d"  # within words of Persian and Hindi, and within emoji


def check_readable(what: str, text: str, most: int, least: int = 1) -> None:
    """Raise CourseError unless this is a text of `least` to `most` characters, spaces around it apart, all readable."""
    if not isinstance(text, str):
        raise CourseError(f"{what} is a text, not {type(text).__name__}.")
    if not least <= len(text.strip()) <= most:
        raise CourseError(f"{what} has {least} to {most} characters, but there are {len(text.strip())}.")
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in JOINERS:
            raise CourseError(f"{what} holds {character!r}, which nobody can read: leave it out.")


def as_script(value: object) -> str:
    """A value of JSON as it may stand in a script: no text within can end that."""
    return json.dumps(value).replace("<", "\\u003c")


def content_of(template: str, tag: str) -> str:
    """What stands between the first <tag> of a page and its end."""
    return re.search(rf"<{tag}>(.*?)</{tag}>", template, re.DOTALL)[1]


def digest(content: str) -> str:
    """By which a page's Content-Security-Policy names a script or a style that may run: SHA-256 in base64."""
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def filled(template: str, values: Mapping[str, str]) -> str:
    """The template with each __NAME__ replaced, in one sweep, so that a text such as __TITLE__ stays one."""
    return re.sub(r"__([A-Z_]+)__", lambda mark: values[mark[1]], template)
