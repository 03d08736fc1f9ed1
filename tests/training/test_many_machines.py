"""Machines find each other and train as one: processes on this one, each with its own TensorFlow and TF_CONFIG."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from course_lib import ROOT, CourseError
from course_lib.commands.program import build_parser
from course_lib.training.many_machines import Cluster, find
from tests.free_ports import free_ports

PAGE = (ROOT / "course_lib" / "training" / "CLUSTER.md").read_text("utf-8")
LIMIT = 240
"""Seconds any process of these tests may take, on a machine that is busy with other things."""

PROGRAM = """
import contextlib, os, sys
from pathlib import Path

import keras
import numpy as np

from course_lib import datasets
from course_lib.models import networks, recipe
from course_lib.training import checkpoints, many_machines
from course_lib.models.gan import GAN
from course_lib.training.loop import Recorder, train

folder = Path(sys.argv[1])
here = many_machines.find() if "TF_CONFIG" in os.environ else None
strategy = many_machines.connect(here, {}) if here else None
generator = np.random.default_rng(0)
images = generator.uniform(-1, 1, (100, 12, 12, 1)).astype("float32")
labels = generator.integers(0, 3, 100).astype("int32")


def new(kind, seed=0):
    with strategy.scope() if strategy else contextlib.nullcontext():
        if kind == "classes":
            gan = GAN(
                networks.dcgan_generator((12, 12, 1), 3, 4, classes=3),
                networks.dcgan_discriminator((12, 12, 1), 4, classes=3),
                classes=3,
            )
            gan.compile(steps_per_execution=1)
            return gan
        # Adam makes a whole step of a gradient that is nothing but rounding; plain descent does not.
        options = {f"{role}_optimizer": keras.optimizers.SGD(0.3) for role in ("generator", "discriminator")}
        return recipe.dcgan((12, 12, 1), seed, steps_per_execution=1, **(options if kind == "descent" else {}))


def run(gan, steps, callbacks, labels=None):
    if strategy is None:
        train(gan, images, 32, steps, callbacks=callbacks, labels=labels)
    else:
        # As on the command line: what only the chief does must not hold the others up.
        batches = datasets.batches(images, 32, start_step=gan.step, labels=labels).take(steps - gan.step)
        many_machines.fit(gan, batches, callbacks if here.is_chief else ())


found = {}


def keep(name, gan, recorder):
    for loss in ("discriminator_loss", "generator_loss", "real_score", "fake_score"):
        found[f"{name}/{loss}"] = recorder.history[loss]
    found.update({f"{name}/{key}": variable.numpy() for key, variable in gan.state().items()})


keras.utils.set_random_seed(0)
for kind in ("descent", "classes") if strategy is None else ("descent", "classes", "recipe"):
    gan, recorder = new(kind), Recorder(grid=(1, 3))
    run(gan, 12, [recorder], labels if kind == "classes" else None)
    keep(kind, gan, recorder)

if strategy:
    gan, recorder = new("recipe"), Recorder(grid=(1, 3))
    run(gan, 5, [recorder, checkpoints.Checkpoint(folder, recorder)])
    # The others begin anew with another seed: what they know of the first part comes from the chief alone.
    gan, recorder = new("recipe", seed=here.index), Recorder(grid=(1, 3))
    if here.is_chief:
        checkpoints.Checkpoint(folder, recorder).restore(gan)
    many_machines.take_state_of_chief(gan)
    run(gan, 12, [recorder])
    keep("resumed", gan, recorder)

    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 3

    gan = new("recipe")
    many_machines.fit(gan, datasets.batches(images, 32), () if here.is_chief else [Stop()])
    found["stopped"] = gan.step

    for size, precision in ((7, "float32"), (32, "mixed_float16")):
        keras.mixed_precision.set_global_policy(precision)
        try:
            many_machines.fit(new("recipe"), datasets.batches(images, size), ())
        except many_machines.CourseError as error:
            found[f"refused {precision}"] = str(error)
np.savez(folder / f"{here.index if here else 'alone'}.npz", **found)
"""


MEET = """
import sys

from course_lib import CourseError
from course_lib.training import many_machines

try:
    many_machines.connect(many_machines.find(), {"batch_size": int(sys.argv[1])}, float(sys.argv[2]))
except CourseError as error:
    print(error)
"""


def start(words: list[str], index: int | None = None, ports: tuple[int, ...] = ()) -> subprocess.Popen:
    """A process of the machine with this index, or of one alone."""
    environment = {name: value for name, value in os.environ.items() if name != "TF_CONFIG"}
    environment |= {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)}
    if index is not None:
        environment["TF_CONFIG"] = config(index, worker=[f"127.0.0.1:{port}" for port in ports])
    return subprocess.Popen(
        [sys.executable, *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ends(processes: list[subprocess.Popen]) -> list[tuple[int, str, str]]:
    """Return code, output and errors of each; none outlives the test."""
    try:
        texts = [process.communicate(timeout=LIMIT) for process in processes]
    finally:
        for process in processes:
            process.kill()
    return [(process.returncode, *text) for process, text in zip(processes, texts, strict=True)]


def command(*options: object) -> list[str]:
    return ["-m", "course_lib", "train", "--machines", *map(str, options)]


def meet(
    *machines: tuple[int, list[int]], batch_sizes: tuple[int, ...] = (32, 32, 32, 32), wait: float
) -> list[str]:
    """What each of these machines, an index among ports, says of the meeting: nothing, or one line."""
    started = [
        start(["-c", MEET, str(size), str(wait)], index, ports)
        for (index, ports), size in zip(machines, batch_sizes, strict=False)
    ]
    results = ends(started)
    assert all(code == 0 for code, *_ in results), results
    assert all(said.count("\n") <= 1 for _, said, _ in results), results
    return [said.strip() for _, said, _ in results]


def config(index: object = 0, job: str = "worker", **jobs: list) -> str:
    return json.dumps({"cluster": jobs, "task": {"type": job, "index": index}})


@pytest.mark.slow
def test_two_machines_give_the_losses_and_weights_of_one(tmp_path: Path) -> None:
    ports = free_ports(2)
    words = ["-c", PROGRAM, str(tmp_path)]
    for code, _, errors in ends([start(words, 0, ports), start(words, 1, ports)]) + ends([start(words)]):
        assert code == 0, errors[-3000:]
    chief, other, alone = (dict(np.load(tmp_path / f"{name}.npz")) for name in ("0", "1", "alone"))

    for name, value in alone.items():
        if "loss" in name or "score" in name:  # the chief's record
            np.testing.assert_allclose(chief[name], value, rtol=1e-5, err_msg=name)
        else:
            np.testing.assert_allclose(chief[name], value, atol=1e-5, err_msg=name)
            np.testing.assert_array_equal(other[name], chief[name], err_msg=name)
    for name, value in chief.items():
        kind, _, key = name.partition("/")
        if kind == "recipe":
            np.testing.assert_array_equal(chief[f"resumed/{key}"], value, err_msg=name)
            if "loss" not in key and "score" not in key:
                np.testing.assert_array_equal(other[f"resumed/{key}"], value, err_msg=name)
    # Batch 3 is the fourth; the wish is told to the others in the fifth.
    assert chief["stopped"] == other["stopped"] == 5
    for machine in (chief, other):
        assert "2 devices cannot share 7 images evenly" in str(machine["refused float32"])
        assert "mixed_float16 does not work" in str(machine["refused mixed_float16"])


@pytest.mark.long
@pytest.mark.slow
def test_a_lost_machine_ends_the_run_in_one_line_and_resuming_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "run"
    ports = free_ports(2)
    options = ("--dataset", "emoji", "--batch-size", 8, "--out", out)
    chief, other = (start(command("--steps", 100_000, *options), index, ports) for index in (0, 1))
    try:
        before = time.monotonic()
        while not list(out.glob("checkpoints/checkpoint-*[1-9].npz")) and chief.poll() is None:
            assert time.monotonic() - before < LIMIT, "no step was done"
            time.sleep(0.2)
    finally:
        other.kill()
    (code, _, errors), _ = ends([chief, other])
    assert code == 1, errors
    assert errors.splitlines()[-1].startswith("error: Another machine was lost")
    assert "Traceback" not in errors

    steps = int(max(out.glob("checkpoints/*.npz")).stem.split("-")[1]) + 3
    ports = free_ports(2)
    again = [
        start(command("--steps", steps, *options, "--resume"), 0, ports),
        start(
            command("--steps", steps, "--dataset", "emoji", "--batch-size", 8, "--out", tmp_path / "none"),
            1,
            ports,
        ),
    ]
    (code, said, errors), (other_code, other_said, other_errors) = ends(again)
    assert (code, other_code) == (0, 0), errors + other_errors
    assert f"The results are with machine 0 (127.0.0.1:{ports[0]})" in other_said
    assert "rror" not in errors + other_errors
    assert "Resuming from" in said
    assert not (tmp_path / "none").exists()
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["steps"] == steps
    assert report["machines"] == [f"127.0.0.1:{port}" for port in ports]
    assert keras.models.load_model(out / "generator.keras").output_shape == (None, 32, 32, 3)
    rows = list(csv.DictReader((out / "history.csv").open(encoding="utf-8")))
    assert int(rows[-1]["step"]) == steps == len(rows)


@pytest.mark.long
@pytest.mark.slow
def test_the_end_of_the_time_slot_stops_all_after_the_same_step(tmp_path: Path) -> None:
    """As a cluster's scheduler does it: SIGTERM to everybody."""
    ports = free_ports(2)
    options = ("--dataset", "emoji", "--batch-size", 8, "--steps", 100_000, "--out", tmp_path)
    machines = [start(command(*options), index, ports) for index in (0, 1)]
    try:
        before = time.monotonic()
        while not list(tmp_path.glob("checkpoints/checkpoint-*[1-9].npz")) and machines[0].poll() is None:
            assert time.monotonic() - before < LIMIT, "no step was done"
            time.sleep(0.2)
    finally:
        for machine in machines:
            machine.send_signal(signal.SIGTERM)
    results = ends(machines)
    assert [code for code, *_ in results] == [130, 130], results
    steps = json.loads((tmp_path / "report.json").read_text("utf-8"))["steps"]
    assert all(f"Stopped at step {steps:,};" in said for _, said, _ in results)
    assert (tmp_path / "checkpoints" / f"checkpoint-{steps:08d}.npz").exists()


@pytest.mark.slow
def test_a_machine_that_never_comes_is_named(tmp_path: Path) -> None:
    ports, others = free_ports(2), free_ports(2)
    options = command("--steps", 1, "--wait", 1, "--out", tmp_path / "run")
    alone = ends([start(options, 0, ports), start(options, 1, others)])
    for (code, _, errors), missing in zip(
        alone, (f"1 (127.0.0.1:{ports[1]})", f"0 (127.0.0.1:{others[0]})"), strict=True
    ):
        assert code == 1
        assert len(errors.splitlines()) == 1 and f"No sign of machine {missing}" in errors, errors


@pytest.mark.slow
def test_ctrl_c_ends_a_machine_that_waits() -> None:
    ports = free_ports(2)
    chief = start(["-c", MEET, "32", str(10 * LIMIT)], 0, ports)
    before = time.monotonic()
    while socket.socket().connect_ex(("127.0.0.1", ports[0])) and chief.poll() is None:
        assert time.monotonic() - before < LIMIT, "it never waited"
        time.sleep(0.2)
    chief.send_signal(signal.SIGINT)
    ((code, *_),) = ends([chief])
    assert code == -signal.SIGINT


@pytest.mark.slow
def test_different_options_are_named_to_all() -> None:
    ports = free_ports(2)
    said = meet((0, ports), (1, ports), batch_sizes=(32, 64), wait=LIMIT)
    name = f"machine 1 (127.0.0.1:{ports[1]})"
    assert said == [f"batch_size is 64 on {name} and 32 on the chief: start all alike."] * 2


@pytest.mark.slow
def test_a_machine_of_another_cluster_is_not_let_in() -> None:
    """It names this chief too, and the service knows it by its number alone."""
    ports = free_ports(3)
    said = meet((0, ports[:2]), (1, [ports[0], ports[2]]), wait=LIMIT)
    assert all(line.startswith("machines is") for line in said), said
    assert all(str(port) in line for port in ports for line in said), said


@pytest.mark.long
@pytest.mark.slow
def test_of_two_with_one_index_the_first_is_told_that_another_came() -> None:
    ports = free_ports(4)
    twice = [(1, ports[:3]), (1, [ports[0], ports[3], ports[2]])]
    *firsts, chief = meet(*twice, (0, ports[:3]), wait=30)
    assert sum("Another process came as machine 1" in line for line in firsts) == 1, firsts
    assert (
        chief
        == f"No sign of machine 2 (127.0.0.1:{ports[2]}): was it started there, as one of the same machines?"
    )


@pytest.mark.slow
def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("", 0)) as taken:
        port = taken.getsockname()[1]
        (said,) = meet((0, [port, *free_ports(1)]), wait=1)
    assert said.startswith(f"The port of machine 0 (127.0.0.1:{port}) cannot be used")


def test_the_chief_comes_first_whatever_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = {"worker": ["b:1", "c:1"], "chief": ["a:1"]}
    for index, job, place in ((0, "chief", 0), ("1", "worker", 2)):
        monkeypatch.setenv("TF_CONFIG", config(index, job, **jobs))
        assert find() == Cluster(("a:1", "b:1", "c:1"), place)


def test_a_machine_that_only_another_cluster_has_can_be_named() -> None:
    """The service speaks of the chief's machines, which may be more."""
    assert Cluster(("a:1", "b:1"), 1).name(1) == "machine 1 (b:1)"
    assert Cluster(("a:1", "b:1"), 1).name(2) == "machine 2 (of another cluster)"


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("{'cluster': 1}", "Expecting property name"),
        ("[]", "No such job"),
        ("{}", "No such job"),
        ("1", "not iterable"),
        ('{"cluster": {"worker": ["a:1"]}}', "No such job"),
        (config(2, worker=["a:1", "b:1"]), "No task with index 2"),
        (config(0, "chief", worker=["a:1", "b:1"]), "'chief'"),
        (config(worker=[1, 2]), "1"),
        (config(worker=["a:1"], ps=["b:1"]), "not ps"),
    ],
)
def test_a_tf_config_that_cannot_be_is_refused_in_one_line(
    text: str, fragment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(CourseError, match="must say which machines train") as caught:
        find()
    assert fragment in str(caught.value) and "\n" not in str(caught.value)


SLURM = {"SLURM_JOB_ID": "1234567", "SLURM_STEP_NUM_TASKS": "3", "SLURM_STEP_NODELIST": "node[8-10]"}


@pytest.mark.parametrize(("process", "node", "place"), [(0, "node8", 1), (1, "node9", 2), (2, "node10", 0)])
def test_slurm_gives_each_task_its_own_address(
    process: int, node: str, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a GPU, and with machines whose names do not sort as their numbers do."""
    monkeypatch.delenv("TF_CONFIG", raising=False)
    own = {"SLURM_PROCID": str(process), "SLURMD_NODENAME": node, "SLURM_LOCALID": "0"}
    for name, value in (SLURM | own | {"SLURM_STEP_TASKS_PER_NODE": "1(x3)"}).items():
        monkeypatch.setenv(name, value)
    assert find() == Cluster(("node10:24567", "node8:24567", "node9:24567"), place)


def test_slurm_may_put_two_tasks_on_a_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TF_CONFIG", raising=False)
    own = {"SLURM_PROCID": "2", "SLURMD_NODENAME": "node9", "SLURM_LOCALID": "1"}
    node = {"SLURM_STEP_NODELIST": "node[8-9]", "SLURM_STEP_TASKS_PER_NODE": "1,2"}
    for name, value in (SLURM | own | node).items():
        monkeypatch.setenv(name, value)
    assert find() == Cluster(("node8:24567", "node9:24567", "node9:24568"), 2)


def test_the_commands_of_the_page_are_those_of_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    found = re.findall(r"python -m course_lib (train [^\n]+)", PAGE)
    assert len(found) == 2
    for words in found:
        arguments = build_parser().parse_args(shlex.split(words))
        assert arguments.machines and arguments.steps > 0
    monkeypatch.setenv("TF_CONFIG", re.search(r"TF_CONFIG='(.+)'", PAGE)[1])
    assert find().index == 1


@pytest.mark.slow
def test_without_tf_config_and_slurm_it_says_what_is_missing() -> None:
    ((code, _, errors),) = ends([start(command("--steps", 1))])
    assert code == 1
    assert errors.startswith("error: Neither TF_CONFIG nor Slurm says") and len(errors.splitlines()) == 1


def test_no_cluster_at_all_is_refused_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TF_CONFIG", "SLURM_JOB_ID"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(CourseError, match="set TF_CONFIG, as course_lib"):
        find()
