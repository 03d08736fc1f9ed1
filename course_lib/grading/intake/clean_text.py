"""Text of strangers as it may be shown: nothing in it moves a cursor, hides a line or turns the writing round."""

from __future__ import annotations

import re

ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~])?")
"""Terminal sequences: colours, cursor, titles and links."""
STRANGE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
"""Control characters, half characters, and those that let text run the other way: code would look like other code."""


def cleaned(text: str) -> str:
    """The same without colours of terminals; of lines written over each other the last one. Twice is as once."""
    text = ESCAPES.sub("", text.replace("\r\n", "\n"))
    if "\r" in text:
        text = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))
    return STRANGE.sub("\ufffd", text)
