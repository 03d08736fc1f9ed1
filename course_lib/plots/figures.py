"""Figures of the course: grids of images, training curves, densities. NumPy, Pillow and matplotlib only.

    figure = image_grid(images, title="Real garments")
    show(figure, alt="Eight rows of grey garments: shirts, trousers, shoes and bags")

Colours keep their role through all lessons, and no figure says anything by colour alone: lines differ in `STYLES`,
points in `MARKERS` too. Figures have a white background, in dark notebooks too, so that their axes stay legible.
They are unknown to pyplot, so none is drawn a second time at the end of a cell.
"""

from __future__ import annotations

import base64
import html
import io
import math
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from course_lib import CourseError
from course_lib.media.pictures import default_columns, tile, to_uint8

COLOURS = {
    "real": "#00488E",
    "fake": "#CE5500",
    "generator": "#28A876",
    "discriminator": "#8E4B72",
    "neutral": "#2A2A2A",
}
"""Blue, orange, green, purple and a dark grey: of the palettes that meet these bounds, one near Okabe and Ito's (2008).

Any two differ by 25 or more (CIE 1976, L*a*b* with D65), for normal sight and as people without one kind of cone see
them (Machado, Oliveira and Fernandes 2009, severity 1), and in grey by 10 or more in L*. Real and fake, and generator
and discriminator, the pairs that meet most often, differ by 20 there. Each has a contrast of 3 : 1 or more on white.
On #111111 fake, generator and discriminator have it too and real has 2 : 1: colours that keep 3 : 1 on both lie
between L* 41 and 62, where there is room for three. Neutral is for white grounds only.
"""
STYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)))  # a curve has its own style as well as its own colour
MARKERS = dict(zip(COLOURS, ("o", "x", "^", "s", "D"), strict=True))  # and points their own shape
DPI = 110
SCORE_LABELS = {
    "frechet_distance": "Fréchet distance\n(lower is better)",
    "kernel_distance": "kernel distance\n(lower is better)",
    "diversity": "diversity",
}


def use_course_style() -> None:
    """Set matplotlib's defaults for the lessons: white, quiet, legible at 110 dots per inch."""
    plt.rcParams.update(
        {
            "figure.dpi": DPI,
            "figure.facecolor": "white",
            "figure.figsize": (6.4, 3.6),
            "figure.constrained_layout.use": True,
            "axes.facecolor": "white",
            # Dark themes set these to white, which would vanish on the white background.
            **dict.fromkeys(
                ("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), "black"
            ),
            "axes.prop_cycle": cycler(color=list(COLOURS.values())) + cycler(linestyle=list(STYLES)),
            "axes.grid": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.titlesize": 11,
            "axes.labelsize": 10,
            "xtick.labelsize": 9,
            "ytick.labelsize": 9,
            "legend.fontsize": 9,
            "legend.frameon": False,
            "grid.color": "#dddddd",
            "grid.linewidth": 0.6,
            "lines.linewidth": 1.8,
            "savefig.facecolor": "white",
        }
    )


def show(figure: Figure, alt: str) -> None:
    """Display `figure` once, with `alt` as its alternative text, and close it.

    The picture goes out as an HTML <img alt="..."> with the PNG inside. JupyterLab (also in a notebook not
    trusted yet), Colab, VS Code and nbconvert keep the alternative text of that form; of a bare image/png
    output JupyterLab would drop it. Where only text can be shown, that text is `alt`.

    Raises CourseError if `alt` is empty.
    """
    from IPython.display import display

    display(picture(figure, alt))


def picture(figure: Figure, alt: str) -> Picture:
    """What `show` displays, for those who display it themselves, such as a picture that is redrawn in place."""
    plt.close(figure)
    return Picture(png_bytes(figure), alt)


def png_bytes(figure: Figure) -> bytes:
    """The figure as a PNG file of 110 dots per inch on white, in 256 colours: a third of the size in a notebook."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, facecolor="white")
    return small_png(Image.open(buffer).convert("RGB"))


def small_png(image: Image.Image) -> bytes:
    """A PNG file of 256 colours."""
    small = io.BytesIO()
    image.quantize(256, dither=Image.Dither.NONE).save(small, format="PNG", optimize=True)
    return small.getvalue()


def image_grid(
    images: np.ndarray,
    columns: int | None = None,
    title: str | None = None,
    captions: Sequence[object] | None = None,
    image_size: float = 0.6,
) -> Figure:
    """A figure of many images with a title, and a caption under each image if `captions` are given.

    images: float in [-1, 1] or uint8, shape (N, height, width[, 1 or 3]); captions: one a image;
    image_size: width of one image in inches (0.9 leaves room for captions such as "Ankle boot").
    """
    images = np.asarray(images)
    if captions is not None and len(captions) != len(images):
        raise CourseError(
            f"There are {len(images)} images but {len(captions)} captions; give one caption per image."
        )
    tiled = tile(images, columns)
    columns = min(columns or default_columns(len(images)), len(images))
    rows = math.ceil(len(images) / columns)
    height, width = images.shape[1:3]
    caption_height = 0 if captions is None else 0.22  # inches
    figure_width = max(columns * image_size, 2.2)
    figure_height = rows * (image_size * height / width + caption_height) + (0.35 if title else 0.05)
    figure = Figure((figure_width, figure_height), layout="constrained")
    if title:
        figure.suptitle(title, fontsize=11)
    if captions is None:
        _draw_image(figure.subplots(), tiled)
        return figure
    all_axes = figure.subplots(rows, columns, squeeze=False)
    for axes, image, caption in zip(all_axes.flat, to_uint8(images), captions, strict=False):
        _draw_image(axes, image)
        axes.set_xlabel(str(caption), fontsize=8, labelpad=2)
    for axes in all_axes.flat[len(images) :]:
        axes.set_axis_off()
    return figure


def training_curves(
    history: Mapping[str, Sequence[float]],
    title: str = "Training",
    levels: Mapping[str, float] | None = None,
) -> Figure:
    """Losses, and scores where there are any, against the training step.

    history: "step", "discriminator_loss" and "generator_loss", all of one length; every other column named in
    `SCORE_LABELS` is drawn in a panel of its own, with NaN where it was not measured.
    levels: named dashed lines, such as {"D only guesses: 2 log 2": 1.386}.
    """
    steps = np.asarray(history["step"], "float64")
    scores = [
        name for name in SCORE_LABELS if np.isfinite(np.asarray(history.get(name, ()), "float64")).any()
    ]
    figure = Figure((6.8, 3.0 + 1.9 * len(scores)), layout="constrained")
    panels = figure.subplots(1 + len(scores), sharex=True, squeeze=False)
    losses = panels[0, 0]
    for role in ("discriminator", "generator"):
        values = np.asarray(history[f"{role}_loss"], "float64")
        style = {"color": COLOURS[role], "linestyle": "-" if role == "discriminator" else "--"}
        smooth = _moving_average(values)
        if smooth is not values:
            losses.plot(steps, values, color=COLOURS[role], linestyle="-", linewidth=0.8, alpha=0.3)
        losses.plot(steps, smooth, label=f"{role} loss", **style)
    for name, level in (levels or {}).items():
        losses.axhline(level, color=COLOURS["neutral"], linestyle=":", linewidth=1.2, label=name)
    losses.set(title=title, ylabel="loss")
    losses.legend(loc="upper right", ncols=3)
    losses.margins(y=0.2)
    for axes, name in zip(panels[1:, 0], scores, strict=True):
        values = np.asarray(history[name], "float64")
        measured = np.isfinite(values)
        axes.plot(steps[measured], values[measured], "o-", markersize=3, color=COLOURS["fake"])
        axes.set(ylabel=SCORE_LABELS[name], ylim=(0, None))
    panels[-1, 0].set_xlabel("training step")
    return figure


def density_curves(
    x: np.ndarray,
    real: np.ndarray,
    fake: np.ndarray | None = None,
    title: str = "Two densities",
    labels: tuple[str, str] = ("real, $p_{data}(x)$", "fake, $p_g(x)$"),
    axes: Axes | None = None,
) -> Figure:
    """Probability densities over the line as filled curves: real in blue, fake in orange and dashed."""
    figure, axes = _figure_of(axes)
    for role, density, label, style in (("real", real, labels[0], "-"), ("fake", fake, labels[1], "--")):
        if density is not None:
            axes.plot(x, density, color=COLOURS[role], linestyle=style, label=label)
            axes.fill_between(x, density, color=COLOURS[role], alpha=0.18, linewidth=0)
    axes.set(title=title, xlabel="x", ylabel="density", ylim=(0, None))
    axes.legend()
    return figure


def line_curves(
    x: np.ndarray,
    curves: Mapping[str, np.ndarray],
    title: str,
    xlabel: str,
    ylabel: str,
    colours: Mapping[str, str] | None = None,
    axes: Axes | None = None,
) -> Figure:
    """One curve per entry of `curves`, label -> values over `x`.

    colours: label -> a role of `COLOURS` or any colour of matplotlib; without it, the five roles' in turn.
    """
    figure, axes = _figure_of(axes)
    palette = list(COLOURS.values())
    for index, (label, values) in enumerate(curves.items()):
        colour = (colours or {}).get(label, palette[index % len(palette)])
        style = STYLES[index % len(STYLES)]
        axes.plot(x, values, color=COLOURS.get(colour, colour), linestyle=style, label=label)
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
    axes.legend()
    return figure


class Picture:
    """What `show` hands to IPython: HTML for notebooks, the alternative text for everything else.

    png: a PNG file; scale: dots a side that each of its pixels has on the page, with sharp edges if they are several,
    so that small images need not be enlarged in the file. Raises CourseError if `alt` is empty.
    """

    def __init__(self, png: bytes, alt: str, scale: int = 1) -> None:
        if not alt.strip():
            raise CourseError(
                "Every figure needs a description for readers who cannot see it: show(figure, alt='...')."
            )
        self.png, self.alt, self.scale = png, " ".join(alt.split()), scale

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png).decode("ascii")
        source = f"data:image/png;base64,{data}"
        width, height = (self.scale * int.from_bytes(self.png[at : at + 4]) for at in (16, 20))
        # Known size and decoding at once: where one picture follows another, nothing jumps and nothing flickers.
        style = "max-width: 100%; height: auto"
        if self.scale > 1:
            style += "; display: block; image-rendering: pixelated"
        size = f'width="{width}" height="{height}" decoding="sync" style="{style}"'
        return f'<img alt="{html.escape(self.alt)}" src="{source}" {size}>'


def _draw_image(axes: Axes, pixels: np.ndarray) -> None:
    pixels = pixels[..., 0] if pixels.ndim == 3 and pixels.shape[-1] == 1 else pixels
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)


def _figure_of(axes: Axes | None) -> tuple[Figure, Axes]:
    if axes is not None:
        return axes.figure, axes
    figure = Figure((6.4, 3.4), layout="constrained")
    return figure, figure.subplots()


def _moving_average(values: np.ndarray) -> np.ndarray:
    """Mean over a fiftieth of the curve on either side; short curves are left alone."""
    reach = len(values) // 50
    if reach < 1:
        return values
    sums = np.cumsum(np.insert(values, 0, 0.0))
    centre = np.arange(len(values))
    first, last = np.maximum(centre - reach, 0), np.minimum(centre + reach + 1, len(values))
    return (sums[last] - sums[first]) / (last - first)
