"""The PyTorch DCGAN, in a process of its own: TensorFlow is here already, and the two can crash each other."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course_lib import ROOT
from course_lib.benchmark.contenders import ours
from course_lib.models import recipe


@pytest.mark.slow
@pytest.mark.skipif(
    importlib.util.find_spec("torch") is None, reason="torch is not installed: pip install torch"
)
def test_pytorch_against_keras(tmp_path: Path) -> None:
    """Runs torch_checks.py on what Keras says the right answers are."""
    gan = ours.dcgan(seed=3).gan
    latents = np.random.default_rng(1).standard_normal((32, gan.latent_size)).astype("float32")
    images = gan.generator(latents, training=False)
    answers = {"latents": latents, "images": images, "logits": gan.discriminator(images, training=False)}
    for role, network in (("generator", gan.generator), ("discriminator", gan.discriminator)):
        for place, layer in enumerate(network.layers):
            for index, value in enumerate(layer.get_weights()):
                answers[f"{role}/{place}/{index}"] = value
    np.savez(tmp_path / "keras.npz", **answers)
    (tmp_path / "recipe.json").write_text(json.dumps(ours.describe_recipe()))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/benchmark/torch_checks.py"],
        cwd=ROOT,
        env=os.environ | {"KERAS_ANSWERS": str(tmp_path), "OMP_WAIT_POLICY": "passive"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_recipe_in_plain_words_is_the_recipe() -> None:
    described = json.loads(json.dumps(ours.describe_recipe()))
    gan = recipe.dcgan()
    assert described["batch_size"] == recipe.BATCH_SIZE
    assert described["averaging"] == gan.averaging
    for role, network, optimizer in (
        ("generator", gan.generator, gan.generator_optimizer),
        ("discriminator", gan.discriminator, gan.discriminator_optimizer),
    ):
        assert [layer["type"] for layer in described[role]] == [
            type(layer).__name__ for layer in network.layers
        ]
        assert described[f"{role}_optimizer"]["learning_rate"] == pytest.approx(
            float(optimizer.learning_rate)
        )
        for name in ("beta_1", "beta_2", "epsilon"):
            assert described[f"{role}_optimizer"][name] == getattr(optimizer, name)
