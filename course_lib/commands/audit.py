"""`audit`: what a generator copied, whom it leaves out, what it cost, as a page and a model card."""

from __future__ import annotations

import argparse
from pathlib import Path

from course_lib import ROOT
from course_lib.commands.arguments import folder, generator_file, seed

HELP = "ask a generator what it copied, whom it leaves out, and what it cost"
DESCRIPTION = """\
Draws pictures with a generator and writes audit.html, one page that needs nothing else, and model_card.json. On the
page: copies of training pictures, membership inference, shares of classes, a watermark check, energy and greenhouse
gas, the licence of the data. Each number has its interval and a sentence on what it means and what it does not mean;
what cannot be measured is said by name.

It takes about a minute on a machine with nothing else to do. Ctrl-C leaves nothing."""
EXAMPLE = """\
  python3 -m course_lib audit garments                  the generator of lesson 07; `prints` has colours
  python3 -m course_lib audit runs/first                what `train --out runs/first` learned: runs/first/audit
  python3 -m course_lib audit runs/first --pictures 10000 --out audits/first"""
NEEDS = ("keras", "tensorflow", "PIL")
EXTRAS = ("lab",)
BUNDLED = ("garments", "prints")
PICTURES = (200, 20_000)
"""The fewest and the most that are drawn."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "run",
        metavar="RUN",
        help="the folder of a run of `train`, a generator.keras, or one of the course's own: garments, prints",
    )
    parser.add_argument(
        "--out", type=folder, metavar="DIR", help="where to write (RUN/audit; runs/audit_garments for those)"
    )
    parser.add_argument(
        "--pictures",
        type=pictures,
        default=2000,
        metavar="N",
        help="how many are drawn, 200 to 20000; intervals narrow with them (2000)",
    )
    parser.add_argument("--seed", type=seed, default=0, help="of the pictures (0)")


def pictures(text: str) -> int:
    """A number of pictures that says something and fits into memory."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if not PICTURES[0] <= value <= PICTURES[1]:
        raise argparse.ArgumentTypeError(f"must be a whole number from 200 to 20000, not {text}")
    return value


def run(arguments: argparse.Namespace) -> int:
    if arguments.run in BUNDLED:
        source, out = arguments.run, ROOT / "runs" / f"audit_{arguments.run}"
    else:
        source = generator_file(Path(arguments.run))
        out = source.parent / "audit"

    from course_lib import device

    device.configure("float32", quiet=True)
    from course_lib.audit import audit_folder, auditing

    out = audit_folder.check_folder(arguments.out or out)
    found = auditing.audit(source, arguments.pictures, arguments.seed, lambda line: print(line, flush=True))
    audit_folder.write(found, out)
    for finding in found.findings:
        print(f"\n{finding.title}\n{finding.said}")
    print(
        f"\n{out / audit_folder.PAGE}: open it in a browser. The numbers are in {audit_folder.CARD} beside it."
    )
    return 0
