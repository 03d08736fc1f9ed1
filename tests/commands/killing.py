"""Trains, kills the training at random moments, resumes it; a program of its own, started by `test_train.py`.

    python -m tests.commands.killing FOLDER KILLS

What runs is the command `train`, real but for its size: tiny networks, a checkpoint at each look, no scores.
Importing TensorFlow takes seconds, so this process imports it once and forks a child for each training, before
TensorFlow has started a thread. It prints what happened as JSON.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import json
import os
import random
import signal
import struct
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from PIL import Image, ImageSequence

from course_lib import datasets
from course_lib.commands import program
from course_lib.models import networks, recipe
from course_lib.models.gan import GAN
from course_lib.training import runs  # with all that the command imports, here once for all children

STEPS = 5  # of each training, had it not been killed


def main(folder: Path, kills: int) -> None:
    dataset = datasets.load("fashion_mnist")
    small = dataclasses.replace(dataset, images_train=dataset.images_train[:200])
    datasets.load = lambda name: small
    recipe.dcgan = tiny_gan
    runs.Checkpoint = functools.partial(runs.Checkpoint, every_seconds=0)
    runs.Recorder = functools.partial(runs.Recorder, grid=(2, 3), frames=6)
    runs.scores = lambda gan, dataset: {}
    zipfile.ZipFile.close = on_a_slow_disk(zipfile.ZipFile.close)

    straight, killed = folder / "straight", folder / "killed"
    phases = (1, STEPS)  # a child is killed while it starts, while it trains, or while it writes its results
    moments = [time.monotonic()]
    child = start(straight, STEPS)
    for step in phases:
        wait_for_step(child, straight, step)
        moments.append(time.monotonic())
    assert finished(child), (straight / "log").read_text()
    lengths = np.diff([*moments, time.monotonic()])

    chance = random.Random(0)
    reached, half_written, seen = [], 0, set()
    # When no kill has met the writing of a file yet, or of the results, there are more.
    while len(reached) < kills or (not (half_written and seen) and len(reached) < 40):
        before, phase = last_step(killed), len(reached) % 3
        child = start(killed, before + STEPS)
        if phase > 0:
            wait_for_step(child, killed, before + phases[phase - 1])
        time.sleep(chance.uniform(0, lengths[phase]))
        os.kill(child, signal.SIGKILL)
        if finished(child):
            lengths *= 0.7  # it was faster than the first one, and is not counted
            continue
        half_written += any(killed.rglob(".*"))
        seen |= {path.name for path in check_files(killed) if path.suffix != ".npz"}
        assert last_step(killed) >= before
        reached.append(last_step(killed))

    steps = reached[-1] + STEPS
    assert finished(start(killed, steps)), (killed / "log").read_text()
    assert finished(start(straight, steps)), (straight / "log").read_text()
    results = [path.name for path in check_files(killed)]
    a, b = newest(straight), newest(killed)
    differing = [name for name in a if name.startswith("gan/") and not np.array_equal(a[name], b[name])]
    hidden = [path.name for path in killed.rglob(".*")]
    found = {"reached": reached, "half_written": half_written, "seen": sorted(seen), "results": results}
    print(json.dumps(found | {"differing": differing, "hidden": hidden}))


def tiny_gan(image_shape: tuple[int, int, int], seed: int, **options: object) -> GAN:
    """In place of the recipe's; eager, because compiling it would take longer than training it."""
    keras.utils.set_random_seed(seed)
    gan = GAN(
        networks.dcgan_generator(image_shape, latent_size=4, width=2),
        networks.dcgan_discriminator(image_shape, width=2),
        seed=seed,
    )
    gan.compile(run_eagerly=True)
    return gan


def on_a_slow_disk(close: Callable[[zipfile.ZipFile], None]) -> Callable[[zipfile.ZipFile], None]:
    """Gives the kills something to hit: files so small are written in a moment."""

    def slow_close(archive: zipfile.ZipFile) -> None:
        if archive.mode == "w":
            time.sleep(0.03)  # before the table of contents, without which it is no archive
        close(archive)

    return slow_close


def start(out: Path, steps: int) -> int:
    """The id of a child process that trains up to `steps`."""
    out.mkdir(parents=True, exist_ok=True)
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        log = os.open(out / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(log, 1)
        os.dup2(log, 2)
        arguments = ["train", "--steps", str(steps), "--batch-size", "8", "--out", str(out), "--resume"]
        code = program.main(arguments)
    finally:
        sys.stdout.flush()
        os._exit(code)


def wait_for_step(child: int, out: Path, step: int) -> None:
    """Until the child has saved this step. It cannot end before, unless it fails."""
    while last_step(out) < step:
        assert os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None, (
            out / "log"
        ).read_text()
        time.sleep(0.005)


def finished(child: int) -> bool:
    """Wait for the child; whether it came to its own, good end."""
    return os.waitpid(child, 0)[1] == 0


def last_step(out: Path) -> int:
    paths = (out / "checkpoints").glob("checkpoint-*.npz")
    return max((int(path.stem.split("-")[1]) for path in paths), default=0)


def newest(out: Path) -> dict[str, np.ndarray]:
    with np.load(max((out / "checkpoints").glob("*.npz"))) as archive:
        return {name: archive[name] for name in archive.files}


def check_files(out: Path) -> list[Path]:
    """Read every file that has its final name to its end; an exception if one is not whole."""
    files = [path for path in out.rglob("*") if path.is_file() and path.name[0] != "." and path.name != "log"]
    for path in files:
        READERS[path.suffix](path)
    return files


def read_archive(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None, path


def read_csv(path: Path) -> None:
    text = path.read_text()
    assert text.endswith("\n"), path
    assert len({len(row) for row in csv.reader(text.splitlines())}) == 1, path


def read_pictures(path: Path) -> None:
    with Image.open(path) as picture:
        assert sum(frame.convert("RGB").getbbox() is not None for frame in ImageSequence.Iterator(picture)), (
            path
        )


def read_film(path: Path) -> None:
    """MP4 is a row of boxes, each with its length in front."""
    content, place, kinds = path.read_bytes(), 0, []
    while place < len(content):
        length, kind = struct.unpack_from(">I4s", content, place)
        kinds.append(kind)
        place += length
    assert place == len(content) and {b"moov", b"mdat"} <= set(kinds), path


READERS = {
    ".npz": read_archive,
    ".keras": read_archive,
    ".json": lambda path: json.loads(path.read_text()),
    ".csv": read_csv,
    ".png": read_pictures,
    ".gif": read_pictures,
    ".mp4": read_film,
}

if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
