"""Every contender really trains, draws samples in range, and has the networks its page describes."""

import numpy as np
import pytest

from course_lib.benchmark.contenders import keras_io, ours, tutorial

IMAGES = np.random.default_rng(0).integers(0, 256, (512, 28, 28, 1)).astype("float32") / 127.5 - 1

CONTENDERS = {
    "ours": ours.dcgan,
    "tutorial": tutorial.Tutorial,
    "ours on tutorial": ours.with_tutorial_networks,
    "keras_io": keras_io.KerasIO,
    "ours on keras_io": ours.with_keras_io_networks,
}


@pytest.mark.parametrize(
    "name",
    [name if name == "ours" else pytest.param(name, marks=pytest.mark.slow) for name in CONTENDERS],
)
def test_it_trains_until_it_is_told_to_stop_and_draws_in_range(name: str) -> None:
    contender = CONTENDERS[name](seed=1)
    before = contender.sample(8)
    calls, rounds = [], 1 if " on " in name else 2

    def watch(images: int) -> bool:
        calls.append(images)
        return len(calls) == rounds

    contender.train(IMAGES[:320] if "tutorial" not in name else IMAGES, watch)
    after = contender.sample(8)
    assert len(calls) == rounds and calls[0] > 0 and calls[0] % contender.batch_size == 0
    assert calls == [calls[0] * (1 + call) for call in range(rounds)]
    assert after.shape == (8, 28, 28, 1) and after.dtype == np.float32
    assert after.min() >= -1 and after.max() <= 1 and after.std() > 0
    assert not np.array_equal(before, after)
    np.testing.assert_array_equal(after, contender.sample(8))


def test_numbers_of_weights_are_those_of_the_pages() -> None:
    # The tutorial's generator: dense, three transposed convolutions, scale and offset of three batch norms.
    generator = 100 * 7 * 7 * 256 + 25 * (256 * 128 + 128 * 64 + 64) + 2 * (7 * 7 * 256 + 128 + 64)
    discriminator = (25 * 64 + 64) + (25 * 64 * 128 + 128) + (7 * 7 * 128 + 1)
    assert tutorial.Tutorial().weights == generator + discriminator == 2_518_337
    generator = 129 * 7 * 7 * 128 + 2 * (16 * 128 * 128 + 128) + (49 * 128 + 1)
    discriminator = (9 * 64 + 64) + (9 * 64 * 128 + 128) + (128 + 1)
    assert keras_io.KerasIO().weights == generator + discriminator


def test_both_engines_of_a_pair_have_the_same_networks() -> None:
    for theirs, in_ours in (
        (tutorial.Tutorial(), ours.with_tutorial_networks()),
        (keras_io.KerasIO(), ours.with_keras_io_networks()),
    ):
        assert theirs.weights == in_ours.weights
        assert theirs.batch_size == in_ours.batch_size


def test_keras_io_learns_from_images_between_0_and_1_and_counts_its_short_batch() -> None:
    calls = []
    counter = keras_io.Counter(100, lambda images: bool(calls.append(images)))
    counter.set_model(keras_io.KerasIO().model)
    for epoch in range(2):
        counter.on_epoch_begin(epoch)
        for batch in range(2):  # 64 and 36 images
            counter.on_train_batch_end(batch)
    assert calls == [64, 100, 164, 200]
    generator, _ = keras_io.networks()
    assert generator.layers[-1].activation.__name__ == "sigmoid"
