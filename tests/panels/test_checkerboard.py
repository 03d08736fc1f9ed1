"""The panel of lesson 5: real widgets, set by `.value` and `.click()` as the browser does."""

import numpy as np
import pytest

from course_lib.panels.checkerboard import METHODS, NETWORKS, Checkerboard
from tests.panels.in_a_kernel import run_cells


def spread(values: np.ndarray) -> float:
    return float(values.max() / values.min())


def test_kernel_5_is_uneven_and_kernel_4_is_not():
    panel = Checkerboard(kernel=5, stride=2)
    assert np.array_equal(panel.terms[:2, :2], [[9, 6], [6, 4]])
    assert np.allclose(panel.strengths[:2, :2], panel.terms[:2, :2], rtol=4 * np.sqrt(2 / NETWORKS))
    before = panel.picture.value
    panel.controls["kernel"].value = 4
    assert np.all(panel.terms == 4)
    assert spread(panel.strengths) < 1.8 and np.ptp(panel.levels) > 0.5  # even on average, not in one network
    assert panel.picture.value != before and "Kernel 4, stride 2" in panel.picture.value


def test_resizing_is_flat_whatever_the_kernel_and_stride():
    panel = Checkerboard()
    panel.controls["method"].value = METHODS[1]
    for kernel, stride in ((1, 2), (3, 2), (4, 3), (8, 4)):
        panel.controls["kernel"].value, panel.controls["stride"].value = kernel, stride
        assert np.ptp(panel.levels) < 1e-9 and np.ptp(panel.strengths) < 1e-9
        assert np.all(panel.terms == kernel**2)


def test_at_the_ends_of_the_sliders_all_counts_are_complete():
    panel = Checkerboard()
    for kernel, stride in ((1, 1), (1, 4), (8, 4), (8, 3)):
        panel.controls["kernel"].value, panel.controls["stride"].value = kernel, stride
        counts = np.array([len(range(t % stride, kernel, stride)) for t in range(12)])
        assert np.array_equal(panel.terms, np.outer(counts, counts))


def test_new_weights_change_the_network_and_no_count():
    panel = Checkerboard(kernel=4)
    terms, levels, strengths = panel.terms, panel.levels, panel.strengths
    panel.controls["again"].click()
    assert np.array_equal(panel.terms, terms) and not np.allclose(panel.levels, levels)
    assert np.allclose(panel.strengths, strengths, rtol=0.8) and not np.allclose(panel.strengths, strengths)


@pytest.mark.slow
def test_in_a_kernel_the_still_picture_is_kept():
    still, said = run_cells(
        "from course_lib.panels.checkerboard import Checkerboard\npanel = Checkerboard()\npanel.show()",
        'panel.controls["stride"].value = 3\nprint("stride 3" in panel.picture.value)',
    )
    assert still[0].startswith("<details open ") and 'alt="Kernel 5, stride 2' in still[0]
    assert said == ["True"]
    assert still[1] == still[0]
