"""Paintings and style: colours and patches moved by optimal transport, and what came out copied (lesson 11)."""
