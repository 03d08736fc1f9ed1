"""Pictures, films and tunes, and the files that hold them."""
