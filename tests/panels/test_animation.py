"""Play and pause, each press of the beat as the browser makes it; with a real browser in tests/browser."""

from __future__ import annotations

import threading

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from course_lib import ROOT
from course_lib.panels.animation import Animation


def test_every_press_of_the_beat_is_a_picture_until_pause() -> None:
    seen: list[int] = []
    animation = Animation(lambda: seen.append(animation.pictures), rate=20)
    animation.beat.click()
    assert seen == [] and animation.button.description == "play"
    animation.button.click()
    for _ in range(3):
        assert animation.beat.description == f"{len(seen)} 50"  # how many, and the milliseconds between two
        animation.beat.click()
    assert seen == [0, 1, 2] and animation.playing and animation.button.description == "pause"
    animation.button.click()
    animation.beat.click()  # was on its way
    assert seen == [0, 1, 2] and not animation.playing
    animation.button.click()
    animation.beat.click()
    assert seen == [0, 1, 2, 3]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_or_an_interrupted_kernel_pauses(error: type, caplog: pytest.LogCaptureFixture) -> None:
    def advance() -> None:
        raise error

    animation = Animation(advance)
    animation.play()
    if error is KeyboardInterrupt:
        with pytest.raises(KeyboardInterrupt):
            animation.beat.click()
    else:
        animation.beat.click()
        assert "ValueError" in caplog.text
        caplog.clear()
    assert not animation.playing


def test_it_needs_no_thread() -> None:
    before = threading.active_count()
    animation = Animation(lambda: None)
    animation.play()
    animation.beat.click()
    assert threading.active_count() == before


@pytest.mark.slow
def test_in_a_kernel_messages_of_the_browser_move_it() -> None:
    """The messages that a page sends, to a real kernel: play, beats, pause, and a beat that comes too late."""
    source = """
from course_lib.panels.animation import Animation
animation = Animation(lambda: None)
print(animation.button.model_id, animation.beat.model_id)"""
    notebook = new_notebook(cells=[new_code_cell(source), new_code_cell("print(animation.pictures)")])
    client = NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}})
    with client.setup_kernel():
        client.execute_cell(notebook.cells[0], 0)
        button, beat = notebook.cells[0].outputs[0].text.split()

        def press(model: str) -> None:
            content = {"comm_id": model, "data": {"method": "custom", "content": {"event": "click"}}}
            client.kc.shell_channel.send(client.kc.session.msg("comm_msg", content))

        for model in (beat, button, *[beat] * 5, button, beat):
            press(model)
        client.execute_cell(notebook.cells[1], 1)
    assert notebook.cells[1].outputs[0].text.strip() == "5"
