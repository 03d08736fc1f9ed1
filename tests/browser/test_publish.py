"""A published page in Chromium, opened from disk: its pictures are Keras's, and all of it works by keyboard alone."""

from __future__ import annotations

import base64
import functools
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from course_lib.media import latent_png
from course_lib.models.directions import main_directions
from course_lib.models.latents import slerp
from course_lib.models.sampling import generate
from course_lib.studio import export
from course_lib.studio.publishing import publish
from course_lib.studio.sources import Source, find
from tests.browser.jupyterlab import MINUTE
from tests.browser.legible import contrast, luminance
from tests.browser.web_server import web_server
from tests.studio.generators import chain, shaken, small

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Open = Callable[..., Page]
NAMES = ("cat", "dog", "</script><img src=x onerror=document.title='mine'>")
DRAW = """([latents, labels]) => latents.map((latent, index) => {
    const pixels = pixels_of(latent, labels?.[index]);
    return Array.from(pixels).filter((_, at) => at % 4 < 3);
})"""
DENIED = """Object.defineProperty(window, 'localStorage', {
    get() { throw new DOMException('no', 'SecurityError'); }
});"""
SEEN = """() => [...document.querySelectorAll('h1, h2, p, label, span, button:enabled, dt, dd, summary, a')]
    .filter(each => each.offsetParent && each.textContent.trim()).map(each => {
        const style = getComputedStyle(each);
        let ground = each;
        while (/^rgba.*, 0\\)$/.test(getComputedStyle(ground).backgroundColor)) ground = ground.parentElement;
        return [each.textContent.trim(), style.color, getComputedStyle(ground).backgroundColor];
    })"""
"""The colours of each text and of what lies under it."""


@pytest.fixture(scope="module")
def classes() -> keras.Model:
    return small(3, resize=True)


@pytest.fixture(scope="module")
def site(classes: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("published")
    publish(Source(classes, "Things & <b>such</b>", NAMES), out)
    return out


@pytest.fixture
def open_page(browser: Browser, site: Path) -> Iterator[Open]:
    """Opens a page from disk; afterwards nothing may have been asked for but the page, or complained about."""
    contexts, asked, complaints = [], [], []

    def open_page(address: str = "", script: str = "", **options: object) -> Page:
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(MINUTE / 2)
        page = contexts[-1].new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if script:
            page.add_init_script(script)
        page.goto(address or (site / "index.html").as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()
    own = [url for url in asked if url.endswith("/index.html") or url.startswith(("data:", "blob:"))]
    assert asked and own == asked
    assert complaints == []


def wanted_pixels(
    generator: keras.Model, latents: np.ndarray, labels: np.ndarray | None = None
) -> np.ndarray:
    """What Keras draws with the same rounded weights: (count, height, width, 3), 0 to 255."""
    images = generate(export.rounded(generator), latents, labels)
    return np.rint((np.broadcast_to(images, (*images.shape[:3], 3)) + 1) * 127.5)


def drawn_pixels(
    page: Page, latents: np.ndarray, labels: np.ndarray | None, shape: tuple[int, ...]
) -> np.ndarray:
    drawn = page.evaluate(DRAW, [latents.tolist(), None if labels is None else labels.tolist()])
    return np.array(drawn, "float64").reshape(shape)


@pytest.mark.parametrize(("name", "count"), [("garments", 64), ("classes", 64), ("prints", 8)])
def test_the_pixels_are_those_of_keras(
    name: str, count: int, open_page: Open, classes: keras.Model, tmp_path: Path
) -> None:
    generator, address, labels = classes, "", np.arange(count) % 3
    if name != "classes":
        generator, address, labels = (
            shaken_little(find(name).generator),
            (tmp_path / "index.html").as_uri(),
            None,
        )
        publish(Source(generator), tmp_path)
    latents = np.random.default_rng(1).standard_normal((count, generator.inputs[0].shape[-1]))
    wanted = wanted_pixels(generator, latents, labels)
    page = open_page(address)
    expect(page.get_by_role("combobox")).to_have_count(1 if name == "classes" else 0)
    drawn = drawn_pixels(page, latents, labels, wanted.shape)
    assert wanted.std() > 20 and np.abs(drawn - wanted).max() <= 1  # 2 are asked for


def shaken_little(generator: keras.Model) -> keras.Model:
    """The course's own weights are halves already; moved a little, they are to be rounded."""
    random = np.random.default_rng(0)
    moved = [weight * random.uniform(0.999, 1.001, weight.shape) for weight in generator.get_weights()]
    generator.set_weights(moved)
    return generator


def picture(*options: layers.Layer, sides: tuple[int, int, int] = (5, 6, 4)) -> keras.Model:
    """A picture of that size from a dense layer, then these layers."""
    return chain(layers.Dense(int(np.prod(sides))), layers.Reshape(sides), *options)


def with_a_shortcut() -> keras.Model:
    latents = keras.Input((5,))
    first = layers.Reshape((4, 4, 3))(layers.Dense(48, activation="relu")(latents))
    both = layers.Add()([first, layers.Conv2D(3, 3, padding="same")(first)])
    joined = layers.Concatenate()([both, layers.Conv2D(2, 1)(first), first])
    return shaken(keras.Model(latents, layers.Conv2D(3, 1, activation="tanh")(joined)))


CHAINS = {
    "dense to the end": lambda: chain(
        layers.Dense(9, activation="silu"), layers.Dense(12), layers.Reshape((2, 2, 3))
    ),
    "dense on pixels": lambda: picture(layers.Dense(3, activation="sigmoid")),
    "flattened": lambda: picture(
        layers.Flatten(), layers.Dropout(0.5), layers.Dense(12), layers.Reshape((2, 2, 3))
    ),
    "batch norm without gamma": lambda: picture(
        layers.BatchNormalization(scale=False, center=False, epsilon=0.1)
    ),
    "leaky": lambda: picture(
        layers.LeakyReLU(0.3), layers.ReLU(negative_slope=0.1), layers.Activation("elu")
    ),
    "by name": lambda: picture(layers.Activation("leaky_relu"), layers.Activation("linear")),
    "upsampling": lambda: picture(layers.UpSampling2D((2, 3)), layers.Conv2D(3, (3, 2), padding="same")),
    "a shortcut": with_a_shortcut,
}
for kind in (layers.Conv2D, layers.Conv2DTranspose):
    for padding in ("same", "valid"):
        for taps, strides in ((4, 2), (3, 2), (5, 3), (2, 3), ((3, 2), (1, 2)), (1, 1), (4, 1)):
            options = {"strides": strides, "padding": padding}
            CHAINS[f"{kind.__name__} {taps} {strides} {padding}"] = functools.partial(
                lambda kind, taps, options: picture(kind(3, taps, **options)), kind, taps, options
            )


def test_every_kind_of_layer_computes_what_keras_does(open_page: Open) -> None:
    page = open_page()
    latents = np.random.default_rng(2).standard_normal((3, 5)).astype("float32")
    for name, build in CHAINS.items():
        generator = build()
        network = export.export(generator)
        halves = base64.b64encode(network.weights.astype("<f2").tobytes()).decode()
        drawn = page.evaluate(
            """([model, halves, latents]) => {
                const network = make_network(model, halves);
                return latents.map((latent) => Array.from(network(latent)));
            }""",
            [{"steps": network.steps, "output": network.output}, halves, latents.tolist()],
        )
        wanted = generate(export.rounded(generator), latents)
        assert wanted.std() > 0.01, name
        np.testing.assert_allclose(
            np.reshape(drawn, wanted.shape), wanted, atol=2e-5, rtol=1e-4, err_msg=name
        )


def test_halves_are_read_as_numpy_reads_them(open_page: Open) -> None:
    finite = np.arange(2**16, dtype="<u2")
    finite = finite[np.isfinite(finite.view("<f2"))]
    read = open_page().evaluate(
        "halves => Array.from(from_halves(halves))", base64.b64encode(finite.tobytes()).decode()
    )
    np.testing.assert_array_equal(read, finite.view("<f2").astype("float64"))


def latent(page: Page) -> np.ndarray:
    return np.array(page.evaluate("Array.from(latent)"))


def coordinates(page: Page) -> list[float]:
    return [float(each.input_value()) for each in page.get_by_role("slider").all()]


def alt(page: Page) -> str:
    return page.get_by_role("img").get_attribute("aria-label")


def test_a_seed_is_a_draw_from_the_normal_distribution(open_page: Open) -> None:
    numbers = np.array(
        open_page().evaluate("Array.from({length: 4000}, (_, seed) => Array.from(latent_of(seed)))")
    )
    assert np.abs(numbers.mean(axis=0)).max() < 0.06 and np.abs(numbers.std(axis=0) - 1).max() < 0.05
    assert np.abs(np.corrcoef(numbers.T) - np.eye(5)).max() < 0.06 and np.abs(numbers).max() > 3.5
    assert np.mean(np.abs(numbers) > 1.96) == pytest.approx(0.05, abs=0.005)


def test_by_keyboard_sliders_go_along_the_main_directions(open_page: Open, classes: keras.Model) -> None:
    page = open_page()
    directions = main_directions(classes, 5)
    before = latent(page)
    np.testing.assert_allclose(coordinates(page), np.clip(directions @ before, -3, 3), atol=0.051)
    page.get_by_role("slider", name="Direction 2").focus()
    page.keyboard.press("Home")
    expect(page.locator("#caption")).to_have_text("Picture of seed 1, moved, cat")
    after = latent(page)
    along = directions @ before
    along[1] = -3
    np.testing.assert_allclose(directions @ after, along, atol=1e-4)
    assert "direction 2 at -3.0" in alt(page) and "made by a network" in alt(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".slider span").nth(1)).to_have_text("\u22122.9")
    page.get_by_role("button", name="Back to the seed").press("Enter")
    np.testing.assert_array_equal(latent(page), before)
    expect(page.get_by_role("status")).to_have_text("Back at seed 1.")


def test_what_is_seen_is_the_picture_of_seed_and_class(open_page: Open, classes: keras.Model) -> None:
    page = open_page()
    for seed, label in ((7, 1), (7, 2), (2**32 - 1, 0)):
        page.get_by_role("spinbutton").fill(str(seed))
        page.get_by_role("spinbutton").press("Enter")
        page.get_by_role("combobox", name="Class").select_option(index=label)
        expect(page.locator("#caption")).to_have_text(f"Picture of seed {seed}, {NAMES[label]}")
        wanted = wanted_pixels(classes, latent(page)[np.newaxis], np.array([label]))[0]
        png = base64.b64decode(page.evaluate("element('picture').toDataURL()").partition(",")[2])
        with Image.open(io.BytesIO(png)) as image:
            seen = np.asarray(image.convert("RGB"), "float64")
        scale = seen.shape[1] // 12
        assert np.abs(seen[: 16 * scale] - wanted.repeat(scale, 0).repeat(scale, 1)).max() <= 1
    for typed in ("-1", "4294967296", "1.5", ""):
        page.get_by_role("spinbutton").fill(typed)
        page.get_by_role("spinbutton").press("Enter")
        expect(page.get_by_role("status")).to_have_text("A seed is a whole number from 0 to 4294967295.")
        expect(page.get_by_role("spinbutton")).to_have_value(str(2**32 - 1))
    page.get_by_role("button", name="Another").click()
    expect(page.get_by_role("status")).to_have_text(re.compile(r"Seed \d+\."))


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_walk_goes_by_an_arc_to_the_next_seed_and_stops(open_page: Open, motion: str) -> None:
    page = open_page(reduced_motion=motion)
    page.clock.install(time=0)
    page.reload()
    page.clock.pause_at(10_000)
    ends = [np.array(page.evaluate(f"Array.from(latent_of({seed}))")) for seed in (1, 2, 3)]
    walk = page.get_by_role("button", name="Walk")
    walk.press("Space")
    expect(walk).to_have_attribute("aria-pressed", "true")
    seen = []
    for _ in range(19):
        page.clock.run_for(100)
        seen.append(latent(page))
    share = (
        np.array(
            [np.abs(slerp(*ends[:2], np.linspace(0, 1, 401)) - each).max(axis=1).argmin() for each in seen]
        )
        / 400
    )
    assert np.abs(slerp(*ends[:2], share) - seen).max() < 0.02  # all lie on the arc
    if motion == "reduce":
        assert {*share} == {0, 0.25}  # few pictures
    else:
        assert (np.diff(share) > 0).all() and share[-1] == pytest.approx(0.475, abs=0.02)
    page.clock.run_for(2300)
    expect(page.get_by_role("spinbutton")).to_have_value("2")
    walk.press("Space")
    expect(walk).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("status")).to_contain_text("The walk stopped: seed 2")
    still = latent(page)
    page.clock.run_for(500)
    np.testing.assert_array_equal(latent(page), still)


def test_a_picture_is_downloaded_with_its_label_and_its_latent(
    open_page: Open, classes: keras.Model, tmp_path: Path
) -> None:
    page = open_page(device_scale_factor=2)
    page.get_by_role("combobox", name="Class").select_option("dog")
    page.get_by_role("slider", name="Direction 1").press("End")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download it").press("Enter")
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    assert path.name == "made-by-a-network-seed-1.png"
    found, label = latent_png.load(path)
    np.testing.assert_array_equal(found, latent(page))
    assert label == 1
    wanted = wanted_pixels(classes, found[np.newaxis], np.array([1]))[0]
    with Image.open(path) as image:
        image.load()
        assert image.info["Comment"] == "made by a network"
        dots = np.asarray(image.convert("RGB"), "float64")
    scale = dots.shape[1] // 12
    assert np.abs(dots[: 16 * scale] - wanted.repeat(scale, 0).repeat(scale, 1)).max() <= 1
    strip = dots[16 * scale :]
    assert len(strip) > 15 and strip.max() - strip.min() > 200  # light letters on dark


def judge(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).press("Enter")


def test_judgements_stay_in_the_browser_and_are_exported(
    open_page: Open, classes: keras.Model, tmp_path: Path
) -> None:
    page = open_page()
    kept = page.locator("#kept")
    expect(kept).to_have_text("You have judged no picture yet.")
    expect(page.get_by_role("button", name="Export")).to_be_disabled()
    judge(page, "I like it")
    first = latent(page)
    page.get_by_role("combobox", name="Class").select_option("dog")
    expect(page.get_by_role("button", name="I like it")).to_have_attribute("aria-pressed", "false")
    judge(page, "I like it")
    judge(page, "I do not")  # another mind
    page.get_by_role("spinbutton").fill("5")
    page.get_by_role("spinbutton").press("Enter")
    judge(page, "I do not")
    judge(page, "I do not")  # taken back
    expect(page.get_by_role("status")).to_have_text("Taken back.")
    expect(kept).to_contain_text(
        "Your judgements: 1 liked, 1 not. They are kept in this browser and nowhere else."
    )
    page.reload()
    expect(kept).to_contain_text("1 liked, 1 not")
    expect(page.get_by_role("button", name="I like it")).to_have_attribute("aria-pressed", "true")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export judgements").press("Enter")
    download.value.save_as(tmp_path / "judgements.json")
    told = json.loads((tmp_path / "judgements.json").read_text("utf-8"))
    assert told["page"] == "Things & <b>such</b>"
    assert [(each["seed"], each["label"], each["class"], each["liked"]) for each in told["judgements"]] == [
        (1, 0, "cat", True),
        (1, 1, "dog", False),
    ]
    np.testing.assert_allclose(told["judgements"][0]["latent"], first, atol=5.1e-5)
    page.get_by_role("button", name="Forget them").press("Enter")
    expect(kept).to_have_text("You have judged no picture yet.")
    assert page.evaluate("document.activeElement.id") == "like"
    page.reload()
    expect(kept).to_have_text("You have judged no picture yet.")


@pytest.mark.parametrize("found", ["{", "5", '[{"liked": true}, 3, null]'])
def test_a_memory_that_holds_other_things_does_no_harm(open_page: Open, found: str) -> None:
    page = open_page()
    page.evaluate("found => localStorage.setItem(PLACE, found)", found)
    page.reload()
    expect(page.locator("#kept")).to_have_text("You have judged no picture yet.")
    judge(page, "I like it")
    expect(page.locator("#kept")).to_contain_text("1 liked, 0 not")


def test_a_browser_that_keeps_nothing_says_so(open_page: Open) -> None:
    page = open_page(script=DENIED)
    nothing = "This browser keeps nothing for this page: export them before you close it."
    expect(page.locator("#kept")).to_have_text(f"You have judged no picture yet. {nothing}")
    judge(page, "I like it")
    expect(page.locator("#kept")).to_have_text(f"Your judgements: 1 liked, 0 not. {nothing}")
    expect(page.get_by_role("button", name="Export")).to_be_enabled()


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (1280, 900)])
def test_texts_are_legible_wide_and_narrow_light_and_dark(open_page: Open, width: int, height: int) -> None:
    page = open_page(viewport={"width": width, "height": height})
    page.get_by_text("Model card").click()
    expect(page.locator("#speed")).to_have_text(re.compile(r"about \d+ pictures a second in this browser"))
    assert page.evaluate("document.documentElement.scrollWidth") == width
    judge(page, "I like it")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen = page.evaluate(SEEN)
        assert len(seen) > 40
        for text, colour, ground in seen:
            assert contrast(colour, ground) >= 4.5, text
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (luminance(ground) < 0.1) == (scheme == "dark")
    for control in page.locator("button:visible, input:visible, select:visible, summary").all():
        assert control.bounding_box()["height"] >= 43.9
    # while a slider is moved, the picture is in sight
    page.get_by_role("slider", name="Direction 5").focus()
    box, slider = (
        page.get_by_role("img").bounding_box(),
        page.get_by_role("slider", name="Direction 5").bounding_box(),
    )
    assert box["y"] >= 0 and box["y"] + box["height"] <= height and box["height"] > 150
    assert slider["y"] >= box["y"] + box["height"] or slider["x"] >= box["x"] + box["width"]


def test_tab_comes_to_every_control_and_every_control_has_a_name(open_page: Open) -> None:
    page = open_page()
    judge(page, "I like it")  # now the buttons for judgements are awake
    page.evaluate("document.activeElement.blur()")
    page.get_by_role("spinbutton").focus()
    names = []
    for _ in range(16):
        names.append(
            page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).textContent")
        )
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", names
        page.keyboard.press("Tab")
    directions = [f"Direction {number}" for number in range(1, 6)]
    last = ["I like it", "I do not", "Download it", "Export judgements", "Forget them", "Model card"]
    assert names == ["Seed", "Another", "Class", "Walk", *directions, "Back to the seed", *last]
    expect(page.locator("h1")).to_have_text("Things & <b>such</b>")
    assert page.title() == "Things & <b>such</b>"


def test_it_works_from_a_web_server_too(open_page: Open, site: Path) -> None:
    with web_server(site) as address:
        page = open_page(f"{address}index.html")
        expect(page.locator("#caption")).to_have_text("Picture of seed 1, cat")


def test_what_somebody_puts_into_the_page_may_not_run_or_ask(site: Path, browser: Browser) -> None:
    page = browser.new_page()
    stopped: list[tuple[str, str | None]] = []
    answered: list[str] = []
    page.on("requestfailed", lambda request: stopped.append((request.url, request.failure)))
    page.on("response", lambda response: answered.append(response.url))
    page.goto((site / "index.html").as_uri())
    page.evaluate("""async () => {
        const script = document.createElement('script');
        script.textContent = "document.title = 'mine'";
        document.body.append(script);
        const image = document.createElement('img');
        image.src = 'https://example.org/a.png';
        document.body.append(image);
        await new Promise((resolve) => image.addEventListener('error', resolve));
        await fetch('https://example.org/b').catch(() => {});
    }""")
    assert page.title() == "Things & <b>such</b>"
    assert {*stopped} <= {(f"https://example.org/{name}", "csp") for name in ("a.png", "b")}
    assert not [url for url in answered if url.startswith("http")]
    page.close()


def test_without_javascript_the_card_can_be_read(open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    page.get_by_text("Model card").click()
    expect(page.get_by_text("Licence of those pictures")).to_be_visible()
