"""A page that draws with a generator in the visitor's browser: a folder for any web server, or for a double click.

    publish(find("garments"), "site")      # then open site/index.html

The page is studio/page.html. How it draws stands in studio/network.js, what it does in studio/page.js, what a visitor
takes along in studio/keeping.js. All of it, the weights too, goes into one file: a page opened from disk may not read
others, and its policy, which lets nothing run but these scripts and nothing be asked for, can name a script by its
digest only where it stands in the page.

Why not TensorFlow.js (4.22): it has 1.47 MB where network.js has 6 kB, and it is slower for pictures drawn one by one.
By turns in Chromium on two busy cores without a graphics card, pictures a second of the course's DCGAN in four turns:
network.js 301 to 610, TensorFlow.js 109 to 367, with its WebGL 39 to 69.
"""

from __future__ import annotations

import base64
import hashlib
import html
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from course_lib import CourseError
from course_lib.media.own_page import as_script, check_readable, content_of, digest, filled
from course_lib.models import saved
from course_lib.models.directions import main_directions
from course_lib.studio import model_card
from course_lib.studio.export import export
from course_lib.studio.site_folder import check_folder, write_folder
from course_lib.studio.sources import Source

DIRECTIONS = 6
HERE = Path(__file__).parent


def publish(source: Source, out: str | os.PathLike, title: str | None = None) -> dict[str, Any]:
    """Write the page and its model card, index.html and model_card.json, into the folder `out`; the card is returned.

    title: the heading, plain text; the source's own unless told. A folder that this function wrote is written again.
    The same source gives the same bytes. Raises CourseError, before anything is written, for a generator that the page
    cannot draw, a title that cannot be read, and a folder that holds other things; and if it cannot be written.
    """
    if not isinstance(source, Source):
        raise CourseError(
            f"What is published is a Source, such as find('garments'), not {type(source).__name__}."
        )
    title = source.title if title is None else title
    out = check_folder(out)
    text, card = _page(source, title)
    write_folder(out, text, card)
    return card


def _page(source: Source, title: str) -> tuple[str, dict[str, Any]]:
    """The page as the text of one HTML file, and its model card. Raises CourseError as `publish` does."""
    _check(source, title)
    title = title.strip()
    generator = source.generator
    network = export(generator)
    height, width, channels = generator.output_shape[1:]
    size = generator.inputs[0].shape[-1]
    directions = main_directions(generator, min(DIRECTIONS, size))
    card = model_card.model_card(source, title)
    halves = network.weights.astype("<f2").tobytes()
    model = {
        "title": title,
        "digest": hashlib.sha256(halves).hexdigest()[:16],
        "height": height,
        "width": width,
        "channels": channels,
        "latent_size": size,
        "classes": list(source.class_names),
        "directions": np.round(directions, 6).tolist(),
        "steps": network.steps,
        "output": network.output,
    }
    said = "".join(
        f"<dt>{html.escape(about)}</dt><dd>{html.escape(text)}</dd>\n"
        for about, text in model_card.rows(card)
    )
    values = {
        "TITLE": html.escape(title),
        "CARD": said,
        "MODEL": as_script(model),
        "WEIGHTS": base64.b64encode(halves).decode(),
    }
    return _filled(values), card


def _check(source: Source, title: str) -> None:
    saved.check(source.generator, "The generator")
    if source.generator.output_shape[-1] not in (1, 3):
        channels = source.generator.output_shape[-1]
        raise CourseError(f"A page shows pictures of 1 or 3 channels, and this generator draws {channels}.")
    wanted = saved.count_classes(source.generator) or 0
    if len(source.class_names) != wanted:
        given = len(source.class_names)
        raise CourseError(f"class_names holds one for each of the generator's {wanted} classes, not {given}.")
    check_readable("The title", title, 80)
    for name in source.class_names:
        check_readable("The name of a class", name, 60)
    for what in ("trained_on", "licence"):
        check_readable(f"The {what}", getattr(source, what), 500, least=0)


def _filled(values: Mapping[str, str]) -> str:
    """The page with these in it. No script and no style but its own may run, and nothing be asked for."""
    template = (HERE / "page.html").read_text("utf-8")
    parts = {
        name: (HERE / f"{name.lower()}.js").read_text("utf-8") for name in ("NETWORK", "PAGE", "KEEPING")
    }
    digests = {"STYLE_DIGEST": digest(content_of(template, "style"))} | {
        f"{name}_DIGEST": digest(text) for name, text in parts.items()
    }
    return filled(template, {**parts, **digests, **values})
