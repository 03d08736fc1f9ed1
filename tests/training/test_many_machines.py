"""Two machines train as one: two processes on this one, each with its own TensorFlow and TF_CONFIG."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest

from course_lib import ROOT
from course_lib.training import many_machines
from course_lib.training.meeting import Cluster, read
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
from course_lib.training import checkpoints, many_machines, meeting
from course_lib.models.gan import GAN
from course_lib.training.loop import Recorder, train

folder = Path(sys.argv[1])
here = meeting.read(os.environ["TF_CONFIG"]) if "TF_CONFIG" in os.environ else None
strategy = many_machines.connect(here) if here else None
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
            many_machines.fit(new("recipe"), datasets.batches(images, size))
        except many_machines.CourseError as error:
            found[f"refused {precision}"] = str(error)
np.savez(folder / f"{here.index if here else 'alone'}.npz", **found)
"""


def start(words: list[str], index: int | None = None, ports: tuple[int, ...] = ()) -> subprocess.Popen:
    """A process of the machine with this index, or of one alone."""
    environment = {name: value for name, value in os.environ.items() if name != "TF_CONFIG"}
    environment |= {"TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONPATH": str(ROOT)}
    if index is not None:
        cluster = {"worker": [f"127.0.0.1:{port}" for port in ports]}
        task = {"type": "worker", "index": index}
        environment["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": task})
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
    return ["-m", "course_lib.training.many_machines", *map(str, options)]


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
        assert "7 images cannot be dealt out evenly to 2 devices" in str(machine["refused float32"])
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
    assert (code, other_code, other_said) == (0, 0, ""), errors + other_errors
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
    assert all(f"Stopped at step {steps:,}: go on" in errors for *_, errors in results)
    assert (tmp_path / "checkpoints" / f"checkpoint-{steps:08d}.npz").exists()


@pytest.mark.slow
def test_a_machine_that_never_comes_is_named(tmp_path: Path) -> None:
    ports = free_ports(2)
    options = command("--steps", 1, "--wait", 1, "--out", tmp_path / "run")
    for index, said in ((0, f"No sign of machine 1 (127.0.0.1:{ports[1]})"), (1, "No answer from machine 0")):
        ((code, _, errors),) = ends([start(options, index, ports)])
        assert code == 1
        assert len(errors.splitlines()) == 1 and said in errors, errors
    assert not (tmp_path / "run").exists()


def test_the_commands_of_the_page_are_those_of_the_program() -> None:
    found = re.findall(r"course_lib\.training\.many_machines (--[^\n]+)", PAGE)
    assert len(found) == 2
    for options in found:
        assert many_machines.parser().parse_args(shlex.split(options)).steps > 0
    assert read(re.search(r"TF_CONFIG='(.+)'", PAGE)[1]).index == 1


def test_the_slurm_script_gives_each_task_its_tf_config(tmp_path: Path) -> None:
    """Run as it stands in the page, with programs of Slurm's names that do as Slurm does for the second task."""
    programs = {
        "srun": 'exec "$@"',
        "scontrol": 'printf "node7\\nnode8\\n"',
        ".venv/bin/python": 'echo "$TF_CONFIG"',
    }
    for name, text in programs.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    script = re.search(r"```bash\n(#!/bin/bash\n.+?)```", PAGE, re.DOTALL)[1]
    slurm = {
        "SLURM_PROCID": "1",
        "SLURM_JOB_NODELIST": "node[7-8]",
        "PATH": f"{tmp_path}:{os.environ['PATH']}",
    }
    said = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env=os.environ | slurm,
        capture_output=True,
        text=True,
        check=True,
    )
    assert read(said.stdout) == Cluster(("node7:2222", "node8:2222"), 1)


def test_without_tf_config_it_says_what_is_missing() -> None:
    ((code, said, errors),) = ends([start(command("--steps", 1))])
    assert (code, said) == (1, "")
    assert errors.startswith("error: TF_CONFIG is not set.") and len(errors.splitlines()) == 1
