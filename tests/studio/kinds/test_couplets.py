"""Couplets: the first line is a poet's and held out, the second the network's; seen, heard and saved as a text."""

from __future__ import annotations

import html
import json
import re
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from course_lib.datasets.verses import words, written
from course_lib.models import pretrained_verses
from course_lib.models.verse_drawing import one_by_one
from course_lib.studio.exporting import MADE_BY, files, load, provenance, save
from course_lib.studio.kinds.couplets import POETS, Couplet, Couplets
from course_lib.studio.studio import Studio
from course_lib.studio.themes import Creation, all_themes

SEVENTEEN = Creation("couplets", "Aeneid", 0.7, 17)


@pytest.fixture(scope="module")
def couplets() -> Couplets:
    return all_themes()["couplets"]


def told(first: str, second: str) -> Couplet:
    return Couplet(words(first), words(second), "Iliad, book 1")


def test_a_first_line_was_held_out_stands_in_its_poem_and_is_known_word_by_word(couplets: Couplets) -> None:
    code, parts = pretrained_verses.code(), pretrained_verses.parts()
    held_out = {(verse.given[0], verse.source) for verse in parts.test}
    learned = {line for verse in parts.train for line in (*verse.given, verse.answer)}
    for style in POETS:
        lines = set()
        for couplet in couplets.make_many(style, 0.7, range(12)):
            assert (couplet.first, couplet.source) in held_out and couplet.first not in learned
            assert couplet.source.startswith(f"{style}, book ") and not code.unknown(couplet.first)
            assert 4 <= len(couplet.second) <= 12 and not code.unknown(couplet.second)
            lines.add(couplet.first)
        assert len(lines) > 9


def test_the_same_four_values_make_the_same_couplet_and_a_setting_keeps_its_first_line(
    couplets: Couplets,
) -> None:
    made = couplets.make(SEVENTEEN)
    assert couplets.make(SEVENTEEN) == made == couplets.make_many("Aeneid", 0.7, [5, 17, 3])[1]
    assert all_themes()["couplets"].make(SEVENTEEN) == made
    bolder = couplets.make(SEVENTEEN._replace(setting=2.0))
    assert bolder.first == made.first and bolder.second != made.second
    assert couplets.make(SEVENTEEN._replace(seed=18)).first != made.first
    assert couplets.make(SEVENTEEN._replace(style="Iliad")).source.startswith("Iliad")


@pytest.mark.parametrize("setting", [0.3, 1.0, 2.0])
def test_an_answer_is_drawn_as_lesson_14_draws_it(setting: float, couplets: Couplets) -> None:
    writer, lines = couplets.writer, couplets.first_lines["Iliad"]
    for couplet, seed in zip(couplets.make_many("Iliad", setting, [0, 4]), [0, 4], strict=True):
        rng = np.random.default_rng(seed)
        verse = lines[rng.integers(len(lines))]
        phrase = writer.phrase(verse)

        def next_of(running: list[int], beginnings: list, phrase: np.ndarray = phrase) -> np.ndarray:
            return writer.network.next_of_each([phrase] * len(running), beginnings)

        (ids,) = one_by_one(next_of, writer.grammar, [verse], setting, rng)
        assert couplet == (verse.given[0], writer.code.line(ids), verse.source)


def test_answers_rhyme_with_their_own_first_line_and_not_with_another(couplets: Couplets) -> None:
    made = couplets.make_many("Iliad", couplets.start, range(30))
    rhyme = couplets.writer.code.sounds.rhyme
    own = np.mean([rhyme(each.first[-1], each.second[-1]) is True for each in made])
    others = np.mean([rhyme(one.first[-1], other.second[-1]) is True for one, other in pairwise(made)])
    assert own > 0.8 and others < 0.2


def test_a_first_line_does_not_settle_its_answer(couplets: Couplets) -> None:
    made = couplets.make_many("Aeneid", 1.0, range(60))
    answers: dict[tuple, set] = {}
    for couplet in made:
        answers.setdefault(couplet.first, set()).add(couplet.second)
    met_again = len(made) - len(answers)
    assert met_again > 3 and sum(map(len, answers.values())) == len(made)


def test_what_a_taste_can_see_of_a_couplet(couplets: Couplets) -> None:
    """Counted by hand: syllables, rhyme, commonness, short words and words that begin alike."""
    rows = couplets._described(
        [
            told("The sun goes down", "And they all sit round the king"),
            told("And now they sing", "And they all sit round the king"),
            told("And now they sing", "Immortal emulation everlasting fame"),
            told("And now they sing", "So sleepless seamen sigh and sleep"),
            told("And now they sing", "A sound that nobody hath telld"),
        ]
    )
    np.testing.assert_allclose(rows[:, 0], [3.5, 3.5, 6, 4, 4])
    np.testing.assert_allclose(rows[:, 1], [0, 2, 0, 0, 1])  # nobody knows how the last one sounds
    assert rows[0, 2] == rows[1, 2] > rows[2, 2] and rows[1, 3] == rows[2, 3]
    np.testing.assert_allclose(rows[:, 4], 5 * np.array([1, 1, 5 / 8, 8 / 10, 9 / 10]))
    np.testing.assert_allclose(rows[:, 5], 5 * np.array([0, 0, 1 / 6, 3 / 8, 0]))
    count = couplets.counts["king"]
    lines = [line for verse in pretrained_verses.parts().train for line in (*verse.given, verse.answer)]
    assert count == sum(line.count("king") for line in lines) > 100
    features = couplets.features(
        "Iliad", couplets.make_many("Iliad", couplets.start, range(couplets.reference))
    )
    np.testing.assert_allclose(np.cov(features.T, bias=True), np.eye(features.shape[1]), atol=1e-6)


def test_its_file_is_a_text_with_where_it_comes_from_beside_it(couplets: Couplets, tmp_path: Path) -> None:
    paths = {path.suffix: path for path in save(couplets, SEVENTEEN, tmp_path)}
    made = couplets.make(SEVENTEEN)
    assert {path.name for path in paths.values()} == {
        "couplets-aeneid-17-0.7.json",
        "couplets-aeneid-17-0.7.txt",
    }
    first, second, empty, whose = paths[".txt"].read_bytes().decode("utf-8").splitlines()
    assert (words(first), words(second), empty) == (made.first, made.second, "")
    assert whose.startswith(f"The first line: John Dryden, {made.source}") and MADE_BY in whose
    for path in paths.values():
        assert load(path) == provenance(couplets, SEVENTEEN)
    entry = json.loads(paths[".json"].read_text("utf-8"))
    assert entry["made_by"] == f"its first line John Dryden, its second {MADE_BY}"
    assert couplets.make(load(paths[".txt"]).creation) == made


def test_words_from_anywhere_are_escaped_on_the_page_and_plain_in_the_file(couplets: Couplets) -> None:
    strange = Couplet(("<script>", "&"), ("“naïve”", "<b>"), "Iliad, book <9>")
    shown = couplets.page({"<left>": strange}, "Iliad", "") + couplets.small(strange, SEVENTEEN, "1")
    assert not re.search(r"<script|<b>(?!Second|<span)|<9>|<left>", shown, re.IGNORECASE)
    assert "&lt;Script&gt; &amp;" in shown and "“Naïve” &lt;b&gt;" in shown and "&lt;left&gt;" in shown
    assert couplets.files(strange, SEVENTEEN, "")[".txt"].decode().startswith("<Script> &\n“Naïve” <b>\n")


def test_the_studio_shows_couplets_as_text_and_says_whose_each_line_is(couplets: Couplets) -> None:
    shown = Studio("couplets", themes={"couplets": couplets})
    assert shown.controls["setting"].description == "temperature" and shown.controls["setting"].value == 0.7
    pair = [shown.session.made(each) for each in shown.session.pair()]
    for couplet in pair:
        for line in (couplet.first, couplet.second):
            assert html.escape(written(line)) in shown.picture.value and written(line) in shown.alt()
    assert shown.picture.value.count("First line: Alexander Pope, Iliad, book ") == 2
    assert "Left: Alexander Pope wrote: " in shown.alt() and "The network answered: " in shown.alt()
    assert "<img" not in shown.picture.value and shown._without_kernel() == shown.picture.value
    for name in ("keep left", "right", "neither", "left"):
        shown.buttons[name].click()
    assert shown.mistake.value == shown.problem.value == "" and "Pair 4" in shown.message.value
    assert html.escape(written(pair[0].second)) in shown.gallery.value
    links = re.findall(
        r'download="(\S+)" href="data:(\S+);base64,\S+" \S+ \S+ aria-label="save 1 as (\w+)"',
        shown.gallery.value,
    )
    kept = shown.session.state.gallery[0]
    assert [(name, kind) for name, _, kind in links] == [
        (name, name.rsplit(".", 1)[1].upper()) for name in files(couplets, kept)
    ]
    assert links[1][1] == "text/plain;charset=utf-8"


def test_every_poem_has_its_poet_and_enough_first_lines(couplets: Couplets) -> None:
    assert couplets.styles == tuple(POETS)
    assert all(len(lines) > 100 for lines in couplets.first_lines.values())
    assert f"{len(pretrained_verses.parts().train):,} couplets" in couplets.trained_on
