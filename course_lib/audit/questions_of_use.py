"""What an audit asks about use: whom it leaves out, whether its pictures can be told, what it took, on what terms."""

from __future__ import annotations

import numpy as np

from course_lib.audit import attacks, energy, shares, watermark
from course_lib.audit.counting import exact_interval
from course_lib.audit.finding import Bar, Finding, not_measured, percent
from course_lib.audit.subjects import Subject

LEAST_ACCURACY = 0.8
"""Below this a judge's shares say more about the judge."""
BITS, KEY, MARKED, EDGE, QUALITY, SURE = 16, 20, 20, 256, 75, 1e-3
"""Of the watermark: its bits and key, on how many pictures it is tried, their least edge, JPEG's quality, p-value."""


def of_shares(subject: Subject) -> Finding:
    """Which classes does it drop or repeat?"""
    key, title = "shares", "Whom does it leave out?"
    known = subject.reference
    if known is None:
        return not_measured(key, title, subject.no_reference)
    if known.judge is None:
        return not_measured(key, title, "its training pictures have no classes")
    names, count = known.class_names, len(known.class_names)
    held_out_judged = known.judge.classes(known.held_out)
    accuracy = float(np.mean(held_out_judged == known.held_out_labels))
    if accuracy < LEAST_ACCURACY:
        return not_measured(
            key,
            title,
            f"the judge at hand names only {percent(accuracy, 0)} of {len(known.held_out):,} held-out pictures right",
        )
    expected = np.bincount(known.training_labels, minlength=count) / len(known.training_labels)
    found = shares.class_shares(known.judge.classes(subject.pictures), expected)
    confusion = shares.confused(held_out_judged, known.held_out_labels, count)
    rows = shares.corrected(found.shares, confusion), *shares.corrected_interval(found.counts, confusion)
    bars = tuple(
        Bar(name, *map(float, values))
        for name, *values in zip(names, found.shares, found.low, found.high, expected, *rows, strict=True)
    )
    said = (
        f"{percent(found.total_variation)} of {len(subject.pictures):,} pictures would have to change class for the "
        f"shares of its training set; as many fair draws differ by {percent(found.by_chance)}. "
        + "; ".join(
            f"{what}: {', '.join(names[each] for each in which) or 'none'}"
            for what, which in (
                ("Dropped", found.dropped),
                ("too seldom", found.seldom),
                ("too often", found.often),
            )
        )
        + "."
    )
    numbers = {"total_variation": found.total_variation, "by_chance": found.by_chance, "accuracy": accuracy}
    numbers |= {
        name: [names[each] for each in getattr(found, name)] for name in ("dropped", "seldom", "often")
    }
    numbers["classes"] = {bar.name: dict(zip(Bar._fields[1:], bar[1:], strict=True)) for bar in bars}
    means = (
        f"Classes as named by a network that names {percent(accuracy, 0)} of real held-out pictures right; “corrected” "
        "takes its errors out. The intervals as judged hold all at once with 95 %, the corrected ones each."
    )
    not_means = (
        "The network errs on generated pictures in ways that nobody counted, and classes of a shop's catalogue say "
        "nothing about whom the catalogue leaves out."
    )
    return Finding(key, title, said, means, not_means, numbers, bars=bars)


def of_watermark(subject: Subject) -> Finding:
    """Are its pictures marked, and would a mark of this course survive on them?"""
    pictures = subject.pictures[:MARKED]
    times = -(-EDGE // min(pictures.shape[1:3]))
    large = pictures.repeat(times, axis=1).repeat(times, axis=2)
    large = large.repeat(3, axis=3) if large.shape[3] == 1 else large
    bits = np.random.default_rng(KEY).integers(0, 2, BITS)
    taken = sum(watermark.read(each, BITS, KEY).p_value < SURE for each in large)
    readings = [
        watermark.read(attacks.jpeg(each, QUALITY), BITS, KEY) for each in watermark.embed(large, bits, KEY)
    ]
    whole = sum(each.p_value < SURE and (each.bits == bits).all() for each in readings)
    size = f"{large.shape[2]} x {large.shape[1]}"
    low, high = exact_interval(int(whole), len(large))
    said = (
        f"They carry no mark: {taken} of {len(large)} are taken for marked by this course's detector. "
        f"Enlarged to {size}, marked afterwards and saved as JPEG of quality {QUALITY}, {whole} of {len(large)} are "
        f"recognised with all {BITS} bits ({percent(low, 0)} to {percent(high, 0)})."
    )
    means = "A mark can be added by whoever publishes pictures, and read by whoever has the key."
    not_means = "A missing mark proves nothing: whoever has the generator can draw without, and a mark can be removed."
    numbers = {"pictures": len(large), "taken_for_marked": int(taken), "recognised": int(whole)}
    numbers |= {"low": low, "high": high, "bits": BITS, "jpeg_quality": QUALITY, "edge": int(large.shape[2])}
    return Finding(
        "watermark", "Do its pictures say that they were generated?", said, means, not_means, numbers
    )


def of_energy(subject: Subject) -> Finding:
    """What did its training take?"""
    key, title = "energy", "What did its training take?"
    if subject.time is None:
        return not_measured(key, title, subject.no_time)
    found = energy.training_energy(**subject.time)
    said = (
        f"Between {_two(1000 * found.kwh_low)} and {_two(1000 * found.kwh_high)} Wh of electricity, and "
        f"{_two(found.grams_low)} to {_two(found.grams_high)} g of CO2e."
    )
    means = "Computed from the time of this one training; each assumption is listed, and is a range."
    not_means = "Nobody measured the power, and the trainings that came before this one are not in it."
    numbers = found._asdict() | {"assumptions": list(found.assumptions)}
    return Finding(key, title, said, means, not_means, numbers, lines=found.assumptions)


def of_licence(subject: Subject) -> Finding:
    """On what terms may its training pictures be used?"""
    key, title = "licence", "On what terms were its training pictures to be had?"
    source = subject.source
    if not source.licence:
        return not_measured(key, title, subject.no_reference or "no licence is known")
    said = f"{source.trained_on}. Licence: {source.licence}."
    means = "What those who published the training pictures say, as data/README.md of the course tells it."
    not_means = (
        "No statement on the law of generated pictures, which differs by country and changes: no advice."
    )
    return Finding(key, title, said, means, not_means, {"data": source.trained_on, "licence": source.licence})


def _two(number: float) -> str:
    """Two digits, which is more than these are known to."""
    return f"{float(f'{number:.2g}'):,.12g}"
