"""The page as a text and a folder: only its own scripts may run, names stay names, and nothing is half written."""

from __future__ import annotations

import base64
import hashlib
import json
from html.parser import HTMLParser
from pathlib import Path

import keras
import numpy as np
import pytest

from course_lib import CourseError
from course_lib.models.directions import main_directions
from course_lib.studio import publishing, site_folder
from course_lib.studio.export import export
from course_lib.studio.publishing import publish
from course_lib.studio.sources import Source, find
from tests.studio.generators import chain, small

pytestmark = pytest.mark.slow
HOSTILE = "</script><img src=x onerror=alert(1)>"
NAMES = ("cat", "__CARD__", HOSTILE)


class Reader(HTMLParser):
    """The tags of a page with their attributes, and what stands in each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, dict[str, str | None], str]] = []
        self.within: tuple[str, dict[str, str | None]] = ("", {})
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        self.within = self.tags[-1]

    def handle_endtag(self, tag: str) -> None:
        self.within = ("", {})

    def handle_data(self, data: str) -> None:
        self.texts.append((*self.within, data))

    def called(self, name: str) -> str:
        return "".join(text for _, attributes, text in self.texts if attributes.get("id") == name)


@pytest.fixture(scope="module")
def generator() -> keras.Model:
    return small(3)


@pytest.fixture(scope="module")
def source(generator: keras.Model) -> Source:
    return Source(generator, f"Mine {HOSTILE} & yours", NAMES, trained_on="my <b>drawings</b>", licence="CC0")


def test_only_its_own_style_and_scripts_may_run_and_nothing_is_asked_for(
    source: Source, tmp_path: Path
) -> None:
    publish(source, tmp_path / "site")
    reader = Reader((tmp_path / "site" / "index.html").read_text("utf-8"))
    policy = next(each["content"] for _, each in reader.tags if "http-equiv" in each)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    for name, tag in (("script-src", "script"), ("style-src", "style")):
        texts = [text for each, attributes, text in reader.texts if each == tag and not attributes]
        digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
        assert rules.pop(name) == " ".join(f"'sha256-{digest}'" for digest in digests)
    assert rules == dict.fromkeys(("default-src", "base-uri", "form-action"), "'none'") | {"img-src": "data:"}
    assert [tag for tag, _ in reader.tags].count("script") == 5 and "img" not in dict(reader.tags)
    for tag, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        addresses = [value for name, value in attributes.items() if name in ("src", "href")]
        assert {*addresses} <= {"data:,", "model_card.json"}


def test_names_and_weights_come_back(source: Source, generator: keras.Model, tmp_path: Path) -> None:
    card = publish(source, tmp_path / "site", title=" __MODEL__ ")
    text = (tmp_path / "site" / "index.html").read_text("utf-8")
    reader = Reader(text)
    assert ("h1", {}, "__MODEL__") in reader.texts and ("title", {}, "__MODEL__") in reader.texts
    model = json.loads(reader.called("model"))
    assert model["classes"] == list(NAMES) and model["title"] == "__MODEL__"
    assert [model[name] for name in ("height", "width", "channels", "latent_size")] == [16, 12, 3, 5]
    np.testing.assert_allclose(model["directions"], main_directions(generator, 5), atol=1e-6)
    halves = np.frombuffer(base64.b64decode(reader.called("weights")), "<f2")
    np.testing.assert_array_equal(halves, export(generator).weights)
    assert ("dd", {}, "my <b>drawings</b>") in reader.texts and "<b>" not in text
    assert json.loads((tmp_path / "site" / "model_card.json").read_text("utf-8")) == card
    assert (card["trained_on"], card["data_licence"], card["title"]) == (
        "my <b>drawings</b>",
        "CC0",
        "__MODEL__",
    )


def test_the_courses_generator_takes_a_third_of_a_megabyte_and_the_same_bytes_each_time(
    tmp_path: Path,
) -> None:
    card = publish(find("garments"), tmp_path / "a" / "b")
    assert card["weights"] > 118_000
    pages = [tmp_path / "a" / "b" / "index.html", tmp_path / "again" / "index.html"]
    publish(find("garments"), pages[1].parent)
    assert pages[0].read_bytes() == pages[1].read_bytes() and pages[0].stat().st_size < 400_000
    assert sorted(path.name for path in pages[0].parent.iterdir()) == ["index.html", "model_card.json"]


def test_a_page_is_written_over_a_page_and_over_nothing_else(source: Source, tmp_path: Path) -> None:
    out = tmp_path / "site"
    out.mkdir()
    publish(source, out, "first")
    (out / ".123.index.html").write_text("left by a process that was killed")
    publish(source, out, "second")
    assert "<h1>second</h1>" in (out / "index.html").read_text("utf-8") and len(list(out.iterdir())) == 2
    (out / "notes.txt").write_text("mine")
    with pytest.raises(CourseError, match=r"other things than a page made by `publish` \(notes.txt\)"):
        publish(source, out, "third")
    assert "<h1>second</h1>" in (out / "index.html").read_text("utf-8")

    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "index.html").write_text("my home page")
    for card in ("", "[]", "{}", '{"format": "another"}'):
        (foreign / "model_card.json").write_text(card)
        with pytest.raises(CourseError, match="other things than a page"):
            publish(source, foreign)
    (foreign / "model_card.json").unlink()
    with pytest.raises(CourseError, match="other things than a page"):
        publish(source, foreign)
    assert (foreign / "index.html").read_text() == "my home page"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_page_that_cannot_be_written_leaves_nothing_and_an_old_one_whole(
    error: BaseException, source: Source, tmp_path: Path, monkeypatch
) -> None:
    publish(source, tmp_path / "old", "first")
    before = {path.name: path.read_bytes() for path in (tmp_path / "old").iterdir()}
    write_text = Path.write_text

    def fail(path: Path, text: str, **options: object) -> None:
        write_text(path, text[:50], **options)
        if path.name.endswith("card.json"):
            raise error

    monkeypatch.setattr(Path, "write_text", fail)
    kind = CourseError if isinstance(error, OSError) else KeyboardInterrupt
    for folder in ("old", "new/deep"):
        with pytest.raises(kind):
            publish(source, tmp_path / folder, "second")
    assert {path.name: path.read_bytes() for path in (tmp_path / "old").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_what_is_no_folder_is_one_line(source: Source, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path / "file", tmp_path / "file" / "site", None, 5, "a\0b", tmp_path / ("n" * 300)):
        with pytest.raises(CourseError, match=r"Cannot write|is no name of a folder") as caught:
            publish(source, out)
        assert "\n" not in str(caught.value)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_layer_that_cannot_be_drawn_is_named_before_anything_is_written(tmp_path: Path) -> None:
    odd = chain(keras.layers.Dense(12), keras.layers.Reshape((2, 2, 3)), keras.layers.Softmax(name="odd"))
    with pytest.raises(CourseError, match=r"the layer odd \(Softmax\)"):
        publish(Source(odd), tmp_path / "site")
    assert not (tmp_path / "site").exists()


def wrong_sources() -> dict[str, tuple[object, str]]:
    flat = chain(keras.layers.Dense(12))
    pale = chain(keras.layers.Dense(12), keras.layers.Reshape((2, 2, 3)))
    two = chain(keras.layers.Dense(8, activation="tanh"), keras.layers.Reshape((2, 2, 2)))
    first = chain(keras.layers.Reshape((1, 1, 5)), keras.layers.Conv2DTranspose(3, 4, activation="tanh"))
    return {
        "no source": (small(), "is a Source"),
        "no network": (Source("garments"), "no Keras model"),
        "no pictures": (Source(flat), r"gives \(12,\)"),
        "two channels": (Source(two), "1 or 3 channels"),
        "beyond 1": (Source(pale), r"must lie in \[-1, 1\]"),
        "no dense layer": (Source(first), "through a dense layer"),
        "no names": (Source(small(3)), "3 classes, not 0"),
        "names for none": (Source(small(), "t", NAMES), "0 classes, not 3"),
        "a number for a name": (Source(small(3), "t", (1, "b", "c")), "name of a class is a text, not int"),
        "half a character": (Source(small(), licence="\ud800"), "licence holds"),
    }


@pytest.mark.parametrize("name", list(wrong_sources()))
def test_a_wrong_source_is_refused_in_one_line(name: str, tmp_path: Path) -> None:
    source, reason = wrong_sources()[name]
    with pytest.raises(CourseError, match=reason) as caught:
        publish(source, tmp_path / "site")
    assert "\n" not in str(caught.value) and not (tmp_path / "site").exists()


@pytest.mark.parametrize("title", ["", "  ", "t" * 81, "two\nlines", "turned\u202eabout", 5, b"bytes"])
def test_a_title_that_cannot_be_read_is_refused(title: object, source: Source, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="The title"):
        publish(source, tmp_path / "site", title)
    assert not (tmp_path / "site").exists()


def test_a_card_holds_no_number_that_json_cannot(
    source: Source, generator: keras.Model, tmp_path: Path
) -> None:
    scores = {
        "frechet_distance": np.float32(2.5),
        "noise": float("nan"),
        "samples": np.int64(5000),
        "odd": [1],
    }
    told = Source(generator, "t", NAMES, settings={"seed": np.int64(3), "of": None}, scores=scores)
    card = publish(told, tmp_path / "site")
    assert card["scores"] == {"frechet_distance": 2.5, "samples": 5000} and card["settings"] == {"seed": 3}
    page = (tmp_path / "site" / "index.html").read_text("utf-8")
    assert "<dd>frechet distance 2.5 of 5,000 pictures</dd>" in page and "<dd>not stated</dd>" in page
    assert (
        json.loads((tmp_path / "site" / "model_card.json").read_text("utf-8"))["format"] == site_folder.FORMAT
    )


def test_the_scripts_hold_no_end_of_a_script() -> None:
    for path in publishing.HERE.glob("*.js"):
        assert "</script" not in path.read_text("utf-8").lower(), path.name
