"""`publish`: a generator as a page that draws in the visitor's browser."""

from __future__ import annotations

import argparse
from pathlib import Path

from course_lib.commands.arguments import folder, generator_file
from course_lib.studio import site_folder

HELP = "make a web page that draws with a saved generator"
DESCRIPTION = """\
Writes a folder with a page, index.html, and its model card, model_card.json. The page draws in the visitor's browser:
there is no server, and nothing is sent. Open it by a double click, or put the folder on any web server.

The weights go into the page in half precision; what that changes is measured, and said here and in the card. On the
page: sliders along the main directions, seeds, classes, a walk, pictures to download, judgements to export."""
EXAMPLE = """\
  python3 -m course_lib publish garments --out site             the generator of lesson 07; `prints` has colours
  python3 -m course_lib publish runs/first --out site           what `train --out runs/first` learned
  python3 -m course_lib publish runs/emoji --out site --title "Faces that nobody drew\""""
NEEDS = ("keras", "tensorflow", "PIL")
EXTRAS = ("lab",)
BUNDLED = ("garments", "prints")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run",
        metavar="RUN",
        help="the folder of a run of `train`, a generator.keras, or one of the course's own: garments, prints",
    )
    parser.add_argument(
        "--out", type=folder, required=True, metavar="SITE", help="a folder: new, empty, or published before"
    )
    parser.add_argument("--title", metavar="T", help="the page's heading")


def run(arguments: argparse.Namespace) -> int:
    source = arguments.run if arguments.run in BUNDLED else generator_file(Path(arguments.run))
    site_folder.check_folder(arguments.out)

    from course_lib import device

    device.configure("float32", quiet=True)
    from course_lib.studio import publishing, sources
    from course_lib.studio.model_card import said_of_rounding

    card = publishing.publish(sources.find(source), arguments.out, arguments.title)
    page = arguments.out / site_folder.FILES[0]
    rounding = said_of_rounding(card["rounding"])
    print(f"{page}: {page.stat().st_size / 1e6:.2f} MB, {card['weights']:,} weights; open it in a browser.")
    print(f"{rounding[0].upper()}{rounding[1:]}.")
    return 0
