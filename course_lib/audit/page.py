"""The audit as one web page that asks for nothing: no script, no picture from elsewhere; light, dark, and on paper."""

from __future__ import annotations

import base64
import html
from pathlib import Path

from course_lib import __version__
from course_lib.audit.auditing import Audit
from course_lib.audit.finding import Bar, Finding, Pair, percent
from course_lib.media.own_page import content_of, digest, filled
from course_lib.media.pictures import png, tile

SCALE = 3
"""Dots a pixel of the pairs, which browsers enlarge without smoothing."""
WIDTH, HEIGHT = 144, 18  # of a drawing in the table, in its own units


def page(audit: Audit) -> str:
    """The text of the HTML file. The same audit gives the same bytes."""
    template = (Path(__file__).parent / "page.html").read_text("utf-8")
    source = audit.source
    height, width = source.generator.output_shape[1:3]
    introduction = (
        f"{audit.pictures:,} pictures of {width} x {height} pixels were drawn from this generator (seed {audit.seed}) "
        f"and compared with what it learned from: {source.trained_on or 'not stated'}."
    )
    values = {
        "TITLE": html.escape(source.title),
        "INTRODUCTION": html.escape(introduction),
        "FINDINGS": "".join(map(_section, audit.findings)),
        "MADE_WITH": html.escape(f"gan-course {__version__}"),
        "STYLE_DIGEST": digest(content_of(template, "style")),
    }
    return filled(template, values)


def _section(finding: Finding) -> str:
    name = html.escape(finding.key, quote=True)
    parts = [f'<h2 id="{name}">{html.escape(finding.title)}</h2>']
    said = html.escape(finding.said).replace(" %", "&nbsp;%")
    parts.append(f'<p class="said">{said}</p>')
    if finding.lines:
        items = "".join(f"<li>{html.escape(line)}</li>" for line in finding.lines)
        parts.append(f'<ul class="lines">{items}</ul>')
    if finding.bars:
        parts.append(_table(finding.bars))
    if finding.pairs:
        parts.append(
            '<p class="quiet">The closest pairs: on the left generated, on the right the nearest training picture.</p>'
        )
        parts.append(f'<ul class="pairs">\n{"".join(map(_figure, finding.pairs))}</ul>')
    rows = (("What it means", finding.means), ("What it does not mean", finding.not_means))
    told = "".join(f"<dt>{about}</dt><dd>{html.escape(text)}</dd>\n" for about, text in rows if text)
    parts.append(f"<dl>\n{told}</dl>" if told else "")
    look = "" if finding.is_measured else ' class="unmeasured"'
    return f'<section aria-labelledby="{name}"{look}>\n' + "\n".join(filter(None, parts)) + "\n</section>\n"


def _figure(pair: Pair) -> str:
    """Generated on the left, training on the right; what they are, for who sees them and for who does not."""
    data = base64.b64encode(png(tile([pair.generated, pair.training], columns=2), SCALE)).decode()
    said = html.escape(pair.said, quote=True)
    caption = html.escape(pair.caption)
    return (
        f'<li><figure><img src="data:image/png;base64,{data}" alt="{said}">'
        f"<figcaption>{caption}</figcaption></figure></li>\n"
    )


def _table(bars: tuple[Bar, ...]) -> str:
    most = 1.05 * max(max(bar.high, bar.expected) for bar in bars)
    rows = "".join(
        f'<tr><th scope="row">{html.escape(bar.name)}</th><td>{_reach(bar.share, bar.low, bar.high)}</td>'
        f"<td>{_reach(bar.corrected, bar.corrected_low, bar.corrected_high)}</td><td>{percent(bar.expected)}</td>"
        f'<td class="drawing">{_drawing(bar, most)}</td></tr>\n'
        for bar in bars
    )
    return (
        '<div class="wide" role="region" aria-label="Shares of classes" tabindex="0"><table>\n'
        "<caption>Shares of its pictures, with their intervals in %</caption>\n"
        '<thead><tr><th scope="col">Class</th><th scope="col">As judged</th><th scope="col">Corrected</th>'
        '<th scope="col">In training</th>'
        '<th scope="col" class="drawing">As judged; dashed: in training</th></tr></thead>\n'
        f"<tbody>\n{rows}</tbody></table></div>"
    )


def _reach(share: float, low: float, high: float) -> str:
    return f'{percent(share)} <span class="reached">({100 * low:.1f} to {100 * high:.1f})</span>'


def _drawing(bar: Bar, most: float) -> str:
    low, share, high, fair = (
        f"{WIDTH * value / most:.1f}" for value in (bar.low, bar.share, bar.high, bar.expected)
    )
    middle = HEIGHT // 2
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<line class="fair" x1="{fair}" x2="{fair}" y1="0" y2="{HEIGHT}"/>'
        f'<line class="reach" x1="{low}" x2="{high}" y1="{middle}" y2="{middle}"/>'
        f'<circle class="dot" cx="{share}" cy="{middle}" r="4"/></svg>'
    )
