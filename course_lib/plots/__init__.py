"""Figures. The room hands on what all lessons draw with: `from course_lib import plots`, `plots.image_grid(...)`."""

from course_lib.media.pictures import tile
from course_lib.plots.figures import (
    COLOURS,
    MARKERS,
    STYLES,
    Picture,
    density_curves,
    image_grid,
    line_curves,
    picture,
    png_bytes,
    show,
    training_curves,
    use_course_style,
)

__all__ = [
    "COLOURS",
    "MARKERS",
    "STYLES",
    "Picture",
    "density_curves",
    "image_grid",
    "line_curves",
    "picture",
    "png_bytes",
    "show",
    "tile",
    "training_curves",
    "use_course_style",
]
