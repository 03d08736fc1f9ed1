"""One run of `grade`: what was handed in, what is graded already, the rest graded, everything written."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat

from course_lib import CourseError
from course_lib.authoring.assemble import reference
from course_lib.authoring.lesson import Lesson, find_source, load_lesson
from course_lib.files import replacing
from course_lib.grading import key
from course_lib.grading.intake.submissions import Submission, gather
from course_lib.grading.pages import class_report, feedback
from course_lib.grading.points import adjustments, tables
from course_lib.grading.running.outcome import Graded
from course_lib.grading.running.results import Results
from course_lib.grading.running.workers import Task, grade_all
from course_lib.grading.sandbox import sandbox


@dataclass(frozen=True)
class ClassRun:
    """Everything a run needs, checked. `again`: the submissions to grade even if they are graded; then no others."""

    lesson: Lesson
    submissions: list[Submission]
    again: list[Submission]
    out: Path
    version: str
    task: Task
    jobs: int
    scheduler: str
    late: tables.LatePolicy

    @classmethod
    def of(cls, args: argparse.Namespace) -> ClassRun:
        """From the command line. Raises CourseError for what is missing or contradicts itself."""
        lesson = load_lesson(find_source(args.lesson))
        class_key = key.load(args.key)
        if lesson.name not in class_key.lessons:
            known = ", ".join(class_key.lessons)
            raise CourseError(
                f"The key {args.key} is for {known}; `release` makes one that has {lesson.name}."
            )
        late = tables.LatePolicy.of(args.late)
        if args.out.resolve().is_relative_to(args.submissions.resolve()):
            raise CourseError(
                f"--out {args.out} lies in SUBMISSIONS, and would be taken for a student: choose another."
            )
        submissions = gather(args.submissions, lesson.name, args.roster)
        chosen = [each for each in submissions if args.student in (each.student, each.student_id)]
        if args.student is not None and not chosen:
            raise CourseError(f"{args.submissions} has nothing of a student called {args.student!r}.")
        kind = sandbox.choose(args.sandbox)
        args.out.mkdir(mode=0o700, parents=True, exist_ok=True)  # points are nobody else's business
        (args.out / ".gitignore").write_text("*\n")  # nor a repository's, which the course's folder may be
        # a mistake there is better told now than after the grading
        adjustments.load(args.out / "adjustments.csv")
        seed = class_key.class_seed(lesson.name)
        digest = key.digest_of(lesson)
        if class_key.lessons[lesson.name].digest != digest:
            print(f"note: {lesson.name} was changed after its release; graded is what is in the course now.")
        version = f"{class_key.fingerprint} {digest}"
        whole = cached_reference(lesson, seed, args.out / "private" / f"{lesson.name}.json", version)
        version += f" {args.timeout:g} s"  # one limit for everybody: with another one, all are graded anew
        task = Task(
            lesson=lesson.name,
            class_seed=seed,
            reference=whole,
            sandbox=kind,
            seconds=args.timeout,
            only=None if args.exercise is None else exercise_of(lesson, args.exercise),
        )
        return cls(lesson, submissions, chosen, args.out, version, task, args.jobs, args.scheduler, late)

    def run(self) -> int:
        """Grade what is not graded yet, write all results; the exit code."""
        with Results(self.out / "grades.db") as results:
            if others := [each for each in results.lessons() if each != self.lesson.name]:
                raise CourseError(
                    f"{self.out} has the grades of {', '.join(others)}: take one --out a lesson."
                )
            waiting = [each for each in self.submissions if self.to_do(each, results)]
            if len(waiting) < len(self.submissions):
                known = len(self.submissions) - len(waiting)
                print(
                    f"{known} of {len(self.submissions)} are graded already; {len(waiting)} to do.",
                    flush=True,
                )
            begun = time.perf_counter()
            try:
                self.grade(waiting, results)
            except KeyboardInterrupt:
                done = sum(not self.to_do(each, results) for each in self.submissions)
                raise KeyboardInterrupt(
                    f"Stopped; {done} of {len(self.submissions)} are graded. The same command goes on from there."
                ) from None
            taken = time.perf_counter() - begun
            found = [results.find(each, self.lesson.name) for each in self.submissions]
        everybody = [each for each in found if each is not None]
        graded = tables.write(everybody, self.lesson, self.out, self.late)
        feedback.write(graded, self.lesson, self.out)
        class_report.write(graded, self.lesson, self.out)
        failed = [each for each in everybody if each.status != "graded"]
        for each in failed:
            print(f"{each.submission.student}: {each.message}", file=sys.stderr)
        rate = f" in {taken:.0f} s, {60 * len(waiting) / taken:.0f} a minute" if waiting else ""
        print(f"{len(waiting)} done{rate}; {len(everybody)} in all, {len(failed)} of them not graded.")
        print(
            f"Points: {self.out / 'grades.csv'}   class: {self.out / 'report.html'}   feedback: {self.out / 'feedback'}"
        )
        return 0

    def to_do(self, submission: Submission, results: Results) -> bool:
        """True if it is new, changed, was graded with another key, course or time limit, or is asked for again."""
        if self.again:
            return submission in self.again
        known = results.find(submission, self.lesson.name, self.version)
        return known is None or known.status == "crashed"

    def grade(self, waiting: list[Submission], results: Results) -> None:
        """Grade these, with a bar; each result is on the disk before the next one is waited for."""
        from tqdm import tqdm

        failed = 0
        with tqdm(
            total=len(waiting), unit=" files", dynamic_ncols=True, disable=not sys.stderr.isatty()
        ) as bar:
            for graded in grade_all(self.task, waiting, self.jobs, self.scheduler):
                if self.task.only is not None:
                    graded = self.with_the_others(graded, results)
                results.add(graded, self.version)
                failed += graded.status != "graded"
                bar.update()
                bar.set_postfix_str(f"{failed} failed, {len(waiting) - bar.n} left")

    def with_the_others(self, graded: Graded, results: Results) -> Graded:
        """After one exercise was graded again: the outcomes of the others as they were."""
        before = results.find(graded.submission, self.lesson.name, self.version)
        if before is None:
            raise CourseError(
                f"{graded.submission.student} was not graded yet with this key, course and --timeout: "
                "leave out --exercise."
            )
        if self.task.only not in graded.outcomes:
            return graded
        outcomes = before.outcomes | {self.task.only: graded.outcomes[self.task.only]}
        return replace(graded, outcomes=outcomes)


def exercise_of(lesson: Lesson, wanted: str) -> str:
    """The grade_id of an exercise given by number or grade_id. Raises CourseError if there is none."""
    for grade_id, cell in lesson.exercises.items():
        if wanted in (grade_id, str(cell.number)):
            return grade_id
    known = ", ".join(f"{cell.number} ({grade_id})" for grade_id, cell in lesson.exercises.items())
    raise CourseError(f"{lesson.name} has no exercise {wanted!r}; there are: {known}")


def cached_reference(lesson: Lesson, seed: str, path: Path, version: str) -> str:
    """Our solutions executed with the class seed, once a class: later runs read it from `path`.

    The file holds expected values: it is for the instructor's eyes only, and lies in a folder nobody else may open.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        if stored["version"] == version:
            return stored["notebook"]
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there, or not whole: made again
    print("Our own solutions are run first, once a class.", flush=True)
    notebook = nbformat.writes(reference(lesson, seed))
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with replacing(path) as temporary:
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps({"version": version, "notebook": notebook}), encoding="utf-8")
    return notebook
