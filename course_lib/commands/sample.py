"""`sample`: images from a saved generator."""

from __future__ import annotations

import argparse
from pathlib import Path
from zipfile import BadZipFile

from course_lib import CourseError
from course_lib.commands.arguments import seed
from course_lib.files import replacing

HELP = "draw images with a saved generator"
DESCRIPTION = """\
Draws images with a generator that `train` saved, into a NumPy file (uint8, shape (N, height, width, channels), values
0 to 255) or a PNG picture of all of them in a grid. The same seed draws the same images."""
EXAMPLE = """\
  python3 -m course_lib sample runs/fashion_mnist/generator.keras --count 64 --out garments.png
  python3 -m course_lib sample runs/fashion_mnist/generator.keras --count 10000 --seed 1 --out garments.npy"""
NEEDS = ("keras", "tensorflow", "PIL")
EXTRAS = ("lab",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("generator", type=Path, metavar="GENERATOR.keras", help="the file that `train` wrote")
    parser.add_argument("--count", type=int, required=True, metavar="N", help="how many images")
    parser.add_argument("--seed", type=seed, default=0, help="of the latent vectors (0)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="FILE.npy or FILE.png")


def run(arguments: argparse.Namespace) -> int:
    if arguments.count < 1:
        raise CourseError(f"--count must be at least 1, not {arguments.count}.")
    if arguments.out.suffix not in (".npy", ".png"):
        raise CourseError(f"--out must end in .npy or .png, and {arguments.out} does not.")
    if arguments.generator.is_dir():  # the folder of a run is meant as often as the file in it
        arguments.generator /= "generator.keras"
    if not arguments.generator.is_file():
        raise CourseError(f"There is no file {arguments.generator}: `train` writes one, generator.keras.")

    from course_lib import device

    device.configure("float32", quiet=True)
    import keras
    import numpy as np

    from course_lib.media import pictures
    from course_lib.models.sampling import generate

    try:
        generator = keras.models.load_model(arguments.generator, compile=False)
    except (ValueError, TypeError, OSError, KeyError, EOFError, BadZipFile) as error:
        raise CourseError(
            f"{arguments.generator} is not a Keras model, or it is damaged: `train` writes one as generator.keras."
        ) from error
    takes, gives = generator.inputs[0].shape[1:], generator.outputs[0].shape[1:]
    if len(takes) != 1 or len(gives) != 3:
        raise CourseError(
            f"{arguments.generator} takes {takes} and gives {gives}, but a generator takes latents of shape (size,) "
            "and gives images of shape (height, width, channels)."
        )
    try:
        latents = np.random.default_rng(arguments.seed).standard_normal(
            (arguments.count, takes[0]), dtype="float32"
        )
        images = pictures.to_uint8(generate(generator, latents))
    except MemoryError as error:
        raise CourseError(f"--count {arguments.count:,} is more than this machine's memory holds.") from error
    try:
        if arguments.out.suffix == ".png":
            pictures.save_png(images, arguments.out)
        else:
            with replacing(arguments.out) as temporary:
                np.save(temporary, images)
    except OSError as error:
        raise CourseError(f"Cannot write {arguments.out}: {error.strerror}.") from error
    noun = "image" if len(images) == 1 else "images"
    print(f"{arguments.out}: {len(images):,} {noun} of {images.shape[1]} x {images.shape[2]} pixels")
    return 0
