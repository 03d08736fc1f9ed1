"""How good are the samples? Distances, the feature networks they stand on, and intervals."""
