"""`sample`: images from a saved generator."""

from __future__ import annotations

import argparse
from pathlib import Path

from course_lib import CourseError
from course_lib.commands.arguments import generator_file, seed
from course_lib.files import replacing

HELP = "draw images with a saved generator"
DESCRIPTION = """\
Draws images with a generator that `train` saved, into a NumPy file (uint8, shape (N, height, width, channels), values
0 to 255) or a PNG picture of all of them in a grid. The same seed draws the same images.

A generator with classes draws --count images of each, class after class, a row a class in the picture; --class N draws
one of them."""
EXAMPLE = """\
  python3 -m course_lib sample runs/fashion_mnist/generator.keras --count 64 --out garments.png
  python3 -m course_lib sample runs/fashion_mnist/generator.keras --count 10000 --seed 1 --out garments.npy"""
NEEDS = ("keras", "tensorflow", "PIL")
EXTRAS = ("lab",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("generator", type=Path, metavar="GENERATOR.keras", help="the file that `train` wrote")
    parser.add_argument(
        "--count", type=int, required=True, metavar="N", help="how many images, or of each class"
    )
    parser.add_argument(
        "--class",
        dest="label",
        metavar="N",
        help="with a generator that has classes: this one, by number or name (default: a row a class)",
    )
    parser.add_argument("--seed", type=seed, default=0, help="of the latent vectors (0)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="FILE.npy or FILE.png")


def run(arguments: argparse.Namespace) -> int:
    if arguments.count < 1:
        raise CourseError(f"--count must be at least 1, not {arguments.count}.")
    if arguments.out.suffix not in (".npy", ".png"):
        raise CourseError(f"--out must end in .npy or .png, and {arguments.out} does not.")
    arguments.generator = generator_file(arguments.generator)

    from course_lib import device

    device.configure("float32", quiet=True)
    import numpy as np

    from course_lib.media import pictures
    from course_lib.models import saved
    from course_lib.models.sampling import generate

    generator = saved.load(arguments.generator)
    size = generator.inputs[0].shape[-1]
    labels = None
    if (number := saved.count_classes(generator)) is not None:
        chosen = classes(arguments.label, number, saved.class_names(arguments.generator.parent, number))
        labels = np.repeat(np.array(chosen, "int32"), arguments.count)
    elif arguments.label is not None:
        raise CourseError(f"{arguments.generator} draws without classes: leave --class out.")
    count = arguments.count if labels is None else len(labels)
    try:
        latents = np.random.default_rng(arguments.seed).standard_normal((count, size), dtype="float32")
        images = pictures.to_uint8(generate(generator, latents, labels))
    except MemoryError as error:
        raise CourseError(f"--count {arguments.count:,} is more than this machine's memory holds.") from error
    columns = arguments.count if labels is not None and len(set(labels.tolist())) > 1 else None
    try:
        if arguments.out.suffix == ".png":
            pictures.save_png(images, arguments.out, columns=columns)
        else:
            with replacing(arguments.out) as temporary:
                np.save(temporary, images)
    except OSError as error:
        raise CourseError(f"Cannot write {arguments.out}: {error.strerror}.") from error
    noun = "image" if len(images) == 1 else "images"
    print(f"{arguments.out}: {len(images):,} {noun} of {images.shape[1]} x {images.shape[2]} pixels")
    return 0


def classes(asked: str | None, count: int, names: tuple[str, ...]) -> list[int]:
    """The classes to draw: the one asked for, or all. Raises CourseError, with the list, if there is none such."""
    listed = ", ".join(f"{number} {name}" for number, name in enumerate(names)) or f"0 to {count - 1}"
    if asked is None:
        print(f"A row for each class: {listed}.")
        return list(range(count))
    if asked.isdecimal() and int(asked) < count:
        return [int(asked)]
    folded = [name.casefold() for name in names]
    if asked.casefold() in folded:
        return [folded.index(asked.casefold())]
    raise CourseError(f"--class {asked}: there is no such class; this generator draws {listed}.")
