"""`train`: the DCGAN from the command line, from data to pictures, film and a report."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from pathlib import Path

from course_lib import ROOT, CourseError
from course_lib.commands.arguments import folder, positive, seed

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
NEEDS = ("keras", "tensorflow", "matplotlib", "PIL", "tqdm")
EXTRAS = ("lab",)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dataset",
        choices=("fashion_mnist", "emoji"),
        default="fashion_mnist",
        help="grey garments of 28 x 28 pixels (the default), or colour emoji of 32 x 32",
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--seconds", type=positive(float), help="train so long now (default: 120 if nothing else is given)"
    )
    length.add_argument(
        "--steps", type=positive(int), help="train up to this step, counted from the run's start"
    )
    length.add_argument(
        "--epochs", type=positive(int), help="train up to this epoch, counted from the run's start"
    )
    parser.add_argument(
        "--batch-size",
        type=positive(int),
        metavar="B",
        help="images a step (what the recipe learns best with)",
    )
    parser.add_argument(
        "--seed", type=seed, default=0, help="of weights, noise and the order of the images (0)"
    )
    parser.add_argument(
        "--learning-rate-factor",
        type=positive(float),
        default=1.0,
        metavar="F",
        help="times the recipe's learning rates, also of a run that is resumed (1; after an alarm 0.33)",
    )
    parser.add_argument("--out", type=folder, metavar="DIR", help="output folder (runs/DATASET)")
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
    parser.add_argument(
        "--machines", action="store_true", help="on many machines as one: course_lib/training/CLUSTER.md"
    )
    parser.add_argument(
        "--wait",
        type=positive(float),
        default=300.0,
        metavar="S",
        help="with --machines: seconds that this machine waits for the others to start (300)",
    )


def run(arguments: argparse.Namespace) -> int:
    out = arguments.out if arguments.out is not None else ROOT / "runs" / arguments.dataset
    if not arguments.machines:
        _claim(out, arguments.resume)

    # From here on a polite end of the process (closing a terminal, a cluster's time limit) is treated like Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)

    from course_lib import device

    precision = arguments.precision
    if arguments.machines:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # what went wrong is told in one line, ours
        if precision == "auto" and device.report().precision == "mixed_float16":
            precision = "float32"  # `GAN.compile` says why
    hardware = device.configure(precision, deterministic=True, threads=device.SMALL)
    names = (
        "dataset",
        "batch_size",
        "seed",
        "steps",
        "seconds",
        "epochs",
        "tensorboard",
        "learning_rate_factor",
    )
    options = {name: getattr(arguments, name) for name in names} | {"out": out}
    if arguments.machines:
        from course_lib.training import many_machines

        here = many_machines.find()
        if here.is_chief:
            _claim(out, arguments.resume)
        this_run = many_machines.prepare(here, arguments.wait, **options)
    else:
        from course_lib.training import runs

        this_run = runs.prepare(**options)
    if arguments.resume:
        this_run.resume()
    interrupted = False
    try:
        this_run.train()
    except CourseError:  # the training broke: what led there stands in the history
        with contextlib.suppress(OSError):  # a full disk, which the error has said already
            this_run.write_history()
        raise
    except KeyboardInterrupt:
        interrupted = True
        step = f"{this_run.gan.step:,}"
        print(f"Stopped at step {step}; writing the results (Ctrl-C again to leave without them).")
    print("Writing the results: scores, samples and the film take some seconds.", flush=True)
    try:
        this_run.write_results(hardware)
    except OSError as error:
        raise CourseError(
            f"Cannot write the results into {out}: {error.strerror}. The checkpoint is whole: mend this, and repeat "
            "the command with --resume."
        ) from error
    print(this_run.written())
    if interrupted:
        print("Go on with the same command and --resume.", file=sys.stderr)
        return 130
    return 0


def _claim(out: Path, resume: bool) -> None:
    """Make the output folder. Raises CourseError if that cannot be, or if it holds a run that is not to go on."""
    try:  # a name may be too long even to look for
        if any((out / "checkpoints").glob("checkpoint-*.npz")) and not resume:
            raise CourseError(
                f"{out} holds a run already: go on with it by --resume, or choose another --out."
            )
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(f"Cannot make the folder {out}: {error.strerror}.") from error
