"""The frame of the pages that grading writes: one file each, no script, nothing loaded, light and dark, printable.

Whatever comes from a student goes through `escaped`. Should a page be wrong about that one day, its
Content-Security-Policy still lets no script run and nothing be fetched.
"""

from __future__ import annotations

import base64
import hashlib
import html

from course_lib.grading.intake.clean_text import cleaned
from course_lib.grading.points.spreadsheet import number
from course_lib.grading.running.outcome import Status

WORDS: dict[Status, str] = {
    "right": "Right",
    "partly": "Partly right",
    "wrong": "Not right",
    "error": "Stopped with an error",
    "empty": "Not written",
    "too slow": "Took too long",
    "too much": "Used too much",
    "lost": "Did not run to its end",
    "not graded": "Not graded",
}

STYLE = """
:root { color-scheme: light dark; --text: #1a1a1a; --quiet: #555; --page: #fff; --box: #f4f4f4; --line: #ccc;
  --link: #0059a0; }
@media (prefers-color-scheme: dark) { :root { --text: #e8e8e8; --quiet: #aaa; --page: #181818; --box: #242424;
  --line: #484848; --link: #7cc0f0; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 50rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
body.wide { max-width: 70rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: .3rem 0; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 0 0 .3rem; }
h3 { font-size: .95rem; margin: 1rem 0 .2rem; }
p, ul, dl { margin: .4rem 0; }
a { color: var(--link); }
.quiet { color: var(--quiet); font-size: .9rem; }
.total { font-size: 1.3rem; font-weight: 600; }
section { margin: 1.6rem 0; }
.exercise { padding-left: .9rem; border-left: .4rem solid #555; }
.right { border-color: #009e73; } .partly { border-color: #0072b2; }
.wrong { border-color: #d55e00; } .error, .slow, .much, .lost { border-color: #cc79a7; }
.status { font-weight: 600; }
.box { background: var(--box); border: 1px solid var(--line); border-radius: .3rem; padding: .5rem .8rem; }
pre { margin: .2rem 0; padding: .6rem .7rem; background: var(--box); border: 1px solid var(--line);
  border-radius: .3rem; font: .85rem/1.45 ui-monospace, Menlo, Consolas, monospace; white-space: pre-wrap;
  unicode-bidi: isolate; direction: ltr; }
pre.code { white-space: pre; overflow-x: auto; counter-reset: line; overflow-wrap: normal; }
pre.code span::before { counter-increment: line; content: counter(line); display: inline-block; width: 2em;
  margin-right: 1em; text-align: right; color: var(--quiet); user-select: none; }
pre.asked { font-family: inherit; font-size: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; font-variant-numeric: tabular-nums; }
.table { overflow-x: auto; overflow-wrap: break-word; }
td bdi { overflow-wrap: anywhere; }
td:first-child { min-width: 7rem; } td:nth-child(2) { min-width: 4.5rem; }
th, td { text-align: left; vertical-align: top; padding: .25rem .6rem .25rem 0; border-bottom: 1px solid var(--line); }
.number { text-align: right; white-space: nowrap; }
figure { margin: 1rem 0; } img { max-width: 100%; height: auto; background: #fff; }
@media print { :root { color-scheme: light; --text: #000; --quiet: #444; --page: #fff; --box: #fff; --line: #999;
  --link: #000; }
  body { padding: 0; max-width: none; font-size: 10pt; } pre.code { white-space: pre-wrap; overflow: visible; }
  .table { overflow: visible; } h2, h3 { break-after: avoid; } tr, figure { break-inside: avoid; } }
"""
POLICY = (
    "default-src 'none'; script-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)


def page(title: str, body: str, *, wide: bool = False) -> str:
    """A whole page. `title` is text, `body` is HTML."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{escaped(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f'<body class="{"wide" if wide else "narrow"}">\n{body}\n</body>\n</html>\n'
    )


def escaped(text: str) -> str:
    """Any text as HTML that shows it."""
    return html.escape(cleaned(text), quote=True)


def shortened(text: str, most: int, lines: int) -> tuple[str, str]:
    """The beginning of a text, and a sentence about what is left out ("" if nothing is)."""
    kept = "\n".join(text[:most].split("\n")[:lines])
    if len(kept) == len(text):
        return text, ""
    return kept, f"The rest is left out ({len(text) - len(kept):,} more characters)."


def of_points(points: float, of: float) -> str:
    """As "2.5 of 4 points"."""
    return f"{number(points)} of {number(of)} {'point' if of == 1 else 'points'}"


def table(header: list[str], rows: list[list[str]], numbers: int = 0) -> str:
    """A table of cells that are HTML; the last `numbers` columns hold numbers."""
    classes = [""] * (len(header) - numbers) + [' class="number"'] * numbers

    def row(cells: list[str], start: str, end: str) -> str:
        marked = zip(cells, classes, strict=True)
        return "<tr>" + "".join(f"<{start}{kind}>{cell}</{end}>" for cell, kind in marked) + "</tr>"

    lines = [
        '<div class="table" tabindex="0"><table>',
        "<thead>",
        row(header, 'th scope="col"', "th"),
        "</thead>",
    ]
    lines += ["<tbody>", *(row(cells, "td", "td") for cells in rows), "</tbody></table></div>"]
    return "\n".join(lines)


def section(heading: str, *parts: str) -> str:
    """A part of a page under a heading, all HTML."""
    return "\n".join(["<section>", f"<h2>{heading}</h2>", *filter(None, parts), "</section>"])
