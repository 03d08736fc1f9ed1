"""The sub-commands of `python3 -m course_lib`, one file each."""
