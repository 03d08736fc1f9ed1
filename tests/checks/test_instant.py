"""The instant checks: what they print for right, wrong, unfinished and broken answers; they never raise."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.checks import check, check_that
from course_lib.checks.packed import pack


def add(a, b):
    return a + b


def printed(capsys) -> str:
    out = capsys.readouterr()
    assert out.err == ""
    *lines, rest = out.out.split("\n")
    assert lines and rest == ""
    assert all(len(line) <= 90 or " " not in line for line in lines)
    return " ".join(lines)


def result_of(value, expected, capsys, **options) -> str:
    assert check(4, lambda: value, [((), expected)], **options) is None
    return printed(capsys)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3, 3),
        (3.0, 3),
        (np.float32(0.1), 0.1),
        (True, True),
        (np.bool_(False), False),
        ("abc", "abc"),
        (None, None),
        ([1, 2.0], np.array([1, 2])),
        (np.array([1, 2]), [1, 2]),
        (np.array([[1.0], [2.0]]), [[1], [2]]),
        ((1, "a", np.zeros(2)), (1, "a", [0, 0])),
        ([1, 2], (1, 2)),
        ({"a": 1, "b": (2, 3)}, {"b": [2, 3], "a": 1}),
        (np.array([True, False]), np.array([True, False])),
        (float("inf"), float("inf")),
        (float("nan"), float("nan")),
        (np.zeros((0, 3)), np.zeros((0, 3))),
        (2 + 0j, 2),
        (np.array([1 + 1e-9j, 2]), [1, 2]),
        (1j, 1j),
    ],
)
def test_right(value, expected, capsys):
    tolerance = 1e-6 if not isinstance(value, np.float32) else 1e-4
    assert result_of(value, expected, capsys, tolerance=tolerance) == "Exercise 4: right."


@pytest.mark.parametrize(
    ("value", "expected", "said"),
    [
        (2, 3, "gave 2: the right answer is another one."),
        (2.0001, 2, "gave 2.0001: the right answer is another one."),
        (None, 3, "gave None: is there a `return` at its end?"),
        (2 + 1j, 2, "this is a complex number, and a real one is expected"),
        (1 + 1j, 1j, "the right answer is another one."),
        (1, True, "expected True or False."),
        (True, 1, "expected a number."),
        (True, False, "the right answer is another one."),
        ("a", 1, "expected a number."),
        (1, "a", "expected a string."),
        ("b", "a", "gave 'b': the right answer is another one."),
        ([1, 2, 3], (1, 2), "gave [1, 2, 3]: expected a tuple of 2 values."),
        (5, (1, 2), "expected a tuple of 2 values."),
        (itertools.count(1), (1, 2), "expected a tuple of 2 values."),  # has no end
        (np.zeros((3, 1)), np.zeros(3), "expected an array of shape (3,)."),
        (np.zeros(3), 0.0, "expected a number."),
        (np.ones(3), np.zeros(3), "gave [1., 1., 1.]: the shape is right, the values are not."),
        (np.array([0.0, np.nan]), np.zeros(2), "nan comes from"),
        ({"a": 1}, {"b": 1}, "expected a dictionary with the keys 'b'."),
        (np.ones(2), np.array([True, True]), "expected an array of True and False, shape (2,)."),
        ([[1, 2], [3]], np.zeros((2, 2)), "expected an array of shape (2, 2)."),
        (((2,), 0.5), ((2, 1, 3), 0.5), "gave ((2,), 0.5): in value 1 of 2, expected a tuple of 3 values."),
        ((2, 0.5), ((2,), 0.5), "in value 1 of 2, expected a tuple of 1 value."),
        ((1, np.ones(2)), (1, np.zeros(2)), "in value 2 of 2, the shape is right, the values are not."),
        ([[1, 2], [3, 5]], [[1, 2], [3, 4]], "in value 2 of 2, in value 2 of 2, the right answer is another"),
        ((1, None), (1, 2), "gave (1, None): in value 2 of 2, expected a number."),
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, "at 'b', the right answer is another one."),
        (object(), 1.0, "gave a object: expected a number."),
        (lambda: 1, 1.0, "expected a number."),
        (float("inf"), 1.0, "gave inf"),
    ],
)
def test_not_yet(value, expected, said, capsys):
    line = result_of(value, expected, capsys, hint="Think again.")
    assert line.startswith("Exercise 4: not yet. <lambda>() gave ")
    assert said in line
    assert line.endswith(" Hint: Think again.")


@pytest.mark.parametrize(("options", "tolerance"), [({}, 1e-6), ({"tolerance": 0.1}, 0.1)])
@pytest.mark.parametrize("expected", [0.0, 3.0, -400.0])
@pytest.mark.parametrize(
    "inside",
    [lambda x: x, lambda x: np.array([[1.0, x]]), lambda x: ("a", x), lambda x: {"a": [1, x]}],
    ids=["number", "array", "tuple", "list in a dictionary"],
)
def test_the_tolerance_ends_where_it_is_said_to_end(options, tolerance, expected, inside, capsys):
    """At tolerance * (1 + |expected|), on both sides; measured by the expected value, not by the student's."""
    edge = tolerance * (1 + abs(expected))
    for share, verdict in ((0.99, "right."), (1.01, "not yet.")):
        for value in (expected - share * edge, expected + share * edge):
            assert f"Exercise 4: {verdict}" in result_of(inside(value), inside(expected), capsys, **options)


@pytest.mark.parametrize(("options", "tolerance"), [({}, 1e-6), ({"tolerance": 0.1}, 0.1)])
def test_a_usual_mistake_is_recognised_with_the_same_tolerance(options, tolerance, capsys):
    for share, hint in ((0.99, "You forgot to halve."), (1.01, "general")):
        value = 7 + share * tolerance * (1 + 7)
        mistakes = {"You forgot to halve.": [7.0]}
        line = result_of(value, 3.5, capsys, mistakes=mistakes, hint="general", **options)
        assert line.endswith(f"Hint: {hint}")


def test_the_right_answer_is_not_printed(capsys):
    assert "7.25" not in result_of(1.0, 7.25, capsys)
    assert "secret" not in result_of("guess", "secret", capsys)


def test_the_call_is_shown(capsys):
    check(1, add, [((1, 2), 3), (([1, 2], [3]), 0)])
    assert "add([1, 2], [3]) gave [1, 2, 3]: expected a number." in printed(capsys)
    check(1, lambda images: 0, [((np.zeros((8, 28, 28, 1)),), 1)])
    assert "<lambda>(an array of shape (8, 28, 28, 1)) gave 0" in printed(capsys)


@pytest.mark.parametrize(
    ("argument", "shown"),
    [
        ("x" * 61, f"'{'x' * 56}..."),
        (np.array([1 / 3, 2.0]), "[0.3333, 2.    ]"),
        (np.linspace(1, 2, 8)[1:-1], "[1.1429, 1.2857, 1.4286, 1.5714, 1.7143, 1.8571]"),
        (np.array([1.25] * 12), f"[{', '.join(['1.25'] * 12)}]"),
        (np.array([1.25] * 13), "[1.25, 1.25, ..., 1.25, 1.25]"),
        (-np.linspace(1e7, 2e7, 12) / 7, "an array of shape (12,)"),
        (np.arange(100), "[ 0,  1, ..., 98, 99]"),
        (np.array([[1 / 3, 0.2], [-0.3, 1.0]]), "[[0.333333, 0.2], [-0.3, 1]]"),
        (np.arange(16).reshape(4, 4), "[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15]]"),
        (np.array([[True], [False]]), "[[True], [False]]"),
        (np.zeros((2, 5)), "an array of shape (2, 5)"),
        (np.zeros((5, 2)), "an array of shape (5, 2)"),
        (np.zeros((2, 2, 2)), "an array of shape (2, 2, 2)"),
        (["a"] * 6, "['a', 'a', 'a', 'a', 'a', 'a']"),
        (["a"] * 20, str(["a"] * 20)),
        (["a"] * 21, "a list of 21 values"),
        ([("a b c d e",) * 17], "[a tuple of 17 values]"),
        ([(2,)], "[(2,)]"),
        ([("a",), (), ("b", "c")], "[('a',), (), ('b', 'c')]"),
        ([tuple("abcdefgh")], "[('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h')]"),
    ],
)
def test_large_values_are_shown_in_few_characters(argument, shown, capsys):
    check(1, lambda x: 0, [(argument, 1)])
    assert f"<lambda>({shown}) gave 0" in printed(capsys)


def test_a_value_that_cannot_be_read_is_shown_by_its_type(capsys):
    class Broken:
        def numpy(self):
            raise RuntimeError("no values in here")

    assert "gave a Broken: expected a number." in result_of(Broken(), 1.0, capsys)


def test_a_single_argument_needs_no_tuple(capsys):
    check(1, lambda x: x * 2, [(2, 4), (np.ones(2), [2, 2])])
    assert printed(capsys) == "Exercise 1: right."


def test_usual_mistakes_give_their_hint(capsys):
    cases = [((5, 3), 2), ((1, 1), 0)]
    mistakes = {
        "Cannot even be computed.": lambda a, b: a / 0,
        "Too few values.": [-2],
        "The wrong way round.": lambda a, b: b - a,
        "You added.": [8, 2],
    }
    check(2, lambda a, b: b - a, cases, mistakes=mistakes, hint="general")
    assert printed(capsys).endswith("Hint: The wrong way round.")
    check(2, add, cases, mistakes=mistakes, hint="general")
    assert printed(capsys).endswith("Hint: You added.")
    check(2, lambda a, b: 17, cases, mistakes=mistakes, hint="general")
    assert printed(capsys).endswith("Hint: general")
    check(2, lambda a, b: a - b, cases, mistakes=mistakes)
    assert printed(capsys) == "Exercise 2: right."


def test_a_mistake_must_agree_on_every_case(capsys):
    check(2, lambda a: a, [(1, 2), (2, 3)], mistakes={"Constant.": [1, 1]}, hint="general")
    assert printed(capsys).endswith("Hint: general")


def test_a_stub_is_not_written_yet(capsys):
    def stub():
        raise NotImplementedError("Exercise 3: write this function.")

    check(3, stub, [((), 1)], hint="never shown")
    assert printed(capsys) == "Exercise 3: not written yet."
    check_that(3, stub, lambda function: function())
    assert printed(capsys) == "Exercise 3: not written yet."
    check(4, stub, [((), 1)])
    assert printed(capsys) == "Exercise 4: not yet. It calls exercise 3, which is not written yet."


def test_an_exception_gives_type_message_and_line(capsys):
    def broken(x):
        y = x + 1
        return np.zeros(3) @ np.zeros((2, y))

    check(1, broken, [(1, 1)], hint="Look at the shapes.")
    line = printed(capsys)
    assert "Your code raised ValueError (" in line
    assert "return np.zeros(3) @ np.zeros((2, y))" in line
    assert line.endswith("Hint: Look at the shapes.")
    assert "Traceback" not in line


def test_an_exception_is_traced_to_the_students_own_code(capsys):
    """Neither to the line that called it nor to the one deep inside NumPy."""

    def inverse(x):
        return np.linalg.inv(x)

    def broken(x):
        return inverse(x) + 1

    check(1, broken, [(np.zeros((2, 2)), 1)])
    number = inverse.__code__.co_firstlineno + 1
    assert printed(capsys).endswith(f"(Singular matrix) in line {number}: return np.linalg.inv(x).")


def test_a_long_message_is_cut(capsys):
    def broken():
        raise ValueError("many words\n" * 100)

    check(1, broken, [((), 1)])
    assert "raised ValueError (many words many words" in (line := printed(capsys))
    assert line.count("many words") == 18 + 1  # what fits in 200 characters, and the line of code


def test_where_a_nan_came_from_is_said_once(recwarn, capsys):
    """By the check, and not by a warning of NumPy's as well."""
    check(1, lambda x: np.log(x), [(np.array([-1.0, 1.0]), np.zeros(2))])
    assert "nan comes from" in printed(capsys)
    assert not recwarn.list


def test_the_causes_of_a_nan_are_named(capsys):
    """Each of them, so that somebody who has just done it recognises it."""
    line = result_of(np.array([np.nan]), np.zeros(1), capsys)
    for cause in ("0/0", "0 times infinity", "infinity minus infinity", "log of a negative number"):
        assert cause in line


@pytest.mark.parametrize(
    "error", [SystemExit("bye"), KeyError("x"), RecursionError(), NotImplementedError("later")]
)
def test_nothing_a_student_raises_gets_out(error, capsys):
    def broken():
        raise error

    check(1, broken, [((), 1)], hint="Think again.")
    line = printed(capsys)
    assert f"Your code raised {type(error).__name__}" in line
    assert line.endswith("Hint: Think again.")


def test_wrong_number_of_parameters(capsys):
    check(1, lambda: 1, [((1, 2), 1)])
    assert "Your code raised TypeError" in printed(capsys)


def test_functions_are_found_by_name(capsys):
    check(1, "add", [((1, 2), 3)])
    assert printed(capsys) == "Exercise 1: right."
    check(1, "subtract", [((1, 2), 3)])
    assert "There is no function called subtract." in printed(capsys)
    check_that(1, "add", lambda function: None if function(1, 1) == 2 else "no")
    assert printed(capsys) == "Exercise 1: right."


def test_a_further_test_is_asked_once_all_cases_are_right(capsys):
    def also(function):
        return None if function(2.5, 0) == 2.5 else "Fractions are cut off."

    check(1, add, [((1, 2), 3)], also=also)
    assert printed(capsys) == "Exercise 1: right."
    check(1, lambda a, b: int(a + b), [((1, 2), 3)], also=also)
    assert printed(capsys) == "Exercise 1: not yet. Fractions are cut off."
    check(1, lambda a, b: a - b, [((1, 2), 3)], hint="Add.", also=also)
    assert (
        printed(capsys)
        == "Exercise 1: not yet. <lambda>(1, 2) gave -1: the right answer is another one. Hint: Add."
    )


def test_long_lines_are_broken_at_spaces_and_colours_of_a_terminal_left_out(capsys):
    def colourful(a):
        raise ValueError(f"\x1b[1mInput has the wrong shape.\x1b[0m {'Expected another one, ' * 5}")

    check(1, colourful, [(1, 1)], hint="Look at " + "x" * 100)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        "Exercise 1: not yet. Your code raised ValueError (Input has the wrong shape. Exp"
    )
    assert len(lines) > 2 and "x" * 100 in lines
    assert all(60 < len(line) <= 90 for line in lines[:2])


OURS = pack("def add(a, b):\n    return plus(a, b)")


def plus(a, b):
    return a + b


@pytest.mark.parametrize("student", ["add", add])
def test_a_right_function_is_handed_on(student, capsys):
    assert check(1, student, [((1, 2), 3)], otherwise=OURS) is add
    assert capsys.readouterr().out == "Exercise 1: right.\nThe lesson goes on with your add.\n"
    assert check_that(1, student, lambda function: True, otherwise=OURS) is add


def unwritten(a, b):
    raise NotImplementedError("Exercise 1: write this function.")


@pytest.mark.parametrize(
    "wrong",
    [lambda a, b: a - b, unwritten, lambda a: a, None, 5],
    ids=["wrong", "stub", "raises", "none", "number"],
)
def test_instead_of_a_wrong_one_the_courses_own_is_handed_on(wrong, capsys, monkeypatch):
    """It uses the notebook's other names, whatever the student's function of its own name is."""
    monkeypatch.setitem(globals(), "add", wrong)
    ours = check(1, "add", [((1, 2), 3)], otherwise=OURS)
    assert ours(1, 2) == 3 and ours is not wrong
    assert globals()["add"] is wrong, "the student's own is left alone"
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == "Until it is right, the lesson goes on with the course's own add."
    assert check_that(1, "add", lambda function: function(1, 2) == 3, otherwise=OURS)(2, 2) == 4


def test_without_another_nothing_is_handed_on(capsys):
    assert check(1, "add", [((1, 2), 3)]) is None
    assert check_that(1, add, lambda function: True) is None


def test_what_is_no_function(capsys):
    check(1, 5, [((), 5)])
    assert printed(capsys) == "Exercise 1: not yet. Expected a function, found 5."


@pytest.mark.parametrize(
    ("given", "key"),
    [(np.zeros(2), 1), ([0, 0], 1), ([0, np.zeros(2)], 1), ({"a": 0}, "a"), ({"a": np.zeros(2)}, "a")],
)
def test_a_function_that_changes_its_argument_spoils_nothing(given, key, capsys):
    def greedy(x):
        x[key] += 1
        return x[key]

    before = repr(given)
    expected = np.ones_like(given[key])
    check(1, greedy, [(given, expected), (given, expected)])
    assert printed(capsys) == "Exercise 1: right."
    assert repr(given) == before


def test_check_that(capsys):
    def is_even(function):
        return None if function() % 2 == 0 else f"It gave {function()}, which is odd."

    check_that(1, lambda: 4, is_even, hint="Double it.")
    assert printed(capsys) == "Exercise 1: right."
    check_that(1, lambda: 3, is_even, hint="Double it.")
    assert printed(capsys) == "Exercise 1: not yet. It gave 3, which is odd. Hint: Double it."
    check_that(1, lambda: 3, lambda function: False, hint="Double it.")
    assert printed(capsys) == "Exercise 1: not yet. Double it."
    check_that(1, lambda: 3, lambda function: True)
    assert printed(capsys) == "Exercise 1: right."
    check_that(1, lambda: None, is_even, hint="Double it.")
    assert printed(capsys).startswith("Exercise 1: not yet. Your code raised TypeError")


@given(
    st.recursive(
        st.floats(allow_nan=False) | st.booleans() | st.text(max_size=5) | st.integers(-9, 9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
        max_leaves=6,
    )
)
@settings(max_examples=60, deadline=None)
def test_every_value_equals_itself(value):
    from course_lib.checks.comparing import difference

    assert difference(value, value, 1e-6) is None


@given(st.integers() | st.text() | st.lists(st.none() | st.integers()) | st.binary(), st.floats() | st.text())
@settings(max_examples=60, deadline=None)
def test_no_value_makes_a_check_raise(value, expected):
    check(1, lambda: value, [((), expected), ((), np.zeros(2)), ((), (1, 2)), ((), {"a": 1}), ((), True)])


def test_one_array_for_all_results_gets_its_hint(capsys):
    out = np.zeros(1)

    def halved(x):
        out[:] = x / 2
        return out

    cases = [(np.array([1.0]), np.array([2.0])), (np.array([3.0]), np.array([6.0]))]
    check(1, halved, cases, mistakes={"That is half of it.": [[0.5], [1.5]]})
    assert "That is half of it." in capsys.readouterr().out


def test_a_mistake_that_works_in_place_or_in_one_array_is_recognised(capsys):
    out = np.zeros(1)

    def wrong(x):
        x /= 2
        out[:] = x
        return out

    cases = [(np.array([1.0]), np.array([2.0])), ((np.array([3.0]),), np.array([6.0]))]
    check(1, lambda x: x / 2, cases, mistakes={"That is half of it.": wrong})
    assert "That is half of it." in capsys.readouterr().out


def test_arrays_within_tuples_are_fresh_in_every_case(capsys):
    pair = np.array([1.0]), np.array([2.0])

    def spoils(a, running):
        running[0][:] = 7
        return a + running[1]

    check(1, spoils, [((1.0, pair), np.array([3.0])), ((2.0, pair), np.array([4.0]))])
    assert ": right." in capsys.readouterr().out and pair[0] == 1


def test_a_test_learns_whether_arguments_were_changed_and_gets_results_that_stay(capsys):
    shared, given = np.zeros(2), np.ones(2)

    def student(x):
        x += 1
        shared[:] = x
        return shared

    def test(function):
        first, second = function(given), function(given + 5)
        if not (np.array_equal(first, [2, 2]) and np.array_equal(second, [7, 7])):
            return "One call spoils another."
        return None if function.untouched else "Changed in place."

    check_that(1, student, test)
    check(
        1, student, [(given, [2, 2])], also=lambda function: None if function.untouched else "Also changed."
    )
    said = capsys.readouterr().out
    assert "Changed in place." in said and "Also changed." in said and given.tolist() == [1, 1]
