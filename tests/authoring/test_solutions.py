"""Solution and stub of an exercise."""

from course_lib.authoring.solutions import solved, stub

PLAIN = '''\
# Exercise 3
def f(x):
    """Doc."""
    y = x
    ### BEGIN SOLUTION
    y = y + 1

    return y
    ### END SOLUTION


def g(x):
    if x:
        ### BEGIN SOLUTION
        return 1
        ### END SOLUTION
    return 2'''

REPAIR = """\
# Exercise 4
def f(x):
    ### BEGIN BROKEN
    # if x:
    #     # why
    #     return 1

    # return 2
    ### END BROKEN
    ### BEGIN SOLUTION
    return 3
    ### END SOLUTION"""


def run(source: str) -> dict:
    names: dict = {}
    exec(source, names)
    return names


def test_the_stub_keeps_what_is_given_and_raises_only_when_called():
    assert stub(PLAIN) == (
        '# Exercise 3\ndef f(x):\n    """Doc."""\n    y = x\n'
        '    raise NotImplementedError("Exercise 3: write this function.")\n\n\n'
        'def g(x):\n    if x:\n        raise NotImplementedError("Exercise 3: write this function.")\n    return 2'
    )
    assert run(stub(PLAIN))["g"](0) == 2


def test_the_solution_is_the_source():
    assert solved(PLAIN) == PLAIN
    assert run(solved(PLAIN))["f"](1) == 2


def test_a_repair_exercise_starts_from_its_broken_code():
    assert (
        stub(REPAIR) == "# Exercise 4\ndef f(x):\n    if x:\n        # why\n        return 1\n\n    return 2"
    )
    assert run(stub(REPAIR))["f"](1) == 1
    assert "BROKEN" not in solved(REPAIR) and run(solved(REPAIR))["f"](1) == 3


def test_no_trace_of_the_solution_is_left():
    for source in (PLAIN, REPAIR):
        assert "SOLUTION" not in stub(source) and "BROKEN" not in stub(source)
    assert "y + 1" not in stub(PLAIN) and "return 3" not in stub(REPAIR)
