"""No test of a panel passes when a callback raises: ipywidgets only writes down what a button's click raised."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def no_callback_raised(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """What was written down while the test ran; a test that means it takes it away with `caplog.clear()`."""
    yield
    assert [record.exc_text or record.getMessage() for record in caplog.get_records("call")] == []
