"""A generator taken apart: no weight is lost, the rounding is float16's, and what a page cannot draw is named.

That the steps draw what Keras draws is asked in the browser, by tests/browser/test_publish.py.
"""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from course_lib import CourseError
from course_lib.models.networks import MinibatchDeviation
from course_lib.models.sampling import generate
from course_lib.studio import export
from tests.studio.generators import chain, small

pytestmark = pytest.mark.slow
PICTURE = (layers.Dense, (48,)), (layers.Reshape, ((4, 4, 3),))


def start() -> list[layers.Layer]:
    return [kind(*options) for kind, options in PICTURE]


@pytest.mark.parametrize("classes", [None, 3])
def test_every_weight_is_there_once_and_rounded_as_float16_is(classes: int | None) -> None:
    generator = small(classes, refine=True)
    network = export.export(generator)
    assert network.weights.dtype == np.float16 and len(network.weights) == generator.count_params()
    spans = sorted(tuple(span) for step in network.steps for span in step.get("weights", {}).values())
    ends = np.cumsum([count for _, count in spans])
    assert [first for first, _ in spans] == [0, *ends[:-1]] and ends[-1] == len(network.weights)
    mine = np.sort(np.concatenate([weight.ravel() for weight in generator.get_weights()]).astype("float16"))
    np.testing.assert_array_equal(np.sort(network.weights), mine)
    assert [step["kind"] for step in network.steps][:2] == (
        ["embedding", "concatenate"] if classes else ["dense", "batch_norm"]
    )
    assert network.output == len(network.steps) + (classes is not None)


def test_the_rounded_copy_has_those_weights_and_the_generator_keeps_its_own() -> None:
    generator = small(3)
    before = generator.get_weights()
    copy = export.rounded(generator)
    for mine, given, now in zip(copy.get_weights(), before, generator.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, given.astype("float16").astype("float32"))
        np.testing.assert_array_equal(given, now)
    assert any((a != b).any() for a, b in zip(copy.get_weights(), before, strict=True))


def test_a_generator_of_mixed_precision_is_computed_in_float32() -> None:
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        mixed = small(3)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    exact = small(3)
    latents, labels = np.random.default_rng(0).standard_normal((8, 5)), np.arange(8) % 3
    wanted = generate(exact, latents, labels)
    assert np.abs(generate(mixed, latents, labels) - wanted).max() > 1e-3
    np.testing.assert_allclose(
        generate(export.in_single_precision(mixed), latents, labels), wanted, atol=1e-6
    )


REFUSED = {
    "softmax": (lambda: [layers.Softmax(name="odd")], r"the layer odd \(Softmax\); it can draw Dense,"),
    "max pooling": (lambda: [layers.MaxPooling2D(name="odd")], r"the layer odd \(MaxPooling2D\)"),
    "our own": (lambda: [MinibatchDeviation(name="odd")], r"the layer odd \(MinibatchDeviation\)"),
    "depthwise": (lambda: [layers.DepthwiseConv2D(3, name="odd")], r"the layer odd \(DepthwiseConv2D\)"),
    "separable": (lambda: [layers.SeparableConv2D(3, 3, name="odd")], r"the layer odd \(SeparableConv2D\)"),
    "activation": (
        lambda: [layers.Activation("softsign", name="odd")],
        r"activation softsign of the layer odd",
    ),
    "within": (
        lambda: [layers.Conv2D(3, 3, activation="gelu", name="odd")],
        r"activation gelu of the layer odd",
    ),
    "dilated": (
        lambda: [layers.Conv2D(3, 2, dilation_rate=2, name="odd")],
        r"odd \(Conv2D\) with dilation_rate",
    ),
    "groups": (lambda: [layers.Conv2D(3, 3, groups=3, name="odd")], r"odd \(Conv2D\) with groups=3"),
    "padded": (
        lambda: [layers.Conv2DTranspose(3, 3, strides=2, output_padding=1, name="odd")],
        r"odd \(Conv2DTranspose\) with output_padding",
    ),
    "bilinear": (
        lambda: [layers.UpSampling2D(interpolation="bilinear", name="odd")],
        r"odd .* interpolation='bilinear'",
    ),
    "another axis": (lambda: [layers.BatchNormalization(axis=1, name="odd")], r"odd .* with axis=1"),
    "ReLU with an end": (lambda: [layers.ReLU(6, name="odd")], r"odd \(ReLU\) with max_value"),
}


@pytest.mark.parametrize(("build", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_a_page_cannot_draw_is_refused_by_its_name(build, reason: str) -> None:
    with pytest.raises(CourseError, match=reason) as caught:
        export.export(chain(*start(), *build()))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("number", "reason"),
    [(np.nan, "not finite"), (np.inf, "not finite"), (7e4, "half precision ends at 65,504")],
)
def test_a_weight_that_halves_cannot_hold_is_refused(number: float, reason: str) -> None:
    generator = chain(*start())
    generator.layers[0].bias.assign(np.full(48, number))
    with pytest.raises(CourseError, match=reason):
        export.export(generator)


def test_a_picture_of_no_fixed_size_is_refused() -> None:
    latents = keras.Input((None, None, 5))
    generator = keras.Model(latents, layers.Conv2D(3, 3, name="odd")(latents))
    with pytest.raises(CourseError, match=r"odd \(Conv2D\) makes pictures of no fixed size"):
        export.export(generator)


def test_a_layer_in_a_file_is_named_before_keras_opens_it(tmp_path: Path) -> None:
    @keras.saving.register_keras_serializable("elsewhere")
    class Wavelet(layers.Layer):
        pass

    path = tmp_path / "generator.keras"
    inner = keras.Sequential([keras.Input((4, 4, 3)), Wavelet(name="odd")])
    chain(*start(), inner).save(path)
    with pytest.raises(CourseError, match=r"the layer odd \(Wavelet\); it can draw Dense"):
        export.refuse_undrawn(path)
    small(3).save(path)
    export.refuse_undrawn(path)
    path.write_bytes(b"no model")
    export.refuse_undrawn(path)  # Keras is to say so
