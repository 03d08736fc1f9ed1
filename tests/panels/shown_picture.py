"""What a panel shows: the picture taken out of its HTML."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image


def picture_of(html: str) -> tuple[str, np.ndarray]:
    """The alternative text and the pixels, uint8 (height, width), of an HTML picture."""
    alt, data = re.search(r'<img alt="([^"]+)" src="data:image/png;base64,([^"]+)"', html).groups()
    return alt, np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("L"))
