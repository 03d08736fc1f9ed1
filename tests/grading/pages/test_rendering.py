"""No template lets a value be anything but text, wherever the value comes from and whatever is in it."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from pathlib import Path

import pytest
from flit_core.wheel import make_wheel_in
from jinja2 import DictLoader, Environment, UndefinedError, nodes
from markupsafe import Markup

from course_lib import ROOT
from course_lib.authoring.lesson import Lesson
from course_lib.grading.intake.clean_text import cleaned
from course_lib.grading.intake.submissions import Submission
from course_lib.grading.pages import class_report, feedback, rendering
from course_lib.grading.pages.figures import GROUPS
from course_lib.grading.pages.rendering import ENVIRONMENT, render
from course_lib.grading.points.adjustments import Adjustment
from course_lib.grading.points.final_points import LatePolicy, Marked, mark
from course_lib.grading.running.outcome import Graded, Outcome
from course_lib.plots import COLOURS
from tests.grading.pages.page_reader import HOSTILE, Reader
from tests.grading.small_lesson import RIGHT, notebook_of, seen_in, small_lesson, stream
from tests.plots.test_colours import contrast

TEMPLATES = [name for name in ENVIRONMENT.list_templates() if name.endswith(".html")]
WILD = f"10%\r\x1b[31m{HOSTILE}\x00\x9b\u202e\x1b]8;;http://x"
"""Its last words begin a link that only a terminal would close."""
FILTERS = {"length"}
"""All that the templates use: none of them makes HTML."""


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    lesson = small_lesson(tmp_path_factory.mktemp("source"))
    check = next(cell for cell in lesson.cells if cell.role == "check")
    object.__setattr__(check, "source", check.source.replace("hint=", 'mistakes={"Once": [1.0]}, hint='))
    return lesson


@pytest.fixture(scope="module")
def a_class(lesson: Lesson) -> list[Marked]:
    """Students whose pages have everything that a page can have."""
    late = LatePolicy.of("10%")
    changes = [(each, Adjustment("", "", 1, False, "a talk", "")) for each in ("total", "distances")]
    long = {each: source + "\n#" * 500 for each, source in RIGHT.items()}
    seen = seen_in(lesson, notebook_of(lesson, long, [stream("x\n" * 100)], [stream("Once")]))
    found = []
    for number in range(25):
        outcomes = {
            each: Outcome(each, cell.number, 0, lesson.points[each], "error", f"Error {number}.")
            for each, cell in lesson.exercises.items()
        }
        who = Submission(f"S {number}", "s.ipynb", student_id="1", late=True)
        graded = Graded(who, lesson.name, "graded", "", outcomes, ("A note.",), handed_in=seen)
        found.append(mark(graded, lesson, late, changes))
    unread = Submission("U", "u.ipynb", student_id="2", problem="Empty.")
    return [*found, mark(Graded(unread, lesson.name, "unreadable", "Empty."), lesson, late, changes)]


class Instead:
    """An environment like ours whose templates write one text in place of every value of every expression."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.expressions: set[str] = set()
        self.written: set[str] = set()
        sources = {
            name: ENVIRONMENT.loader.get_source(ENVIRONMENT, name)[0] for name in ENVIRONMENT.list_templates()
        }
        changed = {name: re.sub(r"\{\{(.*?)\}\}", self.replaced, source) for name, source in sources.items()}
        self.environment: Environment = ENVIRONMENT.overlay(loader=DictLoader(changed), cache_size=50)
        self.environment.globals = ENVIRONMENT.globals | {"instead": self.instead}

    def replaced(self, expression: re.Match) -> str:
        name = f"{len(self.expressions)}: {expression[1].strip()}"
        self.expressions.add(name)
        return f"{{{{ instead({name!r}, {expression[1]}) }}}}"

    def instead(self, name: str, value: object) -> object:
        self.written.add(name)
        return value if isinstance(value, Markup) else self.text

    def pages(self, a_class: list[Marked], lesson: Lesson, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        monkeypatch.setattr(rendering, "ENVIRONMENT", self.environment)
        students = [feedback.page_of(each, lesson) for each in (a_class[0], a_class[-1])]
        return [*students, class_report.page_of(a_class, lesson), class_report.page_of([], lesson)]


def shape(page: str) -> list[tuple[str, ...]]:
    return [(tag, *(name for name, _ in attributes)) for tag, attributes in Reader(page).tags]


def test_every_value_of_every_template_stays_text(
    lesson: Lesson, a_class: list[Marked], monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, wild = Instead("plain"), Instead(WILD)
    pages = wild.pages(a_class, lesson, monkeypatch)
    assert wild.written == wild.expressions and len(wild.expressions) > 50
    for page, same in zip(pages, plain.pages(a_class, lesson, monkeypatch), strict=True):
        assert shape(page) == shape(same)
        assert page.count(str(Markup.escape(cleaned(WILD)))) == same.count("plain") > 3
        assert cleaned(page) == page


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_makes_html_of_a_text(name: str) -> None:
    """`|safe` and all that has HTML come of text otherwise, past the cleaning, is not to be found in a template."""
    tree = ENVIRONMENT.parse(ENVIRONMENT.loader.get_source(ENVIRONMENT, name)[0])
    unwanted = (nodes.MarkSafe, nodes.MarkSafeIfAutoescape, nodes.EvalContextModifier)
    joining = (nodes.Concat, nodes.Add, nodes.Mod, nodes.FilterBlock)
    assert [*tree.find_all(unwanted + joining)] == []
    assert {each.name for each in tree.find_all(nodes.Filter)} <= FILTERS


def test_nor_does_the_library() -> None:
    for path in (ROOT / "course_lib" / "grading").rglob("*.py"):
        assert not re.search(r"Markup\(|__html__|autoescape=False", path.read_text("utf-8")), path


def test_the_policy_lets_the_style_in_and_no_other(lesson: Lesson, a_class: list[Marked]) -> None:
    for page in (feedback.page_of(a_class[0], lesson), class_report.page_of(a_class, lesson)):
        (style,) = re.findall("<style>(.*?)</style>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = next(
            dict(each)["content"] for tag, each in Reader(page).tags if tag == "meta" and len(each) == 2
        )
        assert policy.endswith(f"style-src 'sha256-{digest}'") and "color-scheme" in style


def test_a_value_that_a_template_lacks_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'title' is undefined"):
        render("feedback.html")


def test_templates_are_packed(tmp_path: Path) -> None:
    wheel = make_wheel_in(ROOT / "pyproject.toml", tmp_path).file
    packed = zipfile.ZipFile(wheel).namelist()
    assert {f"course_lib/grading/pages/templates/{each}" for each in ENVIRONMENT.list_templates()} <= {
        *packed
    }


def test_the_page_has_the_chart_s_colours_and_they_can_be_seen_in_dark_themes_too() -> None:
    light, dark = (
        dict(re.findall(r"--(\w+): (#\w+)", block))
        for block in re.findall(r":root {([^}]+)}", ENVIRONMENT.get_template("style.css").render())[:2]
    )
    for key, role, _ in GROUPS.values():
        if key != "empty":
            assert light[key].upper() == COLOURS[role]
            assert contrast({**light, **dark}[key], dark["page"]) >= 3
