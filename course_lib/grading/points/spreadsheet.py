"""CSV files that are opened in spreadsheets: no cell starts a formula, whatever a student is called."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from course_lib.files import replacing

BREAKS = re.compile(r"[\t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]+")
STARTS = frozenset("=+-@−")
"""Of a formula, after NFKC, which makes ＝ and ﹢ plain; LibreOffice reads − as a minus."""


def cell(text: str) -> str:
    """A text as one line that no spreadsheet takes for a formula: an apostrophe is put before what could start one.

    Spreadsheets skip blanks and invisible characters before a formula, and where ; separates cells, the rest of a
    text after ; is a cell of its own.
    """
    line = BREAKS.sub(" ", text)
    line = "".join("\ufffd" if unicodedata.category(letter) in ("Cc", "Cs") else letter for letter in line)
    return ";".join(f"'{part}" if _starts_formula(part) else part for part in line.split(";"))


def _starts_formula(text: str) -> bool:
    # quotation marks too: those around a cell do not count for a program that separates by ;
    for letter in text:
        if unicodedata.normalize("NFKC", letter)[:1] in STARTS:
            return True
        if unicodedata.category(letter)[0] not in "ZC" and unicodedata.normalize("NFKC", letter) != '"':
            return False
    return False


def number(value: float) -> str:
    """A number of points as every spreadsheet and platform reads it: 2, 0.5, 1.3333."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def write(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[str | float]], *, for_excel: bool = False
) -> None:
    """Write a CSV file, all or nothing: texts made harmless, numbers as they are.

    Args:
        for_excel: start with a byte order mark. Excel takes a file without one for the old code page and shows Zoë as
            ZoÃ«; programs that read files byte by byte, such as Canvas, take it for a part of the first heading.
    """
    lines = [
        [cell(each) if isinstance(each, str) else number(each) for each in row] for row in [header, *rows]
    ]
    with replacing(path) as temporary:
        encoding = "utf-8-sig" if for_excel else "utf-8"
        with temporary.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(lines)
