"""Pictures of a generator. Their file is a PNG that holds in a text chunk where it comes from."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import keras
import numpy as np
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from course_lib import __version__, plots
from course_lib.media import pictures
from course_lib.models.latents import truncated_normal
from course_lib.models.sampling import generate
from course_lib.studio.kinds.theme import MADE_BY, Array, Creation, Theme

WIDTH, SMALL = 560, 96  # screen dots of the two together, and of one in the gallery, about
KEY = "GAN course studio"
SCALE = 4  # dots of a file's picture a pixel


class Pictures(Theme):
    """Pictures (height, width, channels) in [-1, 1]. A generator of several styles is told the number of one."""

    def __init__(self, name: str, load: Callable[[], keras.Model], **facts: object):
        super().__init__(name, **facts)
        self._load = load

    @cached_property
    def generator(self) -> keras.Model:
        return self._load()

    def make_many(self, style: str, setting: float, seeds: Sequence[int]) -> Array:
        """Images (n, height, width, channels) of latents that are cut off at the setting, the truncation."""
        size = self.generator.inputs[0].shape[-1]
        latents = np.concatenate([truncated_normal(1, size, setting, seed) for seed in seeds])
        labels = None if len(self.styles) == 1 else np.full(len(seeds), self.styles.index(style))
        return generate(self.generator, latents, labels)

    def _described(self, made: Sequence[Array]) -> Array:
        """The mean colours of blocks of 4 x 4 pixels: a taste for what is seen from afar."""
        images = np.asarray(made, "float64")
        count, height, width, channels = images.shape
        blocks = images.reshape(count, height // 4, 4, width // 4, 4, channels)
        return blocks.mean(axis=(2, 4)).reshape(count, -1)

    def page(self, named: Mapping[str, Array], style: str, alt: str, still: bool = False) -> str:
        return _picture(list(named.values()), alt, WIDTH)

    def small(self, made: Array, creation: Creation, name: str) -> str:
        return _picture([made], f"In the gallery, {name}, seed {creation.seed}", SMALL)

    def files(self, made: Array, creation: Creation, told: str) -> dict[str, bytes]:
        text = PngInfo()
        text.add_text(KEY, told)
        text.add_text("Description", f"Made by {MADE_BY}.")
        text.add_text("Software", f"course_lib {__version__}")
        buffer = io.BytesIO()
        pixels = pictures.tile(np.asarray(made)[np.newaxis])
        pictures.enlarge(pixels, SCALE).save(buffer, format="PNG", pnginfo=text, optimize=True)
        return {".png": buffer.getvalue()}


def told_in(content: bytes) -> str:
    """What `files` wrote into a PNG. Raises an exception of whatever kind if it is another, or damaged."""
    with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
        told = picture.info[KEY]
        picture.verify()  # a file that was cut off is refused, though its text is whole
        return told


def _picture(images: list[Array], alt: str, width: int) -> str:
    pixels = pictures.tile(np.stack(images), columns=len(images))
    return plots.Picture(pictures.png(pixels), alt, scale=max(1, width // pixels.shape[1]))._repr_html_()
