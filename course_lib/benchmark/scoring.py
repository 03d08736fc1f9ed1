"""Scoring samples in a process of its own: `python -m course_lib.benchmark.scoring`.

The scores need TensorFlow, which must not come into a contender's process: it would take memory and threads there,
and TensorFlow and PyTorch in one process can crash each other (both bring an LLVM).
"""

from __future__ import annotations

import subprocess
import sys
from types import TracebackType

import numpy as np

from course_lib import CourseError


class Scorer:
    """Called with samples (N, 28, 28, 1) in [-1, 1], returns `metrics.frechet_score` of them.

    Used in a `with` block. Raises CourseError for samples that are not finite, or if the process broke.
    """

    def __enter__(self) -> Scorer:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "course_lib.benchmark.scoring"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.stdin.close()  # the end of its work, also when this process is killed
        self.process.wait()

    def __call__(self, images: np.ndarray) -> float:
        if not np.isfinite(images).all():
            raise CourseError("its samples hold NaN or infinite values: the training broke")
        self.process.stdin.write(f"{len(images)}\n".encode() + np.asarray(images, "float32").tobytes())
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise CourseError("the process that scores the samples ended")
        return float(answer)


def main() -> None:
    from course_lib import device
    from course_lib.scores import metrics

    device.configure("float32", quiet=True)
    while line := sys.stdin.buffer.readline():
        images = np.frombuffer(sys.stdin.buffer.read(int(line) * 28 * 28 * 4), "float32")
        print(metrics.frechet_score(images.reshape(-1, 28, 28, 1)), flush=True)


if __name__ == "__main__":
    main()
