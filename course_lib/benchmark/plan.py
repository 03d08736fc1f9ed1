"""What is measured, for how long and in which order."""

from __future__ import annotations

from dataclasses import dataclass

CONTENDERS = ("tutorial", "keras_io", "torch", "ours")


@dataclass(frozen=True)
class Plan:
    """The benchmark's few constants; tests shrink them to seconds.

    rounds: how often everything but the tutorial's long training is measured.
    race_limit: seconds of training after which a contender has not reached a target.
    tutorial_epochs, scores_per_epoch: how long the tutorial trains for T, and how often it is looked at.
    score_count: samples a score is made of. score_growth, score_pause: the next score comes when the training has
        become longer by this factor, and by at least so many seconds.
    warmup_seconds, speed_seconds, block_seconds: speed is measured after a warm-up, in blocks of at least this
        length; the number is the median block's.
    train_count: training images used. matmul_size, matmul_repeats: of the machine's matrix product.
    """

    rounds: int = 3
    race_limit: float = 240.0
    tutorial_epochs: int = 5
    scores_per_epoch: int = 5
    score_count: int = 10_000
    score_growth: float = 1.08
    score_pause: float = 1.0
    warmup_seconds: float = 3.0
    speed_seconds: float = 20.0
    block_seconds: float = 0.5
    train_count: int = 60_000
    matmul_size: int = 2048
    matmul_repeats: int = 12


@dataclass(frozen=True)
class Job:
    """One measurement, made in a process of its own.

    kind: "machine" (what is here, and the recipe in plain words), "matmul", "speed", "race" or "first_picture".
    architecture: whose networks ("tutorial", "keras_io", "dcgan"); engine: whose loop, one of CONTENDERS.
    round: 0 for what is done once; also the seed.
    """

    kind: str
    architecture: str = ""
    engine: str = ""
    round: int = 0

    @property
    def name(self) -> str:
        """What the terminal and the table call it."""
        return " ".join(filter(None, [self.kind.replace("_", " "), self.who]))

    @property
    def who(self) -> str:
        """The contender; with "on ..." where it trains the networks of another."""
        if not self.engine:
            return ""
        native = {"tutorial": "tutorial", "keras_io": "keras_io"}.get(self.engine, "dcgan")
        return self.engine + (f" on {self.architecture}" if self.architecture != native else "")

    @property
    def contenders(self) -> set[str]:
        """Those who must take part for this job to make sense."""
        return {self.engine, self.architecture} & set(CONTENDERS)


TARGET_RACE = Job("race", "tutorial", "tutorial")
"""The tutorial's training, once: its best score is T."""

SPEED = (  # pairs at equal architecture: first theirs, then ours
    (("tutorial", "tutorial"), ("tutorial", "ours")),
    (("keras_io", "keras_io"), ("keras_io", "ours")),
    (("dcgan", "torch"), ("dcgan", "ours")),
)
RACE = (("keras_io", "keras_io"), ("dcgan", "torch"), ("dcgan", "ours"))


def jobs_of_round(number: int, chosen: set[str]) -> list[Job]:
    """The jobs of one round in their order, those that only need the chosen contenders."""
    jobs = [Job("matmul", round=number)]
    jobs += [Job("speed", *who, round=number) for pair in SPEED for who in pair]
    jobs += [Job("first_picture", "dcgan", "ours", round=number)]
    jobs += [Job("race", *who, round=number) for who in RACE]
    return [job for job in jobs if job.contenders <= chosen]
