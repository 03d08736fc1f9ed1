"""What people like, learned from choices between two: Bradley-Terry, whom to ask what next, many people. NumPy only."""
