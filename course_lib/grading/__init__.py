"""Grading: take the answers out of a submission, run them in our own notebook, compare the values."""
