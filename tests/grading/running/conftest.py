"""A small lesson, its reference, and kernels in the sandbox, for tests that grade hostile answers."""

from __future__ import annotations

import pytest

from course_lib.authoring.assemble import reference
from course_lib.authoring.lesson import Lesson
from course_lib.grading.running.answer_sheet import modules_of
from course_lib.grading.sandbox.forked_kernels import ForkedKernels
from tests.grading.small_lesson import small_lesson


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Lesson:
    return small_lesson(tmp_path_factory.mktemp("lesson"))


@pytest.fixture(scope="module")
def kernels(lesson: Lesson, bubblewrap: str):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SECRET_OF_THE_GRADER", "x")
        with ForkedKernels("bwrap", modules_of(lesson)) as kernels:
            kernels.new().stop()
            yield kernels


@pytest.fixture(scope="module")
def whole(lesson: Lesson):
    return reference(lesson, "a class")
