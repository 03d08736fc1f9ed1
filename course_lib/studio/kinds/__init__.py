"""The kinds of creations in the studio: what each makes, in what they differ, how they are shown, and their files."""
