"""Training one GAN on many machines as on one: `prepare(find(), ...)`. How to start it: course_lib/training/CLUSTER.md.

TensorFlow does the meeting: its resolvers read TF_CONFIG or Slurm's variables, and its coordination service counts who
has come, keeps what they tell each other, notices who is lost and lets nobody leave early. Ours is what it cannot do:

- `MultiWorkerMirroredStrategy()` waits for a missing machine without end, for want of a setting without a public name.
- The service lets in a machine of another cluster, or one with other options. So all tell theirs, and compare.
- While it waits, Python hears no signal: so Ctrl-C ends the process there. (SIGTERM it takes for itself.)
- Its errors are paragraphs, of which we make one line.
- `gan.fit` fails under this strategy as it averages the logs, with Keras 3.13 and 3.15: "ValueError: Invalid reduction
  dimension 0 for input with 0 dimensions". So `fit` is a loop of its own around the same `GAN.train_step`.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from tensorflow.python.eager import context

from course_lib import CourseError, device
from course_lib.models.gan import GAN
from course_lib.training import runs


@dataclass(frozen=True)
class Cluster:
    """addresses: host:port of every machine, the chief first. index: which of them this one is."""

    addresses: tuple[str, ...]
    index: int

    @property
    def is_chief(self) -> bool:
        return self.index == 0

    def name(self, index: int) -> str:
        return f"machine {index} ({''.join(self.addresses[index : index + 1]) or 'of another cluster'})"

    @classmethod
    def from_tf_config(cls) -> Cluster:
        found = tf.distribute.cluster_resolver.TFConfigClusterResolver()
        spec = found.cluster_spec()
        if others := sorted({*spec.jobs} - {"chief", "worker"}):
            raise ValueError(f"only chief and worker can take part, not {others[0]}")
        addresses = [address for job in sorted(spec.jobs) for address in spec.job_tasks(job)]
        return cls(tuple(addresses), addresses.index(spec.task_address(found.task_type, found.task_id)))

    @classmethod
    def from_slurm(cls) -> Cluster:
        port = 20_000 + int(os.environ["SLURM_JOB_ID"]) % 10_000  # two jobs may share a machine
        # The resolver deals out addresses by GPUs, and none where there are none: so each task is said to have one.
        found = tf.distribute.cluster_resolver.SlurmClusterResolver(
            port_base=port, gpus_per_node=2**16, gpus_per_task=1, auto_set_gpu=False
        )
        addresses = found.cluster_spec().job_tasks("worker")
        # It puts node10 before node9, unlike Slurm, whose number for this task would then be another's.
        own = f"{os.environ['SLURMD_NODENAME']}:{port + int(os.environ['SLURM_LOCALID'])}"
        return cls(tuple(addresses), addresses.index(own))


def find() -> Cluster:
    """The cluster that TF_CONFIG describes, or else Slurm. Raises CourseError if neither does."""
    shown = "as course_lib/training/CLUSTER.md shows"
    if not os.environ.get("TF_CONFIG") and "SLURM_JOB_ID" not in os.environ:
        raise CourseError(f"Neither TF_CONFIG nor Slurm says which machines train: set TF_CONFIG, {shown}.")
    try:
        return Cluster.from_tf_config() if os.environ.get("TF_CONFIG") else Cluster.from_slurm()
    except (AttributeError, LookupError, RuntimeError, TypeError, ValueError) as error:
        raise CourseError(
            f"TF_CONFIG or Slurm must say which machines train, {shown} ({type(error).__name__}: {error})."
        ) from error


def connect(here: Cluster, settings: dict[str, Any], wait_seconds: float = 300.0) -> tf.distribute.Strategy:
    """The strategy in whose scope the GAN is built; called before TensorFlow computes anything.

    settings: strings and numbers that must be the same on all machines. Raises CourseError, on every machine that is
    here, if one does not come within `wait_seconds`, is of another cluster or has other settings; and on this one if
    its port is taken or another process comes in its place.
    """
    engine, wait_ms, count = context.context(), round(1000 * wait_seconds), len(here.addresses)
    chief = "/job:worker/replica:0/task:0"
    engine.configure_coordination_service("standalone", chief, cluster_register_timeout_in_ms=wait_ms)
    service = engine.coordination_service
    if not hasattr(service, "cluster_register_with_barrier"):
        raise CourseError(f"Many machines need TensorFlow 2.19 or newer; this is {tf.__version__}.")
    service.cluster_register_with_barrier = True
    service.coordinated_job_list.add(name="worker", num_tasks=count)
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        tf.train.ClusterSpec({"worker": here.addresses}),
        task_type="worker",
        task_id=here.index,
        num_accelerators={"GPU": len(tf.config.list_physical_devices("GPU"))},
    )
    _on_signals(signal.SIG_DFL)  # Python would not hear them while TensorFlow waits
    try:
        strategy = tf.distribute.MultiWorkerMirroredStrategy(resolver)
    except tf.errors.OpError as error:
        raise CourseError(_why_not(error, here)) from error
    _on_signals(signal.SIG_DFL)  # TensorFlow has taken SIGTERM
    with lost_machines_explained(tf.errors.OpError):
        own = json.dumps(settings | {"machines": here.addresses})
        engine.set_config_key_value(f"course_lib/{here.index}", own)
        told = [engine.get_config_key_value(f"course_lib/{index}", wait_ms) for index in range(count)]
        engine.wait_at_barrier("course_lib/told", wait_ms)  # it is forgotten once the chief leaves
    for index, theirs in enumerate(map(json.loads, told)):
        for key, value in json.loads(told[0]).items():
            if (other := theirs.get(key)) != value:
                place = here.name(index)
                raise CourseError(f"{key} is {other} on {place} and {value} on the chief: start all alike.")
    return strategy


def _why_not(error: tf.errors.OpError, here: Cluster) -> str:
    own, said = here.name(here.index), str(error)
    if isinstance(error, tf.errors.DeadlineExceededError):
        # The chief's count gives each absent machine a line; who cannot reach the chief hears of nobody.
        absent = re.findall(r"^/job:worker/.*task:(\d+)$", said, re.MULTILINE) or [0]
        names = " and ".join(here.name(int(index)) for index in absent)
        return f"No sign of {names}: was it started there, as one of the same machines?"
    if isinstance(error, tf.errors.AlreadyExistsError):
        return f"Another process came as {own} and took its place: each needs its own TF_CONFIG."
    if "gRPC server" in said:
        return f"The port of {own} cannot be used: another process has it, so name another in TF_CONFIG."
    return f"The machines did not come together: {said.splitlines()[0]}"


def _on_signals(handler: Callable | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


@contextlib.contextmanager
def lost_machines_explained(*signs: type[Exception]) -> Iterator[None]:
    """Where machines wait for each other: one line if one is lost, which TensorFlow notices within half a minute."""
    try:
        yield
    except (*signs, tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.CancelledError) as error:
        raise CourseError(
            "Another machine was lost: what it printed last may say why. The chief's last checkpoint is whole; start "
            "all machines again with --resume."
        ) from error


@lost_machines_explained()
def take_state_of_chief(gan: GAN) -> None:
    """Give the GANs of all machines the state of the chief's, so that only the chief needs the checkpoint."""
    for variable in gan.state().values():
        # Not every type can be added up; float64 holds every float32, and every count below 2^53, exactly.
        values = variable.numpy().astype("float64")
        own = gan.distribute_strategy.experimental_distribute_values_from_function(
            lambda place, v=values: v if place.replica_id_in_sync_group == 0 else np.zeros_like(v)
        )
        variable.assign(gan.distribute_strategy.reduce("SUM", own, axis=None).numpy())


@lost_machines_explained()
def fit(gan: GAN, batches: tf.data.Dataset, callbacks: Sequence[keras.callbacks.Callback], **_: Any) -> None:
    """`gan.fit`, on all machines at once: the losses and weights that one machine gets from the same batches.

    batches: whole ones, the same on every machine, as `datasets.batches` makes them: images, or (images, labels). Each
    device takes its own rows. callbacks: may differ from machine to machine, but must not wait for another one. When
    `gan.stop_training` becomes true on one machine, all stop after the same step; SIGINT or SIGTERM on one of them is
    KeyboardInterrupt on all. Raises CourseError if the batches cannot be dealt out evenly or a machine is lost.
    """
    strategy, replicas = gan.distribute_strategy, gan.distribute_strategy.num_replicas_in_sync
    batch_size = tf.nest.flatten(batches.element_spec)[0].shape[0]
    if batch_size % replicas:
        raise CourseError(f"{replicas} devices cannot share {batch_size} images evenly: take a multiple.")
    interrupted: list[int] = []

    def interrupt(number: int, _: object) -> None:
        interrupted.append(number)
        _on_signals(signal.SIG_DFL)  # the second time it is meant at once

    def step_of_one(batch: Any, wishes: tf.Tensor) -> tf.Tensor:
        place = tf.distribute.get_replica_context().replica_id_in_sync_group
        share = tf.nest.map_structure(lambda x: tf.reshape(x, (replicas, -1, *x.shape[1:]))[place], batch)
        for metric in gan.metrics:
            metric.reset_state()
        logs = gan.train_step(share)
        return tf.concat([[tf.cast(value, tf.float32) for value in logs.values()], wishes], axis=0)

    @tf.function  # the means over all devices: one exchange for logs and wishes
    def step(batch: Any, wishes: tf.Tensor) -> tf.Tensor:
        return strategy.reduce("MEAN", strategy.run(step_of_one, (batch, wishes)), axis=None)

    gan.reset_metrics = lambda: None  # every step does; out here all machines would have to do it together
    gan.stop_training = False
    watchers = keras.callbacks.CallbackList(list(callbacks), model=gan)
    _on_signals(interrupt)
    watchers.on_train_begin()
    for number, batch in enumerate(batches):
        watchers.on_train_batch_begin(number)
        wishes = tf.constant([gan.stop_training, bool(interrupted)], tf.float32)
        *means, one_stops, one_is_interrupted = step(batch, wishes).numpy()
        watchers.on_train_batch_end(number, dict(zip(gan.trackers, means, strict=True)))
        if one_is_interrupted:
            raise KeyboardInterrupt
        if one_stops:
            break
    watchers.on_train_end()


@dataclass
class SharedRun(runs.Run):
    """A run on all machines of a cluster, where the chief alone reads, watches and writes."""

    here: Cluster

    def resume(self) -> None:
        if self.here.is_chief:
            super().resume()

    def train(self) -> None:
        take_state_of_chief(self.gan)
        super().train(fit)

    def write_history(self) -> None:
        if self.here.is_chief:
            super().write_history()

    def write_results(self, hardware: device.DeviceReport) -> None:
        """On the chief; all return once it is done, for the others would miss the chief if it left."""
        _on_signals(signal.SIG_DFL)
        if self.here.is_chief:
            super().write_results(hardware, machines=self.here.addresses)
        with lost_machines_explained(tf.errors.OpError):
            context.context().wait_at_barrier("course_lib/written", 3_600_000)  # ms: an hour

    def written(self) -> str:
        return super().written() if self.here.is_chief else f"The results are with {self.here.name(0)}."


def prepare(here: Cluster, wait_seconds: float, **options: Any) -> SharedRun:
    """`runs.prepare` on all machines together. options: its own. Raises CourseError as `connect` does."""
    options["tensorboard"] = options.get("tensorboard", False) and here.is_chief
    settings = {name: options[name] for name in options if name not in ("out", "tensorboard")}
    settings["precision"] = keras.mixed_precision.global_policy().name
    with connect(here, settings, wait_seconds).scope():
        run = runs.prepare(**options)
    callbacks = run.callbacks if here.is_chief else []
    return SharedRun(**vars(run) | {"callbacks": callbacks}, here=here)
