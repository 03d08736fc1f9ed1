"""The page and the card: what stands on them, that nothing runs or is asked for, and whole files or none."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from course_lib import CourseError
from course_lib.audit import audit_folder, auditing, page
from course_lib.audit import questions_of_use as use
from course_lib.audit.auditing import QUESTIONS, Audit
from tests.audit.subjects_at_hand import subject, unknown


@pytest.fixture(autouse=True, scope="module")
def few_marks():
    """The mark is tried on three pictures instead of twenty, which take seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(use, "MARKED", 3)
        yield


def of(asked) -> Audit:
    return Audit(asked.source, tuple(ask(asked) for ask in QUESTIONS.values()), len(asked.pictures), 0)


@pytest.fixture(scope="module")
def whole() -> Audit:
    return of(subject())


@pytest.fixture(scope="module")
def bare() -> Audit:
    return of(unknown())


class Reader(HTMLParser):
    """The tags of a page, with their attributes, and its text; all that is opened is closed."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_all_findings_stand_on_the_page_and_what_was_not_measured_looks_so(whole: Audit, bare: Audit) -> None:
    for audit in (whole, bare):
        reader = Reader(page.page(audit))
        for finding in audit.findings:
            for text in (finding.title, finding.said, finding.means, finding.not_means, *finding.lines):
                assert text in reader.text.replace("\u00a0", " ")
        sections = [attrs for tag, attrs in reader.tags if tag == "section"]
        assert [attrs.get("class") == "unmeasured" for attrs in sections] == [
            not finding.is_measured for finding in audit.findings
        ]
        names = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
        assert (
            names == [finding.key for finding in audit.findings] == [a["aria-labelledby"] for a in sections]
        )
    images = [attrs for tag, attrs in Reader(page.page(whole)).tags if tag == "img"]
    assert [each["alt"] for each in images] == [pair.said for pair in whole.findings[0].pairs] and images
    assert page.page(whole) == page.page(whole)


def test_nothing_runs_nothing_is_asked_for_and_a_title_is_no_markup(whole: Audit) -> None:
    text = page.page(whole)
    reader = Reader(text)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(a["content"] for tag, a in reader.tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ") and f"style-src 'sha256-{digest}'" in policy
    assert "script" not in {tag for tag, _ in reader.tags} and "script-src" not in policy
    assert not [
        attrs for _, attrs in reader.tags if "style" in attrs or any(n.startswith("on") for n in attrs)
    ]
    assert {attrs[n][:5] for _, attrs in reader.tags for n in ("src", "href") if n in attrs} == {"data:"}
    assert "Grey <b>fog</b>" in reader.text and "b" not in {tag for tag, _ in reader.tags}
    assert not re.search(r"__[A-Z_]+__", text)


def test_drawings_in_the_table_are_to_scale(whole: Audit) -> None:
    bars = next(finding.bars for finding in whole.findings if finding.bars)
    text = page._drawing(bars[0]._replace(low=0.1, share=0.2, high=0.4, expected=0.3), most=0.5)
    assert f'x1="{page.WIDTH * 0.2:.1f}" x2="{page.WIDTH * 0.8:.1f}"' in text
    assert (
        f'cx="{page.WIDTH * 0.4:.1f}"' in text
        and f'x1="{page.WIDTH * 0.6:.1f}" x2="{page.WIDTH * 0.6:.1f}"' in text
    )


def test_both_files_are_written_and_ours_written_again(whole: Audit, bare: Audit, tmp_path: Path) -> None:
    out = tmp_path / "new" / "audit"
    card = audit_folder.write(whole, out)
    assert json.loads((out / "model_card.json").read_text("utf-8")) == json.loads(json.dumps(card))
    answers = card["audit"]["answers"]
    assert list(answers) == [finding.key for finding in whole.findings]
    assert answers["copies"]["numbers"]["pictures"] == 300 and answers["energy"]["measured"] is True
    assert card["data_licence"] == "CC0" and "rounding" not in card
    assert audit_folder.write(bare, out)["audit"]["answers"]["copies"]["measured"] is False
    assert sorted(path.name for path in out.iterdir()) == ["audit.html", "model_card.json"]


def test_what_is_not_ours_stays(whole: Audit, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "model_card.json").write_text('{"format": "gan-course model card 1"}')
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "audit.html").write_text("an audit of the books")
    wrong = {"file": "is no folder", "site": "did not write", "odd": "did not write", "a\0b": "no name"}
    for name, reason in wrong.items():
        with pytest.raises(CourseError, match=reason) as error:
            audit_folder.write(whole, f"{tmp_path}/{name}")
        assert "\n" not in str(error.value)
    for name in (None, "", 3):
        with pytest.raises(CourseError, match="no name of a folder"):
            audit_folder.check_folder(name)
    with pytest.raises(CourseError, match="Cannot write"):
        audit_folder.check_folder(tmp_path / ("long" * 100))
    assert (tmp_path / "odd" / "audit.html").read_text() == "an audit of the books"


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_end_in_between_leaves_nothing_new(whole: Audit, tmp_path: Path, monkeypatch, error) -> None:
    written = Path.write_text

    def breaks(path: Path, *words, **options) -> int:
        if path.name.endswith("model_card.json"):
            raise error
        return written(path, *words, **options)

    monkeypatch.setattr(Path, "write_text", breaks)
    with pytest.raises((KeyboardInterrupt, CourseError)):
        audit_folder.write(whole, tmp_path / "new" / "audit")
    assert list(tmp_path.iterdir()) == []


def test_an_audit_says_what_it_does_and_asks_all(monkeypatch) -> None:
    lines: list[str] = []
    monkeypatch.setattr(auditing.subjects, "find", lambda name, pictures, seed: unknown())
    found = auditing.audit("cats", say=lines.append)
    assert len(found.findings) == len(QUESTIONS) == len(lines) - 1 and lines[0].startswith("Drawing 2,000")
    assert lines[-1].startswith(f"{len(QUESTIONS)} of {len(QUESTIONS)}: ")
