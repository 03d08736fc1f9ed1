"""Training one GAN on many machines as on one. How to start it on a cluster: course_lib/training/CLUSTER.md.

    strategy = connect(cluster.read(os.environ.get("TF_CONFIG")))
    with strategy.scope():
        gan = recipe.dcgan(images.shape[1:])
    fit(gan, datasets.batches(images, 256).take(1000), callbacks)

`gan.fit` cannot do it: with Keras 3.13 and 3.15 it fails under MultiWorkerMirroredStrategy as it averages the logs,
"ValueError: Invalid reduction dimension 0 for input with 0 dimensions". So `fit` here is a loop of its own around the
same `GAN.train_step`, with the same callbacks.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_lib import ROOT, CourseError, datasets
from course_lib.training import meeting

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

    from course_lib.models.gan import GAN
    from course_lib.training.runs import Run

DESCRIPTION = """\
Trains the DCGAN of `train` on many machines. Start it on each with the same options and its own TF_CONFIG, as
course_lib/training/CLUSTER.md shows. The first machine, the chief, writes the results and the checkpoints."""


def connect(
    here: meeting.Cluster, settings: dict[str, Any] | None = None, wait_seconds: float = 300.0
) -> tf.distribute.Strategy:
    """The strategy in whose scope the GAN is built; called before TensorFlow computes anything.

    settings: what must be the same on all machines. Raises CourseError on all of them if it is not, or if one machine
    does not come within `wait_seconds`.
    """
    import tensorflow as tf

    meeting.meet(here, settings or {}, wait_seconds)
    return tf.distribute.MultiWorkerMirroredStrategy()


@contextlib.contextmanager
def lost_machines_explained() -> Iterator[None]:
    """Where machines wait for each other: one line if one is lost, which TensorFlow notices within half a minute."""
    import tensorflow as tf

    try:
        yield
    except (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.CancelledError) as error:
        raise CourseError(
            "Another machine was lost: what it printed last may say why. The chief's last checkpoint is whole; start "
            "all machines again with --resume."
        ) from error


@lost_machines_explained()
def of_chief(strategy: tf.distribute.Strategy, values: np.ndarray) -> np.ndarray:
    """The chief's `values`, on every machine; all must call it, each with an array of the same shape and type."""
    import tensorflow as tf

    def own(values: tf.Tensor) -> tf.Tensor:
        first = tf.distribute.get_replica_context().replica_id_in_sync_group == 0
        return tf.where(first, values, tf.zeros_like(values))

    share = tf.function(lambda values: strategy.reduce("SUM", strategy.run(own, (values,)), axis=None))
    return share(tf.constant(values)).numpy()


def take_state_of_chief(gan: GAN) -> None:
    """Give the GANs of all machines the state of the chief's, so that only the chief needs the checkpoint."""
    variables = list(gan.state().values())
    arrays = [variable.numpy() for variable in variables]
    # One vector, so one exchange; float64 holds every float32, and every count below 2^53, exactly.
    whole = of_chief(gan.distribute_strategy, np.concatenate([a.astype("float64").ravel() for a in arrays]))
    parts = np.split(whole, np.cumsum([array.size for array in arrays])[:-1])
    for variable, part in zip(variables, parts, strict=True):
        variable.assign(part.reshape(variable.shape))


@lost_machines_explained()
def fit(gan: GAN, batches: tf.data.Dataset, callbacks: Sequence[keras.callbacks.Callback] = ()) -> None:
    """`gan.fit`, on all machines at once: the losses and weights that one machine gets from the same batches.

    batches: whole ones, the same on every machine, as `datasets.batches` makes them: images, or (images, labels). Each
    device takes its own rows. callbacks: may differ from machine to machine, but must not wait for another one. When
    `gan.stop_training` becomes true on one machine, all stop after the same step.

    Raises CourseError if the batches cannot be dealt out evenly, and when another machine is lost.
    """
    import keras
    import tensorflow as tf

    strategy = gan.distribute_strategy
    replicas = strategy.num_replicas_in_sync
    batch_size = tf.nest.flatten(batches.element_spec)[0].shape[0]
    if batch_size % replicas:
        raise CourseError(
            f"A batch of {batch_size} images cannot be dealt out evenly to {replicas} devices: take a multiple of "
            f"{replicas}, such as {-(-batch_size // replicas) * replicas}."
        )
    names: list[str] = []

    def step_of_one(batch: Any, stop: tf.Tensor) -> tf.Tensor:
        place = tf.distribute.get_replica_context().replica_id_in_sync_group
        shares = tf.nest.map_structure(lambda x: tf.reshape(x, (replicas, -1, *x.shape[1:])), batch)
        for metric in gan.metrics:
            metric.reset_state()
        logs = gan.train_step(tf.nest.map_structure(lambda x: x[place], shares)) | {"stop": stop}
        names[:] = logs
        return tf.stack([tf.cast(value, tf.float32) for value in logs.values()])

    @tf.function
    def step(batch: Any, stop: tf.Tensor) -> tf.Tensor:
        """The means of the logs over all devices: one exchange for all of them."""
        return strategy.reduce("MEAN", strategy.run(step_of_one, (batch, stop)), axis=None)

    gan.reset_metrics = lambda: None  # every step does; out here all machines would have to do it together
    watchers = keras.callbacks.CallbackList(list(callbacks), model=gan)
    watchers.on_train_begin()
    for number, batch in enumerate(batches):
        watchers.on_train_batch_begin(number)
        means = step(batch, tf.constant(float(gan.stop_training))).numpy()
        logs = dict(zip(names, means, strict=True))
        watchers.on_train_batch_end(number, logs)
        if logs["stop"] > 0:
            break
    gan.stop_training = False
    watchers.on_train_end()


def main(argv: list[str] | None = None) -> int:
    """The command line. Returns 0 done, 1 a mistake explained in one line, 130 stopped before the last step."""
    try:
        return run(parser().parse_args(argv))
    except CourseError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        prog="python3 -m course_lib.training.many_machines",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    options.add_argument("--dataset", choices=("fashion_mnist", "emoji"), default="fashion_mnist")
    options.add_argument("--steps", type=int, required=True, help="train up to this step")
    options.add_argument("--batch-size", type=int, metavar="B", help="images a step, of all machines (32)")
    options.add_argument(
        "--seed", type=int, default=0, help="of weights, noise and the order of the images (0)"
    )
    options.add_argument("--out", type=Path, metavar="DIR", help="output folder, of the chief (runs/DATASET)")
    options.add_argument("--resume", action="store_true", help="go on from the chief's checkpoint")
    options.add_argument("--precision", choices=("auto", "float32", "mixed_bfloat16"), default="auto")
    options.add_argument(
        "--wait", type=float, default=300.0, metavar="SECONDS", help="for the other machines (300)"
    )
    return options


def run(arguments: argparse.Namespace) -> int:
    here = meeting.read(os.environ.get("TF_CONFIG"))
    out = arguments.out if arguments.out is not None else ROOT / "runs" / arguments.dataset
    if here.is_chief and not arguments.resume and any((out / "checkpoints").glob("checkpoint-*.npz")):
        raise CourseError(f"{out} holds a run already: go on with it by --resume, or choose another --out.")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # of a lost machine one line tells, ours

    from course_lib import device

    precision = arguments.precision
    if precision == "auto" and device.report().precision == "mixed_float16":
        precision = "float32"  # `GAN.compile` says why
    hardware = device.configure(precision, deterministic=True, quiet=not here.is_chief, threads=device.SMALL)
    import keras

    from course_lib.models import recipe
    from course_lib.training import runs

    settings = {
        "dataset": arguments.dataset,
        "batch_size": arguments.batch_size or recipe.BATCH_SIZE,
        "seed": arguments.seed,
        "precision": keras.mixed_precision.global_policy().name,
        "steps": arguments.steps,
    }
    strategy = connect(here, settings, arguments.wait)
    with strategy.scope():
        this_run = runs.prepare(
            arguments.dataset,
            out,
            arguments.batch_size,
            arguments.seed,
            arguments.steps,
            steps_per_execution=1,
        )

    def stop(number: int, _: object) -> None:
        this_run.gan.stop_training = True
        signal.signal(number, signal.SIG_DFL)  # the second time it is meant at once

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    if here.is_chief and arguments.resume:
        this_run.resume()
    train(this_run, here.is_chief)
    if here.is_chief:
        this_run.write_results(hardware, machines=here.addresses)
        print(this_run.written())
    of_chief(strategy, np.zeros(1))  # nobody leaves before the chief has written everything
    if this_run.gan.step < arguments.steps:
        print(
            f"Stopped at step {this_run.gan.step:,}: go on with the same commands and --resume.",
            file=sys.stderr,
        )
        return 130
    return 0


def train(this_run: Run, is_chief: bool) -> None:
    """`Run.train`, on all machines; the chief alone watches and writes."""
    gan, seed = this_run.gan, this_run.settings["seed"]
    take_state_of_chief(gan)
    batches = datasets.batches(this_run.images, this_run.settings["batch_size"], seed, start_step=gan.step)
    try:
        fit(gan, batches.take(max(0, this_run.steps - gan.step)), this_run.callbacks if is_chief else ())
    except CourseError:  # what led there stands in the history
        this_run.progress.close()
        with contextlib.suppress(OSError):
            if is_chief:
                this_run.write_history()
        raise


if __name__ == "__main__":
    sys.exit(main())
