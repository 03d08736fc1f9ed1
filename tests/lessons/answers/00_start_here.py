"""Answers to lesson 00, for tests only."""

RIGHT = {
    # interpolation between two corners, which np.interp holds constant outside
    "stretch": """
def stretch(pixels, black, white):
    return np.interp(pixels, [black, white], [-1, 1])
"""
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
            "A uint8 knows no numbers below 0",
        ),
        (
            """
def stretch(pixels, black, white):
    2 * np.clip((pixels.astype(float) - black) / (white - black), 0, 1) - 1
""",
            "is there a `return`",
        ),
    ]
}
