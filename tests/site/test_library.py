"""The library's pages, from its text."""

from __future__ import annotations

import ast
import inspect
import re

import pytest

pytest.importorskip("myst_nb", reason="the site needs the extra `site`: pip install -e .[site]")

from course_lib import ROOT
from course_lib.site import library
from course_lib.theory import divergences

PATHS = library.modules()


def test_every_file_is_described_once_and_no_page_fails() -> None:
    names = [library.module_name(path) for path in PATHS]
    assert len(names) == len({*names}) > 300 and "course_lib.models.gan" in names
    for path in PATHS:
        page = library.module_page(path)
        assert page.rstrip().endswith("</details>") and f"{{py:module}} {library.module_name(path)}\n" in page


def test_its_public_functions_are_those_that_python_finds() -> None:
    page = library.module_page(ROOT / "course_lib" / "theory" / "divergences.py")
    functions = [
        name
        for name, each in vars(divergences).items()
        if inspect.isfunction(each) and each.__module__ == divergences.__name__ and not name.startswith("_")
    ]
    assert re.findall(r"^::::\{py:function\} (\w+)\(", page, re.MULTILINE) == functions
    assert "_p_log_ratio" not in page.partition("Its source")[0] and "_p_log_ratio" in page


def page_of(text: str) -> str:
    return "\n\n".join(
        library._members(
            library.Qualified("course_lib.theory.games", ast.parse(text)).tree.body, "py:function", "::::"
        )
    )


def test_a_class_says_what_makes_it_and_what_it_holds() -> None:
    page = page_of(
        "class A(B):\n"
        "    'One. size: no entry'\n"
        "    def __init__(self, size: int, *, seed=0): 'size: of it.'\n"
        "    @property\n    def area(self) -> float: 'Its area.'\n"
        "    @classmethod\n    def read(cls, name): 'From a file.'\n"
        "    @staticmethod\n    def add(a, b): 'Both.'\n"
        "    def _own(self): 'No.'\n"
    )
    assert ":::::{py:class} A(size: int, *, seed=0)" in page and "- `size`: of it." in page
    assert "::::{py:property} area\n:type: float" in page and "_own" not in page
    assert (
        "::::{py:method} read(name)\n:classmethod:" in page
        and "::::{py:method} add(a, b)\n:staticmethod:" in page
    )


def test_fields_constants_and_where_types_are_from() -> None:
    page = page_of(
        "from course_lib.models.gan import GAN\nLIMIT = 3\n'''How many.'''\n_OWN = 4\n'''No.'''\n"
        "class Pair(NamedTuple):\n    '''Two.\n\n    left: one.'''\n    left: GAN\n    right: int = 0\n"
        "def draw(gan: GAN, name: str = f'{3}') -> list[Pair]: 'It.'\n"
    )
    assert "::::{py:data} LIMIT\n\nHow many." in page and "_OWN" not in page
    assert (
        "{py:class} Pair(left: ~course_lib.models.gan.GAN, right: int = 0)" in page
        and "- `left`: one." in page
    )
    assert (
        "draw(gan: ~course_lib.models.gan.GAN, name: str=...) -> list[~course_lib.theory.games.Pair]" in page
    )


def test_a_room_lists_its_files_with_their_first_words() -> None:
    page = library.room_page("theory")
    assert page.startswith("# theory\n\nMathematics without networks")
    assert (
        "- [`theory.divergences`](course_lib.theory.divergences.md): How far apart are two densities" in page
    )
    assert "**`theory.bandits`**:" in page and "theory.bandits.md)" not in page
    assert "`gpu`" in library.room_page("") and "theory" not in library.room_page("")
