"""How well a text can be told from its ground."""

from __future__ import annotations

import re

import numpy as np


def contrast(one: str, other: str) -> float:
    """WCAG 2.2's, of two colours as browsers report them, "rgb(0, 72, 143)"; a text wants 4.5 or more."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Its share of the light of white, from 0 to 1."""
    values = np.array([float(each) for each in re.findall(r"[\d.]+", colour)[:3]]) / 255
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])
