"""What runs in a visitor's kernel: a studio of their own, which tells no visitor where on the machine it lives."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable

from IPython.display import HTML, display

from course_lib import ROOT
from course_lib.studio.studio import Studio

SORRY = '<div role="alert">That did not work, and it is not your fault. Go on, or load the page anew.</div>'
CLOSED = '<div role="alert">The studio could not open, and it is not your fault. Load the page anew.</div>'


class Visit(Studio):
    """A `Studio` that writes nothing; what went wrong in it is one line here, and whole in the server's terminal."""

    def act(self, action: Callable[[], None] = lambda: None) -> None:
        with self.problem.hold_sync(), self.mistake.hold_sync():  # what is put right in here was never sent
            try:
                super().act(action)
            except Exception:
                traceback.print_exc(file=sys.__stderr__)
                self.problem.value = SORRY
            if str(ROOT) in self.mistake.value:  # a file of the course is missing, say
                print(self.mistake.value, file=sys.__stderr__)
                self.mistake.value = SORRY

    def _output(self, page: str) -> dict[str, str]:
        return {"text/html": "", "text/plain": ""}  # a page that lives with its kernel needs no still picture


def visit(theme: str) -> None:
    """Show the studio, or one line that says that it could not open."""
    try:
        Visit(theme).show()
    except Exception:
        traceback.print_exc(file=sys.__stderr__)
        display(HTML(CLOSED))
