"""`publish`, copied by assemble to the top of every graded cell; so it imports what it needs itself."""


def publish(**values):
    """Show values to the grader alone: plain JSON in a private MIME type that front ends do not draw."""
    import math

    import numpy
    from IPython.display import display

    def plain(value):
        if isinstance(value, dict):
            return {str(key): plain(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [plain(item) for item in value]
        if value is None or isinstance(value, str):
            return value
        value = numpy.asarray(value.numpy() if hasattr(value, "numpy") else value)
        if value.ndim:
            return [plain(item) for item in value]
        if value.dtype.kind == "V":  # bfloat16 and its like
            value = value.astype(float)
        value = value.item()
        # JSON knows no nan and no infinity
        return str(value) if isinstance(value, float) and not math.isfinite(value) else value

    display({"application/vnd.gan-course.values+json": plain(values)}, raw=True)
