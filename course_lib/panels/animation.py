"""Play and pause: picture after picture, as fast as they are seen, and nothing that runs on when nobody looks."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from course_lib.panels import front_end


class Animation:
    """A button to play and pause, and while it plays `advance` is called up to `rate` times a second.

    The browser keeps the time (front_end.py): it asks for the next picture when the last one has arrived. So a slow
    network or a slow `advance` delays pictures but piles none up, a pause acts at once, and when the cell is run
    again or the page closed nobody asks any more: no thread, task or timer is left in the kernel.

    button: the ipywidgets Button "play" or "pause". beat: a hidden Button, pressed once for each picture.
    playing: whether it plays. pictures: how many there have been.
    """

    def __init__(self, advance: Callable[[], None], rate: float = 10.0) -> None:
        self.advance = advance
        self.pause_between = round(1000 / rate)  # milliseconds
        self.pictures = 0
        self.button = ipywidgets.Button(description="play")
        self.beat = ipywidgets.Button(disabled=True, layout={"display": "none"})
        self.beat.add_class(front_end.BEAT)
        self.button.on_click(lambda _: self.pause() if self.playing else self.play())
        self.beat.on_click(self._next)

    @property
    def playing(self) -> bool:
        return not self.beat.disabled

    def play(self) -> None:
        """Ask for pictures until `pause`."""
        self.button.description = "pause"
        self._count()
        self.beat.disabled = False

    def pause(self) -> None:
        """Stop at once; a picture that was asked for already does not come."""
        self.button.description = "play"
        self.beat.disabled = True

    def _next(self, _: ipywidgets.Button) -> None:
        if not self.playing:
            return
        try:
            self.advance()
        except BaseException:  # an interrupted kernel too
            self.pause()
            raise
        self.pictures += 1
        self._count()

    def _count(self) -> None:
        """Tell the browser that the picture is there, and when to ask for the next."""
        self.beat.description = f"{self.pictures} {self.pause_between}"
