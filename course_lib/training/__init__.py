"""The loop, what watches it, and a run from data to report."""
