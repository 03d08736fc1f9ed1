"""Running the benchmark's jobs one after the other, and keeping what they found."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from course_lib import ROOT, CourseError
from course_lib.benchmark.plan import TARGET_RACE, Job, Plan, jobs_of_round
from course_lib.files import replacing

Result = dict[str, Any]
"""A job's fields with what it measured: {"kind": ..., "architecture": ..., "engine": ..., "round": ..., ...}."""


class Benchmark:
    """The results of one benchmark, written to `bench.json` as they come.

    results: of the jobs done. failures: {"job": ..., "reason": ...} of those that broke. machine: hardware, versions
    and recipe. Folder `out` must exist.
    """

    def __init__(self, plan: Plan, chosen: set[str], out: Path):
        self.plan, self.chosen, self.out = plan, chosen, out
        self.results: list[Result] = []
        self.failures: list[dict[str, str]] = []
        self.machine: dict[str, Any] = {}

    @property
    def target(self) -> float | None:
        """T: the best score of the tutorial in its epochs."""
        races = [result for result in self.results if result["kind"] == "race" and result["round"] == 0]
        return races[0]["best"] if races else None

    def prepare(self, reuse: bool) -> None:
        """Look at the machine and, if asked, take the tutorial's race from the `bench.json` in `out`.

        Raises CourseError if there is none, or if it was run under other conditions.
        """
        self.machine = run_job(Job("machine"), self.plan, {}, None)
        if reuse:
            self.results.append(stored_race(self.out / "bench.json", self.plan, self.machine))

    def jobs(self) -> list[Job]:
        """All that is to be done: the tutorial's race first, then the rounds, each with one job of each sort."""
        rounds = [jobs_of_round(number, self.chosen) for number in range(1, self.plan.rounds + 1)]
        return ([] if self.target is not None else [TARGET_RACE]) + [job for jobs in rounds for job in jobs]

    def run(self) -> Iterator[tuple[Job, Result | None]]:
        """Do the jobs in turn, yielding each with its result, or None when it failed."""
        for job in self.jobs():
            try:
                if job.kind == "race" and job.round and self.target is None:
                    raise CourseError("there is no T to race for, because the tutorial's training failed")
                goal = None if self.target is None else self.target / 8
                result = asdict(job) | run_job(job, self.plan, self.machine["recipe"], goal)
                self.results.append(result)
            except CourseError as error:
                result = None
                self.failures.append({"job": job.name, "round": str(job.round), "reason": str(error)})
            self.save()
            yield job, result

    def save(self) -> None:
        """Write `bench.json`, whole or not at all."""
        everything = {
            "plan": asdict(self.plan),
            "target": self.target,
            **self.machine,
            "results": self.results,
            "failures": self.failures,
        }
        with replacing(self.out / "bench.json") as temporary:
            temporary.write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")


def run_job(job: Job, plan: Plan, recipe: dict[str, Any], goal: float | None) -> dict[str, Any]:
    """Do one job in a process of its own. Raises CourseError with the process's last words if it fails."""
    environment = os.environ | {
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "MPLBACKEND": "Agg",
    }
    # PyTorch's threads burn their core while they wait for each other, so a machine with a little other work made
    # them ten times slower here; asleep they lose nothing. TensorFlow's threads do not listen to this.
    environment.setdefault("OMP_WAIT_POLICY", "passive")
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    specification = {"job": asdict(job), "plan": asdict(plan), "recipe": recipe, "goal": goal}
    specification["started_at"] = time.time()
    done = subprocess.run(
        [sys.executable, "-m", "course_lib.benchmark.jobs"],
        input=json.dumps(specification),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    if done.returncode < 0:
        raise CourseError(f"its process was ended by signal {-done.returncode}")
    raise CourseError((done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1])


def stored_race(path: Path, plan: Plan, machine: dict[str, Any]) -> Result:
    """The tutorial's race of an earlier benchmark on this machine with this plan."""
    try:
        earlier = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise CourseError(f"There is no {path} to take T from: leave out --reuse the first time.") from None
    except json.JSONDecodeError as error:
        raise CourseError(f"{path} is damaged ({error}): run again without --reuse.") from None
    races = [result for result in earlier["results"] if result["kind"] == "race" and result["round"] == 0]
    if not races:
        raise CourseError(f"{path} ends before the tutorial was trained: run again without --reuse.")
    for name in ("tutorial_epochs", "scores_per_epoch", "score_count", "train_count"):
        if earlier["plan"][name] != getattr(plan, name):
            raise CourseError(f"The T in {path} was made with another {name}: run again without --reuse.")
    for name in ("processor", "cores"):
        if earlier["hardware"][name] != machine["hardware"][name]:
            raise CourseError(
                f"The times in {path} are from another machine ({earlier['hardware'][name]}, and this has "
                f"{machine['hardware'][name]}): run again without --reuse."
            )
    return races[0]
