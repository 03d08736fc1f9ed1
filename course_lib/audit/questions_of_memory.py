"""What an audit asks about memory: copies, membership by two attacks, and whether anything is guaranteed."""

from __future__ import annotations

import numpy as np

from course_lib.audit import copies
from course_lib.audit.finding import Finding, Pair, not_measured, percent
from course_lib.audit.membership import Membership, by_discriminator, closeness, measure
from course_lib.audit.references import matched
from course_lib.audit.subjects import Subject
from course_lib.media.pictures import to_uint8

Array = np.ndarray
MOST = 2000
"""Held-out pictures that are compared, and members: more would take minutes."""
LARGEST = 3072
"""Values of a picture that is compared: larger ones are averaged 2 x 2, as tiny shifts matter less then."""
PAIRS = 8


def of_copies(subject: Subject) -> Finding:
    """Are generated pictures nearer to training pictures than real ones are that it never saw?"""
    key, title = "copies", "Does it hand out its training pictures?"
    known = subject.reference
    if known is None:
        return not_measured(key, title, subject.no_reference)
    held_out = known.held_out[:: max(1, len(known.held_out) // MOST)][:MOST]
    found = copies.nearest(*map(_compared, (subject.pictures, known.training, held_out)))
    numbers = {name: getattr(found, name) for name in ("copies", "share", "low", "high", "usual", "closer")}
    numbers |= {"threshold": found.threshold, "pictures": len(subject.pictures), "held_out": len(held_out)}
    fresh = "other crops of the same prints" if known.same_pictures else "real pictures it never saw"
    said = (
        f"{found.copies:,} of {len(subject.pictures):,} generated pictures, {percent(found.share)} (95 % "
        f"interval {100 * found.low:.1f} to {percent(found.high)}), lie as close to a training picture as the closest "
        f"{percent(found.usual)} of {len(held_out):,} {fresh} do. Of a generated and such a picture the generated one "
        f"is the closer one {percent(found.closer, 0)} of the time."
    )
    means = f"An interval wholly above {percent(found.usual)} would be more than likeness explains; look at the pairs."
    not_means = (
        "Distances are of pixels: a copy that is shifted or recoloured is missed, and smooth pictures lie close to "
        "everything without copying anything. Few copies are no proof that none can be drawn."
    )
    return Finding(key, title, said, means, not_means, numbers, pairs=_pairs(subject, found))


def of_membership(subject: Subject) -> Finding:
    """Do its pictures alone give away what it learned from?"""
    key, title = "membership", "Do its pictures give away what it learned from?"
    why = _no_members(subject)
    if why:
        return not_measured(key, title, why)
    members, others = _members(subject)
    generated = _compared(subject.pictures)
    attack = measure(*(closeness(_compared(part), generated) for part in (members, others)))
    said = (
        f"Who has {len(subject.pictures):,} of its pictures, and guesses by how close the nearest one is whether a "
        f"real picture was learned from, reaches an area under the ROC curve of {_between(attack)}; chance is 0.5."
    )
    means = "How often such a guess ranks a picture of the training above one that was held out."
    not_means = (
        "This is one simple attack. A better one, or more pictures, may find more; and an average hides the few "
        "pictures that are remembered."
    )
    return Finding(key, title, said, means, not_means, attack._asdict())


def of_membership_by_discriminator(subject: Subject) -> Finding:
    """Does the discriminator, if it is handed out with the rest, give away what was learned from?"""
    key, title = "membership_discriminator", "Does its discriminator give away what it learned from?"
    why = _no_members(subject) or (subject.no_discriminator if subject.discriminator is None else "")
    if why:
        return not_measured(key, title, why)
    members, others = _members(subject)
    # Shuffled together: this discriminator compares the pictures of a batch.
    order = np.random.default_rng(0).permutation(2 * len(members))
    scores = np.empty(len(order))
    scores[order] = by_discriminator(subject.discriminator, np.concatenate([members, others])[order])
    attack = measure(scores[: len(members)], scores[len(members) :])
    said = (
        f"Who has the discriminator as well reaches an area under the ROC curve of {_between(attack)}; chance "
        "is 0.5."
    )
    means = (
        "The discriminator has seen the training pictures themselves, so it is the first to remember them: "
        "checkpoints are not for publishing."
    )
    not_means = "It says nothing about the generator alone, which is what most people get."
    return Finding(key, title, said, means, not_means, attack._asdict())


def of_privacy(subject: Subject) -> Finding:
    """Is there a guarantee? The recipe that this course trains by clips nothing and adds no noise: none."""
    key, title = "privacy", "Is there a guarantee of privacy?"
    if subject.reference is None:
        return not_measured(key, title, "nothing says how it was trained")
    said = "None: it was trained without clipping and noise, so no epsilon holds for it, whatever the attacks found."
    means = "Differential privacy bounds what anybody can find out about one training picture, by any attack."
    not_means = "No guarantee is no leak yet: how much is known to leak is what the attacks above found."
    return Finding(key, title, said, means, not_means, {"epsilon": None})


def _no_members(subject: Subject) -> str:
    """Why nobody can be told a member; empty where it can be tried."""
    if subject.reference is None:
        return subject.no_reference
    return "no picture of the same source was held out" if subject.reference.same_pictures else ""


def _members(subject: Subject) -> tuple[Array, Array]:
    """As many pictures of the training set as held-out ones, in the same classes."""
    known = subject.reference
    members, others = matched(known.training_labels, known.held_out_labels, MOST)
    return known.training[members], known.held_out[others]


def _compared(images: Array) -> Array:
    """Images whose distances are taken: averaged 2 x 2 until they have at most `LARGEST` values."""
    while images[0].size > LARGEST and images.shape[1] % 2 == images.shape[2] % 2 == 0:
        count, height, width, channels = images.shape
        images = images.reshape(count, height // 2, 2, width // 2, 2, channels).mean(axis=(2, 4))
    return images


def _pairs(subject: Subject, found: copies.Copies) -> tuple[Pair, ...]:
    known, pairs = subject.reference, []
    for rank, row in enumerate(copies.closest(found, PAIRS), 1):
        number = int(found.indices[row])
        kind = known.class_names[known.training_labels[number]] if known.class_names else ""
        distance = f"{found.distances[row]:.2f} apart"
        is_copy = found.distances[row] <= found.threshold
        within = f"{'within' if is_copy else 'beyond'} the threshold of {found.threshold:.2f}"
        where = f"training picture {number:,}{kind and f', {kind}'}"
        said = f"Pair {rank}: a generated picture, and {where}; {distance}, {within}"
        caption = f"{distance}{kind and f', nearest: {kind}'}{'; counts as a copy' if is_copy else ''}"
        pairs.append(Pair(to_uint8(subject.pictures[row]), to_uint8(known.training[number]), said, caption))
    return tuple(pairs)


def _between(attack: Membership) -> str:
    return f"{attack.auc:.3f} (95 % interval {attack.low:.3f} to {attack.high:.3f})"
