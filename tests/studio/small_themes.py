"""Themes that cost nothing, for what is asked of the studio and not of a network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_lib.studio.themes import Pictures, Theme


class Plain(Pictures):
    """Pictures 8 x 12 of one colour each, drawn from the seed; brighter with a larger setting."""

    def __init__(self, name: str = "plain", styles: Sequence[str] = ("warm", "cold")):
        facts = {"title": f"Things {name}", "model": "pretrained/sprite_generator", "licence": "none"}
        super().__init__(name, lambda: None, styles=styles, trained_on="nothing", **facts)

    def make_many(self, style: str, setting: float, seeds: Sequence[int]) -> np.ndarray:
        colours = [
            np.random.default_rng((seed, self.styles.index(style))).uniform(-1, 1, 3) for seed in seeds
        ]
        return np.array(colours, "float32")[:, None, None] * np.full((8, 12, 1), setting / 2, "float32")


def plain_themes() -> dict[str, Theme]:
    return {"plain": Plain(), "single": Plain("single", ("any",))}
