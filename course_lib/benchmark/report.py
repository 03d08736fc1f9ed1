"""From the results of the jobs to numbers a person can read: medians, ratios within a round, targets, a table, a CSV.

Every spread is the lowest and the highest round beside the median. A ratio is formed within each round, of two jobs
that ran close to each other, before the median is taken: what slows the whole machine for a while cancels out.
"""

from __future__ import annotations

import csv
import io
import math
import statistics
from dataclasses import dataclass
from typing import Any

from course_lib.benchmark.plan import RACE, SPEED, TARGET_RACE, Job, Plan

PARTS = (1, 2, 4, 8)
"""The race goes to T divided by these."""


@dataclass(frozen=True)
class Spread:
    """The median of some rounds, with the lowest and the highest. A time that was not reached is infinite."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """Raises statistics.StatisticsError if there are no values."""
        # The upper of the two middle values where they are even: half a race that did not arrive is no time.
        return cls(
            statistics.median(values) if all(map(math.isfinite, values)) else statistics.median_high(values),
            min(values),
            max(values),
        )

    def text(self, digits: int = 0, missing: str = "not reached") -> str:
        def number(value: float) -> str:
            # A time without end, and the ratio to it.
            return f"{value:,.{digits}f}" if 0 < value < math.inf else missing

        if self.low == self.high:
            return number(self.median)
        return f"{number(self.median)} ({number(self.low)} .. {number(self.high)})"


@dataclass(frozen=True)
class Verdict:
    """One target of the benchmark: what was asked for, what was measured, and whether it is met by the median."""

    target: str
    measured: str
    met: bool


@dataclass(frozen=True)
class Report:
    """The questions that are put to the results. `results` as in `rounds.Benchmark`, T as `target` there."""

    plan: Plan
    results: list[dict[str, Any]]
    target: float | None

    def values(self, kind: str, who: tuple[str, str], name: str) -> dict[int, float]:
        """One measured number of a kind of job of (architecture, engine), by round."""
        return {
            result["round"]: result[name]
            for result in self.results
            if (result["kind"], result["architecture"], result["engine"]) == (kind, *who)
        }

    def spread(self, kind: str, who: tuple[str, str], name: str) -> Spread | None:
        """The same over the rounds; None if it was not measured."""
        values = [value for value in self.values(kind, who, name).values() if value is not None]
        return Spread.of(values) if values else None

    def seconds_to(self, who: tuple[str, str], part: int) -> dict[int, float]:
        """Training seconds until the score was at most T / part, by round; infinite where it never was."""
        if self.target is None:
            return {}
        goal = self.target / part
        return {
            number: seconds_until(goal, curve) for number, curve in self.values("race", who, "curve").items()
        }

    def speed_ratio(self, pair: tuple[tuple[str, str], tuple[str, str]]) -> Spread | None:
        """Images per second of ours over theirs at equal architecture, paired by round."""
        theirs, ours = (self.values("speed", who, "images_per_second") for who in pair)
        ratios = [ours[number] / theirs[number] for number in ours.keys() & theirs.keys()]
        return Spread.of(ratios) if ratios else None

    def race_ratio(self, part: int, who: tuple[str, str] = ("dcgan", "ours")) -> Spread | None:
        """The tutorial's seconds to T over this contender's seconds to T / part; 0 where it never got there."""
        yardstick = self.seconds_to((TARGET_RACE.architecture, TARGET_RACE.engine), 1).get(0)
        times = list(self.seconds_to(who, part).values())
        if not yardstick or not times:
            return None
        spread = Spread.of(times)
        return Spread(yardstick / spread.median, yardstick / spread.high, yardstick / spread.low)

    def verdicts(self) -> list[Verdict]:
        """The targets, those that these results can answer."""
        first_picture = self.spread("first_picture", ("dcgan", "ours"), "before_training")
        asked = [
            ("T in at most a 40th of the tutorial's time", self.race_ratio(1), 40, 1, "times sooner"),
            ("T/8 in under a quarter of the tutorial's time to T", self.race_ratio(8), 4, 1, "times sooner"),
            (
                "the tutorial's networks no slower in our GAN than in its own loop",
                self.speed_ratio(SPEED[0]),
                1,
                2,
                "times the images per second",
            ),
        ]
        verdicts = [
            Verdict(
                text, f"{ratio.text(digits)} {unit}" if ratio.median else "not reached", ratio.median >= least
            )
            for text, ratio, least, digits, unit in asked
            if ratio is not None
        ]
        if first_picture is not None:
            met = first_picture.median <= 10
            text = "first picture within 10 s of the start, TensorFlow's import included"
            verdicts.append(Verdict(text, f"{first_picture.text(1)} s", met))
        return verdicts

    def table(self) -> str:
        """Everything measured, to read in a terminal."""
        product = self.spread("matmul", ("", ""), "gflops")
        lines = [f"Medians of {self.plan.rounds} rounds (lowest .. highest)."]
        if product is not None:
            size = self.plan.matmul_size
            lines.append(
                f"This machine's matrix product, float32, {size} x {size}: {product.text()} GFLOP/s; "
                "the last column is relative to it."
            )
        return "\n".join(
            [*lines, *self._speed(product), *self._race(), *self._first_picture(), *self._targets()]
        )

    def _speed(self, product: Spread | None) -> list[str]:
        heading = ("images/s", "MFLOP/image", "GFLOP/s", "share", "first step", "memory")
        rows = []
        for pair in SPEED:
            for who in pair:
                measured = self.spread("speed", who, "images_per_second")
                if measured is None:
                    continue
                names = ("mflop_per_image", "gflops", "first_step_seconds", "peak_memory_mb")
                arithmetic, gflops, first_step, memory = (self.spread("speed", who, name) for name in names)
                share = f"{gflops.median / product.median:.0%}" if product is not None else ""
                used = f"{memory.median:,.0f} MB" if memory is not None else "unknown"
                cells = (
                    measured.text(),
                    arithmetic.text(),
                    gflops.text(),
                    share,
                    f"{first_step.median:.1f} s",
                    used,
                )
                rows.append((Job("speed", *who).who, *cells))
            ratio = self.speed_ratio(pair)
            if ratio is not None:
                rows.append(("  ours / theirs", ratio.text(2), "", "", "", "", ""))
        return ["", "Speed at equal architecture", *columns([("", *heading), *rows])] if rows else []

    def _race(self) -> list[str]:
        if self.target is None:
            return []
        goals = [f"T/{part}" if part > 1 else "T" for part in PARTS]
        numbers = ", ".join(
            f"{goal} = {self.target / part:.2f}" for goal, part in zip(goals, PARTS, strict=True)
        )
        rows = []
        for who in ((TARGET_RACE.architecture, TARGET_RACE.engine), *RACE):
            best = self.spread("race", who, "best")
            if best is not None:
                first = who == (TARGET_RACE.architecture, TARGET_RACE.engine)
                limit = f"{self.plan.tutorial_epochs} epochs" if first else f"{self.plan.race_limit:.0f} s"
                times = (Spread.of(list(self.seconds_to(who, part).values())) for part in PARTS)
                cells = (spread.text(1, f"not within {limit}") for spread in times)
                rows.append((Job("race", *who).who, *cells, best.text(2)))
        scored = f"Fréchet distance of {self.plan.score_count:,} samples in this course's feature space"
        return [
            "",
            f"Seconds of training to T, the tutorial's best {scored}",
            f"({numbers}; compiling counts, scoring does not)",
            *columns([("", *goals, "best score"), *rows]),
        ]

    def _first_picture(self) -> list[str]:
        before = self.spread("first_picture", ("dcgan", "ours"), "before_training")
        if before is None:
            return []
        during = self.spread("first_picture", ("dcgan", "ours"), "in_training")
        return [
            "",
            f"First picture after {before.text(1)} s, the first in training after {during.text(1)} s.",
        ]

    def _targets(self) -> list[str]:
        rows = [("met" if v.met else "MISSED", f"{v.target}:", v.measured) for v in self.verdicts()]
        return ["", "Targets", *columns(rows)] if rows else []

    def csv(self) -> str:
        """The results as a table, one line for each job; the race's curves stay in `bench.json`."""
        rows = []
        for result in self.results:
            row = {name: value for name, value in result.items() if not isinstance(value, list)}
            if result["kind"] == "race" and self.target is not None:
                for part in PARTS:
                    seconds = seconds_until(self.target / part, result["curve"])
                    row[f"seconds_to_T/{part}"] = seconds if math.isfinite(seconds) else None
            rows.append(row)
        names = dict.fromkeys(name for row in rows for name in row)
        table = io.StringIO()
        writer = csv.DictWriter(table, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return table.getvalue()


def seconds_until(goal: float, curve: list[tuple[float, int, float]]) -> float:
    """Training seconds at the first score of a race that is no worse than `goal`; infinite if there is none."""
    return next((seconds for seconds, _, score in curve if score <= goal), math.inf)


def columns(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows of cells as lines, each column as wide as its widest cell."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)] if rows else []
    return [
        "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def one_line(result: dict[str, Any]) -> str:
    """What a job found, in a few words for the terminal."""
    match result["kind"]:
        case "matmul":
            return f"{result['gflops']:,.0f} GFLOP/s"
        case "speed":
            return f"{result['images_per_second']:,.0f} images/s, {result['gflops']:,.0f} GFLOP/s"
        case "race":
            seconds, _, score = result["curve"][-1]
            return f"score {score:.2f} after {seconds:.0f} s of training; best {result['best']:.2f}"
        case _:
            return f"{result['before_training']:.1f} s; in training {result['in_training']:.1f} s"
