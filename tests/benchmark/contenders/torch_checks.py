"""Checks of the PyTorch DCGAN; `test_torch_dcgan.py` runs them in a process without TensorFlow.

The folder KERAS_ANSWERS holds the recipe, and Keras's weights with what its networks make of some latents.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from course_lib import CourseError
from course_lib.benchmark.contenders.torch_dcgan import TorchDCGAN, build, moving_average

FOLDER = Path(os.environ["KERAS_ANSWERS"])
RECIPE = json.loads((FOLDER / "recipe.json").read_text())
KERAS = np.load(FOLDER / "keras.npz")


def images(count: int) -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (count, 28, 28, 1)).astype("float32")


def test_it_trains_until_it_is_told_to_stop_and_draws_in_range() -> None:
    contender = TorchDCGAN(RECIPE, seed=1)
    before = contender.sample(300)
    seen = []
    contender.train(images(2 * contender.batch_size + 1), lambda count: seen.append(count) or len(seen) == 3)
    assert seen == [contender.batch_size * step for step in (1, 2, 3)]  # the odd image waits
    after = contender.sample(300)
    assert after.shape == (300, 28, 28, 1) and np.abs(after).max() <= 1
    assert not np.array_equal(before, after)
    np.testing.assert_array_equal(after, contender.sample(300))
    assert "tensorflow" not in sys.modules


def test_its_learning_rates_fall_as_those_of_the_recipe() -> None:
    contender = TorchDCGAN(RECIPE)
    contender.train(images(contender.batch_size), lambda count: count == 3 * contender.batch_size)
    for role in ("generator", "discriminator"):
        settings = RECIPE[f"{role}_optimizer"]
        (group,) = getattr(contender, f"{role}_optimizer").param_groups
        assert group["lr"] == pytest.approx(settings["learning_rate"] / (1 + 3 / settings["halved_at"]))


def test_it_has_the_weights_of_the_recipe_and_their_first_spread() -> None:
    contender = TorchDCGAN(RECIPE)
    assert contender.weights == RECIPE["weights"]
    for role in ("generator", "discriminator"):
        for place, layer in enumerate(getattr(contender, role)):
            if isinstance(layer, torch.nn.Conv2d | torch.nn.ConvTranspose2d):
                assert layer.weight.std().item() == pytest.approx(KERAS[f"{role}/{place}/0"].std(), rel=0.1)


def test_with_keras_weights_it_draws_and_judges_as_keras() -> None:
    contender = TorchDCGAN(RECIPE)
    for role in ("generator", "discriminator"):
        copy_weights(role, getattr(contender, role).eval())
    with torch.no_grad():
        drawn = contender.generator(torch.from_numpy(KERAS["latents"]))
        logits = contender.discriminator(drawn)
    np.testing.assert_allclose(drawn.permute(0, 2, 3, 1).numpy(), KERAS["images"], atol=1e-5)
    np.testing.assert_allclose(logits.numpy(), KERAS["logits"], atol=1e-5)


def copy_weights(role: str, network: torch.nn.Sequential) -> None:
    """Keras's weights into the layers of PyTorch, whose channels come before the pixels."""
    kinds = [layer["type"] for layer in RECIPE[role]]
    for place, (kind, layer) in enumerate(zip(kinds, network, strict=True)):
        values = [KERAS[name] for name in KERAS.files if name.startswith(f"{role}/{place}/")]
        if kind == "Dense":
            kernel = values[0]
            if "Reshape" in kinds:  # its outputs become a picture
                shape = RECIPE[role][place + 1]["target_shape"]
                kernel = kernel.reshape(-1, *shape).transpose(0, 3, 1, 2).reshape(len(kernel), -1)
            elif kinds[place - 1] == "Flatten":  # its inputs were a picture
                channels = [layer["filters"] for layer in RECIPE[role] if layer["type"] == "Conv2D"][-1]
                channels += kinds.count("MinibatchDeviation")
                side = int((len(kernel) / channels) ** 0.5)
                picture = kernel.reshape(side, side, channels, -1)
                kernel = picture.transpose(2, 0, 1, 3).reshape(len(kernel), -1)
            values[0] = kernel.T
        elif kind in ("Conv2D", "Conv2DTranspose"):
            # (out, in, height, width) of the one and (in, out, height, width) of the other.
            values[0] = values[0].transpose(3, 2, 0, 1)
        targets = [*layer.parameters(), *(buffer for buffer in layer.buffers() if buffer.dim())]
        with torch.no_grad():
            for target, value in zip(targets, values, strict=True):
                target.copy_(torch.from_numpy(value.copy()))


def test_its_step_does_the_arithmetic_that_is_counted() -> None:
    contender = TorchDCGAN(RECIPE)
    real = torch.from_numpy(images(8)).permute(0, 3, 1, 2)
    with FlopCounterMode(display=False) as counter:
        contender.train_step(real)
    assert counter.get_total_flops() == 8 * RECIPE["arithmetic"]


def test_it_averages_as_gan_does() -> None:
    average, decay = [torch.tensor([1.0])], RECIPE["averaging"]
    update = moving_average(decay)
    for count in (1, 5, 10_000):
        before = average[0].item()
        update(average, [torch.tensor([3.0])], torch.tensor(count))
        now = min(decay, (2 + count) / (11 + count))  # the step's number is one more than the count before it
        assert average[0].item() == pytest.approx(3 + now * (before - 3))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"loss": "hinge"}, "hinge"),
        ({"extras": ["augment"]}, "augment"),
        ({"generator_optimizer": {"type": "SGD", "learning_rate": 0.1}}, "SGD"),
    ],
)
def test_a_recipe_it_cannot_follow_is_refused(change: dict, named: str) -> None:
    with pytest.raises(CourseError, match=named):
        TorchDCGAN(RECIPE | change)


def test_a_layer_it_does_not_know_is_named() -> None:
    with pytest.raises(CourseError, match="GaussianNoise"):
        build([{"type": "GaussianNoise"}], (28, 28, 1))
