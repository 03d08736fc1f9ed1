"""`train`: the DCGAN from the command line, from data to pictures, film and a report."""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from course_lib import ROOT, CourseError
from course_lib.files import replacing

if TYPE_CHECKING:
    from course_lib.gan import GAN
    from course_lib.training import Recorder

HELP = "train the DCGAN without a notebook"
DESCRIPTION = """\
Trains the course's DCGAN and leaves in the output folder: generator.keras (opens with plain Keras), samples.png,
training.gif (and training.mp4 where ffmpeg is installed), history.csv, report.json and a checkpoint. Ctrl-C at any
time: what was learned is saved, and --resume goes on from there. The same seed gives the same weights on the same
machine, however often the run was stopped."""
EXAMPLE = """\
  python3 -m course_lib train                                   two minutes on Fashion-MNIST
  python3 -m course_lib train --seconds 600 --out runs/garments
  python3 -m course_lib train --resume --seconds 600 --out runs/garments    ten minutes more
  python3 -m course_lib train --dataset emoji --epochs 100 --out runs/emoji
  python3 -m course_lib train --tensorboard --out runs/watched     and then: tensorboard --logdir runs"""
NEEDS = ("keras", "tensorflow", "matplotlib", "PIL")
EXTRAS = ("lab",)

DEFAULT_SECONDS = 120.0
RESULTS = ("generator.keras", "samples.png", "training.gif", "training.mp4", "history.csv", "report.json")


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
        "--batch-size",
        type=_positive(int),
        metavar="B",
        help="images a step (what the recipe learns best with)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="of weights, noise and the order of the images (0)"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="output folder (runs/DATASET)")
    parser.add_argument(
        "--resume", action="store_true", help="go on from the checkpoint in the output folder"
    )
    parser.add_argument(
        "--tensorboard", action="store_true", help="write a log for TensorBoard into the output folder"
    )
    parser.add_argument(
        "--precision",
        choices=("auto", "float32", "mixed_bfloat16", "mixed_float16"),
        default="auto",
        help="number format; auto looks at the hardware, and `doctor` says what it found",
    )


def run(arguments: argparse.Namespace) -> int:
    out = arguments.out if arguments.out is not None else ROOT / "runs" / arguments.dataset
    if any((out / "checkpoints").glob("checkpoint-*.npz")) and not arguments.resume:
        raise CourseError(f"{out} holds a run already: go on with it by --resume, or choose another --out.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"Cannot make the folder {out}: {error.strerror}.") from error

    # From here on a polite end of the process (closing a terminal, a cluster's time limit) is treated like Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    from course_lib import device

    hardware = device.configure(arguments.precision, deterministic=True, threads=device.SMALL)
    interrupted = False
    gan, recorder, report, go = prepare(arguments, out)
    try:
        go()
    except CourseError:  # the training broke: what led there stands in the history
        with contextlib.suppress(OSError):  # a full disk, which the error has said already
            write_history(out, recorder)
        raise
    except KeyboardInterrupt:
        interrupted = True
        print(f"Stopped at step {gan.step:,}; writing the results (Ctrl-C again to leave without them).")
    try:
        report |= {"hardware": hardware.as_dict(), "versions": versions()}
        write_results(out, gan, recorder, arguments.dataset, report)
    except OSError as error:
        raise CourseError(
            f"Cannot write the results into {out}: {error.strerror}. The checkpoint is whole: mend this, and repeat "
            "the command with --resume."
        ) from error
    print(f"In {out}: {', '.join(name for name in RESULTS if (out / name).exists())}")
    if interrupted:
        print("Go on with the same command and --resume.", file=sys.stderr)
        return 130
    return 0


def prepare(arguments: argparse.Namespace, out: Path) -> tuple[GAN, Recorder, dict, Callable[[], None]]:
    """The GAN, its recorder, the report so far, and the training that is ready to go, resumed where that is asked."""
    import keras

    from course_lib import datasets, recipe
    from course_lib.alarms import Alarm
    from course_lib.checkpoints import Checkpoint
    from course_lib.progress import Progress
    from course_lib.tensorboard_log import TensorBoardLog
    from course_lib.training import Recorder, train

    images = datasets.load(arguments.dataset).images_train
    batch_size, seed = arguments.batch_size or recipe.BATCH_SIZE, arguments.seed
    settings = {
        "dataset": arguments.dataset,
        "batch_size": batch_size,
        "seed": seed,
        "precision": keras.mixed_precision.global_policy().name,
    }
    steps, seconds = arguments.steps, arguments.seconds
    if arguments.epochs is not None:
        steps = arguments.epochs * datasets.check_batch_size(len(images), batch_size)
    if steps is None and seconds is None:
        seconds = DEFAULT_SECONDS

    # Few calls from Python, yet about a second each, so that progress line and checkpoint stay up to date.
    gan = recipe.dcgan(images.shape[1:], seed, steps_per_execution=max(1, min(20, 640 // batch_size)))
    recorder = Recorder(seed=seed)
    progress = Progress(recorder, steps, seconds)
    checkpoint = Checkpoint(out / "checkpoints", recorder, settings)
    callbacks = [recorder, Alarm(recorder, images, say=progress.say), checkpoint, progress]
    if arguments.tensorboard:
        callbacks.append(TensorBoardLog(recorder, out / "tensorboard"))
    if arguments.resume:
        found = checkpoint.restore(gan)
        print(f"Resuming from {found}" if found else f"No checkpoint in {out}: starting afresh.", flush=True)

    def go() -> None:
        try:
            train(gan, images, batch_size, steps, seconds, seed, callbacks)
        finally:
            progress.close()

    return gan, recorder, {"settings": settings, "training_images": len(images)}, go


def write_results(out: Path, gan: GAN, recorder: Recorder, dataset: str, report: dict) -> None:
    """Everything a run leaves beside its checkpoint, each file whole or not at all."""
    from course_lib import pictures

    for name in RESULTS:
        for abandoned in out.glob(f".*.{name}"):  # by a run that was killed while it wrote
            abandoned.unlink()
    with replacing(out / "generator.keras") as temporary:
        gan.sampler.save(temporary)
    pictures.save_png(recorder.samples(), out / "samples.png", columns=recorder.grid[1])
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

    captions = [f"step {step}" for step in recorder.frame_steps]
    pictures.save_gif(recorder.film(), out / "training.gif", captions=captions)
    if shutil.which("ffmpeg"):
        pictures.save_mp4(recorder.film(), out / "training.mp4", captions=captions)


def write_history(out: Path, recorder: Recorder) -> None:
    """Every look of the run, one line each."""
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


def versions() -> dict[str, str]:
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
