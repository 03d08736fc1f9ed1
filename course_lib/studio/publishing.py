"""A page that draws with a generator in the visitor's browser: a folder for any web server, or for a double click.

    publish(find("garments"), "site")      # then open site/index.html

The page is studio/page.html; what it does stands in studio/page.js, how it draws in studio/network.js. All of it, the
weights too, goes into one file. A page opened from disk may not read other files; and its policy, which lets nothing run
but these two scripts and nothing be asked for, can name a script by its digest only where it stands in the page.

TensorFlow.js was tried beside network.js: see `studio/NOTES.md`.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from course_lib import CourseError
from course_lib.files import replacing
from course_lib.models.directions import main_directions
from course_lib.studio import model_card
from course_lib.studio.export import export
from course_lib.studio.sources import Source

DIRECTIONS = 6
FILES = ("index.html", "model_card.json")
LONGEST_TITLE = 80
HERE = Path(__file__).parent


def publish(source: Source, out: str | os.PathLike, title: str | None = None) -> dict[str, Any]:
    """Write the page and its model card, index.html and model_card.json, into the folder `out`; the card is returned.

    title: the heading, plain text; the source's own unless told. A folder that this function wrote is written again.
    The same source gives the same bytes. Raises CourseError, before anything is written, for a generator that the page
    cannot draw, a title that cannot be read, and a folder that holds other things; and if it cannot be written.
    """
    title = _checked_title(source.title if title is None else title)
    out = check_folder(out)
    text, card = page(source, title)
    is_new = not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        for abandoned in _abandoned(out):
            abandoned.unlink()
        with replacing(out / FILES[0]) as index, replacing(out / FILES[1]) as beside:
            index.write_text(text, encoding="utf-8", newline="\n")
            beside.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
    except BaseException as error:
        if is_new:
            shutil.rmtree(out, ignore_errors=True)
        if isinstance(error, OSError):
            raise CourseError(f"Cannot write {out}: {error.strerror or error}.") from error
        raise
    return card


def page(source: Source, title: str) -> tuple[str, dict[str, Any]]:
    """The page as the text of one HTML file, and its model card. Raises CourseError as `publish` does."""
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
        f"<dt>{html.escape(about)}</dt><dd>{html.escape(text)}</dd>\n" for about, text in model_card.rows(card)
    )
    values = {
        "TITLE": html.escape(title),
        "CARD": said,
        "MODEL": json.dumps(model).replace("<", "\\u003c"),  # no name of a class can end the script
        "WEIGHTS": base64.b64encode(halves).decode(),
    }
    return _filled(values), card


def check_folder(out: str | os.PathLike) -> Path:
    """The folder to write to. Raises CourseError unless it is new, empty, or holds a page that was written here."""
    try:
        out = Path(out)
        found = {path.name: path for path in out.iterdir()} if out.exists() else {}
        for path in _abandoned(out):
            found.pop(path.name, None)
        written = found and json.loads(found[FILES[1]].read_text("utf-8"))["format"] == model_card.FORMAT
        if found and not (written and found.keys() <= {*FILES} and all(path.is_file() for path in found.values())):
            raise KeyError
    except (KeyError, LookupError, AttributeError) as error:
        raise CourseError(f"{out} holds other things than a page: choose another folder for it.") from error
    except (TypeError, ValueError) as error:
        raise CourseError(f"{out} holds other things than a page: choose another folder for it.") from error
    except OSError as error:
        raise CourseError(f"Cannot write {out}: {error.strerror or error}.") from error
    return out


def _abandoned(out: Path) -> list[Path]:
    """Files of a process that was killed while it wrote."""
    return [path for name in FILES for path in out.glob(f".*.{name}")]


def _checked_title(title: str) -> str:
    if not isinstance(title, str):
        raise CourseError(f"The title is a text, not {type(title).__name__}.")
    title = title.strip()
    if not 1 <= len(title) <= LONGEST_TITLE:
        raise CourseError(f"The title has 1 to {LONGEST_TITLE} characters, but there are {len(title)}.")
    for character in title:
        if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            raise CourseError(f"The title holds {character!r}, which nobody can read: leave it out.")
    return title


def _filled(values: Mapping[str, str]) -> str:
    """The page with these in it. No script and no style but its own may run, and nothing be asked for."""
    template = (HERE / "page.html").read_text("utf-8")
    parts = {name: (HERE / f"{name.lower()}.js").read_text("utf-8") for name in ("NETWORK", "PAGE")}
    style = re.search(r"<style>(.*?)</style>", template, re.DOTALL)[1]
    digests = {"STYLE_DIGEST": _digest(style)} | {f"{name}_DIGEST": _digest(text) for name, text in parts.items()}
    everything = {**parts, **digests, **values}
    # in one sweep, so that a title such as __CARD__ stays a title
    return re.sub(r"__([A-Z_]+)__", lambda mark: everything[mark[1]], template)


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
