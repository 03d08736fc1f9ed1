"""A newer course takes the place of an older one, and keeps what the student wrote.

nbgitpuller commits what a student did and merges with git, the student's side winning where both changed the same
lines; so a notebook may become half old, half new, and JSON that is merged line by line may not open. nbdime merges
cells with cells, and leaves conflicts in the notebook. Both need git and the version that the student began with. Here
every cell knows its source as it was shipped (`authoring.as_shipped`), so one rule serves clones and unpacked ZIPs
alike: begin with the new notebook, put the student's work into it cell by cell, keep the old file whole, and say what
found no place. Nothing is committed, and no notebook can come out broken.

Nothing here needs a package: the course can be updated before its packages are.
"""
