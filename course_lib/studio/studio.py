"""The studio: a theme, two creations to choose between, a gallery, and files that say where they come from.

    Studio().show()
    Studio(folder="made").show()            with a button that writes the gallery into a folder

What a visitor does is in the object alone: two studios never see each other's work. Without a folder nothing is
written; each creation in the gallery is a link under which the browser saves it.
"""

from __future__ import annotations

import base64
import html
import os
from collections.abc import Callable, Mapping
from typing import NamedTuple

import ipywidgets

from course_lib import CourseError
from course_lib.panels import front_end
from course_lib.panels.panel import Panel, choice, row, slider
from course_lib.studio import exporting
from course_lib.studio.session import LEFT, MOST_KEPT, NEITHER, RIGHT, Session
from course_lib.studio.themes import LEAST, MOST, Creation, Theme

KEYS = {"left": "ArrowLeft", "neither": "Space", "right": "ArrowRight"}
ONE_AT_A_TIME = ("left", "neither", "right", "keep left", "keep right")
MEDIA_TYPES = {
    ".png": "image/png",
    ".wav": "audio/wav",
    ".mid": "audio/midi",
    ".json": "application/json",
    ".txt": "text/plain;charset=utf-8",
}
"""Of files in links; of another ending it is only bytes, which a browser saves as well."""


class Studio(Panel):
    """Two creations; which do you like better? The next two follow from that, as in lesson 16.

    theme, seed, themes: of `Session`; those who share themes, and with them the loaded networks, do not see each
    other's work. folder: None, or where "export" writes all that is in the gallery.

    controls, by name: "theme", "style", "setting" (the theme's parameter, a truncation or a temperature) and "seed", a
    text; buttons "left", "neither", "right" (also the arrow keys and the space bar), "keep left", "keep right", "undo",
    which takes back any of these, and "export". session: the `Session`; gallery, message: HTML widgets.
    mistake: another, in which what a visitor asks for and there is not is one line; nothing has changed then.
    """

    FOLDED = "the first two"

    def __init__(
        self,
        theme: str = "sprites",
        seed: int = 0,
        folder: str | os.PathLike | None = None,
        themes: Mapping[str, Theme] | None = None,
    ) -> None:
        self.session, self.folder = Session(theme, seed, themes), folder
        self.gallery, self.message, self.mistake = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.HTML()
        self.message.add_class(front_end.SPOKEN)
        self._following, self._said, self._hung = False, "", None
        state = self.session.state
        controls = {
            "theme": choice(
                "theme", [(each.title, name) for name, each in self.session.themes.items()], theme
            ),
            "style": choice("style", list(self.session.theme.styles), state.style),
            "setting": slider(self.session.theme.parameter, state.setting, LEAST, MOST),
            "seed": ipywidgets.Text(str(seed), description="seed", continuous_update=False),
        }
        controls["setting"].continuous_update = False
        actions = {name: self._setter(name) for name in controls} | {
            "left": lambda: self.session.choose(LEFT),
            "neither": lambda: self.session.choose(NEITHER),
            "right": lambda: self.session.choose(RIGHT),
            "keep left": lambda: self.session.keep(LEFT),
            "keep right": lambda: self.session.keep(RIGHT),
            "undo": self.session.undo,
        }
        if folder is not None:
            actions["export"] = self._export
        self.buttons = {name: ipywidgets.Button(description=name) for name in actions if name not in controls}
        for name in ONE_AT_A_TIME:
            self.buttons[name].add_class(front_end.ONE_BY_ONE)
        for name, key in KEYS.items():
            self.buttons[name].add_class(f"course-key-{key}")  # as on_a_key.js wants it
        super().__init__(controls | self.buttons, actions)

    def act(self, action: Callable[[], None] = lambda: None) -> None:
        """As every panel's, but a visitor's mistake is told in one line and is the end of it."""
        if self._following:
            return  # a control that was moved to where the session is
        self._said = self.mistake.value = ""
        try:
            super().act(action)
        except CourseError as error:
            self._follow()
            self.problem.value = ""  # no mistake of ours, so not where in our files it was found
            self.mistake.value = f'<div role="alert">{html.escape(" ".join(str(error).split()))}</div>'

    def alt(self) -> str:
        """The two in words."""
        state, theme = self.session.state, self.session.theme
        style = "" if len(theme.styles) == 1 else f", {state.style}"
        left, right = (theme.in_words(self.session.made(each)) for each in self.session.pair())
        words = f" Left: {left}. Right: {right}." if left or right else ""
        return f"Two creations of a network, pair {state.turn + 1}: {theme.title}{style}.{words}"

    def _setter(self, name: str) -> Callable[[], None]:
        def take() -> None:
            value = self.controls[name].value
            self.session.set(**{name: _whole(value) if name == "seed" else value})

        return take

    def _export(self) -> None:
        kept = self.session.state.gallery
        if not kept:
            raise CourseError("The gallery is empty: keep something first.")
        session = self.session
        works = [(session.themes[each.theme], each, session.made(each)) for each in kept]
        paths = exporting.save_all(works, self.folder)
        self._said = f"{len(paths)} file{'s' if len(paths) > 1 else ''} written to {self.folder}."

    def _follow(self) -> None:
        """Let the controls say where the session is, also after an undo."""
        state, theme = self.session.state, self.session.theme
        self._following = True
        try:
            self.controls["theme"].value = state.theme
            if self.controls["style"].options != theme.styles:
                self.controls["style"].options = theme.styles
            self.controls["style"].value = state.style
            self.controls["setting"].description = theme.parameter
            self.controls["setting"].value = state.setting
            self.controls["seed"].value = str(state.seed)
        finally:
            self._following = False
        self.controls["style"].disabled = len(theme.styles) == 1
        self.buttons["undo"].disabled = not self.session.steps

    def _measure(self) -> None:
        self._follow()
        state = self.session.state
        learned = sum(each[:2] == (state.theme, state.style) for each in state.choices)
        known = (
            f" Picked by what you chose here {learned} time{'s' if learned > 1 else ''}." if learned else ""
        )
        text = self._said or f"Pair {state.turn + 1}: which do you like better?{known}"
        self.message.value = html.escape(text)
        if state.gallery != self._hung:
            self.gallery.value = self._gallery()
            self._hung = state.gallery

    def _draw(self, small: bool = False) -> Page:
        left, right = map(self.session.made, self.session.pair())
        theme, style = self.session.theme, self.session.state.style
        return Page(theme.page({"left": left, "right": right}, style, self.alt(), still=small))

    def _gallery(self) -> str:
        kept = self.session.state.gallery
        if not kept:
            return f"<p>The gallery is empty; it holds {MOST_KEPT}.</p>"
        works = "".join(self._work(number, each) for number, each in enumerate(kept, 1))
        return (
            f"<p>The gallery, {len(kept)} of {MOST_KEPT}; each file says that a network made it, and from what.</p>"
            f'<div style="display: flex; flex-wrap: wrap; gap: 1em">{works}</div>'
        )

    def _work(self, number: int, creation: Creation) -> str:
        """One creation with the links under which the browser saves its files."""
        theme, made = self.session.themes[creation.theme], self.session.made(creation)
        shown = theme.small(made, creation, f"{number}: {theme.title}")
        links = [_link(number, *file) for file in exporting.files(theme, creation, made).items()]
        caption = f"<figcaption>{number} {' '.join(links)}</figcaption>"
        return f'<figure style="margin: 0">{shown}{caption}</figure>'

    def _arranged(self) -> ipywidgets.Widget:
        keys = ipywidgets.HTML(front_end.carrier("on_a_key.js"), layout={"display": "none"})
        asked = [each for name, each in self.controls.items() if name not in self.buttons]
        answers = [row([self.buttons[name] for name in KEYS])]
        answers.append(row([each for name, each in self.buttons.items() if name not in KEYS]))
        return ipywidgets.VBox(
            [row(asked), self.picture, *answers, self.mistake, self.message, self.gallery, keys]
        )


class Page(NamedTuple):
    """What is shown, as a notebook wants it."""

    page: str

    def _repr_html_(self) -> str:
        return self.page


def _link(number: int, file: str, content: bytes) -> str:
    """A link under which the browser saves a file of the gallery's work of that number."""
    ending = file[file.rindex(".") :]
    data, kind = base64.b64encode(content).decode("ascii"), ending[1:].upper()
    media_type = MEDIA_TYPES.get(ending, "application/octet-stream")
    return (
        f'<a download="{file}" href="data:{media_type};base64,{data}" style="text-decoration: underline" '
        f'aria-label="save {number} as {kind}">{kind}</a>'
    )


def _whole(text: str) -> int:
    """The number that a visitor typed. Raises CourseError for anything else."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        raise CourseError(f"A seed is a whole number from 0 to 4,294,967,295, not {text[:40]!r}.")
    return int(digits)
