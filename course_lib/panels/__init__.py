"""Interactive panels: controls above a picture."""
