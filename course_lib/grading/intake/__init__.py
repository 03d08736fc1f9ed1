"""From what was handed in to each student's answers."""
