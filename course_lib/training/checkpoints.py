"""Checkpoints: one file that holds a whole run, so that a resumed run is the same run.

A checkpoint is a plain `.npz` archive (open it with `numpy.load`): every variable the training changes, the history
so far, the frames of the film, and JSON texts with the settings and the optimisers. Inside an archive each entry
carries its CRC-32, so a truncated or damaged file is noticed when it is read.

What an optimiser has learned comes back; how it is set (learning rate or schedule, betas, clipping) is what `compile`
was told now, so that a run can go on more slowly.
"""

from __future__ import annotations

import errno
import json
import math
import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from course_lib import CourseError
from course_lib.files import replacing
from course_lib.models.gan import GAN
from course_lib.models.roads.minimizer import Minimizer
from course_lib.training.loop import Recorder, Watcher

KEPT = 2
"""How many whole checkpoints stay on disk: the newest, and the one before it in case the newest gets damaged."""


class Checkpoint(Watcher):
    """Saves the run at least every `every_seconds` while it trains, and restores it.

    directory: where the files `checkpoint-STEP.npz` go; made if it is not there.
    recorder: the run's history and frames are saved with the weights, so the two never disagree.
    settings: what must be the same when the run is resumed, such as batch size and seed.
    """

    def __init__(
        self,
        directory: Path | str,
        recorder: Recorder,
        settings: dict[str, Any] | None = None,
        every_seconds: float = 5.0,
    ):
        super().__init__(recorder)
        self.directory = Path(directory)
        self.settings = json.loads(json.dumps(settings or {}))  # as they will be read: tuples become lists
        self.every_seconds = every_seconds
        self.whole: list[Path] = []  # the newest that this object has written or read
        self.damaged: list[Path] = []  # those that it could not read

    def paths(self) -> list[Path]:
        """The checkpoints on disk, oldest first."""
        return sorted(self.directory.glob("checkpoint-*.npz"))

    def save(self, gan: GAN | Minimizer) -> Path:
        """Write the run's present state; the file appears whole or not at all. Raises CourseError if it cannot be."""
        arrays = {f"gan/{name}": variable.numpy() for name, variable in gan.state().items()}
        arrays |= {f"recorder/{name}": array for name, array in self.recorder.state().items()}
        arrays["settings"] = np.array(json.dumps(self.settings))
        arrays["optimizers"] = np.array(json.dumps(described_optimizers(gan)))
        path = self.directory / f"checkpoint-{gan.step:08d}.npz"
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            with replacing(path) as temporary, temporary.open("wb") as file:
                np.savez(file, **arrays)
                file.flush()
                os.fsync(file.fileno())  # on the disk before the name points to it
        except OSError as error:
            is_full = error.errno == errno.ENOSPC
            reason, mend = ("the disk is full", "make room") if is_full else (error.strerror, "mend this")
            left, then = "There is no earlier one", "start again"
            if any(whole.exists() for whole in self.whole):
                left, then = "The one before it is whole", "resume"
            raise CourseError(
                f"Cannot write the checkpoint {path}: {reason}. {left}; {mend} and {then}."
            ) from error
        self._keep_newest(path)
        return path

    def _keep_newest(self, written: Path) -> None:
        """Delete what is older than the `KEPT` newest whole checkpoints, once there are so many; then the damaged ones.

        A damaged file does not count, whatever its step: without this it would outlive whole ones.
        """
        self.whole = [*(path for path in self.whole if path != written), written][-KEPT:]
        if len(self.whole) < KEPT:
            return
        oldest = min(self.whole)
        for path in {*self.damaged, *(path for path in self.paths() if path < oldest)} - {*self.whole}:
            path.unlink(missing_ok=True)
        self.damaged = []

    def restore(self, gan: GAN | Minimizer) -> Path | None:
        """Put the newest whole checkpoint into `gan` and the recorder; None if there is none at all.

        A damaged file is named on the screen, and the one before it is taken. Learning rates, and all else that an
        optimiser was told, stay as `gan.compile` was told; where a rate is another than before, a line says so.
        Raises CourseError if every file is damaged, or if the run was started with other settings, other networks or
        optimisers of another class.
        """
        damaged = []
        for left, path in reversed(list(enumerate(self.paths()))):
            try:
                with np.load(path) as archive:
                    arrays = {name: archive[name] for name in archive.files}
                saved = json.loads(str(arrays.pop("settings")))
                optimizers = json.loads(str(arrays.pop("optimizers", "{}")))
            except Exception as error:  # one wrong byte can make the reader raise nearly anything
                damaged.append(path)
                reason = "no archive of arrays" if "pickle" in str(error) else error
                then = "; trying the checkpoint before it" if left else ""
                print(f"{path} is damaged ({reason}){then}.", flush=True)
                continue
            self._refuse_other_settings(saved, path)
            self._refuse_other_optimizers(gan, optimizers, path)
            self._put(gan, arrays, path)
            self.whole, self.damaged = [path], damaged
            for role, now in described_optimizers(gan).items():
                before = optimizers.get(role, now)["learning_rate"]
                if not math.isclose(now["learning_rate"], before, rel_tol=1e-5):
                    print(
                        f"The {role} goes on with the learning rate {now['learning_rate']:.3g}, as asked for now; "
                        f"it was {before:.3g}.",
                        flush=True,
                    )
            return path
        if damaged:
            raise CourseError(
                f"Every checkpoint in {self.directory} is damaged: delete the folder and start afresh."
            )
        return None

    def _refuse_other_settings(self, saved: dict[str, Any], path: Path) -> None:
        for name, value in self.settings.items():
            if name in saved and saved[name] != value:
                raise CourseError(
                    f"{path} was made with {name} = {saved[name]}, but this run asks for {value}: "
                    "resume with the same settings, or start in another folder."
                )

    def _refuse_other_optimizers(self, gan: GAN | Minimizer, saved: dict[str, Any], path: Path) -> None:
        # Those of two classes may keep arrays of equal shapes, as Adam and Adamax do, and mean other things by them.
        for role, now in described_optimizers(gan).items():
            before = saved.get(role, now)
            if before["class"] != now["class"]:
                raise CourseError(
                    f"{path} was made with {before['class']} as the {role}'s optimiser, but this run asks for "
                    f"{now['class']}: resume with {before['class']}, or start in another folder (a fresh --out)."
                )

    def _put(self, gan: GAN | Minimizer, arrays: dict[str, np.ndarray], path: Path) -> None:
        state = gan.state()
        saved = {
            name.removeprefix("gan/"): array for name, array in arrays.items() if name.startswith("gan/")
        }
        for there_and_here in (saved, state):
            for name in [name for name in there_and_here if name.endswith("/learning_rate")]:
                del there_and_here[name]  # a setting: what is asked for now holds
        for name in [*saved, *state]:  # latent size, width, image shape, optimiser: all of them show here
            there = saved[name].shape if name in saved else None
            here = tuple(state[name].shape) if name in state else None
            if there != here:
                what = "optimisers with other options" if "optimizer/" in name else "other networks"
                raise CourseError(
                    f"{path} holds {what} than the ones given: {name} has shape {there} there and {here} here. "
                    "Build them with the sizes, the optimisers and the averaging that it was made with."
                )
        # First all that can be refused, then the networks: an error leaves the GAN as it was.
        prefix = "recorder/"
        self.recorder.restore({n.removeprefix(prefix): a for n, a in arrays.items() if n.startswith(prefix)})
        for name, variable in state.items():
            variable.assign(saved[name])

    def on_train_begin(self, logs: dict | None = None) -> None:
        super().on_train_begin()
        for abandoned in self.directory.glob(".*.npz"):  # of a run that was killed while it wrote
            abandoned.unlink()
        self.save(self.model)
        self.saved_at = self.batch_began_at = time.monotonic()

    def on_train_batch_begin(self, batch: int, logs: dict | None = None) -> None:
        self.batch_began_at = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        now = time.monotonic()
        # If the next call takes as long as this one, will it end too late? Then it is saved now.
        next_end = now + (now - self.batch_began_at)
        if next_end - self.saved_at > self.every_seconds:
            self.save(self.model)
            self.saved_at = time.monotonic()

    def on_train_end(self, logs: dict | None = None) -> None:
        self.save(self.model)


def described_optimizers(gan: GAN | Minimizer) -> dict[str, dict[str, Any]]:
    """Class and present learning rate of each optimiser, by the name of what it changes: a GAN's two networks."""
    described = {}
    for role, optimizer in gan.optimizers.items():
        own = getattr(optimizer, "inner_optimizer", optimizer)  # in float16 one around it scales the loss
        described[role] = {"class": type(own).__name__, "learning_rate": float(optimizer.learning_rate)}
    return described
