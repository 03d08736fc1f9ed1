"""Copies of what a function gets and gives: what is copied, what never is, and what the caller learns of it."""

from collections import namedtuple

import numpy as np
import pytest

from course_lib.checks.copies import by_value, copied, kept

Pair = namedtuple("Pair", "first second")


def test_arrays_are_copied_wherever_they_are():
    array = np.arange(3.0)
    value = {"a": [array, (array, 1)], "b": Pair(array, "text"), "c": {"d": array}, "e": np.array(2)}
    copy = copied(value)
    array.fill(7)
    value["a"].clear()
    value["e"][...] = 7
    for seen in (copy["a"][0], copy["a"][1][0], copy["b"].first, copy["c"]["d"]):
        assert seen.tolist() == [0.0, 1.0, 2.0]
    assert copy["a"][1][1] == 1 and copy["b"].second == "text" and copy["e"].shape == () and copy["e"] == 2


def test_a_matrix_and_a_masked_array_are_read_as_checks_read_them():
    matrix = copied(np.asmatrix([[1, 2]]))
    assert type(matrix) is np.ndarray and matrix.shape == (1, 2)
    masked = copied(np.ma.masked_array([1, 2], [True, False]))
    assert type(masked) is np.ndarray and masked.tolist() == [1, 2]


def test_what_is_no_array_is_the_same_object():
    for value in (np.random.default_rng(0), object(), print, iter([1]), 1.5, None, np.float32(1)):
        assert copied(value) is value and kept([value])[0] is value


@pytest.mark.slow
def test_tensors_and_networks_are_not_copied_and_of_a_variable_the_value_is_kept():
    import keras
    import tensorflow as tf

    variable, model, optimizer = tf.Variable(1.0), keras.layers.Dense(1), keras.optimizers.SGD()
    tensor = tf.constant([1.0])
    assert copied((variable, model, optimizer, tensor)) == (variable, model, optimizer, tensor)
    assert copied([tensor])[0] is tensor and copied([variable])[0] is variable
    was, network = kept((variable, model))
    variable.assign(7.0)
    assert float(was) == 1 and network is model


@pytest.mark.slow
def test_by_value_in_a_graph_keeps_its_conditions_and_gradients():
    import tensorflow as tf

    def absolute(x, scales):
        if tf.reduce_sum(x) < 0:  # only AutoGraph can do this in a graph
            x = -x
        return x * scales[0]

    called = tf.function(by_value(absolute))
    x = tf.constant([-2.0])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = called(x, [np.array([3.0], "float32")])
    assert y.numpy().tolist() == [6.0] and tape.gradient(y, x).numpy().tolist() == [-3.0]


def test_by_value_hands_in_copies_and_hands_out_copies():
    buffer = np.zeros(2)

    def double(x, stack=()):
        x *= 2
        buffer[:] = x
        return buffer, stack

    called, given = by_value(double), np.array([1.0, 2.0])
    (first, _), (second, stack) = called(given), called(given + 10, stack=[given])
    assert given.tolist() == [1.0, 2.0] and stack[0] is not given
    assert first.tolist() == [2.0, 4.0] and second.tolist() == [22.0, 24.0]


@pytest.mark.parametrize(
    ("change", "untouched"),
    [
        (lambda x, stack, log: x + 1, True),
        (lambda x, stack, log: x.__iadd__(1), False),
        (lambda x, stack, log: stack.pop(), False),
        (lambda x, stack, log: stack.__setitem__(0, 2.0), False),
        (lambda x, stack, log: log["a"].fill(0), False),
        (lambda x, stack, log: log.update(b=1), False),
        (lambda x, stack, log: setattr(x, "shape", (1, 2)), False),
    ],
)
def test_whether_its_arguments_were_changed(change, untouched):
    called = by_value(change)
    assert called.untouched is True
    arguments = np.array([1.0, np.nan]), [3.0, np.array(["text"])], {"a": np.array([1, 2])}
    for _ in range(2):
        called(*arguments)
        assert called.untouched is untouched
    assert by_value(change).untouched is True


def test_by_reference_is_the_function_itself_and_errors_are_its_own():
    def fails(x):
        raise KeyError(x)

    assert by_value(fails).by_reference is fails
    with pytest.raises(KeyError, match="7"):
        by_value(fails)(7)


def test_a_class_and_what_cannot_be_called_come_back_as_they_are():
    for value in (dict, 3, None):
        assert by_value(value) is value


def test_autograph_translates_the_students_function_and_none_of_ours():
    import tensorflow as tf

    def theirs(count):
        total = tf.constant(0)
        for number in tf.range(count):  # in a graph only with autograph
            total += number
        return total

    assert tf.function(by_value(theirs))(tf.constant(4)) == 6
    marked = vars(tf.autograph.experimental.do_not_convert(theirs))
    assert "autograph_info__" in marked
    assert all("autograph_info__" in vars(ours) for ours in (copied, kept))
