"""The page of find-the-pairs as a text: what is in it comes back, and nothing else runs. Browser tests play it."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from course_lib import CourseError
from course_lib.media import pairs_game

RANDOM = np.random.default_rng(0)
COLOUR = RANDOM.integers(0, 256, (3, 5, 7, 3), dtype=np.uint8)
FLOATS = COLOUR / np.float32(127.5) - 1
NAMES = ["cat", "dog", "tree"]
HOSTILE = "</script><img src=x onerror=alert(1)>"


class Reader(HTMLParser):
    """The tags of a page with their attributes, and what stands in each style, script and other element."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.within = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        self.within = tag

    def handle_endtag(self, tag: str) -> None:
        self.within = ""

    def handle_data(self, data: str) -> None:
        self.texts.append((self.within, data))

    def deck(self) -> dict:
        return json.loads(next(text for tag, text in self.texts if tag == "script"))


def pictures(page: str) -> list[Image.Image]:
    uris = [sprite["picture"] for sprite in Reader(page).deck()["sprites"]]
    assert all(uri.startswith("data:image/png;base64,") for uri in uris)
    return [Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))) for uri in uris]


def test_names_and_pictures_come_back() -> None:
    page = pairs_game.page(COLOUR, NAMES, seed=5)
    deck = Reader(page).deck()
    assert (deck["seed"], deck["height"], deck["width"]) == (5, 5, 7)
    assert [sprite["name"] for sprite in deck["sprites"]] == NAMES
    assert np.array_equal(np.stack([np.asarray(each) for each in pictures(page)]), COLOUR)
    assert pairs_game.page(FLOATS, NAMES, seed=5) == page
    assert Reader(pairs_game.page(COLOUR, NAMES)).deck()["seed"] is None


def test_grey_is_grey_and_what_is_not_there_has_no_colour() -> None:
    grey = pictures(pairs_game.page(COLOUR[..., :1], NAMES))
    assert all(np.array_equal(np.asarray(each), COLOUR[index, ..., 0]) for index, each in enumerate(grey))
    clear = np.concatenate([COLOUR, np.full((3, 5, 7, 1), 255, np.uint8)], axis=-1)
    clear[:, :2, :, 3] = 0
    given_in = clear.copy()
    for index, each in enumerate(pictures(pairs_game.page(clear, NAMES))):
        assert each.mode == "RGBA" and not np.asarray(each)[:2].any()
        assert np.array_equal(np.asarray(each)[2:], clear[index, 2:])
    assert np.array_equal(clear, given_in)


def test_only_its_own_style_and_script_may_run_and_nothing_is_asked_for() -> None:
    reader = Reader(pairs_game.page(COLOUR, ["cat", "dog", HOSTILE], title=f"Mine {HOSTILE} & yours"))
    policy = next(each["content"] for tag, each in reader.tags if "http-equiv" in each)
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    script = [text for tag, text in reader.texts if tag == "script"][1]
    style = next(text for tag, text in reader.texts if tag == "style")
    for name, text in (("script-src", script), ("style-src", style)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules.pop(name) == f"'sha256-{digest}'"
    nothing = dict.fromkeys(("default-src", "base-uri", "form-action"), "'none'")
    assert rules == nothing | {"img-src": "data:"}

    assert [tag for tag, _ in reader.tags].count("script") == 2 and "img" not in dict(reader.tags)
    for tag, attributes in reader.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        assert all(value == "data:," for name, value in attributes.items() if name in ("src", "href"))
    assert ("h1", f"Mine {HOSTILE} & yours") in reader.texts
    assert reader.deck()["sprites"][2]["name"] == HOSTILE


@given(st.lists(st.text(min_size=1, max_size=60), min_size=3, max_size=3), st.text(min_size=1, max_size=60))
def test_whatever_names_are_taken_come_back_and_end_no_script(names: list[str], title: str) -> None:
    try:
        page = pairs_game.page(COLOUR, names, title)
    except CourseError as error:
        assert "\n" not in str(error)
        return
    assert [each["name"] for each in Reader(page).deck()["sprites"]] == [name.strip() for name in names]
    assert page.count("</script") == 2
    page.encode()


@pytest.mark.parametrize(
    "name", ["__DECK__", "$DECK", "\\1", "</SCRIPT>", "<!--", "ネコ", "چه‌خوب", "'\"&amp;"]
)
def test_a_name_that_looks_like_something_else_stays_a_name(name: str) -> None:
    reader = Reader(pairs_game.page(COLOUR, ["cat", "dog", name], title=name))
    assert reader.deck()["sprites"][2]["name"] == name
    assert "".join(text for tag, text in reader.texts if tag == "title") == name


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_eighteen_pairs_of_64_dots_stay_below_300_kilobytes_even_if_they_are_noise(channels: int) -> None:
    noise = RANDOM.integers(0, 256, (18, 64, 64, channels), dtype=np.uint8)
    page = pairs_game.page(noise, [f"sprite {n}" for n in range(18)])
    assert len(page.encode()) < 300_000
    errors = [
        np.abs(
            np.asarray(each.convert({1: "L", 3: "RGB", 4: "RGBA"}[channels]), float).reshape(one.shape) - one
        )
        for each, one in zip(pictures(page), noise, strict=True)
    ]
    assert np.mean(errors) < {1: 1e-9, 3: 16, 4: 28}[channels]  # two unlike noises differ by 85


def test_smooth_sprites_keep_every_colour() -> None:
    ramp = np.linspace(0, 255, 64).astype("uint8")
    smooth = np.stack([np.full((64, 64, 3), 5, np.uint8)] * 18)
    smooth[..., 0], smooth[..., 1] = ramp, ramp[:, np.newaxis]
    smooth[..., 2] += np.arange(18, dtype=np.uint8)[:, np.newaxis, np.newaxis]
    page = pairs_game.page(smooth, [f"sprite {n}" for n in range(18)])
    assert np.array_equal(np.stack([np.asarray(each) for each in pictures(page)]), smooth)


WRONG = {
    "no sprites": (np.zeros((0, 8, 8, 3)), [], "There is no picture"),
    "an empty list": ([], [], "There is no picture"),
    "no dots": (np.zeros((3, 0, 8, 3)), NAMES, "There is no picture"),
    "one sprite": (COLOUR[:1], ["cat"], "one sprite: draw another"),
    "nineteen": (np.zeros((19, 2, 2, 3)), ["x"] * 19, r"19 sprites: use sprites\[:18\]"),
    "NaN": (np.where(FLOATS > 0.9, np.nan, FLOATS), NAMES, "NaN or infinite"),
    "infinity": (np.where(FLOATS > 0.9, np.inf, FLOATS), NAMES, "NaN or infinite"),
    "0..255 as floats": (COLOUR.astype("float32"), NAMES, r"pixels in 0\.\.255"),
    "0..255 as whole numbers": (COLOUR.astype(int), NAMES, r"pixels in 0\.\.255"),
    "beyond 1": (FLOATS * 1.5, NAMES, r"must lie in \[-1, 1\]"),
    "bool": (COLOUR > 3, NAMES, "array of numbers"),
    "texts": (["cat", "dog"], ["cat", "dog"], "array of numbers"),
    "unlike sizes": ([COLOUR[0], COLOUR[1, 1:]], ["cat", "dog"], "array of numbers"),
    "nothing": (None, NAMES, "array of numbers"),
    "no channels": (COLOUR[..., 0], NAMES, "have the shape"),
    "two channels": (COLOUR[..., :2], NAMES, "have the shape"),
    "huge": (np.zeros((2, 513, 2, 3), np.uint8), ["cat", "dog"], "at most 512 dots"),
    "twins": (COLOUR[[0, 1, 0]], NAMES, r"sprites\[0\] and sprites\[2\] are the same"),
    "clear": (np.zeros((2, 4, 4, 4), np.uint8), ["cat", "dog"], r"sprites\[0\] is transparent"),
    "too few names": (COLOUR, NAMES[:2], "3 sprites and 2 names"),
    "a text for names": (COLOUR, "cat", "list of 3 texts"),
    "no names": (COLOUR, None, "list of 3 texts"),
    "one name in an array": (COLOUR, np.array("cat"), "list of 3 texts"),
    "equal names": (COLOUR, ["cat", "dog", " CAT "], r"names\[0\] and names\[2\]"),
    "a number": (COLOUR, ["cat", "dog", 3], r"names\[2\] is a text, not int"),
    "blank": (COLOUR, ["cat", " ", "dog"], r"names\[1\] has 1 to 60"),
    "long": (COLOUR, ["cat", "d" * 61, "dog"], r"names\[1\] has 1 to 60"),
    "two lines": (COLOUR, ["cat", "a\nb", "dog"], r"names\[1\] holds '\\n'"),
    "half a character": (COLOUR, ["cat", "\ud800", "dog"], r"names\[1\] holds"),
    "turned about": (COLOUR, ["cat", "a\u202eb", "dog"], r"names\[1\] holds"),
}


@pytest.mark.parametrize(("sprites", "names", "reason"), WRONG.values(), ids=WRONG)
def test_a_mistake_is_refused_in_one_line(sprites: object, names: object, reason: str) -> None:
    with pytest.raises(CourseError, match=reason) as caught:
        pairs_game.page(sprites, names)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, True, "1", np.nan])
def test_what_is_no_seed(seed: object) -> None:
    with pytest.raises(CourseError, match="seed is what the shuffles follow from"):
        pairs_game.page(COLOUR, NAMES, seed=seed)
    for right in (0, 2**32 - 1, np.int64(7)):
        assert Reader(pairs_game.page(COLOUR, NAMES, seed=right)).deck()["seed"] == right


@pytest.mark.parametrize("title", [None, "", 3, "a\0b", "t" * 61])
def test_what_is_no_title(title: object) -> None:
    with pytest.raises(CourseError, match="The title"):
        pairs_game.page(COLOUR, NAMES, title)


def test_pictures_too_large_for_the_page_are_refused() -> None:
    noise = RANDOM.integers(0, 256, (18, 200, 200, 3), dtype=np.uint8)
    with pytest.raises(CourseError, match=r"page would take .* shrink the sprites of 200 x 200"):
        pairs_game.page(noise, [str(n) for n in range(18)])


def test_the_file_is_the_page_and_stands_alone(tmp_path) -> None:
    path = tmp_path / "mes paires é.html"
    for seed in (1, 2):
        size = pairs_game.save_game(COLOUR, NAMES, path, title="Ma forêt", seed=seed)
    assert path.read_bytes().decode() == pairs_game.page(COLOUR, NAMES, "Ma forêt", 2)
    assert size == path.stat().st_size and list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_one_line_and_leaves_the_old_one(tmp_path) -> None:
    (tmp_path / "folder.html").mkdir()
    wrong = [
        tmp_path / "none" / "a.html",
        tmp_path / "folder.html",
        tmp_path / "a.txt",
        "a\0.html",
        None,
        5,
        b"a.html",
    ]
    for path in wrong:
        with pytest.raises(CourseError, match=r"Cannot write|ends in \.html") as caught:
            pairs_game.save_game(COLOUR, NAMES, path)
        assert "\n" not in str(caught.value)
    kept = tmp_path / "kept.html"
    kept.write_text("mine")
    with pytest.raises(CourseError):
        pairs_game.save_game(COLOUR[:1], NAMES[:1], kept)
    assert kept.read_text() == "mine" and len(list(tmp_path.iterdir())) == 2


def test_colours_can_be_read_on_their_grounds() -> None:
    """WCAG's contrast of text and its ground, light and dark: the back's weave too, which no browser reports."""
    template = (Path(pairs_game.__file__).with_suffix(".html")).read_text("utf-8")
    light, dark = (
        dict(
            pair.split(":")
            for pair in block.split("}")[0].replace(" ", "").replace("\n", "").split(";")
            if "#" in pair
        )
        for block in template.split(":root {")[1:]
    )
    pairs = {
        "text": ("page",),
        "quiet": ("page",),
        "on-back": ("back", "weave", "press"),
        "on-found": ("found",),
    }
    for colours in (light, light | dark):
        for text, ground in ((text, each) for text, grounds in pairs.items() for each in grounds):
            assert contrast(colours[f"--{text}"], colours[f"--{ground}"]) >= 4.5, (text, ground)
        for mark, ground in (("focus", "page"), ("back", "page"), ("found", "face"), ("wrong", "face")):
            assert contrast(colours[f"--{mark}"], colours[f"--{ground}"]) >= 3, (mark, ground)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2: relative luminances, lighter over darker."""

    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * each for each in colour[1:])
        values = np.array([int(digits[at : at + 2], 16) for at in (0, 2, 4)]) / 255
        linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
