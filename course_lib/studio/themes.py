"""What can be made in the studio: garments, prints, emoji, banners, melodies and couplets, by networks of the course.

    themes = all_themes()
    boot = Creation("garments", "any", setting=1.0, seed=17)
    themes["garments"].make(boot)                   a picture (28, 28, 1) in [-1, 1], the same whenever it is made

A theme loads its network when it first makes something and keeps it. It knows nothing of who asks, so several studios
may share one; whoever needs their own calls `all_themes` anew. The classes are in `studio/kinds`.
"""

from __future__ import annotations

from course_lib.datasets import banners as looks
from course_lib.datasets import sprites as kinds
from course_lib.media import sound
from course_lib.models import banners, pretrained, sprites
from course_lib.models.sequences import pretrained as tunes
from course_lib.studio.kinds.couplets import POETS, Couplet, Couplets
from course_lib.studio.kinds.melodies import TEMPO, Melodies
from course_lib.studio.kinds.pictures import Pictures
from course_lib.studio.kinds.theme import ANY, GREATEST_SEED, LEAST, MOST, Creation, Theme, whitening
from course_lib.studio.sources import PICTURES

__all__ = [
    "ANY",
    "GREATEST_SEED",
    "LEAST",
    "MOST",
    "TEMPO",
    "Couplet",
    "Couplets",
    "Creation",
    "Melodies",
    "Pictures",
    "Theme",
    "all_themes",
    "whitening",
]


def all_themes() -> dict[str, Theme]:
    """Every theme by its name, in the order of a menu; nothing is loaded yet."""
    emoji = PICTURES["emoji"]["licence"]
    found = (
        Pictures(
            "sprites",
            sprites.generator,
            title="Emoji of eight kinds",
            styles=kinds.KINDS,
            model=sprites.NAME,
            trained_on="646 emoji: Noto Color Emoji, drawn by Google",
            licence=emoji,
        ),
        Pictures(
            "garments", pretrained.generator, styles=ANY, model=pretrained.NAME, **PICTURES["fashion_mnist"]
        ),
        Pictures(
            "prints", pretrained.print_generator, styles=ANY, model=pretrained.PRINTS, **PICTURES["prints"]
        ),
        Pictures(
            "banners",
            banners.generator,
            title="Small advertisements",
            styles=[looks.named(number) for number in range(len(looks.LOOKS))],
            model=banners.NAME,
            trained_on="banners put together by a program from 18 emoji: Noto Color Emoji, drawn by Google",
            licence=emoji,
        ),
        Melodies(
            "melodies",
            title="Tunes that nobody wrote",
            styles=tuple(sound.TIMBRES),
            model=tunes.NAMES["recurrent"],
            trained_on="the training part of 2,977 traditional tunes: O'Neill's, Aird's and Ryan's collections",
            licence="tunes in the public domain",
        ),
        Couplets(
            "couplets",
            title="Lines answered by a network",
            styles=tuple(POETS),
            model="pretrained/english_verses",
            trained_on="11,620 couplets of Alexander Pope's Iliad (1715 to 1720) and John Dryden's Aeneid (1697)",
            licence="poems in the public domain; sounds of the CMU Pronouncing Dictionary, BSD-like licence",
        ),
    )
    return {theme.name: theme for theme in found}
