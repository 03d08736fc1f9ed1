"""From outcomes to points that count, and to tables."""
