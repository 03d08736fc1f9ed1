"""Who takes part in the benchmark: this course's engine and three others."""
