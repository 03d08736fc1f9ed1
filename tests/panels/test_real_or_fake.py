"""The blind test: real buttons clicked as the browser does, and its interval against SciPy."""

from __future__ import annotations

import numpy as np
import pytest

from course_lib import CourseError
from course_lib.panels.real_or_fake import RealOrFake
from tests.panels.in_a_kernel import run_cells
from tests.panels.shown_picture import picture_of

REAL = np.full((30, 28, 28, 1), 0.5, "float32")  # light
FAKE = np.full((30, 28, 28, 1), -0.5, "float32")  # dark


def test_who_sees_the_difference_is_right_every_time() -> None:
    panel = RealOrFake(REAL, FAKE, seed=3)
    for number in range(1, 21):
        alt, pixels = picture_of(panel.picture.value)
        assert alt.startswith(f"Picture {number} of 20") and pixels.shape == (168, 168)
        panel.buttons["real" if pixels.mean() > 128 else "fake"].click()
    assert panel.finished and panel.right == 20 and list(panel.answers) == list(panel.truth)
    assert panel.buttons["real"].disabled and panel.buttons["fake"].disabled
    assert "20 of 20 right" in panel.message.value and "between 0.83 and 1.00" in panel.message.value
    assert "you can tell them apart." in panel.message.value
    alt, _ = picture_of(panel.picture.value)
    assert alt.count("✓") == 20 and alt.count("real ✓") == panel.truth.sum()


def test_nothing_is_given_away_before_the_end_and_the_next_test_is_another() -> None:
    panel = RealOrFake(REAL, FAKE, seed=0)
    first = panel.truth.copy()
    panel.buttons["real"].click()
    assert "right" not in panel.message.value and "✓" not in panel.picture.value
    for _ in range(25):  # five clicks too many
        panel.buttons["real"].click()
    assert len(panel.answers) == 20 and panel.right == first.sum()
    panel.buttons["again"].click()
    assert panel.answers == [] and not panel.buttons["real"].disabled
    assert not np.array_equal(panel.truth, first)
    assert picture_of(panel.picture.value)[0].startswith("Picture 1 of 20")


def test_always_wrong_is_told_apart_as_well() -> None:
    panel = RealOrFake(REAL, FAKE, count=8)
    for is_real in panel.truth:
        panel.answer(not is_real)
    assert panel.right == 0 and "call real what is fake" in panel.message.value


def test_a_coin_decides_for_every_picture() -> None:
    counts = np.array([RealOrFake(REAL, FAKE, seed=seed).truth.sum() for seed in range(60)])
    assert len(set(counts)) > 4  # not ten of each every time
    assert abs(counts.mean() - 10) < 4 * np.sqrt(5 / 60)


def test_pages_without_a_kernel_get_all_pictures_and_the_truth_folded(capsys: pytest.CaptureFixture) -> None:
    panel = RealOrFake(REAL, FAKE, count=12)
    page = panel._without_kernel()
    assert "with numbers" in picture_of(page)[0]
    folded = page[page.index("<details>") :]
    for number, is_real in enumerate(panel.truth, 1):
        assert f"{number} {'real' if is_real else 'fake'}" in folded
    panel.show()
    assert "A blind test of 12 pictures" in capsys.readouterr().out


def test_too_few_pictures_are_refused() -> None:
    with pytest.raises(
        CourseError, match="20 pictures needs as many of each kind, but there are 30 real and 5"
    ):
        RealOrFake(REAL, FAKE[:5])


def one_broken() -> np.ndarray:
    images = FAKE.copy()
    images[29, 3, 4] = np.nan
    return images


@pytest.mark.parametrize(
    ("real", "fake", "count", "says"),
    [
        (REAL, FAKE, 0, "count .* from 1 to 100, not 0"),
        (REAL, FAKE, 2.5, "count .* not 2.5"),
        (np.repeat(REAL, 10, 0), np.repeat(FAKE, 10, 0), 300, "count .* not 300"),
        (REAL, one_broken(), 20, r"The fake images cannot be drawn\. .*nan"),
        (REAL * 255, FAKE, 20, r"The real images cannot be drawn\. .*128"),
        (REAL, FAKE[:, :14], 20, r"\(28, 28, 1\) and fake ones of shape \(14, 28, 1\)"),
        (REAL[..., 0], FAKE, 20, r"of shape \(28, 28\) and"),
        (np.repeat(REAL, 2, -1), FAKE, 20, r"The real images have shape \(30, 28, 28, 2\)"),
        (None, FAKE, 20, r"The real images have shape \(\)"),
        ([], FAKE, 1, r"The real images have shape \(0,\)"),
    ],
)
def test_what_cannot_be_judged_is_refused_before_the_test(real, fake, count, says) -> None:
    with pytest.raises(CourseError, match=says):
        RealOrFake(real, fake, count=count)


def test_one_picture_is_a_test_too_and_pixels_go_with_floats() -> None:
    panel = RealOrFake(((REAL + 1) * 127.5).astype("uint8"), FAKE, count=1, seed=1)
    assert picture_of(panel.picture.value)[1].mean() == (191 if panel.truth[0] else 64)
    panel.answer(bool(panel.truth[0]))
    assert panel.finished and "1 of 1 right" in panel.message.value


@pytest.mark.slow
def test_in_a_kernel_the_numbered_pictures_are_kept_and_follow_again() -> None:
    """What the notebook's file holds are all pictures of the present test, with numbers."""
    still, said = run_cells(
        "import numpy as np\nfrom course_lib.panels.real_or_fake import RealOrFake\n"
        "images = np.linspace(-1, 1, 40 * 784).reshape(40, 28, 28, 1)\n"
        "panel = RealOrFake(images, images)\npanel.show()",
        'panel.buttons["real"].click()\nprint(len(panel.answers))',
        'panel.buttons["again"].click()\nprint(len(panel.answers))',
    )
    for page in still:
        assert page.startswith("<details open ") and "with numbers" in picture_of(page)[0]
        assert page.count("<details") == 2
    pictures = [picture_of(page)[1] for page in still]
    assert np.array_equal(pictures[0], pictures[1]) and not np.array_equal(pictures[1], pictures[2])
    assert said == ["1", "0"]
