"""Choosing under uncertainty: rates and their intervals, tests, values of policies from logs, bandits. NumPy only."""
