"""What holds for every panel: one base, and one computation a move."""

from __future__ import annotations

import importlib
import itertools
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import ipywidgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat.v4 import new_notebook

from course_lib import ROOT, CourseError, plots
from course_lib.media import pictures, sound
from course_lib.models import networks
from course_lib.models.verses import Writer
from course_lib.panels import (
    answer_a_line,
    batch_under_loss,
    checkerboard,
    convolution_explorer,
    cutting_desk,
    front_end,
    hear_two,
    latent_explorer,
    melody_player,
    real_or_fake,
    style_painter,
    two_densities,
    your_taste,
)
from course_lib.panels.answer_a_line import AnswerALine
from course_lib.panels.batch_under_loss import BatchUnderLoss
from course_lib.panels.blind_choice import BlindChoice
from course_lib.panels.checkerboard import Checkerboard
from course_lib.panels.convolution_explorer import ConvolutionExplorer
from course_lib.panels.cutting_desk import CuttingDesk
from course_lib.panels.dashboard import Dashboard
from course_lib.panels.film import FilmPanel
from course_lib.panels.hear_two import HearTwo, NearestTune
from course_lib.panels.latent_explorer import LatentExplorer
from course_lib.panels.melody_player import MelodyPlayer
from course_lib.panels.panel import VIEW, Panel, slider
from course_lib.panels.playground import Playground
from course_lib.panels.real_or_fake import RealOrFake
from course_lib.panels.style_painter import StylePainter
from course_lib.panels.taste_pairs import TastePairs
from course_lib.panels.two_densities import TwoDensities
from course_lib.panels.two_players import TwoPlayers
from course_lib.panels.your_taste import YourTaste
from course_lib.playground.game import Game
from course_lib.plots.live_figure import LiveFigure
from course_lib.theory import divergences, games
from course_lib.training.loop import Recorder
from tests.models.small_writer import few, small_writer
from tests.panels import every_panel
from tests.panels.shown_picture import picture_of
from tests.plots.whole_figure import drawn_whole
from tests.training.small_gan import noise, small_gan

IMAGES = np.zeros((4, 8, 8, 1), "float32")
TWO_METHODS = {"light": np.stack([IMAGES[0] + step for step in (0.2, 0.4)]), "dark": IMAGES[:2] - 0.4}
FEATURES = np.arange(8.0).reshape(4, 2)
FILM = np.repeat(np.linspace(-1, 1, 4, dtype="float32"), 10).reshape(40, 1, 1, 1) * np.ones((1, 8, 8, 3))
TUNE = np.array([[62, 4], [66, 4], [69, 8]])
HEARD = {"up": [TUNE, TUNE], "down": [TUNE[::-1], TUNE[::-1]]}
MEASURES = [
    (divergences, name, 1) for name in ("total_variation", "jensen_shannon", "wasserstein", "best_value")
]
MEASURES += [(divergences, "kullback_leibler", 3)]  # JS is made of two more
PICTURE = [(pictures, "tile", 1), (pictures, "png", 1)]


def moved(name: str, value: object) -> Callable[[Panel], None]:
    return lambda panel: setattr(panel.controls[name], "value", value)


def clicked(name: str) -> Callable[[Panel], None]:
    return lambda panel: panel.controls[name].click()


PANELS: dict[str, tuple[Callable[[], Panel], Callable[[Panel], None], list[tuple[object, str, int]]]] = {
    "two_densities": (
        TwoDensities,
        moved("fake_mean", 2.0),
        # the real density has two halves
        [(divergences, "normal", 3), (LiveFigure, "pixels", 1), *MEASURES],
    ),
    "two_players": (TwoPlayers, moved("eta", 0.5), [(games, "play", 1), (games, "step_matrix", 1)]),
    "batch_under_loss": (
        BatchUnderLoss,
        moved("real", 0.5),
        [(batch_under_loss, "_gradients", 1), (LiveFigure, "pixels", 1)],
    ),
    "checkerboard": (Checkerboard, clicked("again"), [(checkerboard, "transposed_convolution", 1)]),
    "checkerboard, resized": (
        Checkerboard,
        moved("method", checkerboard.METHODS[1]),
        [(checkerboard, "convolution", 1)],
    ),
    "convolution_explorer": (
        ConvolutionExplorer,
        moved("kernel", 5),
        [(convolution_explorer, "ways_through", 1), (LiveFigure, "pixels", 1)],
    ),
    "latent_explorer": (
        lambda: LatentExplorer(networks.dcgan_generator((12, 12, 1), latent_size=4, width=4)),
        clicked("map 1, 1"),  # moves two sliders
        [(latent_explorer, "generate", 1), (latent_explorer, "latent_sheet", 1), (pictures, "png", 1)],
    ),
    "dashboard": (
        lambda: Dashboard(small_gan(), noise(), Recorder(grid=(2, 3))),
        moved("generator", 1e-3),
        [(Recorder, "samples", 1), (LiveFigure, "pixels", 1)],
    ),
    "playground": (
        Playground,
        clicked("one_round"),
        [(Game, "layers", 1), (LiveFigure, "pixels", 1)],
    ),
    "playground, a setting": (
        Playground,
        moved("target", "moons"),
        [(Game, "change", 1), (Game, "layers", 1), (LiveFigure, "pixels", 1)],
    ),
    "cutting_desk": (
        lambda: CuttingDesk(FILM, [10, 20, 30]),
        moved("threshold", 0.7),
        [(LiveFigure, "pixels", 1), (cutting_desk.pictures, "tile", 1)],
    ),
    "cutting_desk, the next frame": (
        lambda: CuttingDesk(FILM),
        lambda panel: (panel.animation.play(), panel.animation.beat.click()),
        [(CuttingDesk, "_measure", 1), (LiveFigure, "pixels", 1)],
    ),
    "film": (lambda: FilmPanel([IMAGES, IMAGES], [0, 10]), moved("step", 0), PICTURE),
    "real_or_fake": (lambda: RealOrFake(IMAGES, IMAGES, count=3), clicked("real"), PICTURE),
    "real_or_fake, the last": (
        lambda: RealOrFake(IMAGES, IMAGES, count=1),
        clicked("fake"),
        [(real_or_fake.plots, "image_grid", 1), (real_or_fake, "exact_interval", 1)],
    ),
    "answer_a_line": (
        lambda: AnswerALine(small_writer(), few("english")),
        moved("line", "The lark at evening falls into the main"),
        [(Writer, "answer", 3), (answer_a_line, "nearest", 3), (answer_a_line, "attention_lines", 1)],
    ),
    "answer_a_line, attention": (
        lambda: AnswerALine(small_writer(), few("english")),
        moved("drawn", "beam"),
        [(answer_a_line, "attention_lines", 1)],
    ),
    "blind_choice": (lambda: BlindChoice(TWO_METHODS, "Which?"), clicked("left"), PICTURE),
    "hear_two": (
        lambda: HearTwo(HEARD, "Which?"),
        clicked("left"),
        [(sound, "waveform", 2), (hear_two, "piano_rolls", 1)],
    ),
    "hear_two, the last": (
        lambda: HearTwo(
            {name: tunes[:1] for name, tunes in HEARD.items()},
            "Which?",
            {"up": [NearestTune("Old", TUNE, 3)]},
        ),
        clicked("right"),
        [(sound, "waveform", 3), (hear_two, "piano_rolls", 2)],
    ),
    "melody_player": (
        lambda: MelodyPlayer(TUNE, tonic=2),
        moved("mode", "minor"),
        [(sound, "waveform", 1), (melody_player, "piano_roll", 1)],
    ),
    "your_taste": (
        lambda: YourTaste(IMAGES, FEATURES, count=3, held_out=1),
        clicked("left"),
        [(TastePairs, "_chosen", 1), *PICTURE],
    ),
    "your_taste, the last": (
        lambda: YourTaste(IMAGES, FEATURES, count=1, held_out=0),
        clicked("neither"),
        [(your_taste, "told", 1), (your_taste.plots, "image_grid", 1)],
    ),
    "style_painter": (
        lambda: StylePainter(longest=48),
        moved("seed", 1),
        [(style_painter, "transfer_colours", 1), (pictures, "png", 1)],
    ),
}
"""By file, and case: how to make the panel, how to use it, and how often what costs time is then called."""


def test_every_panel_is_a_panel_and_stands_in_this_list() -> None:
    files = {path.stem for path in Path(two_densities.__file__).parent.glob("*.py")}
    files -= {"__init__", "panel", "animation", "front_end", "drawing_pad", "blind_pairs", "taste_pairs"}
    files -= {f"playground_{part}" for part in ("controls", "picture", "plane")}
    assert files == {name.split(",")[0] for name in PANELS}
    shown = {
        each
        for name in files
        for each in vars(importlib.import_module(f"course_lib.panels.{name}")).values()
        if isinstance(each, type) and hasattr(each, "show") and each.__module__.startswith("course_lib")
    }
    panels = {each for each in Panel.__subclasses__() if each.__module__.startswith("course_lib.panels")}
    assert shown == {Panel, *panels} and len(shown) == len(files) + 1


@pytest.mark.parametrize("name", PANELS)
def test_a_move_computes_each_thing_once(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, use, costly = PANELS[name]
    panel = make()
    counts: dict[str, int] = {}

    def counted(place: object, function: str) -> None:
        real = getattr(place, function)

        def count(*arguments: object, **options: object) -> object:
            counts[function] = counts.get(function, 0) + 1
            return real(*arguments, **options)

        monkeypatch.setattr(place, function, count)

    for place, function, _ in costly:
        counted(place, function)
    before = panel.picture.value
    use(panel)
    assert panel.picture.value != before
    assert counts == {function: times for _, function, times in costly}


def test_a_panel_that_asks_takes_one_answer_at_a_time() -> None:
    asking = [panel for make, _, _ in PANELS.values() if hasattr(panel := make(), "finished")]
    assert {type(panel) for panel in asking} == {RealOrFake, BlindChoice, HearTwo, YourTaste}
    for button in (button for panel in asking for button in panel.controls.values()):
        assert front_end.ONE_BY_ONE in button._dom_classes  # a double click is one answer


@pytest.mark.parametrize("name", PANELS)
def test_the_still_picture_is_shown_open_under_a_line_that_says_what_to_do(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, use, _ = PANELS[name]
    panel, shown = make(), []
    monkeypatch.setattr("course_lib.panels.panel.display", lambda output, **options: shown.append(output))
    panel.show()
    use(panel)
    dead, still = shown
    assert dead.pop(VIEW)["model_id"] and dead == {"text/plain": front_end.RUN_IT}
    assert still["text/html"].startswith("<details open ") and '<img alt="' in still["text/html"]
    assert panel.FOLDED[1:] in still["text/html"] and still["text/plain"]


class Counter(Panel):
    """A panel that counts, and fails where it is told to."""

    def __init__(self) -> None:
        self.count = self.measured = 0
        super().__init__(
            {"width": slider("width", 0.5, 0.0, 1.0), "more": ipywidgets.Button(description="more")},
            actions={"more": self.more},
            advance=self.more,
            rate=20,
        )

    def more(self) -> None:
        self.count += 1

    def alt(self) -> str:
        return f"{self.count} of width {self.controls['width'].value:.2f}"

    def _measure(self) -> None:
        self.measured += 1
        if self.controls["width"].value > 0.9:
            raise CourseError("a <width> above 0.9 does not fit")

    def _draw(self, small: bool = False) -> plots.Picture:
        return plots.Picture(b"", self.alt())


def test_a_slider_that_says_the_same_in_other_digits_moves_nothing() -> None:
    panel = Counter()
    panel.controls["width"].value = 0.6
    assert panel.measured == 2
    panel.controls["width"].value = 0.6000000000000001
    assert panel.measured == 2
    panel.controls["width"].value = 0.7
    assert panel.measured == 3 and "0.70" in panel.picture.value


def test_what_goes_wrong_is_told_under_the_panel_and_raised_again() -> None:
    panel = Counter()
    with pytest.raises(CourseError, match="does not fit"):
        panel.controls["width"].value = 1.0
    assert "</b> a &lt;width&gt; above 0.9 does not fit</div>" in panel.problem.value
    assert "in _measure" in panel.problem.value.split("<details>")[1]
    assert "0.50" in panel.picture.value  # the last one that could be drawn
    panel.controls["width"].value = 0.3
    assert panel.problem.value == "" and "0.30" in panel.picture.value


def test_what_a_click_raised_is_not_swallowed(caplog: pytest.LogCaptureFixture) -> None:
    panel = Counter()
    panel.more = None
    panel.controls["more"].on_click(lambda _: 1 / 0)
    panel.controls["more"].click()
    assert panel.count == 1 and "division by zero" in caplog.text  # where the fixture of this folder looks
    caplog.clear()


def test_all_callbacks_of_panels_are_told_about() -> None:
    """Only the base, and the animation that it guards, listen to widgets; what others did would go wrong unseen."""
    files = Path(two_densities.__file__).parent.glob("*.py")
    listening = {path.stem for path in files if re.search(r"\.(observe|on_click)\(", path.read_text("utf-8"))}
    assert listening == {"panel", "animation"}


def test_close_leaves_no_widget_and_nothing_playing() -> None:
    panel = Counter()
    panel.show()
    panel.animation.play()
    panel.close()
    assert not panel.animation.playing
    widgets = (panel.picture, panel.problem, panel.animation.beat, *panel.controls.values())
    assert all(widget.comm is None for widget in widgets)


def test_the_example_in_contributing_is_a_panel_that_works() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (source,) = re.findall(r"```python\n(class .*?)```", page, re.DOTALL)
    names = {"Panel": Panel, "slider": slider, "ipywidgets": ipywidgets, "np": np, "plt": plt}
    names["X"] = np.linspace(0, 6, 50)
    exec(source, names)
    panel = names["Wave"]()
    panel.show()
    assert panel.alt() == "A wave that begins at 0.00."
    panel.controls["speed"].value = 2.0
    panel.controls["play"].click()
    for _ in range(5):
        panel.animation.beat.click()
    alt, before = picture_of(panel.picture.value)
    assert alt == f"A wave that begins at {-np.sin(1):.2f}."
    panel.controls["turn"].click()
    alt, after = picture_of(panel.picture.value)
    assert alt == f"A wave that begins at {np.sin(1):.2f}." and (before != after).any()


@pytest.mark.slow
@pytest.mark.parametrize("keeps_state", [False, True], ids=["widgets forgotten", "widgets kept"])
def test_a_page_without_scripts_shows_the_still_picture_and_what_to_do(keeps_state: bool) -> None:
    """Every panel as `nbconvert --to html` writes it, and as GitHub shows notebooks: no kernel, styles or scripts."""
    cells = every_panel.cells()
    notebook = new_notebook(cells=cells)
    client = NotebookClient(
        notebook, store_widget_state=keeps_state, timeout=300, resources={"metadata": {"path": str(ROOT)}}
    )
    client.execute()
    assert bool(notebook.metadata.get("widgets")) == keeps_state
    page, _ = HTMLExporter().from_notebook_node(notebook)
    assert "model not found" not in page
    shown = re.findall(r"<details[^>]* open=?[^>]*>\s*<summary>([^<]+)</summary>\s*<img alt=[\"'].{20}", page)
    assert len(shown) == len(every_panel.EXAMPLES)
    assert page.count(f"<pre>{front_end.RUN_IT}</pre>") == (0 if keeps_state else len(shown))
    for cell in cells[1:]:
        controls, still = (output.data for output in cell.outputs)
        assert controls["text/plain"] == front_end.RUN_IT and "text/html" not in controls
        assert "<script" not in still["text/html"] and "onload" not in str(still)


ENDS = {
    "two_densities": ({"fake_std": 0.2, "data_mean": 3.0}, {"fake_std": 3.0, "data_std": 2.0, "gap": 4.0}),
    "two_players": (
        {"game": "wasserstein", "gamma": 3.0, "steps": 400},
        {"order": "alternating", "eta": 2.5, "game": "non_saturating", "steps": 10},
        {"game": "wasserstein", "order": "simultaneous", "eta": 2.0, "gamma": 0.0, "steps": 200},
    ),
    "batch_under_loss": (
        {"loss": "least_squares", "real": -6.0, "fake": 6.0},
        {"loss": "hinge", "spread": 0},
    ),
    "cutting_desk": (
        {"signal": "change to the frame before", "threshold": 0.0},
        {"threshold": 0.7, "frame": 39},
    ),
    "checkerboard": ({"kernel": 8, "stride": 1}, {"kernel": 1, "stride": 4}, {"stride": 3}),
    "convolution_explorer": (
        {"kind": "transposed convolution", "layers": 1, "kernel": 1, "stride": 4, "padding": "valid"},
        {"kernel": 7, "layers": 4, "side": 32},
        {"kind": "convolution", "stride": 1, "place": 1.0},
    ),
}
"""What makes numbers long and axes wide, one after the other, by panel."""


@pytest.mark.parametrize("name", ENDS)
def test_what_is_drawn_anew_is_all_that_changed_and_fits(name: str) -> None:
    """Wherever the controls lead, the picture is that of the same figure drawn whole, within its edges."""
    panel = PANELS[name][0]()
    panel._draw()
    live, places = panel._live, [axes.get_position().bounds for axes in panel._live.figure.axes]
    artists = []
    for settings in 2 * ENDS[name]:
        for control, value in settings.items():
            panel.controls[control].value = value
        pixels = live.pixels()
        assert [axes.get_position().bounds for axes in live.figure.axes] == places
        assert np.array_equal(pixels, drawn_whole(live.figure))
        assert_nothing_reaches_into_another_axes(live.figure)
        # Constrained layout leaves 4 dots free all around.
        assert (pixels[:3] == 255).all() and (pixels[-3:] == 255).all()
        assert (pixels[:, :3] == 255).all() and (pixels[:, -3:] == 255).all()
        artists.append(len(live.figure.findobj()))
    assert panel._live is live
    assert artists[-1] == artists[len(ENDS[name]) - 1], "ticks may come, but nothing piles up"


def assert_nothing_reaches_into_another_axes(figure: Figure) -> None:
    """No number beside an axes lies in what belongs to its neighbour; twins, which share a place, are one."""
    places: dict[object, list[Bbox]] = defaultdict(list)
    for axes in figure.axes:
        # titles stand above what is beside
        places[axes.get_subplotspec()].append(axes.get_tightbbox(for_layout_only=True))
    boxes = [Bbox.union(twins) for twins in places.values()]
    assert len(boxes) > 1
    for one, other in itertools.combinations(boxes, 2):
        shared = Bbox.intersection(one, other)
        assert shared is None or not shared.width * shared.height, (one, other)
