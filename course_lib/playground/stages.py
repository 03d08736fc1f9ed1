"""Slow motion: one round of a game in five stages, each with its words and what there is to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NAMES = ("noise", "fakes", "verdicts", "gradients", "update")


@dataclass(frozen=True, eq=False)
class Stage:
    """One stage of a round.

    name: one of `NAMES`. caption: a sentence or two. arrays: what is drawn, by name. noise: "latents" (n, 2). fakes:
    "real" and "fake" (n, 2). verdicts: those, "heat" (k, k) as in `game.Layers`, "real_verdicts" and "fake_verdicts"
    (n,), D in (0, 1). gradients: "fake", "heat" and "arrows" (n, 2). update: "real", "fake" and "moved" (n, 2), where
    the same noise leads before and after G's step.
    """

    name: str
    caption: str
    arrays: dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class Round:
    """A round that was just played, for the generator's last batch. judgings: steps that D has made in it.

    The verdicts, the heat map, the arrows are those of D after its steps.
    """

    latents: np.ndarray
    real: np.ndarray
    fake: np.ndarray
    moved: np.ndarray
    heat: np.ndarray
    arrows: np.ndarray
    real_verdicts: np.ndarray
    fake_verdicts: np.ndarray
    judgings: int


def told(played: Round) -> tuple[Stage, ...]:
    """The round's five stages in order, with captions."""
    steps = (
        f"{played.judgings} steps" if played.judgings > 1 else "one step" if played.judgings else "no step"
    )
    caught, passed = (np.mean(each) for each in (played.fake_verdicts < 0.5, played.real_verdicts > 0.5))
    push = np.linalg.norm(played.arrows, axis=1).mean()
    way = np.linalg.norm(played.moved - played.fake, axis=1).mean()
    captions = {
        "noise": f"The generator draws {len(played.latents)} points of noise z from a normal distribution.",
        "fakes": f"It makes a fake G(z) of each; beside them, {len(played.real)} real points x.",
        "verdicts": f"The discriminator has made {steps} on such points. Now it takes {passed:.0%} of the real points "
        f"for real, and {caught:.0%} of the fakes for fakes.",
        "gradients": f"Each fake is pushed the way its loss falls, up on D's map; the mean push is {push:.2g}.",
        "update": "G cannot move its fakes one by one, only its weights: one step of these moves the fakes by "
        f"{way:.2g} on average.",
    }
    shown = {
        "noise": ("latents",),
        "fakes": ("real", "fake"),
        "verdicts": ("real", "fake", "heat", "real_verdicts", "fake_verdicts"),
        "gradients": ("fake", "heat", "arrows"),
        "update": ("real", "fake", "moved"),
    }
    return tuple(
        Stage(name, captions[name], {each: getattr(played, each) for each in shown[name]}) for name in NAMES
    )
