"""Answers to lesson 00, for tests only."""

RIGHT = {
    # interpolation between two corners, which np.interp holds constant outside
    "stretch": """
def stretch(pixels, black, white):
    return np.interp(pixels, [black, white], [-1, 1])
""",
    # how many of the borders half way between two levels lie below each value
    "to_levels": """
def to_levels(images, levels):
    borders = (2 * np.arange(levels - 1) + 1) / (levels - 1) - 1
    return np.searchsorted(borders, images)
""",
}

WRONG = {
    "stretch": [
        (
            """
def stretch(pixels, black, white):
    return 2 * (pixels.astype(float) - black) / (white - black) - 1
""",
            "np.clip keeps them inside",
        ),
        (
            """
def stretch(pixels, black, white):
    return np.clip((pixels.astype(float) - black) / (white - black), 0, 1)
""",
            "Your values go from 0 to 1",
        ),
        (
            """
def stretch(pixels, black, white):
    return 2 * np.clip((pixels - black) / (white - black), 0, 1) - 1
""",
            "A uint8 knows no numbers below 0: 10 - 50",
        ),
        (
            """
def stretch(pixels, black, white):
    return np.clip(2 * (pixels - black) / (white - black) - 1, -1, 1)
""",
            "no numbers below 0 and none above 255",
        ),
        # right for a narrow range; and NumPy warns of nothing
        (
            """
def stretch(pixels, black, white):
    inside = np.clip(pixels, black, white)
    return 2 * (inside - black) / (white - black) - 1
""",
            "still of type uint8",
        ),
        (
            """
def stretch(pixels, black, white):
    2 * np.clip((pixels.astype(float) - black) / (white - black), 0, 1) - 1
""",
            "is there a `return`",
        ),
    ],
    "to_levels": [
        (
            """
def to_levels(images, levels):
    return ((images + 1) / 2 * levels).astype(int)
""",
            "white is one too bright",
        ),
        (
            """
def to_levels(images, levels):
    return ((images + 1) / 2 * (levels - 1)).astype(int)
""",
            "cuts off everything behind the point",
        ),
        (
            """
def to_levels(images, levels):
    return np.rint((images + 1) / 2 * levels).astype(int)
""",
            "multiply by levels - 1",
        ),
        (
            """
def to_levels(images, levels):
    return (images * levels).astype(int)
""",
            "Black should become 0",
        ),
    ],
}
