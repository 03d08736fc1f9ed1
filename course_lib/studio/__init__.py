"""A generator put into people's hands: as a page that draws in the visitor's browser."""
