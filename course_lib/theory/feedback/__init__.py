"""The closed loop: what is shown is clicked, what is clicked is learned from, and is shown again. NumPy only."""
