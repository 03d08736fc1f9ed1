"""Models of sequences of symbols, whatever these are: counts, a recurrent network, attention, and one that answers."""
