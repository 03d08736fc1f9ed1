"""The playground's controls, in groups with headings, and what they say about the settings of the game."""

from __future__ import annotations

import ipywidgets

from course_lib.panels.panel import choice, slider
from course_lib.panels.playground_picture import TARGETS
from course_lib.panels.playground_plane import LAYERS
from course_lib.playground.presets import PRESETS, WORDS
from course_lib.playground.settings import LOSSES, Settings

OPTIMIZERS = {"Adam": "adam", "gradient descent": "sgd", "RMSprop": "rmsprop"}
RATES = (1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1)
PENALTIES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
SIZES = (4, 8, 16, 32, 64, 128)
BATCHES = (32, 64, 128, 256, 512)
SPEEDS = (1, 2, 5, 10, 20, 50)  # rounds from one picture to the next
WIDTHS = {"Game": "256px", "Players": "224px", "Training": "288px"}
"""Of the groups, three beside each other in a notebook: long labels would leave their sliders too short to aim at."""
BUTTONS = {
    "discriminator_step": ("step of D", "one step of the discriminator, on a new batch"),
    "generator_step": ("step of G", "one step of the generator, on a new batch"),
    "one_round": ("one round", "the discriminator's steps, then one step of the generator"),
    "slow": ("slow motion", "one round in five stages, one for each press"),
    "reset": ("reset", "back to round 0, with the same seed"),
}
"""What moves the game besides play: the name of the button, what stands on it, and what it does."""
Group = dict[str, ipywidgets.DOMWidget]


def buttons() -> Group:
    return {name: button(text, tooltip) for name, (text, tooltip) in BUTTONS.items()}


def preset_buttons() -> Group:
    return {name: button(name, f"what to see: {WORDS[name]}") for name in PRESETS}


def settings_groups(settings: Settings) -> dict[str, Group]:
    """Heading -> controls, each under the name of the field of `Settings` that it holds."""
    loss_names = {name.replace("_", " "): name for name in LOSSES}
    return {
        "Game": {
            "target": choice("target", [(text, name) for name, text in TARGETS.items()], settings.target),
            "loss": choice("loss", list(loss_names.items()), settings.loss),
            "penalty": among("gradient penalty", PENALTIES, settings.penalty),
            "spectral": switch("spectral norm in D", settings.spectral),
        },
        "Players": {
            "hidden": among("hidden units", SIZES, settings.hidden),
            "layers": whole("hidden layers", settings.layers, 1, 4),
            "seed": whole("seed", settings.seed, 0, 20),
        },
        "Training": {
            "optimizer": choice("optimiser", list(OPTIMIZERS.items()), settings.optimizer),
            "discriminator_rate": among("learning rate of D", RATES, settings.discriminator_rate),
            "generator_rate": among("learning rate of G", RATES, settings.generator_rate),
            "beta_1": slider("momentum, beta 1", settings.beta_1, 0.0, max(0.95, settings.beta_1), 0.05),
            "discriminator_steps": whole("steps of D a round", settings.discriminator_steps, 1, 10),
            "batch": among("points a batch", BATCHES, settings.batch),
        },
    }


def view() -> Group:
    switches = {name: switch(label, True) for name, label in LAYERS.items()}
    speed = among("rounds a picture", SPEEDS, SPEEDS[2])
    speed.layout.width, speed.layout.margin = "256px", "2px 2px 2px 14px"  # off the last button
    return {**switches, "speed": speed}


def code_switch() -> ipywidgets.ToggleButton:
    tooltip = (
        "the present settings as a program in Keras; its first lines say whether it plays this very game"
    )
    return ipywidgets.ToggleButton(description="copy as code", tooltip=tooltip, layout={"width": "auto"})


def program() -> ipywidgets.Textarea:
    return ipywidgets.Textarea(
        description="program: click into it, then Ctrl+A, Ctrl+C (on a Mac ⌘A, ⌘C)",
        # The words stand above: beside it, they would leave the program no room on a narrow page.
        layout={"width": "calc(100% - 4px)", "height": "32em", "display": "none", "flex_flow": "column"},
        style={"description_width": "initial"},
    )


def heading(text: str) -> ipywidgets.HTML:
    return ipywidgets.HTML(f'<h4 style="margin: 0.2em 0.6em 0.2em 0">{text}</h4>')


def group(title: str, controls: Group) -> ipywidgets.VBox:
    """Controls below each other under a heading."""
    for control in controls.values():
        control.layout.width = WIDTHS[title]
    return ipywidgets.VBox([heading(title), *controls.values()], layout={"margin": "0 16px 8px 0"})


def button(text: str, tooltip: str) -> ipywidgets.Button:
    return ipywidgets.Button(description=text, tooltip=tooltip, layout={"width": "auto"})


def among(label: str, values: tuple[float, ...], value: float) -> ipywidgets.SelectionSlider:
    """A slider over some numbers; one that is not among them is put in its place."""
    return ipywidgets.SelectionSlider(
        options=_options(values, value),
        value=value,
        description=label,
        style={"description_width": "initial"},
    )


def set_to(control: ipywidgets.DOMWidget, value: object) -> None:
    """Set a control, and let a slider over some numbers have this one among them."""
    if isinstance(control, ipywidgets.SelectionSlider):
        known = [each for _, each in control.options]
        if value not in known:
            control.options = _options(tuple(known), value)
    elif control.has_trait("max"):
        control.max = max(control.max, value)
    control.value = value


def value_of(control: ipywidgets.DOMWidget) -> object:
    """A control's value, where browsers report 0.3 as 0.30000000000000004 as it was meant."""
    return float(f"{control.value:.12g}") if isinstance(control.value, float) else control.value


def whole(label: str, value: int, low: int, high: int) -> ipywidgets.IntSlider:
    return ipywidgets.IntSlider(
        value=value, min=low, max=max(high, value), description=label, style={"description_width": "initial"}
    )


def switch(label: str, value: bool) -> ipywidgets.Checkbox:
    fitting = {"width": "auto", "margin": "2px 16px 2px 0"}
    return ipywidgets.Checkbox(value=value, description=label, indent=False, layout=fitting)


def _options(values: tuple[float, ...], value: float) -> list[tuple[str, float]]:
    return [(f"{each:g}", each) for each in sorted({*values, value})]
