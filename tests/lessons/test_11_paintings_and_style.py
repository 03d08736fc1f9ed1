"""What lesson 11 says of its clouds, its pictures and its tables is so."""

from __future__ import annotations

import contextlib
import io
import itertools
from pathlib import Path
from types import ModuleType
from typing import Any

import matplotlib
import numpy as np
import pytest
from PIL import Image

from course_lib import ROOT, datasets
from course_lib.authoring.lesson import find_source, load_lesson
from course_lib.authoring.student import solved_notebook
from course_lib.datasets.tables import read_rows
from course_lib.styles import copies
from tests import data_scripts

SOURCE = find_source("11")
PICTURES = ROOT / "data" / "style_pictures"


@pytest.fixture(scope="module")
def first_half() -> dict[str, Any]:
    """What the cells define up to the first that needs TensorFlow, run here with the course's own answers."""
    matplotlib.use("Agg")
    defined: dict[str, Any] = {}
    cells = (cell for cell in solved_notebook(load_lesson(SOURCE)).cells if cell.cell_type == "code")
    for cell in itertools.takewhile(lambda each: "import tensorflow" not in each.source, cells):
        exec(compile(cell.source, cell.id, "exec"), defined)
    return defined


@pytest.fixture(scope="module")
def script() -> ModuleType:
    return data_scripts.load("make_style_pictures")


def test_twenty_turns_find_the_colours_and_the_simple_ways_come_less_close(first_half) -> None:
    theirs = first_half["theirs"]
    wrong = [first_half["out_of_place"](found, theirs) for found in first_half["ways"].values()]
    assert wrong == sorted(wrong, reverse=True) and wrong[-1] < 0.2 < 0.45 < wrong[-2]
    floor = first_half["out_of_place"](*first_half["halves"])
    assert floor < wrong[-1] / 2


def test_more_turns_along_the_same_axes_change_nothing(first_half) -> None:
    """What the first question of the quiz says."""
    turn, colours, targets = (first_half[name] for name in ("checked_one_turn", "colours", "targets"))
    once = turn(colours, targets, np.eye(3), 1.0)
    assert np.allclose(turn(once, targets, np.eye(3), 1.0), once)
    theirs, turned = first_half["theirs"], first_half["ways"]["twenty turns"]
    assert first_half["out_of_place"](turned, theirs) < first_half["out_of_place"](once, theirs) - 0.2


def test_patches_do_not_know_where_they_are(first_half) -> None:
    distance, small = first_half["patch_distance"], first_half["small"]
    moved, upside_down = np.roll(small, 40, axis=1), small[::-1, ::-1]
    shuffled, another = first_half["shuffled"], first_half["wave"][:, 128:]
    found = [distance(each, small) for each in (moved, upside_down, shuffled, another)]
    assert found[0] < found[1] < 0.03 and min(found[2:]) > 5 * found[1]
    assert abs(found[2] - found[3]) < 0.03  # shuffled pixels are as far off as another part of the print


def test_a_jigsaw_of_large_pieces_looks_right_to_small_patches(first_half) -> None:
    """What the second question of the quiz says."""
    small = first_half["small"][:160]
    blocks = small.reshape(10, 16, 8, 16, 3).swapaxes(1, 2).reshape(80, 16, 16, 3)
    mixed = np.random.default_rng(0).permutation(blocks).reshape(10, 8, 16, 16, 3).swapaxes(1, 2)
    distance = first_half["patch_distance"]
    shuffled = np.random.default_rng(0).permutation(small.reshape(-1, 3)).reshape(small.shape)
    assert distance(mixed.reshape(small.shape), small) < distance(shuffled, small) / 3


def test_the_painted_row_has_the_values_and_edges_of_the_stripes_and_not_their_widths(first_half) -> None:
    stripes = first_half["stripes"]
    for seed in range(3):
        row = first_half["painted_row"](stripes, seed=seed)
        near = np.abs(row[:, None] - np.unique(stripes)).min(axis=1) < 0.08
        assert near.mean() > 0.8
        edges = np.flatnonzero(np.diff(np.sign(row)))
        widths = np.diff(edges)
        assert np.ptp(widths) >= 8 and np.ptp(np.diff(np.flatnonzero(np.diff(np.sign(stripes))))) == 0


def test_the_pictures_shown_are_those_of_the_script(script: ModuleType) -> None:
    assert {path.stem for path in PICTURES.iterdir()} == set(script.jobs())
    for name in script.jobs():
        photo = name.split("_")[0]
        size = datasets.photo(photo).shape[:2] if photo in datasets.PHOTOS else (192, 256)
        assert np.asarray(Image.open(PICTURES / f"{name}.webp")).shape == (*size, 3)


def test_nobody_has_seen_the_pictures_of_the_blind_choice() -> None:
    for photo in ("cat", "coffee"):
        seen, blind = (
            np.asarray(Image.open(PICTURES / f"{photo}_{which}.webp")) / 127.5 - 1
            for which in ("sliced", "sliced_blind")
        )
        assert np.abs(seen - blind).mean() > 0.05


def test_it_shows_the_pairs_that_the_script_painted(script: ModuleType, first_half) -> None:
    assert {photo: painting for photo, (painting, _) in script.PAIRS.items()} == first_half["PAIRS"]


def seeds_of(photo: str, way: str, measure: str) -> np.ndarray:
    found = [r for r in read_rows("style_losses.csv") if (r["photo"], r["minimised"]) == (photo, way)]
    return np.array([float(row[measure]) for row in found])


def test_the_sliced_loss_is_nearer_to_the_painting_and_the_gram_loss_to_the_photograph() -> None:
    photos = {row["photo"] for row in read_rows("style_losses.csv")}
    for photo in photos:
        for measure in ("patch_distance", "feature_distance"):
            sliced, gram = (seeds_of(photo, way, measure) for way in ("sliced", "gram"))
            assert sliced.max() < gram.min(), (photo, measure)
        by_gram = {way: seeds_of(photo, way, "gram") for way in ("sliced", "gram", "colours")}
        assert by_gram["sliced"].max() < by_gram["gram"].min() < by_gram["colours"].min() / 10, photo
        sliced, gram, colours = (seeds_of(photo, way, "structure") for way in ("sliced", "gram", "colours"))
        assert sliced.max() < gram.min() and gram.max() < colours.min(), photo
        for measure in (
            "sliced",
            "patch_distance",
            "feature_distance",
        ):  # by all but its own, colours beat Gram
            gram, colours = (seeds_of(photo, way, measure) for way in ("gram", "colours"))
            assert colours.max() < gram.min(), (photo, measure)


def test_no_stored_figure_draws_the_twin_that_exercise_4_asks_for() -> None:
    """Its mirrored histogram is the answer, in sight right under the exercise."""
    drawn = [
        cell
        for cell in load_lesson(SOURCE).cells
        if cell.kind == "code" and "twin" in cell.source and "plots.show" in cell.source
    ]
    assert drawn and all(cell.role == "spoiler" for cell in drawn)


def test_the_knob_trades_the_one_for_the_other() -> None:
    table = read_rows("style_knob.csv")
    starts = sorted({float(row["start_scale"]) for row in table})
    for what in ("structure", "patch_distance"):
        means = [
            np.mean([float(row[what]) for row in table if float(row["start_scale"]) == start])
            for start in starts
        ]
        assert means == sorted(means), what


def test_new_paintings_copy_some_crests_and_not_the_strokes() -> None:
    """By the lesson's limit: near patches at full size as in another print, at a quarter many more, some in pieces."""
    wave, other = (datasets.painting(f"hokusai_{name}") for name in ("great_wave", "ejiri"))
    for seed in range(2):
        new = np.asarray(Image.open(PICTURES / f"new_{seed}.webp")) / 127.5 - 1
        assert near_share(new, wave, 1, 6) < near_share(other, wave, 1, 6) + 0.15
        assert near_share(new, wave, 1 / 4, 1) > 3 * near_share(other, wave, 1 / 4, 1)
        assert whole_windows(new, wave, 1, 3) < 3  # out of some four thousand
        assert whole_windows(new, wave, 1 / 4, 1) >= 10 > 0 == whole_windows(other, wave, 1 / 4, 1)


def test_at_full_size_prints_differ_by_more_than_is_found_of_a_new_painting() -> None:
    """Unclipped, the print that nobody copied comes out further below 0 than a new painting above it."""
    wave = datasets.painting("hokusai_great_wave")
    names = ("ejiri", "poppies", "ryogoku")
    *strangers, third = (nearness(datasets.painting(f"hokusai_{name}"), wave, 1, 6) for name in names)
    alarms = np.mean(np.concatenate(strangers) <= 0.7)
    new = nearness(np.asarray(Image.open(PICTURES / "new_0.webp")) / 127.5 - 1, wave, 1, 6)
    assert alarms - np.mean(third <= 0.7) > 1.5 * abs(np.mean(new <= 0.7) - alarms)


def test_seeds_change_a_new_painting_about_as_much_as_the_place_changes_a_crop() -> None:
    for row in read_rows("style_diversity.csv"):
        assert 0.75 < float(row["diversity"]) / float(row["crops"]) < 1.1


def copy_map(picture: np.ndarray, original: np.ndarray, share: float, step: int) -> copies.CopyMap:
    return copies.copy_map(shrunk(picture, share), shrunk(original, share), step=step)


def nearness(picture: np.ndarray, original: np.ndarray, share: float, step: int) -> np.ndarray:
    """Distance by contrast of the patches that are asked."""
    found = copy_map(picture, original, share, step)
    return (found.distances / np.maximum(found.contrast, 1e-6))[found.asked]


def near_share(*of: Any) -> float:
    return float(np.mean(nearness(*of) <= 0.7))


def whole_windows(*of: Any) -> int:
    """How many windows of 3 x 3 near patches have one offset."""
    found = copy_map(*of)
    windows = np.lib.stride_tricks.sliding_window_view
    near = windows(found.asked & (found.distances <= 0.7 * found.contrast), (3, 3)).all(axis=(2, 3))
    return int(
        np.sum(near & (np.ptp(windows(found.offsets, (3, 3), axis=(0, 1)), axis=(3, 4)) == 0).all(axis=2))
    )


def shrunk(picture: np.ndarray, share: float) -> np.ndarray:
    image = Image.fromarray(np.uint8(np.rint((picture + 1) * 127.5)))
    return (
        np.asarray(image.resize([round(share * edge) for edge in image.size], Image.Resampling.LANCZOS))
        / (127.5)
        - 1
    )


def test_the_gan_is_better_than_principal_components_by_the_rule_of_exercise_5() -> None:
    score = {
        what: {
            name: [float(row[name]) for row in read_rows("style_gan.csv") if row["what"] == what]
            for name in ("kernel_distance", "precision", "recall")
        }
        for what in ("generator", "components")
    }
    gan, line = score["generator"], score["components"]
    assert len(gan["recall"]) == len(line["recall"]) == 3
    assert max(gan["kernel_distance"]) < min(line["kernel_distance"])
    assert all(min(gan[name]) > max(line[name]) for name in ("precision", "recall"))


@pytest.mark.slow
def test_crops_under_grain_score_better_than_the_gan_which_does_not_collapse() -> None:
    (cell,) = (each for each in load_lesson(SOURCE).cells if "judged.setdefault" in each.source)
    names: dict[str, Any] = {"np": np, "ROOT": ROOT, "datasets": datasets}
    exec(cell.source, names)
    distance, precision, recall, spread = (
        {name: np.array([row[place] for row in found]) for name, found in names["judged"].items()}
        for place in range(4)
    )
    gan, grain, real = "the DCGAN", "crops with noise", "other crops"
    assert distance[gan].min() > distance[grain].max() > distance[real].max()
    assert precision[gan].max() < precision["Hiroshige"].min()
    stored = [float(row["precision"]) for row in read_rows("style_gan.csv") if row["what"] == "generator"]
    assert precision[gan].mean() > max(stored) + 0.03  # of 1,000 real pictures, whose neighbours are nearer
    assert precision[gan].max() < precision[grain].min() and recall[gan].min() > recall[grain].max()
    assert spread[gan].mean() > spread[grain].mean()
    assert recall[gan].min() > 0.6 and spread[gan].mean() > 0.85 * spread[real].mean()


@pytest.mark.slow
def test_the_optional_cell_paints_and_says_why_it_does_not() -> None:
    """With random weights, which need no network: the method's lines run, and its loss falls."""
    import keras
    import tensorflow as tf

    (cell,) = (each for each in load_lesson(SOURCE).cells if "def gatys(" in each.source)
    names: dict[str, Any] = {"keras": keras, "tf": tf, "np": np}
    lines, told = cell.source, io.StringIO()
    names["Path"] = Path
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(told):
        patch.setenv("KERAS_HOME", str(ROOT / "tests" / "nowhere"))
        exec(lines, names)
    assert told.getvalue().startswith("Gatys is skipped: vgg19") and told.getvalue().count("\n") == 1
    keras.utils.set_random_seed(0)
    content, style = (datasets.photo("cat", 64), datasets.painting("hokusai_great_wave", 64))
    painted, losses = names["gatys"](content, style, weights=None, steps=5)
    assert painted.shape == content.shape and np.abs(painted).max() <= 1
    assert losses[-1] < losses[0]
