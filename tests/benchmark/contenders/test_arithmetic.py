"""The arithmetic counted from layers, against counts by hand and against the operations TensorFlow really runs."""

import keras
import pytest
import tensorflow as tf
from keras import layers

from course_lib.benchmark.contenders import keras_io, ours, tutorial
from course_lib.benchmark.contenders.arithmetic import count_weights, forward

BATCH = 4


def test_a_network_counted_by_hand() -> None:
    network = keras.Sequential(
        [
            keras.Input((6, 6, 3)),
            layers.Conv2D(5, 4, strides=2, padding="same"),  # writes 3 x 3 pixels
            layers.LeakyReLU(),
            layers.Conv2DTranspose(7, 5, strides=2, padding="same", use_bias=False),  # reads 3 x 3 pixels
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )
    convolution = 2 * (3 * 3) * (4 * 4) * 3 * 5
    transposed = 2 * (3 * 3) * (5 * 5) * 5 * 7
    dense = 2 * (6 * 6 * 7) * 2
    assert forward(network).first == convolution
    assert forward(network).total == convolution + transposed + dense
    assert count_weights(network) == (4 * 4 * 3 * 5 + 5) + 5 * 5 * 5 * 7 + 2 * 7 + (6 * 6 * 7 * 2 + 2)


def operations_of(step, images: tf.Tensor) -> float:
    """Floating-point operations of the dense and convolutional kernels in a traced training step.

    Only those count on which an output or a changed variable depends: TensorFlow leaves the others out too.
    """
    # what TensorFlow's own profiler counts with
    from tensorflow.python.framework.ops import get_stats_for_node_def
    from tensorflow.python.profiler.internal import flops_registry  # noqa: F401 (it registers the counts)

    graph = tf.function(step).get_concrete_function(images).graph
    waiting = [operation for operation in graph.get_operations() if operation.type.startswith("Assign")]
    waiting += [tensor.op for tensor in graph.outputs]
    needed = set()
    while waiting:
        operation = waiting.pop()
        if operation not in needed:
            needed.add(operation)
            waiting += [tensor.op for tensor in operation.inputs]
    kernels = ("Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter", "MatMul")
    return sum(
        get_stats_for_node_def(graph, operation.node_def, "flops").value
        for operation in needed
        if operation.type in kernels
    )


def test_ours_counts_what_its_step_does() -> None:
    contender = ours.dcgan()
    images = tf.zeros((BATCH, 28, 28, 1))
    assert operations_of(contender.gan.train_step, images) == BATCH * contender.arithmetic


@pytest.mark.slow
@pytest.mark.parametrize("contender", ["tutorial", "keras_io", "tutorial in ours", "keras_io in ours"])
def test_the_others_count_what_their_steps_do(contender: str) -> None:
    images = tf.zeros((BATCH, 28, 28, 1))
    if contender == "tutorial":
        built = tutorial.Tutorial()
        built.batch_size = BATCH  # of the noise
        step = built._train_step
    elif contender == "keras_io":
        built = keras_io.KerasIO()
        step = built.model.train_step
    else:
        built = ours.with_tutorial_networks() if "tutorial" in contender else ours.with_keras_io_networks()
        step = built.gan.train_step
    assert operations_of(step, images) == BATCH * built.arithmetic
