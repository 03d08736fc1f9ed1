"""What of a class is still to be graded: it can be stopped at any time, and goes on from there."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

from course_lib import CourseError
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.running.outcome import Graded
from course_lib.grading.running.results import Results
from course_lib.grading.running.workers import Task, grade_all


@dataclass(frozen=True)
class Backlog:
    """The submissions of a class on their way into `results`.

    again: those to grade even if they are graded; then no others. version: what they are graded with. jobs and
    scheduler: see `grade_all`.
    """

    task: Task
    submissions: Sequence[Submission]
    again: Sequence[Submission]
    version: str
    results: Results
    jobs: int
    scheduler: str

    def waiting(self) -> list[Submission]:
        """Those to grade. Raises CourseError if `results` are another lesson's."""
        if others := [each for each in self.results.lessons() if each != self.task.lesson]:
            raise CourseError(
                f"{self.results.path.parent} has the grades of {', '.join(others)}: take one --out a lesson."
            )
        waiting = [each for each in self.submissions if self.to_do(each)]
        if known := len(self.submissions) - len(waiting):
            print(f"{known} of {len(self.submissions)} are graded already; {len(waiting)} to do.", flush=True)
        return waiting

    def to_do(self, submission: Submission) -> bool:
        """True if it is new, changed, was graded with another key, course or time limit, or is asked for again."""
        if self.again:
            return submission in self.again
        known = self.results.find(submission, self.task.lesson, self.version)
        return known is None or known.status == "crashed"

    def grade(self, waiting: Sequence[Submission]) -> None:
        """Grade these, with a bar; each result is on the disk before the next one is waited for."""
        from tqdm import tqdm

        failed = 0
        try:
            with tqdm(
                total=len(waiting), unit=" files", dynamic_ncols=True, disable=not sys.stderr.isatty()
            ) as bar:
                for graded in grade_all(self.task, waiting, self.jobs, self.scheduler):
                    if self.task.only is not None:
                        graded = self.with_the_others(graded)
                    self.results.add(graded, self.version)
                    failed += graded.status != "graded"
                    bar.update()
                    bar.set_postfix_str(f"{failed} failed, {len(waiting) - bar.n} left")
        except KeyboardInterrupt:
            done = sum(not self.to_do(each) for each in self.submissions)
            raise KeyboardInterrupt(
                f"Stopped; {done} of {len(self.submissions)} are graded. The same command goes on from there."
            ) from None

    def with_the_others(self, graded: Graded) -> Graded:
        """After one exercise was graded again: the outcomes of the others as they were."""
        before = self.results.find(graded.submission, self.task.lesson, self.version)
        if before is None:
            raise CourseError(
                f"{graded.submission.student} was not graded yet with this key, course and --timeout: "
                "leave out --exercise."
            )
        if self.task.only not in graded.outcomes:
            return graded
        outcomes = before.outcomes | {self.task.only: graded.outcomes[self.task.only]}
        return replace(graded, outcomes=outcomes)

    def graded(self) -> list[Graded]:
        """What is known of all submissions; of some, nothing may be."""
        found = [self.results.find(each, self.task.lesson) for each in self.submissions]
        return [each for each in found if each is not None]
