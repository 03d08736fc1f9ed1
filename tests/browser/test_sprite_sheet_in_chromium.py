"""A sprite sheet on a page: where it is transparent the page's colour shows, and half of it where it is half."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from playwright.sync_api import Page

from course_lib.datasets.images import load
from course_lib.media.cutouts import cut_out
from course_lib.media.palettes import apply, palette
from course_lib.media.sprite_sheet import Sheet, lay_out

pytestmark = [pytest.mark.browser, pytest.mark.slow]
GROUND = (0, 128, 255)
DRAW = """async address => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    const pen = canvas.getContext('2d');
    pen.fillStyle = 'rgb(0, 128, 255)';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0);
    return [...pen.getImageData(0, 0, canvas.width, canvas.height).data];
}"""


def sheets() -> dict[str, Sheet]:
    cut = cut_out(load("emoji").images_test[:12])
    opaque = (cut.alpha >= 0.5).astype("float32")
    _, drawn = apply(cut.images, palette(cut.images, 8, alpha=cut.alpha))
    return {"eight colours": lay_out(drawn, opaque), "soft edges": lay_out(cut.images, cut.alpha)}


@pytest.mark.parametrize("kind", ["eight colours", "soft edges"])
def test_the_ground_of_a_sheet_is_transparent(page: Page, kind: str) -> None:
    sheet = sheets()[kind]
    address = "data:image/png;base64," + base64.b64encode(sheet.png()).decode()
    page.set_content("<title>A sheet</title>")
    height, width = sheet.pixels.shape[:2]
    seen = np.array(page.evaluate(DRAW, address), float).reshape(height, width, 4)[..., :3]
    opacity = sheet.pixels[..., 3:] / 255
    expected = opacity * sheet.pixels[..., :3] + (1 - opacity) * np.array(GROUND)
    clear = sheet.pixels[..., 3] == 0
    assert 0.2 < clear.mean() < 0.8
    assert (seen[clear] == GROUND).all()
    assert np.abs(seen - expected).max() <= 2  # Chromium keeps colours times alpha, in whole numbers
    half = (opacity > 0) & (opacity < 1)
    assert half.any() == (kind == "soft edges")
