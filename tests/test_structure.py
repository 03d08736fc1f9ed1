"""The plan of the library: which room may know which, and names that mean one thing."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from course_lib import ROOT

LIBRARY = ROOT / "course_lib"
FLOORS = (
    ("files", "gpu", "keras_settings"),
    ("checks", "device", "setup", "theory", "datasets"),
    ("media",),
    ("models", "scores", "plots"),
    ("training", "clinic", "playground"),
    ("styles",),
    ("panels",),
    ("studio",),
    ("audit",),
    ("authoring",),
    ("grading",),
    ("benchmark", "updates", "site"),
    ("commands",),
    ("__main__",),
)
"""Rooms and flat files from the ground up: each may import what lies on lower floors, and itself."""
GRADING = (("intake", "sandbox"), ("running",), ("points",), ("pages",), ("flat files",))
"""The rooms of grading from the ground up; its flat files stand on all of them."""
HANDING_ON = ("checks", "plots", "datasets", "clinic")
"""Rooms whose `__init__` hands names on, so that lessons say `plots.show`; their own files do not import it."""


@cache
def modules() -> dict[str, Path]:
    """Every module of the library by its dotted name; a room's `__init__` by the room's."""
    found = {}
    for path in sorted(LIBRARY.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def arrows() -> dict[str, set[str]]:
    """Module -> the modules that it imports, at its top, in a function or for type checkers alone."""
    known = modules()
    found: dict[str, set[str]] = {name: set() for name in known}
    for name, path in known.items():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                assert not node.level, f"{path}: imports are absolute here"
                whole = {f"{node.module}.{alias.name}" for alias in node.names}
                found[name] |= (whole & known.keys()) or ({node.module} & known.keys())
            elif isinstance(node, ast.Import):
                found[name] |= {alias.name for alias in node.names} & known.keys()
    return {name: targets - {name, "course_lib"} for name, targets in found.items() if name != "course_lib"}


def upward(floors: tuple[tuple[str, ...], ...], depth: int, within: str) -> list[str]:
    """The imports that do not go from a higher floor to a lower one, or stay in their room."""
    height = {room: floor for floor, rooms in enumerate(floors) for room in rooms}

    def room(module: str) -> str:
        parts = module.split(".")
        return (
            parts[depth] if len(parts) > depth + 1 or modules()[module].stem == "__init__" else "flat files"
        )

    def place(module: str) -> str:
        return module.split(".")[1] if depth == 1 else room(module)

    return [
        f"{one} imports {other}"
        for one, others in arrows().items()
        for other in sorted(others)
        if one.startswith(f"{within}.") and other.startswith(f"{within}.")
        if place(one) != place(other) and height[place(one)] <= height[place(other)]
    ]


def test_no_module_imports_itself_by_way_of_others() -> None:
    order = list(TopologicalSorter(arrows()).static_order())  # raises CycleError, which names the circle
    assert len(order) == len(modules()) - 1


def test_every_import_goes_down() -> None:
    places = {name.split(".")[1] for name in modules() if name != "course_lib"}
    assert places == {room for floor in FLOORS for room in floor}, "a new room needs its place in FLOORS"
    assert upward(FLOORS, 1, "course_lib") == []


def test_every_import_in_grading_goes_down() -> None:
    assert upward(GRADING, 2, "course_lib.grading") == []


def test_nothing_in_the_library_imports_a_command() -> None:
    known = [
        f"{one} imports {other}"
        for one, others in arrows().items()
        if one != "course_lib.__main__"
        for other in others
        if other.startswith("course_lib.commands.") and not one.startswith("course_lib.commands.")
    ]
    assert known == []


def test_at_most_eight_files_stand_flat_and_none_is_long() -> None:
    assert len(list(LIBRARY.glob("*.py"))) <= 8
    long = {path.name: text.count("\n") for path in modules().values() if (text := path.read_text("utf-8"))}
    assert {name: lines for name, lines in long.items() if lines > 300} == {}


@pytest.mark.parametrize("room", HANDING_ON)
def test_a_room_that_hands_names_on_is_not_imported_by_its_own_files(room: str) -> None:
    face = f"course_lib.{room}"
    assert [one for one, others in arrows().items() if one.startswith(f"{face}.") and face in others] == []


def test_a_private_name_means_one_thing_in_a_room() -> None:
    defined: dict[tuple[str, str], list[str]] = defaultdict(list)
    for path in modules().values():
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.startswith("_"):
                defined[path.parent.relative_to(ROOT).as_posix(), node.name].append(path.name)
    assert {place: files for place, files in defined.items() if len(files) > 1} == {}


def test_names_follow_keras_where_they_stand_beside_its_own() -> None:
    british = re.compile(r"\w*(regularis|optimis|initialis)(er|ers)?\w*")
    found = []
    for path in modules().values():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(node, "arg", None) or getattr(node, "attr", None) or getattr(node, "name", None)
            if isinstance(name, str) and british.fullmatch(name):
                found.append(f"{path.name}: {name}")
    assert found == []


def is_named_rightly(name: str) -> bool:
    """Whether a dotted name is a module of ours, or what a module holds."""
    known, held = modules(), []
    while name not in known:
        name, _, last = name.rpartition(".")
        held.append(last)
    if name == "course_lib" or known[name].stem == "__init__":
        return not held or bool(re.search(rf"\b{held[-1]}\b", known[name].read_text("utf-8")))
    return True


@pytest.mark.parametrize("folder", ["course_lib", "tests", "data", "lessons", ".github", ".ci"])
def test_modules_that_programs_in_strings_and_pages_name_exist(folder: str) -> None:
    """What linters do not read: programs inside strings, commands, prose."""
    missing = []
    for path in sorted((ROOT / folder).rglob("*")):
        if path.suffix not in (".py", ".md", ".yml", ".toml"):
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            names = re.findall(r"(?<![\w./])course_lib(?:\.[a-z_]\w*)+(?!\w*\()", line)
            for module, imported in re.findall(r"from (course_lib[\w.]*) import ([\w, ]+)", line):
                names += [f"{module}.{each.split()[0]}" for each in imported.split(",") if each.strip()]
            missing += [f"{path}:{number}: {name}" for name in names if not is_named_rightly(name)]
            files = re.findall(r"course_lib(?:/\w+)+\.(?:py|md)", line)
            missing += [f"{path}:{number}: {name}" for name in files if not (ROOT / name).exists()]
    assert missing == []


def test_a_wrong_name_is_noticed() -> None:
    right = ("models.gan", "models.gan.GAN", "plots.show", "ROOT")
    wrong = ("gan", "models.gans", "plots.draw_all", "ROUTE")
    assert [each for each in (*right, *wrong) if is_named_rightly(f"course_lib.{each}")] == list(right)
