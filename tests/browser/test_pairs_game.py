"""Find-the-pairs in Chromium, from a file: played to its end by mouse, by keyboard and by touch, and looked at.

The tests play as a person does who cannot see: a card is known by its name for screen readers alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from course_lib.media import pairs_game
from tests.browser.jupyterlab import MINUTE
from tests.browser.legible import contrast, luminance

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
SPRITES = np.random.default_rng(0).integers(0, 256, (18, 8, 8, 3), dtype=np.uint8)
NAMES = [f"thing {letter}" for letter in "ABCDEFGHIJKLMNOPQR"]
HOSTILE = "</script><img src=x onerror=document.title='mine'>"
SEEN = """() => [...document.querySelectorAll('h1, p, b, #again, .back')].map(each => {
    const style = getComputedStyle(each);
    let ground = each;
    while (/^rgba.*, 0\\)$/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
    return [each.textContent, style.color, getComputedStyle(ground).backgroundColor];
})"""
"""The colours of each text and of what lies under it."""

WAITING = """let now = 0, last = 0;
const waiting = new Map();  // what the page will do later: number -> [deed, when]
window.setTimeout = (deed, after) => (waiting.set(++last, [deed, now + after]), last);
window.clearTimeout = (number) => waiting.delete(number);
window.pass_time = (milliseconds) => {
    now += milliseconds;
    waiting.forEach(([deed, when], number) => when <= now && waiting.delete(number) && deed());
};"""
"""Time stands still for the page until a test says that it passes."""


@pytest.fixture
def complaints() -> list[str]:
    """What the browser wrote to its console; a test takes away what it means to cause."""
    return []


@pytest.fixture
def asked() -> list[str]:
    """The addresses that the page asked for, allowed or not."""
    return []


@pytest.fixture
def open_game(browser: Browser, tmp_path: Path, complaints: list[str], asked: list[str]) -> Iterator[Open]:
    """Opens a game of so many pairs from a file; afterwards nothing may have been asked for or complained about."""
    contexts = []

    def open_game(
        pairs: int = 4, seed: int | None = None, names: list[str] = NAMES, **options: object
    ) -> Page:
        path = tmp_path / "game.html"
        pairs_game.save_game(SPRITES[:pairs], names[:pairs], path, seed=seed)
        contexts.append(browser.new_context(**({"reduced_motion": "reduce"} | options)))
        contexts[-1].set_default_timeout(MINUTE / 2)
        page = contexts[-1].new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.add_init_script(WAITING)
        page.goto(path.as_uri())
        return page

    yield open_game
    for context in contexts:
        context.close()
    assert asked and {url.split(":")[0] for url in asked} <= {"file", "data"}, asked
    assert complaints == []


def cards(page: Page) -> Locator:
    return page.get_by_role("group", name="Cards").get_by_role("button")


def names(page: Page) -> list[str]:
    """What the cards are called."""
    return cards(page).evaluate_all("all => all.map(each => each.getAttribute('aria-label'))")


def play(page: Page, press: Callable[[int], None]) -> int:
    """Look at all cards two by two, then open those pairs that were not found so; returns the moves that it took."""
    count, seen, moves = cards(page).count(), {}, 0
    for place in range(count):
        press(place)
        name = re.fullmatch(rf"card {place + 1} of {count}, (.*?)(, found)?", names(page)[place])[1]
        seen.setdefault(name, []).append(place)
        moves += place % 2
    for one, other in seen.values():
        if not names(page)[one].endswith("found"):
            press(one)
            press(other)
            moves += 1
    return moves


def assert_won(page: Page, pairs: int, moves: int, more: str) -> None:
    expect(page.get_by_role("status")).to_have_text(f"You have won: all {pairs} pairs in {moves} moves{more}")
    assert all(name.endswith(", found") for name in names(page))
    expect(page.locator("header")).to_contain_text(f"Moves: {moves} Pairs found: {pairs} of {pairs}")
    assert_legible(page, pairs)


def layout(page: Page) -> list[str]:
    """Which name lies where, asked of the script: finding it out takes moves."""
    return page.evaluate("layout.map(sprite => deck.sprites[sprite].name)")


def places(page: Page) -> list[list[int]]:
    """For each thing the two cards on which it lies."""
    lies = layout(page)
    return [[place for place, each in enumerate(lies) if each == name] for name in sorted(set(lies))]


def lying_open(page: Page) -> list[int]:
    return [place for place, name in enumerate(names(page)) if "face down" not in name]


@pytest.mark.parametrize("pairs", [2, 18])
def test_played_to_its_end_by_mouse_and_again(open_game: Open, pairs: int) -> None:
    page = open_game(pairs, seed=1)
    boxes = [card.bounding_box() for card in cards(page).all()]

    def click(place: int) -> None:
        box = boxes[place]
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    expect(page.get_by_role("status")).to_have_text(f"{2 * pairs} cards lie face down.")
    moves = play(page, click)
    assert_won(page, pairs, moves, f". Best of this visit: {moves}.")

    page.get_by_role("button", name="New game").click()
    assert names(page) == [f"card {n} of {2 * pairs}, face down" for n in range(1, 2 * pairs + 1)]
    expect(page.locator("header")).to_contain_text(
        f"Moves: 0 Pairs found: 0 of {pairs} Best of this visit: {moves} moves"
    )


def test_a_better_game_is_the_best_of_the_visit_and_a_worse_one_is_not(open_game: Open) -> None:
    page = open_game(3, seed=1)
    for wrong, more in (
        (2, ". Best of this visit: 5."),
        (1, ", a new best of this visit."),
        (2, ". Best of this visit: 4."),
    ):
        pairs = places(page)
        for pair in [(pairs[0][0], pairs[1][0])] * wrong + pairs:
            for place in pair:
                cards(page).nth(place).click()
            page.evaluate("pass_time(2000)")
        assert_won(page, 3, 3 + wrong, more)
        page.get_by_role("button", name="New game").click()
    expect(page.locator("#best")).to_have_text("4 moves")


def test_played_to_its_end_by_keyboard_alone(open_game: Open) -> None:
    page = open_game(4, viewport={"width": 800, "height": 600})
    focused = page.locator(":focus")
    page.keyboard.press("Tab")
    expect(focused).to_have_text("New game")
    page.keyboard.press("Tab")
    expect(focused).to_have_attribute("aria-label", "card 1 of 8, face down")
    assert [
        page.evaluate(f"getComputedStyle(document.activeElement).outline{what}")
        for what in ("Style", "Width")
    ] == [
        "solid",
        "3px",
    ]
    tops = [card.bounding_box()["y"] for card in cards(page).all()]
    columns = tops.count(tops[0])
    assert columns == 4
    here = 0

    def press(place: int) -> None:
        nonlocal here
        down, right = place // columns - here // columns, place % columns - here % columns
        for key, times in (("Down", down), ("Up", -down), ("Right", right), ("Left", -right)):
            for _ in range(times):
                page.keyboard.press(f"Arrow{key}")
        here = place
        page.keyboard.press("Enter" if place % 2 else "Space")

    moves = play(page, press)
    assert_won(page, 4, moves, f". Best of this visit: {moves}.")
    assert page.evaluate("scrollY") == 0

    for key, place in (
        ("End", 8),
        ("ArrowRight", 8),
        ("ArrowDown", 8),
        ("Home", 1),
        ("ArrowLeft", 1),
        ("ArrowUp", 1),
    ):
        page.keyboard.press(key)
        expect(focused).to_have_accessible_name(re.compile(rf"card {place} of 8"))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Tab")
    expect(focused).to_have_text("New game")
    page.keyboard.press("Enter")
    assert names(page) == [f"card {n} of 8, face down" for n in range(1, 9)]
    page.keyboard.press("Tab")
    expect(focused).to_have_accessible_name("card 1 of 8, face down")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") == "BODY", "the board is one stop"


def test_played_to_its_end_by_touch(open_game: Open) -> None:
    page = open_game(
        8, viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True, device_scale_factor=3
    )
    moves = play(page, lambda place: cards(page).nth(place).tap())
    assert_won(page, 8, moves, f". Best of this visit: {moves}.")
    page.get_by_role("button", name="New game").tap()
    expect(page.get_by_role("status")).to_have_text("16 cards lie face down.")


def test_a_wrong_pair_is_said_and_turns_back(open_game: Open) -> None:
    page = open_game(4)
    (one, _), (other, _), *_ = places(page)
    cards(page).nth(one).click()
    expect(page.get_by_role("status")).to_have_text(f"Card {one + 1}: thing A. Where is the other one?")
    cards(page).nth(other).click()
    expect(page.get_by_role("status")).to_have_text(f"Card {other + 1}: thing B. No pair with thing A.")
    page.evaluate("pass_time(1400)")
    assert lying_open(page) == sorted([one, other])
    page.evaluate("pass_time(200)")
    assert lying_open(page) == []
    expect(page.locator("#moves")).to_have_text("1")


def test_a_third_card_turns_the_wrong_pair_back_and_a_double_click_does_no_harm(open_game: Open) -> None:
    page = open_game(4)
    (one, _), (other, _), (third, partner), _ = places(page)
    cards(page).nth(one).dblclick()
    cards(page).nth(other).dblclick()
    cards(page).nth(one).click()
    assert lying_open(page) == sorted([one, other]) and page.locator("#moves").inner_text() == "1"

    page.evaluate("pass_time(1000)")
    cards(page).nth(third).click()
    assert lying_open(page) == [third]
    page.evaluate("pass_time(3000)")  # the old pair's time is over, and takes no other card along
    assert lying_open(page) == [third]
    cards(page).nth(partner).click()
    cards(page).nth(partner).click(force=True)  # found cards stay as they are
    assert sum(name.endswith("thing C, found") for name in names(page)) == 2
    expect(page.locator("#moves")).to_have_text("2")


def test_a_new_game_in_the_middle_of_one_begins_clean(open_game: Open) -> None:
    page = open_game(4)
    for pair in places(page)[:2]:
        cards(page).nth(pair[0]).click()
    page.get_by_role("button", name="New game").click()
    third = places(page)[2][0]
    cards(page).nth(third).click()
    page.evaluate("pass_time(3000)")
    assert lying_open(page) == [third]
    expect(page.locator("#moves")).to_have_text("0")


def mulberry32(seed: int) -> Iterator[float]:
    """Tommy Ettinger's generator, written in Python's whole numbers."""
    mask = 2**32 - 1
    while True:
        seed = (seed + 0x6D2B79F5) & mask
        t = (seed ^ seed >> 15) * (seed | 1) & mask
        t ^= (t + ((t ^ t >> 7) * (t | 61) & mask)) & mask
        yield (t ^ t >> 14) / 2**32


def shuffled_by(random: Iterator[float], pairs: int) -> list[str]:
    things = [name for name in NAMES[:pairs] for _ in range(2)]
    for last in range(2 * pairs - 1, 0, -1):
        other = int(next(random) * (last + 1))
        things[last], things[other] = things[other], things[last]
    return things


@pytest.mark.parametrize("seed", [0, 2**32 - 1])
def test_the_same_seed_gives_the_same_games(open_game: Open, seed: int) -> None:
    page, random = open_game(8, seed=seed), mulberry32(seed)
    first, second = shuffled_by(random, 8), shuffled_by(random, 8)
    assert layout(page) == first
    page.get_by_role("button", name="New game").click()
    assert layout(page) == second != first
    page.reload()
    assert layout(page) == first


def test_without_a_seed_a_game_opened_again_is_shuffled_anew(open_game: Open) -> None:
    page = open_game(18)
    found = set()
    for _ in range(3):
        found.add(tuple(layout(page)))
        page.reload()
    assert len(found) == 3
    assert all(sorted(each) == sorted(2 * NAMES) for each in found)


def test_a_hostile_name_is_read_and_never_run(open_game: Open) -> None:
    page = open_game(2, names=[HOSTILE, "<b>dog</b> & $1"])
    for place, name in enumerate(layout(page)):
        cards(page).nth(place).click()
        assert names(page)[place].startswith(f"card {place + 1} of 4, {name}")
        if place % 2 == 0:
            expect(page.get_by_role("status")).to_have_text(
                f"Card {place + 1}: {name}. Where is the other one?"
            )
    assert page.title() == "Find the pairs"
    assert page.locator("img").count() == 4 and page.locator("b").count() == 3


def test_what_the_page_does_not_bring_may_not_run(
    open_game: Open, complaints: list[str], asked: list[str]
) -> None:
    """The policy holds: a handler in an attribute, an inline script, a picture from elsewhere, a request."""
    page = open_game(2)
    blocked = page.evaluate("""async () => {
        const blocked = [];
        document.addEventListener('securitypolicyviolation', each => blocked.push(each.effectiveDirective));
        const script = document.createElement('script');
        script.textContent = 'document.title = "mine"';
        document.head.append(script);
        const image = document.createElement('img');
        image.src = 'https://example.org/a.png';
        document.body.append(image);
        document.body.setAttribute('onclick', 'document.title = "mine"');
        document.body.click();
        await fetch('https://example.org/').catch(() => null);
        for (let frame = 0; frame < 300 && blocked.length < 4; frame++) await new Promise(requestAnimationFrame);
        return blocked;
    }""")
    assert sorted(blocked) == ["connect-src", "img-src", "script-src-attr", "script-src-elem"]
    assert page.title() == "Find the pairs"
    assert len(complaints) >= 4
    complaints.clear()
    asked[:] = [url for url in asked if "example.org" not in url]


def test_what_screen_readers_find(open_game: Open) -> None:
    page = open_game(2)
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.get_by_role("heading").all_inner_texts() == ["Find the pairs"]
    assert page.get_by_role("status").count() == 1
    expect(page.get_by_role("group", name="Cards")).to_have_accessible_description(re.compile("arrow keys"))
    cards(page).nth(0).click()
    expect(cards(page).nth(0)).to_have_accessible_name(re.compile(r"^card 1 of 4, thing [AB]$"))
    expect(cards(page).nth(1)).to_have_accessible_name("card 2 of 4, face down")
    rules = page.locator(".rules").inner_text()
    assert len(re.findall(r"\.(\s|$)", rules)) == 2 and "Find all 2 pairs" in rules


@pytest.mark.parametrize(("width", "height"), [(320, 480), (360, 640), (800, 600), (1400, 900)])
def test_cards_are_of_one_size_texts_legible_and_sprites_crisp(
    open_game: Open, width: int, height: int
) -> None:
    for pairs in (2, 7, 18):
        page = open_game(pairs, viewport={"width": width, "height": height})
        boxes = [card.bounding_box() for card in cards(page).all()]
        sides = {round(box[side], 3) for box in boxes for side in ("width", "height")}
        assert len(sides) == 1 and 44 <= sides.pop() <= 150
        assert len({(box["x"], box["y"]) for box in boxes}) == 2 * pairs
        assert page.evaluate("document.documentElement.scrollWidth") == width
        if height >= 600:
            assert page.evaluate("document.documentElement.scrollHeight") == height, "all cards are in sight"

        cards(page).nth(0).click()
        image = cards(page).nth(0).locator("img")
        assert image.evaluate("each => getComputedStyle(each).imageRendering") == "pixelated"
        assert image.evaluate("each => each.complete && each.naturalWidth") == 8
        wide, high = (image.bounding_box()[side] for side in ("width", "height"))
        assert wide == high and wide % 8 == 0 and wide > boxes[0]["width"] / 2
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert_legible(page, pairs)
            ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (luminance(ground) < 0.1) == (scheme == "dark")


def test_in_a_window_too_low_for_any_card_few_rows_follow(open_game: Open) -> None:
    """320 x 256 is what a window of 1280 x 1024 is at a zoom of 400 %: one scrolls down, never to the side."""
    page = open_game(8, viewport={"width": 320, "height": 256})
    boxes = [card.bounding_box() for card in cards(page).all()]
    assert len({box["y"] for box in boxes}) == 3 and max(box["x"] + box["width"] for box in boxes) <= 320
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_cards_turn_and_stand_still_where_that_is_preferred(open_game: Open) -> None:
    lasts = "getComputedStyle(document.querySelector('.turning')).transitionDuration"
    assert open_game(2, reduced_motion="no-preference").evaluate(lasts) == "0.25s"
    assert open_game(2).evaluate(lasts) == "0s"


def assert_legible(page: Page, pairs: int) -> None:
    seen = page.evaluate(SEEN)
    assert len(seen) == 9 + 2 * pairs
    for text, colour, ground in seen:
        assert contrast(colour, ground) >= 4.5, text
