"""An audit: a generator, the questions, and the answers.

found = audit("garments")
for finding in found.findings: print(finding.title, finding.said)
write(found, "audit")                       in `audit.audit_folder`: a page and a model card
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from course_lib.audit import questions_of_memory, questions_of_use, subjects
from course_lib.audit.finding import Finding
from course_lib.studio.sources import Source

QUESTIONS: dict[str, Callable[[subjects.Subject], Finding]] = {
    "copies of training pictures": questions_of_memory.of_copies,
    "membership, by its pictures": questions_of_memory.of_membership,
    "membership, by its discriminator": questions_of_memory.of_membership_by_discriminator,
    "guarantees of privacy": questions_of_memory.of_privacy,
    "shares of classes": questions_of_use.of_shares,
    "watermarks": questions_of_use.of_watermark,
    "energy": questions_of_use.of_energy,
    "licence of the data": questions_of_use.of_licence,
}


class Audit(NamedTuple):
    """source: whom it is about. findings: in the order of `QUESTIONS`. pictures, seed: how many were drawn, and how."""

    source: Source
    findings: tuple[Finding, ...]
    pictures: int
    seed: int


def audit(
    name: str | Path, pictures: int = 2000, seed: int = 0, say: Callable[[str], object] = lambda line: None
) -> Audit:
    """Ask all questions of "garments", of "prints", or of what `train` left in a folder.

    pictures: how many are drawn, 200 to 20,000; intervals get narrower with them. say: gets a line before each step.
    The same source, number and seed give the same findings. Raises CourseError for what is no generator.
    """
    say(f"Drawing {pictures:,} pictures ...")
    subject = subjects.find(name, pictures, seed)
    found = []
    for number, (what, ask) in enumerate(QUESTIONS.items(), 1):
        say(f"{number} of {len(QUESTIONS)}: {what} ...")
        found.append(ask(subject))
    return Audit(subject.source, tuple(found), pictures, seed)
