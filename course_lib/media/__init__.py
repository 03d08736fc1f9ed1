"""Images as files: pictures and films."""
