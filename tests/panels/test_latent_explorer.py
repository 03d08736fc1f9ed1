"""The latent explorer: real widgets, set by `.value` and `.click()` as the browser does."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.media import latent_png
from course_lib.models import latents, networks, pretrained
from course_lib.models.sampling import generate
from course_lib.panels.latent_explorer import FIELDS, LatentExplorer
from course_lib.plots.latent_sheet import LARGE, MAP, WALK
from tests.panels.shown_picture import picture_of
from tests.training.small_gan import small_gan

SHAPE = (12, 16, 1)


def random_generator(**options: int) -> networks.keras.Model:
    """A small generator that draws something: weights as they start draw all but grey."""
    generator = networks.dcgan_generator(SHAPE, latent_size=9, width=4, **options)
    random = np.random.default_rng(3)
    generator.set_weights(
        [random.normal(0, 0.5, w.shape) if w.ndim > 1 else w for w in generator.get_weights()]
    )
    return generator


@pytest.fixture(scope="module")
def generator() -> networks.keras.Model:
    return random_generator()


def seen(panel: LatentExplorer, row: int, column: int, cells: int = 1) -> np.ndarray:
    """The grey pixels on the screen of one cell, or of a square of cells as large as one image."""
    pixels = picture_of(panel.picture.value)[1]
    height, width = SHAPE[0] + 2, SHAPE[1] + 2
    top, left = 2 + row * height, 2 + column * width
    return pixels[top : top + cells * SHAPE[0] : cells, left : left + cells * SHAPE[1] : cells]


def drawn(panel: LatentExplorer, latent: np.ndarray) -> np.ndarray:
    labels = None if panel.label is None else np.array([panel.label])
    image = generate(panel.generator, latent[np.newaxis], labels)[0, ..., 0]
    return np.rint((image + 1) * 127.5)


def framed(panel: LatentExplorer) -> list[tuple[int, int]]:
    """The cells with a frame: neither their upper edge nor their left one is white."""
    pixels = picture_of(panel.picture.value)[1]
    cells = [(row, LARGE + column) for row in range(MAP) for column in range(MAP)]
    cells += [(MAP, column) for column in range(WALK)]
    corners = [(cell, cell[0] * (SHAPE[0] + 2), cell[1] * (SHAPE[1] + 2)) for cell in cells]
    return [cell for cell, top, left in corners if max(pixels[top, left + 5], pixels[top + 5, left]) < 255]


def test_large_map_and_walk_show_what_the_generator_draws(generator: networks.keras.Model) -> None:
    panel = LatentExplorer(generator, seed=1)
    assert np.allclose(panel.latent, np.random.default_rng(1).standard_normal((2, 9))[0])
    assert np.abs(seen(panel, 0, 0, LARGE) - drawn(panel, panel.latent)).max() <= 1
    for row, column in ((0, 0), (1, 4), (4, 2)):
        there = panel.latent.copy()
        for direction, value in ((0, FIELDS[column]), (1, FIELDS[row])):
            there += (value - panel.controls[f"direction {direction + 1}"].value) * panel.directions[
                direction
            ]
        assert np.abs(seen(panel, row, LARGE + column) - drawn(panel, there)).max() <= 1
    for number in (0, 3, 7):
        there = latents.slerp(*panel.ends, number / 7)
        assert np.abs(seen(panel, MAP, number) - drawn(panel, there)).max() <= 1


def test_a_slider_moves_along_its_direction_and_no_other(generator: networks.keras.Model) -> None:
    panel = LatentExplorer(generator)
    before, start = panel.picture.value, panel.latent
    slider = panel.controls["direction 3"]
    moved = 1.0 if slider.value < 1 else -1.0
    slider.value += moved
    np.testing.assert_allclose(panel.latent - start, moved * panel.directions[2], atol=1e-12)
    assert panel.picture.value != before
    assert f"direction 3 {slider.value:+.1f}" in picture_of(panel.picture.value)[0]
    assert np.abs(seen(panel, 0, 0, LARGE) - drawn(panel, panel.latent)).max() <= 1


def test_a_click_on_the_map_goes_there_and_the_frame_follows(generator: networks.keras.Model) -> None:
    panel = LatentExplorer(generator)
    panel.controls["across"].value, panel.controls["down"].value = 3, 0
    panel.controls["map 2, 5"].click()
    assert panel.controls["direction 4"].value == 3.0 and panel.controls["direction 1"].value == -1.5
    assert np.array_equal(seen(panel, 0, 0, LARGE), seen(panel, 1, LARGE + 4))
    assert framed(panel) == [(1, LARGE + 4)]  # and none on the walk any more
    panel.controls["direction 4"].value = -2.9  # the keyboard's way: the frame goes to the nearest field
    assert framed(panel) == [(1, LARGE)]


@pytest.mark.parametrize("way", ["slerp", "lerp"])
def test_a_walk_between_two_latents(generator: networks.keras.Model, way: str) -> None:
    panel = LatentExplorer(generator)
    controls = panel.controls
    panel.controls["map 1, 1"].click()
    controls["from"].click()
    first = panel.latent
    controls["another"].click()
    controls["to"].click()
    last = panel.latent
    assert controls["walk"].value == 1 and np.linalg.norm(last - first) > 1
    controls["way"].value = way
    controls["walk"].value = 0.35
    np.testing.assert_allclose(panel.latent, getattr(latents, way)(first, last, 0.35), atol=1e-12)
    assert (MAP, 2) in framed(panel)  # 0.35 of seven steps is nearest to the third picture
    controls["walk"].value = 0.0
    np.testing.assert_allclose(panel.latent, first, atol=1e-12)


def test_playing_goes_along_the_walk_and_begins_again(generator: networks.keras.Model) -> None:
    panel = LatentExplorer(generator)
    panel.animation.play()
    for _ in range(21):
        panel.animation.beat.click()
    assert panel.controls["walk"].value == 0 and np.allclose(panel.latent, panel.ends[0])
    panel.animation.beat.click()
    np.testing.assert_allclose(panel.latent, latents.slerp(*panel.ends, 0.05), atol=1e-12)


def test_a_saved_picture_is_loaded_again(
    generator: networks.keras.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    panel = LatentExplorer(generator)
    panel.controls["direction 2"].value = 0.7
    panel.controls["file"].value = "a <boot>.png"
    panel.controls["save"].click()
    assert "a &lt;boot&gt;.png" in panel.message.value
    latent, image = panel.latent, seen(panel, 0, 0, LARGE)
    panel.controls["another"].click()
    assert not np.array_equal(seen(panel, 0, 0, LARGE), image)
    panel.controls["load"].click()
    np.testing.assert_allclose(panel.latent, latent, atol=1e-12)
    assert np.array_equal(seen(panel, 0, 0, LARGE), image)


def test_another_generators_picture_is_refused_and_nothing_moves(
    generator: networks.keras.Model, tmp_path: Path
) -> None:
    panel = LatentExplorer(generator)
    before = panel.picture.value
    for name, latent, label in (("long.png", np.ones(10), None), ("class.png", np.ones(9), 1)):
        latent_png.save(np.zeros(SHAPE), latent, tmp_path / name, label)
        panel.controls["file"].value = str(tmp_path / name)
        panel.controls["load"].click()
        assert f"{name} was drawn by another generator" in panel.message.value
    panel.controls["file"].value = str(tmp_path / "no" / "boot.png")
    panel.controls["save"].click()
    assert "Cannot write" in panel.message.value and not panel.problem.value
    assert panel.picture.value == before


def test_classes_are_drawn_as_chosen_and_come_back(tmp_path: Path) -> None:
    panel = LatentExplorer(random_generator(classes=3), class_names=("shirt", "boot", "bag"))
    shirt = seen(panel, 0, 0, LARGE)
    panel.controls["label"].value = 1
    assert "drawn as boot" in picture_of(panel.picture.value)[0]
    boot = seen(panel, 0, 0, LARGE)
    assert not np.array_equal(boot, shirt) and np.abs(boot - drawn(panel, panel.latent)).max() <= 1
    panel.controls["file"].value = str(tmp_path / "boot.png")
    panel.controls["save"].click()
    panel.controls["label"].value = 2
    panel.controls["load"].click()
    assert panel.label == 1 and np.array_equal(seen(panel, 0, 0, LARGE), boot)


def test_class_names_belong_to_generators_with_classes(generator: networks.keras.Model) -> None:
    with pytest.raises(CourseError, match="leave them out"):
        LatentExplorer(generator, class_names=("shirt",))
    with pytest.raises(CourseError, match="give class_names"):
        LatentExplorer(random_generator(classes=3))


@pytest.mark.parametrize("names", [(), ("shirt", "boot"), tuple("abcd")])
def test_there_is_one_name_for_each_class(names: tuple[str, ...]) -> None:
    with pytest.raises(CourseError, match=rf"draws 3 classes, but there are {len(names)} class_names"):
        LatentExplorer(random_generator(classes=3), class_names=names)


@pytest.mark.parametrize("shape", [(12, 16, 2), (12, 16, 4), (12, 16), (192,)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    latents_in = networks.keras.Input((9,))
    values = networks.keras.layers.Dense(int(np.prod(shape)), "tanh")(latents_in)
    drawing = networks.keras.Model(latents_in, networks.keras.layers.Reshape(shape)(values))
    with pytest.raises(CourseError, match=re.escape(f"this generator draws {shape}: give one")):
        LatentExplorer(drawing)
    with pytest.raises(CourseError, match="give one that draws such images"):
        LatentExplorer(networks.keras.Model(latents_in, [drawing.output, drawing.output]))


@pytest.mark.parametrize("thing", ["a GAN", "not built"])
def test_what_is_no_built_generator_is_refused(thing: str) -> None:
    given = small_gan() if thing == "a GAN" else networks.keras.Sequential([networks.keras.layers.Dense(9)])
    with pytest.raises(CourseError, match=r"takes a built generator, such as gan\.sampler, not this"):
        LatentExplorer(given)


def test_what_stays_in_the_notebook_is_small_and_looks_the_same() -> None:
    panel = LatentExplorer(pretrained.generator())
    (alt, live), (still_alt, still) = (
        picture_of(panel._draw(small)._repr_html_()) for small in (False, True)
    )
    assert alt == still_alt and np.abs(live.astype(int) - still).max() <= 16
    assert len(panel._draw(True).png) < 15_000 < len(panel._draw(False).png)
