"""Instant checks under the exercises: `from course_lib.checks import check, check_that`."""

from course_lib.checks.instant import check, check_that

__all__ = ["check", "check_that"]
