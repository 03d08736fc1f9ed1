"""A panel that answers: type a line, and three answers follow, with what each looked at.

AnswerALine(pretrained_verses.couplets(), pretrained_verses.parts("english").train).show()
"""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets

from course_lib import CourseError, plots
from course_lib.datasets.verses import Verse, written
from course_lib.models.verses import WAYS, Answer, Writer, check_way
from course_lib.panels import front_end
from course_lib.panels.panel import Panel, choice, row, slider
from course_lib.plots.attention_table import AttentionTable, attention_lines, attention_table, in_words
from course_lib.plots.chinese_text import marked
from course_lib.scores.verses import nearest

FIRST_LINE = "The lark at morning rises from the plain"
"""What stands there at the beginning: it is in neither poem."""
FIRST_LINES = "春风吹旧柳，孤客倚江楼，明月天边去"


class AnswerALine(Panel):
    """A line, or in Chinese three, and what the writer answers: greedily, by a draw, and by beam search.

    writer: of `course_lib.models.verses`. train: the verses that it learnt from, among whose answers the nearest is
    looked up. line: what is answered first. drawn: whose attention the picture shows first, one of `WAYS`. controls, by
    name: "line"; "drawn"; "temperature" and "seed" of the draw. answers: the three `Answer`s by way; message: an HTML
    widget with their text, and under each, folded, the verse of the training whose answer is most like it; before them
    a notice if the poems hardly know what was typed. Raises CourseError for verses or a first line of another language.
    """

    def __init__(
        self, writer: Writer, train: Sequence[Verse], line: str | None = None, drawn: str = "greedy"
    ) -> None:
        check_way(drawn)
        if not isinstance(writer, Writer):
            raise CourseError("The panel needs a Writer, such as pretrained_verses.couplets().")
        self.writer, self.train = writer, writer.code.checked(train, answered=True)
        self.answers: dict[str, Answer] = {}
        self._answered: tuple | None = None
        self._refused: tuple | None = None
        self.message = ipywidgets.HTML()
        self.message.add_class(front_end.SPOKEN)
        first = line if line is not None else FIRST_LINES if writer.code.chinese else FIRST_LINE
        writer.code.read(first)  # raises for what is none
        label = "three lines" if writer.code.chinese else "line"
        controls = {
            "line": ipywidgets.Text(
                value=first,
                description=label,
                continuous_update=False,
                layout={"width": "min(34em, 95%)"},
                style={"description_width": "initial"},
            ),
            "drawn": choice("attention of", list(WAYS), drawn),
            "temperature": slider("temperature", 0.8, 0.2, 1.5, 0.1),
            "seed": slider("seed", 0, 0, 19, 1),
        }
        controls["temperature"].continuous_update = controls["seed"].continuous_update = False
        super().__init__(controls)

    def alt(self) -> str:
        """The picture in words."""
        way = self.controls["drawn"].value
        found = self.answers[way]
        looked = in_words(found.attention, found.rows, found.columns)
        return f"{self._asked()} The {way} answer: {written(found.line)}. Its words {looked}"

    def _asked(self) -> str:
        return f"Given: {' / '.join(written(line) for line in self.verse.given)}."

    def _measure(self) -> None:
        asked = tuple(self.controls[name].value for name in ("line", "temperature", "seed"))
        if asked in (self._answered, self._refused):
            return  # only another picture of the same answers is wanted
        text, temperature, seed = asked
        self._refused = asked
        verse = self.writer.code.read(text)
        self._refused = None
        answers = {way: self.writer.answer(verse, way, temperature, seed=int(seed)) for way in WAYS}
        # All at once: whoever is stopped before has the last line with its answers.
        self.verse, self.answers, self._answered = verse, answers, asked
        given = marked(" / ".join(written(line) for line in verse.given))
        told = "".join(self._told(way) for way in WAYS)
        # It stays if the next line is refused, so it says what it answers.
        self.message.value = f"<p>To <i>{given}</i></p>{self._notice()}{told}"

    def _notice(self) -> str:
        """One line where the partner or its sound is unknown, or more than half of a line is."""
        code, partner, found = self.writer.code, self.verse.partner, []
        unknown = [code.unknown(line) for line in self.verse.given]
        mostly = any(2 * len(own) > len(line) for own, line in zip(unknown, self.verse.given, strict=True))
        if mostly or code.unknown((partner,)):
            strange = " ".join(dict.fromkeys(word for own in unknown for word in own))
            script = " Type simplified characters." if code.chinese else ""
            found.append(f"Read as unknown, since the poems hardly have them: {strange}.{script}")
        if not code.sounds.of(partner):
            found.append(f"How {partner} sounds is not known, so no rhyme can be chosen.")
        return f'<p role="status">{marked(" ".join(found))}</p>' if found else ""

    def _told(self, way: str) -> str:
        """An answer as HTML, what it costs, and the nearest verse of the training one click away."""
        found = self.answers[way]
        verse, shared = nearest(found.line, self.train)
        what = "characters" if self.writer.code.chinese else "words"
        lines = "<br>".join(marked(written(line)) for line in (*verse.given, verse.answer))
        return (
            f"<p><b>{way}</b>, {found.bits:.0f} bits: {marked(written(found.line))}</p>"
            f"<details><summary>nearest training answer: {shared:.0%} of the {what} in common</summary>"
            f"{lines}<br><i>{marked(verse.source)}</i></details>"
        )

    def _draw(self, small: bool = False) -> plots.Picture | AttentionTable:
        found = self.answers[self.controls["drawn"].value]
        title = f"Where the {self.controls['drawn'].value} answer looked"
        if self.writer.code.chinese:
            title += " (tones: L level, O oblique)"
            return attention_table(found.attention, found.rows, found.columns, title)
        return plots.picture(attention_lines(found.attention, found.rows, found.columns, title), self.alt())

    def _arranged(self) -> ipywidgets.Widget:
        line, *others = self.controls.values()
        return ipywidgets.VBox([line, row(others), self.picture, self.message])

    def _without_kernel(self) -> str:
        return super()._without_kernel() + self.message.value
