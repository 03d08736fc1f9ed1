"""What can be made: each theme makes what it says, the same again from the same four values, and refuses the rest."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.datasets.bundled import checksums
from course_lib.datasets.notes import checked_notes
from course_lib.media import sound
from course_lib.models import sprites
from course_lib.models.latents import truncated_normal
from course_lib.models.sampling import generate
from course_lib.studio.themes import TEMPO, Creation, Theme, all_themes, whitening

SHAPES = {"sprites": (32, 32, 3), "garments": (28, 28, 1), "prints": (64, 64, 3), "banners": (32, 64, 3)}


@pytest.fixture(scope="module")
def themes() -> dict[str, Theme]:
    return all_themes()


def creation(of: Theme, **changed: object) -> Creation:
    return Creation(of.name, of.styles[-1], of.start, 17)._replace(**changed)


def test_every_theme_names_a_model_of_the_course_and_a_licence(themes: dict[str, Theme]) -> None:
    assert {*themes} == {*SHAPES, "melodies", "couplets"}
    for theme in themes.values():
        assert f"{theme.model}.npz" in checksums()
        assert (
            theme.licence and theme.trained_on and theme.title and len(set(theme.styles)) == len(theme.styles)
        )


@pytest.mark.parametrize("name", SHAPES)
def test_the_same_four_values_draw_the_same_picture(name: str, themes: dict[str, Theme]) -> None:
    theme = themes[name]
    image = theme.make(creation(theme))
    assert image.shape == SHAPES[name] and np.abs(image).max() <= 1 and image.std() > 0.05
    np.testing.assert_array_equal(image, theme.make(creation(theme)))
    for changed in ({"seed": 18}, {"setting": 0.4}, *({"style": theme.styles[0]} for _ in theme.styles[1:2])):
        assert np.abs(theme.make(creation(theme, **changed)) - image).mean() > 0.01
    several = theme.make_many(theme.styles[-1], theme.start, [5, 17])
    np.testing.assert_allclose(several[1], image, atol=1e-4)


def test_a_sprite_is_what_its_generator_draws_of_the_truncated_latent(themes: dict[str, Theme]) -> None:
    image = themes["sprites"].make(Creation("sprites", "food", 0.6, 4))
    latents = truncated_normal(1, sprites.LATENT_SIZE, 0.6, 4)
    expected = generate(sprites.generator(), latents, np.array([sprites.sprites.kind("food")]))
    np.testing.assert_allclose(image, expected[0], atol=1e-5)


def test_melodies_can_be_played_and_come_again(themes: dict[str, Theme]) -> None:
    theme = themes["melodies"]
    notes = checked_notes(theme.make(creation(theme)))
    assert 1 <= sound.seconds(notes, TEMPO) <= sound.LONGEST
    np.testing.assert_array_equal(notes, theme.make(creation(theme)))
    together = theme.make_many("flute", theme.start, [5, 17])
    np.testing.assert_array_equal(together[1], notes)
    assert len(together[0]) != len(notes) or (together[0] != notes).any()
    features = theme.features("flute", together)
    assert features.shape[0] == 2 and np.isfinite(features).all()


def test_features_of_the_pictures_they_are_made_from_are_white(themes: dict[str, Theme]) -> None:
    theme = themes["sprites"]
    images = theme.make_many("faces", theme.start, range(theme.reference))
    features = theme.features("faces", images)
    np.testing.assert_allclose(np.cov(features.T, bias=True), np.eye(8), atol=1e-6)
    np.testing.assert_allclose(features.mean(axis=0), 0, atol=1e-6)


def test_whitening_finds_the_axes_of_pca_and_leaves_out_what_does_not_vary() -> None:
    rows = np.random.default_rng(0).normal(size=(50, 3)) * [5.0, 1.0, 0.2] @ np.eye(3, 7)
    axes = whitening(rows, most=2)
    _, _, expected = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)
    directions = axes / np.linalg.norm(axes, axis=0)
    np.testing.assert_allclose(np.abs(directions.T @ expected[:2].T), np.eye(2), atol=1e-8)
    assert whitening(rows, most=8).shape == (7, 3)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"theme": "melodies"}, "A Creation of the theme garments"),
        ({"style": "faces"}, "no style 'faces' of garments; choose one of any"),
        ({"style": ["any"]}, "no style"),
        ({"setting": float("nan")}, "setting is the truncation, a number from 0.3 to 2"),
        ({"setting": True}, "setting is the truncation"),
        ({"setting": 2.1}, "setting is the truncation"),
        ({"seed": -1}, "seed is what a creation follows from"),
        ({"seed": 1.0}, "seed is"),
        ({"seed": 2**32}, "seed is"),
    ],
)
def test_what_there_is_not_is_refused_in_one_line(
    changed: dict[str, object], said: str, themes: dict[str, Theme]
) -> None:
    theme = themes["garments"]
    with pytest.raises(CourseError, match=said) as raised:
        theme.make(creation(theme, **changed))
    assert "\n" not in str(raised.value)
    with pytest.raises(CourseError, match="A Creation of the theme"):
        theme.make(None)
