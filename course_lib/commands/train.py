"""`train`: the DCGAN from the command line, from data to pictures, film and a report."""

from __future__ import annotations

import argparse
import json
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib import ROOT, CourseError
from course_lib.files import replacing

if TYPE_CHECKING:
    from course_lib.gan import GAN
    from course_lib.training import Recorder

HELP = "train the DCGAN without a notebook"
DESCRIPTION = """\
Trains the DCGAN of lesson 06 and leaves in the output folder: generator.keras (opens with plain Keras), samples.png,
training.gif, history.csv, report.json and a checkpoint. Ctrl-C at any time: what was learned is saved, and --resume
goes on from there. The same seed gives the same weights on the same machine, however often the run was stopped."""
EXAMPLE = """\
  python3 -m course_lib train                                   two minutes on Fashion-MNIST
  python3 -m course_lib train --seconds 600 --out runs/garments
  python3 -m course_lib train --resume --seconds 600 --out runs/garments    ten minutes more
  python3 -m course_lib train --dataset emoji --epochs 100 --out runs/emoji"""
NEEDS = ("keras", "tensorflow", "matplotlib", "PIL", "tqdm")
EXTRAS = ("lab",)

DEFAULT_SECONDS = 120.0
# Measured on two cores at equal time: half the paper's width takes a third of the time a step, and five times its
# learning rate learns faster and stays steady, because the samples are drawn with averaged weights.
WIDTH = 32
LEARNING_RATE = 1e-3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", choices=("fashion_mnist", "emoji"), default="fashion_mnist")
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--seconds", type=_positive(float), help="train so long now (default: 120 if nothing else is given)"
    )
    length.add_argument(
        "--steps", type=_positive(int), help="train up to this step, counted from the run's start"
    )
    length.add_argument(
        "--epochs", type=_positive(int), help="train up to this epoch, counted from the run's start"
    )
    parser.add_argument(
        "--batch-size", type=_positive(int), default=32, metavar="B", help="images a step (32)"
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="of weights, noise and the order of the images (0)"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="output folder (runs/DATASET)")
    parser.add_argument(
        "--resume", action="store_true", help="go on from the checkpoint in the output folder"
    )
    parser.add_argument(
        "--precision",
        choices=("auto", "float32", "mixed_bfloat16", "mixed_float16"),
        default="auto",
        help="number format; auto looks at the hardware, and `doctor` says what it found",
    )


def run(arguments: argparse.Namespace) -> int:
    out = arguments.out if arguments.out is not None else ROOT / "runs" / arguments.dataset
    checkpoints = out / "checkpoints"
    if any(checkpoints.glob("checkpoint-*.npz")) and not arguments.resume:
        raise CourseError(f"{out} holds a run already: go on with it by --resume, or choose another --out.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"Cannot make the folder {out}: {error.strerror}.") from error

    # From here on a polite end of the process (closing a terminal, a cluster's time limit) is treated like Ctrl-C.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))

    from course_lib import datasets, device

    hardware = device.configure(arguments.precision, deterministic=True)
    import keras

    from course_lib import networks
    from course_lib.alarms import Alarm
    from course_lib.checkpoints import Checkpoint
    from course_lib.gan import GAN
    from course_lib.training import Progress, Recorder, train

    precision = keras.mixed_precision.global_policy().name
    settings = {
        "dataset": arguments.dataset,
        "batch_size": arguments.batch_size,
        "seed": arguments.seed,
        "precision": precision,
    }
    images = datasets.load(arguments.dataset).images_train
    keras.utils.set_random_seed(arguments.seed)
    gan = GAN(
        networks.dcgan_generator(images.shape[1:], width=WIDTH),
        networks.dcgan_discriminator(images.shape[1:], width=WIDTH),
        seed=arguments.seed,
    )
    # Few calls from Python, yet about a second each, so that bar and checkpoint stay up to date.
    gan.compile(
        generator_optimizer=keras.optimizers.Adam(LEARNING_RATE, beta_1=0.5),
        discriminator_optimizer=keras.optimizers.Adam(LEARNING_RATE, beta_1=0.5),
        steps_per_execution=max(1, min(10, 640 // arguments.batch_size)),
    )
    recorder = Recorder(seed=arguments.seed)
    checkpoint = Checkpoint(checkpoints, recorder, settings)
    if arguments.resume:
        restored = checkpoint.restore(gan)
        print(
            f"Resuming from {restored}" if restored else f"No checkpoint in {checkpoints}: starting afresh."
        )

    steps, seconds = arguments.steps, arguments.seconds
    if arguments.epochs is not None:
        steps = arguments.epochs * datasets.check_batch_size(len(images), arguments.batch_size)
    if steps is None and seconds is None:
        seconds = DEFAULT_SECONDS
    callbacks = [recorder, Alarm(recorder, images), checkpoint, Progress(recorder, steps, seconds)]
    interrupted = False
    try:
        train(gan, images, arguments.batch_size, steps, seconds, arguments.seed, callbacks)
    except CourseError:  # the training broke: what led there stands in the history
        write_history(out, recorder)
        raise
    except KeyboardInterrupt:
        interrupted = True
        print(f"\nStopped at step {gan.step:,}; writing the results (Ctrl-C again to leave without them).")

    report = {
        "settings": settings,
        "hardware": hardware.as_dict(),
        "versions": _versions(),
        "training_images": len(images),
    }
    write_results(out, gan, recorder, arguments.dataset, report)
    print(f"In {out}: generator.keras, samples.png, training.gif, history.csv, report.json")
    if interrupted:
        print("Go on with the same command and --resume.", file=sys.stderr)
        return 130
    return 0


def write_results(out: Path, gan: GAN, recorder: Recorder, dataset: str, report: dict) -> None:
    """Everything a run leaves beside its checkpoint, each file whole or not at all."""
    from course_lib import pictures

    with replacing(out / "generator.keras") as temporary:
        gan.sampler.save(temporary)
    pictures.save_png(recorder.samples(), out / "samples.png", columns=recorder.grid[1])
    captions = [f"step {step}" for step in recorder.frame_steps]
    pictures.save_gif(recorder.film(), out / "training.gif", captions=captions)
    write_history(out, recorder)

    batch_size = report["settings"]["batch_size"]
    seconds = recorder.history["seconds"][-1] if recorder.history["seconds"] else 0.0
    report |= {
        "steps": gan.step,
        "epochs": round(gan.step * batch_size / report.pop("training_images"), 2),
        "seconds": round(seconds, 2),
        "images_per_second": round(gan.step * batch_size / seconds, 1) if seconds else None,
        "scores": scores(gan, dataset),
    }
    with replacing(out / "report.json") as temporary:
        temporary.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def write_history(out: Path, recorder: Recorder) -> None:
    with replacing(out / "history.csv") as temporary:
        temporary.write_text(recorder.csv(), encoding="utf-8")


def scores(gan: GAN, dataset: str, count: int = 10_000) -> dict:
    """The generator's score on `count` samples, with the two ends of the scale it stands on."""
    from course_lib import metrics

    scale = metrics.score_scale(dataset, count)
    score = {"frechet": metrics.frechet_score, "kernel": metrics.kernel_score}[scale["score"]]
    images = gan.sample(scale["count"], seed=1)
    return {
        f"{scale['score']}_distance": round(score(images, dataset), 4),
        "real_against_real": scale["real"],
        "noise": scale["noise"],
        "samples": scale["count"],
        "feature_space": f"64 features of this course's own {dataset} classifier; not comparable with Inception FID",
    }


def _versions() -> dict[str, str]:
    import platform
    from importlib.metadata import version

    import keras
    import tensorflow

    from course_lib import __version__

    return {
        "course_lib": __version__,
        "python": platform.python_version(),
        "tensorflow": tensorflow.__version__,
        "keras": keras.__version__,
        "numpy": version("numpy"),
    }


def _positive(kind: type) -> type:
    """An argparse type: a number of this kind above 0."""

    def number(text: str) -> float:
        value = kind(text)
        if not 0 < value < float("inf"):
            raise argparse.ArgumentTypeError(f"must be above 0, not {text}")
        return value

    number.__name__ = "positive number"
    return number
