"""A run from data to report: the recipe's DCGAN in a folder of its own, and what it leaves there.

run = prepare("fashion_mnist", Path("runs/first"), seconds=120.0)
run.train()
run.write_results(device.report())
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from course_lib import CourseError, datasets, device
from course_lib.files import replacing
from course_lib.media import films, pictures
from course_lib.models import recipe
from course_lib.models.gan import GAN
from course_lib.training.alarms import Alarm
from course_lib.training.checkpoints import Checkpoint
from course_lib.training.loop import Recorder, train
from course_lib.training.progress_line import Progress
from course_lib.training.tensorboard_log import TensorBoardLog

DEFAULT_SECONDS = 120.0
RESULTS = ("generator.keras", "samples.png", "training.gif", "training.mp4", "history.csv", "report.json")


@dataclass
class Run:
    """A GAN with its images, what watches it, and its folder.

    settings: dataset, batch_size, seed and precision, which a run that is resumed must share with its beginning.
    steps: train up to this step; seconds: train so long; None for no such limit.
    """

    out: Path
    images: np.ndarray
    settings: dict[str, Any]
    steps: int | None
    seconds: float | None
    gan: GAN
    recorder: Recorder
    checkpoint: Checkpoint
    progress: Progress
    callbacks: list[keras.callbacks.Callback]

    def resume(self) -> None:
        """Go on from the checkpoint in the folder, if there is one, and say which.

        Raises CourseError if it is not this run's or is damaged, or if there are results of a run and none of its
        checkpoints: to start afresh would write over them.
        """
        found = self.checkpoint.restore(self.gan)
        results = [name for name in RESULTS if (self.out / name).exists()]
        if not found and results:
            raise CourseError(
                f"{self.out} holds results of a run ({results[0]}) and no checkpoint to go on from: choose another "
                "--out, or move them away to start afresh."
            )
        print(
            f"Resuming from {found}" if found else f"No checkpoint in {self.out}: starting afresh.",
            flush=True,
        )

    def train(self, fit: Callable[..., object] = GAN.fit) -> None:
        """Train up to the limits; fit: as in `loop.train`. Raises CourseError if the training breaks."""
        batch_size, seed = self.settings["batch_size"], self.settings["seed"]
        if self.steps is not None and self.gan.step >= self.steps:
            print(f"The run stands at step {self.gan.step:,} already: nothing to train.", flush=True)
        try:
            train(self.gan, self.images, batch_size, self.steps, self.seconds, seed, self.callbacks, fit=fit)
        finally:
            self.progress.close()

    def write_results(self, hardware: device.DeviceReport, **more: Any) -> None:
        """Everything a run leaves beside its checkpoint, each file whole or not at all.

        more: what else the report is to hold. Raises OSError where a file cannot be written.
        """
        for name in RESULTS:
            for abandoned in self.out.glob(f".*.{name}"):  # by a run that was killed while it wrote
                abandoned.unlink()
        with replacing(self.out / "generator.keras") as temporary:
            self.gan.sampler.save(temporary)
        pictures.save_png(self.recorder.samples(), self.out / "samples.png", columns=self.recorder.grid[1])
        self.write_history()
        with replacing(self.out / "report.json") as temporary:
            report = self.report() | {"hardware": hardware.as_dict(), "versions": device.versions()} | more
            temporary.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")

        captions = [f"step {step}" for step in self.recorder.frame_steps]
        films.save_gif(self.recorder.film(), self.out / "training.gif", captions=captions)
        if shutil.which("ffmpeg"):
            films.save_mp4(self.recorder.film(), self.out / "training.mp4", captions=captions)

    def write_history(self) -> None:
        """Every look of the run, one line each. Raises OSError."""
        with replacing(self.out / "history.csv") as temporary:
            temporary.write_text(self.recorder.csv(), encoding="utf-8")

    def report(self) -> dict[str, Any]:
        """What was trained, how long, how fast, and how well it draws."""
        images_seen = self.gan.step * self.settings["batch_size"]
        seconds = self.recorder.history["seconds"][-1] if self.recorder.history["seconds"] else 0.0
        return {
            "settings": self.settings,
            "steps": self.gan.step,
            "epochs": round(images_seen / len(self.images), 2),
            "seconds": round(seconds, 2),
            "images_per_second": round(images_seen / seconds, 1) if seconds else None,
            "scores": scores(self.gan, self.settings["dataset"]),
        }

    def written(self) -> str:
        """The results that are there, for the person at the terminal."""
        return f"In {self.out}: {', '.join(name for name in RESULTS if (self.out / name).exists())}"


def prepare(
    dataset: str,
    out: Path,
    batch_size: int | None = None,
    seed: int = 0,
    steps: int | None = None,
    seconds: float | None = None,
    epochs: int | None = None,
    tensorboard: bool = False,
    steps_per_execution: int | None = None,
    learning_rate_factor: float = 1.0,
) -> Run:
    """A run that is ready to go; `device.configure` comes before it.

    batch_size: images a step, the recipe's unless told. steps, epochs: train up to there, counted from the run's
    start; seconds: train so long; without any of them `DEFAULT_SECONDS`. tensorboard: write a log for it, too.
    learning_rate_factor: as in `recipe.dcgan`; a run that is resumed may have another.
    Raises CourseError if a batch is larger than the data set.
    """
    images = datasets.load(dataset).images_train
    batch_size = batch_size or recipe.BATCH_SIZE
    settings = {
        "dataset": dataset,
        "batch_size": batch_size,
        "seed": seed,
        "precision": keras.mixed_precision.global_policy().name,
    }
    steps_per_epoch = datasets.check_batch_size(len(images), batch_size)
    if epochs is not None:
        steps = epochs * steps_per_epoch
    if steps is None and seconds is None:
        seconds = DEFAULT_SECONDS
    # Few calls from Python, yet about a second each, so that progress line and checkpoint stay up to date.
    steps_per_execution = steps_per_execution or max(1, min(20, 640 // batch_size))

    options = {"learning_rate_factor": learning_rate_factor, "steps_per_execution": steps_per_execution}
    gan = recipe.dcgan(images.shape[1:], seed, **options)
    recorder = Recorder(seed=seed)
    progress = Progress(recorder, steps, seconds)
    checkpoint = Checkpoint(out / "checkpoints", recorder, settings)
    callbacks = [recorder, Alarm(recorder, images, say=progress.say), checkpoint, progress]
    if tensorboard:
        callbacks.append(TensorBoardLog(recorder, out / "tensorboard"))
    return Run(out, images, settings, steps, seconds, gan, recorder, checkpoint, progress, callbacks)


def scores(gan: GAN, dataset: str, count: int = 10_000) -> dict[str, Any]:
    """The generator's score on `count` samples, with the two ends of the scale it stands on."""
    from course_lib.scores import metrics

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
