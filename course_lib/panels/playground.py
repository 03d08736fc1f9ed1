"""A GAN to play with: it trains in the plane while you watch, and every setting can be moved (lessons 02 and 08).

Playground(preset="mode collapse").show()
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import ipywidgets

from course_lib import CourseError, plots
from course_lib.panels import front_end, playground_controls
from course_lib.panels.drawing_pad import SMILE, DrawingPad, Points
from course_lib.panels.panel import Panel, row
from course_lib.panels.playground_picture import PlaygroundPicture, described, standing
from course_lib.panels.playground_plane import LAYERS
from course_lib.playground.code import as_code
from course_lib.playground.game import Game
from course_lib.playground.presets import PRESETS
from course_lib.playground.settings import Settings
from course_lib.playground.stages import NAMES, Stage
from course_lib.playground.targets import DRAWN

STILL = 600  # rounds of training behind the picture for pages without a kernel
PICTURES = 20.0  # a second at most, while it plays


class Playground(Panel):
    """Two networks that train live on points of the plane.

    preset: a key of `presets.PRESETS`. settings: begin with these instead.
    game: the engine that trains. controls: all ipywidgets by name; the one of a setting has the name of its field in
    `Settings`. picture: the HTML widget with the current picture. message: the round and what was measured, in a line.
    caption: what slow motion shows. program: the text area with the present settings as code, once it was asked for.
    pad: where points are drawn, once the target is "drawn". Raises CourseError for a preset that does not exist.
    """

    FOLDED = f"the picture after {STILL} rounds"

    def __init__(self, preset: str = "healthy", settings: Settings | None = None) -> None:
        if preset not in PRESETS:
            raise CourseError(f"There is no preset {preset!r}; choose among {', '.join(PRESETS)}.")
        settings = settings or PRESETS[preset]
        self.game = Game(settings)
        self.groups = playground_controls.settings_groups(settings)
        self.settings = {name: each for group in self.groups.values() for name, each in group.items()}
        self.buttons, self.view = playground_controls.buttons(), playground_controls.view()
        self.presets, self.code = playground_controls.preset_buttons(), playground_controls.code_switch()
        self.message, self.caption = ipywidgets.HTML(), ipywidgets.HTML()
        self.caption.add_class(front_end.SPOKEN)
        self.program = playground_controls.program()
        self.pad: DrawingPad | None = None
        self._points = settings.drawn or SMILE
        self._on_pad: Points = ()  # the cells that were on when the pad was last read
        self._pad_place = ipywidgets.VBox()
        self._drawing = PlaygroundPicture()
        # the stages of slow motion that are still to be seen, the present one first
        self._walk: list[Stage] = []
        self._holding = False
        super().__init__(
            {**self.presets, **self.buttons, **self.view, **self.settings, "code": self.code},
            actions=self._actions(),
            advance=self._play,
            rate=PICTURES,
        )

    def start(self, settings: Settings) -> None:
        """Begin a new game with these settings, and set all controls to them."""
        with self._held():
            for name, control in self.settings.items():
                playground_controls.set_to(control, getattr(settings, name))
        if settings.drawn:
            self._points = settings.drawn
            if self.pad:
                self._show_on_pad(self._points)
        self._walk = []
        self.game.reset(settings)

    def alt(self) -> str:
        """The picture in words: what is played, how it stands, and which layers are on."""
        return self._told_stage() or described(self.game, self._shown())

    def _told_stage(self) -> str:
        """The present stage of slow motion in words, "" if there is none."""
        if not self._walk:
            return ""
        stage = self._walk[0]
        return f"Stage {NAMES.index(stage.name) + 1} of {len(NAMES)}, {stage.name}. {stage.caption}"

    def _shown(self) -> list[str]:
        return [name for name in LAYERS if self.view[name].value]

    def _actions(self) -> dict[str, Callable[[], None]]:
        """What each button does before the picture follows."""
        steps = {
            "discriminator_step": self.game.step_discriminator,
            "generator_step": self.game.step_generator,
            "one_round": self.game.play,
            "reset": self.game.reset,
        }
        actions = {name: lambda step=step: self._step(step) for name, step in steps.items()}
        starts = {name: lambda settings=settings: self.start(settings) for name, settings in PRESETS.items()}
        return {**actions, **starts, "slow": self._next_stage}

    def _step(self, step: Callable[[], None]) -> None:
        """A step by hand ends what runs by itself."""
        self.animation.pause()
        self._walk = []
        step()

    def _play(self) -> None:
        self._walk = []
        self.code.value = False  # it belongs to the moment in which it was asked for
        self.game.play(self.view["speed"].value)

    def _next_stage(self) -> None:
        self.animation.pause()
        self._walk = self._walk[1:] or list(self.game.stages())

    def _moved(self, change: Mapping[str, Any]) -> None:
        if not self._holding:
            super()._moved(change)

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Many controls are set and the picture follows once, when all are."""
        self._holding = True
        try:
            yield
        finally:
            self._holding = False

    def _measure(self) -> None:
        self._follow_the_controls()
        self.layers = self.game.layers()
        self.message.value = f"<b>{html.escape(standing(self.game))}</b>"
        self.caption.value = html.escape(self._told_stage())

    def _follow_the_controls(self) -> None:
        """Tell the game what was changed; it says which of them begin it anew."""
        wanted = {name: playground_controls.value_of(control) for name, control in self.settings.items()}
        drawing = wanted["target"] == DRAWN
        if drawing:
            self._read_pad()
            wanted["drawn"] = self._points
        self._pad_place.layout.display = "" if drawing else "none"
        changes = {
            name: value for name, value in wanted.items() if value != getattr(self.game.settings, name)
        }
        if changes:
            self._walk = []
            self.game.change(**changes)
        self.program.layout.display = "" if self.code.value else "none"
        if self.code.value:
            self.animation.pause()  # the next picture would put the program away again
            self.program.value = as_code(self.game.settings, self.game.round or STILL, self.game.replayable)

    def _read_pad(self) -> None:
        """Take over what was drawn. The pad is made when it is wanted first, since it is many buttons."""
        if self.pad is None:
            self.pad = DrawingPad()
            self._show_on_pad(self._points)
            for cell in self.pad.cells.values():
                self._listen_to(cell)
            self._listen_to(self.pad.clear, lambda: self._show_on_pad(()))
            self._listen_to(self.pad.stroke, self._follow_stroke)
            self._pad_place.children = [self.pad.widget]
        if self.pad.points != self._on_pad:
            # a game needs points: an empty pad waits for the first
            self._points = self.pad.points or self._points
        self._on_pad = self.pad.points
        self.pad.paint()

    def _follow_stroke(self) -> None:
        with self._held():
            self.pad.follow()

    def _show_on_pad(self, points: Points) -> None:
        with self._held():
            self.pad.draw(points)
        self._on_pad = self.pad.points

    def _draw(self, small: bool = False) -> plots.Picture:
        if self._walk:
            self._drawing.update_stage(self._walk[0], self.game)
        else:
            self._drawing.update(self.layers, self._shown(), self.game)
        return self._drawing.picture(self.alt(), small)

    def _without_kernel(self) -> str:
        """A game that has gone on for a while; at the start there is little to see."""
        game, drawing = Game(self.game.settings), PlaygroundPicture()
        game.play(STILL)
        drawing.update(game.layers(), LAYERS, game)
        return drawing.picture(described(game, LAYERS), small=True)._repr_html_()

    def _arranged(self) -> ipywidgets.Widget:
        """What is pressed most above the picture, what is set below it, in groups under headings."""
        self.animation.button.layout.width = "6em"  # for both of its words
        groups = [playground_controls.group(title, controls) for title, controls in self.groups.items()]
        return ipywidgets.VBox(
            [
                row([playground_controls.heading("Start from"), *self.presets.values()]),
                row([self.animation.button, *self.buttons.values(), self.view["speed"]]),
                self.message,
                self.picture,
                self.caption,
                row([playground_controls.heading("View"), *(self.view[name] for name in LAYERS)]),
                row(groups),
                self._pad_place,
                row([self.code]),
                self.program,
            ]
        )
