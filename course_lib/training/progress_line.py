"""How far a training is, in one line: bar, time left, images per second, losses and warnings.

recorder = Recorder()
progress = Progress(recorder, steps=2000)
train(gan, images, steps=2000, callbacks=[recorder, Alarm(recorder, images, say=progress.say), progress])
"""

from __future__ import annotations

import shutil
import sys
import time

from tqdm import tqdm

from course_lib.training.loop import Recorder, Watcher


class Progress(Watcher):
    """Keeps the line up to date, wherever the training runs.

    In a terminal and in a notebook the line is renewed in place. A log file gets a new line every `log_every` seconds
    and no control characters. The line goes to stderr, in a notebook to an output of its own.

    steps or seconds: where the run will end, counted as in `train`; with neither there is no bar and no time left.
    """

    def __init__(
        self,
        recorder: Recorder,
        steps: int | None = None,
        seconds: float | None = None,
        log_every: float = 10.0,
    ):
        super().__init__(recorder)
        self.steps, self.seconds, self.log_every = steps, seconds, log_every
        self.place: Terminal | Notebook | LogFile | None = None

    def on_train_begin(self, logs: dict | None = None) -> None:
        super().on_train_begin()
        self.place = new_place()
        self.every = self.log_every if isinstance(self.place, LogFile) else 0.2
        self.began_at = self.shown_at = time.monotonic()
        self.first_look: tuple[int, float] | None = None  # step and time: what came before was compiling
        self.place.show(f"step {self.model.step:,}, compiling")

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        now = time.monotonic()
        self.first_look = self.first_look or (self.model.step, now)
        if now - self.shown_at >= self.every:
            self.place.show(self.line(now, self.place.width()))
            self.shown_at = now

    def on_train_end(self, logs: dict | None = None) -> None:
        if self.place is not None and self.recorder.history["step"]:
            self.place.show(self.line(time.monotonic(), self.place.width()))
        self.close()

    def close(self) -> None:
        """Leave the line; `fit` does so at the end, but not where an error stops it."""
        if self.place is not None:
            self.place.close()
            self.place = None

    def say(self, text: str) -> None:
        """Put a line of text above the progress line, such as a warning."""
        if self.place is None:
            print(text, file=sys.stderr, flush=True)
        else:
            self.place.say(text)

    def line(self, now: float, width: int) -> str:
        """The line at a moment of `time.monotonic`, at most so many characters wide."""
        history = self.recorder.history
        step = history["step"][-1]
        parts = [f"step {step:,}"]
        share, left = self._reached(step, now)
        if share is not None:
            parts.append(f"{share:4.0%}")
        if left is not None:
            parts.append(f"{int(left) // 60}:{int(left) % 60:02d} left")
        parts.append(f"{history['images_per_second'][-1]:,.0f} images/s")
        short = {"discriminator_loss": "D", "generator_loss": "G", "loss": "loss"}
        parts.append("  ".join(f"{short[name]} {history[name][-1]:.2f}" for name in short if name in history))
        parts += [f"! {kind}" for kind in self.recorder.warned()]
        text = "  ".join(parts)
        room = min(width - len(text) - 4, 30)
        if share is not None and room >= 5:
            done = round(share * room)
            text = f"[{'#' * done}{'.' * (room - done)}]  {text}"
        return text[:width]

    def _reached(self, step: int, now: float) -> tuple[float | None, float | None]:
        """The share of the run that is done, 0 to 1, and the seconds left; None for what is not known."""
        if self.seconds is not None:
            left = max(0.0, self.seconds - (now - self.began_at))
            return 1 - left / self.seconds if self.seconds else 1.0, left
        if self.steps is None:
            return None, None
        done, since = step - self.first_look[0], now - self.first_look[1]
        return min(1.0, step / self.steps), max(0, self.steps - step) * since / done if done else None


def new_place() -> Terminal | Notebook | LogFile:
    """Where a line can be shown here and renewed: its `width()`, `show(line)`, `say(text)` above it, and `close()`."""
    return Notebook() if in_notebook() else Terminal() if sys.stderr.isatty() else LogFile()


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs this: JupyterLab, Colab, VS Code, nbclient, nbval."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return getattr(shell, "kernel", None) is not None


class Terminal:
    """One line that is renewed in place, by tqdm: the text is ours, the going back and the wiping are its own."""

    def __init__(self) -> None:
        # Its size is said, not asked for: in a terminal that claims to have no rows tqdm shows nothing. Nor does it
        # where somebody has set TQDM_DISABLE, unless it is told.
        self.bar = tqdm(bar_format="{desc}", ncols=self.width(), nrows=2, file=sys.stderr, disable=False)

    def width(self) -> int:
        return shutil.get_terminal_size().columns - 1  # a full last column would wrap

    def show(self, line: str) -> None:
        self.bar.ncols = self.width()
        self.bar.set_description_str(line)

    def say(self, text: str) -> None:
        self.bar.write(text, file=sys.stderr)

    def close(self) -> None:
        self.bar.close()


class Notebook:
    """One text output, replaced as a whole: no widget to install, and nothing on stderr, which notebooks keep."""

    def __init__(self) -> None:
        from IPython.display import display

        self.said: list[str] = []
        self.handle = display({"text/plain": ""}, raw=True, display_id=True)

    def width(self) -> int:
        return 100

    def show(self, line: str) -> None:
        self.last = line
        self.handle.update({"text/plain": "\n".join([*self.said, line])}, raw=True)

    def say(self, text: str) -> None:
        self.said.append(text)
        self.show(self.last)

    def close(self) -> None:
        pass


class LogFile:
    """A line each time."""

    def width(self) -> int:
        return 200

    def show(self, line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    say = show

    def close(self) -> None:
        pass
