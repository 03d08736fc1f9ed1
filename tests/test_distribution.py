"""Two devices train as one: in a process of its own, since TensorFlow fixes its devices when it starts."""

import subprocess
import sys

import pytest

from course_lib import ROOT

PROGRAM = """
import contextlib
import keras, numpy as np, tensorflow as tf

cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from course_lib.models import networks
from course_lib.models.gan import GAN
from course_lib.training.loop import Recorder, train

images = np.random.default_rng(0).uniform(-1, 1, (50, 12, 12, 1)).astype("float32")


def losses(strategy):
    keras.utils.set_random_seed(0)
    with strategy.scope() if strategy else contextlib.nullcontext():
        gan = GAN(networks.dcgan_generator((12, 12, 1), 3, 4), networks.dcgan_discriminator((12, 12, 1), 4))
        gan.compile(steps_per_execution=1)
    recorder = Recorder(grid=(1, 1))
    train(gan, images, batch_size=8, steps=12, callbacks=[recorder])
    assert recorder.history["step"][-1] == gan.step == 12
    return [recorder.history[name] for name in ("discriminator_loss", "generator_loss")], gan.sample(4)

alone, drawn_alone = losses(None)
together, drawn_together = losses(tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]))
np.testing.assert_allclose(alone, together, rtol=1e-5)
np.testing.assert_allclose(drawn_alone, drawn_together, atol=1e-4)


class Count(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        assert logs["images"] == 8, logs
        self.model.reset_metrics()

with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
    gan = GAN(networks.dcgan_generator((12, 12, 1), 3, 4), networks.dcgan_discriminator((12, 12, 1), 4))
    gan.compile()
    train(gan, images, batch_size=8, steps=2, callbacks=[Count()])
    try:
        gan.compile(discriminator_steps=2)
    except ValueError as error:
        assert "discriminator_steps=2 needs one device" in str(error)
    else:
        raise AssertionError("several critic steps on several devices were not refused")
    keras.mixed_precision.set_global_policy("mixed_float16")
    gan = GAN(networks.dcgan_generator((12, 12, 1), 3, 4), networks.dcgan_discriminator((12, 12, 1), 4))
    try:
        gan.compile()
    except ValueError as error:
        assert "mixed_float16 does not work on several devices" in str(error)
    else:
        raise AssertionError("float16 on several devices was not refused")
"""


@pytest.mark.slow
def test_mirrored_devices_give_the_same_losses_as_one() -> None:
    """The batch, its noise, its statistics and its gradients are those of the whole batch, whoever computes them."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
