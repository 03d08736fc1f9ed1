"""Settings to begin with: a healthy game, and what goes wrong. Tests play each with three seeds and measure it."""

from __future__ import annotations

from course_lib.playground.settings import Settings

_TABLE = {
    "healthy": ("within 500 rounds the fakes find all eight modes, and stay", Settings()),
    # G runs to wherever D's marks are high, with much momentum, and D learns too slowly to spread it out again.
    "mode collapse": (
        "the fakes share two of the eight modes or fewer, and wander from one to the next",
        Settings(generator_rate=0.03, discriminator_rate=0.003, beta_1=0.8),
    ),
    # One real spot, and little else than the two numbers of lesson 02: small networks, much momentum, no friction.
    "circling": (
        "the fakes go round the real spot for many hundred rounds; a penalty of 1 calms them",
        Settings(
            target="drawn",
            drawn=((1.0, 0.5),),
            loss="minimax",
            generator_rate=0.002,
            discriminator_rate=0.002,
            beta_1=0.9,
            hidden=16,
            layers=1,
        ),
    ),
    # D is nearly perfect before G has moved, and the minimax loss then pays fakes next to nothing. Plain gradient
    # descent, because Adam would blow the small gradient up again.
    "vanishing gradient": (
        "D is right about everything, and the arrows on the fakes have all but vanished",
        Settings(
            loss="minimax",
            optimizer="sgd",
            generator_rate=0.002,
            discriminator_rate=1.0,
            discriminator_steps=10,
        ),
    ),
    # D makes five large steps for each tiny one of G: its push on the fakes is strong, but G hardly moves.
    "overpowering D": (
        "D is right about everything and pushes hard, and yet the fakes stay where they are",
        Settings(generator_rate=1e-6, discriminator_rate=0.01, discriminator_steps=5),
    ),
}
PRESETS = {name: settings for name, (_, settings) in _TABLE.items()}
"""Settings by name."""
WORDS = {name: words for name, (words, _) in _TABLE.items()}
"""What is to be seen in each."""
