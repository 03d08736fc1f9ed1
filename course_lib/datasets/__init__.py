"""The course's data. The room hands on what images need: `from course_lib import datasets`, `datasets.load(...)`."""

from course_lib.datasets.bundled import verify
from course_lib.datasets.checking import (
    check_batch_size,
    check_images,
    check_labels,
    check_numbers,
    check_whole,
    warn_if_scaled_to_one,
)
from course_lib.datasets.folder import crops_from_folder, from_folder
from course_lib.datasets.gallery import PAINTINGS, PHOTOS, from_file, painting, painting_facts, photo
from course_lib.datasets.images import (
    BUNDLED,
    NAMES,
    Dataset,
    batches,
    load,
)

__all__ = [
    "BUNDLED",
    "NAMES",
    "PAINTINGS",
    "PHOTOS",
    "Dataset",
    "batches",
    "check_batch_size",
    "check_images",
    "check_labels",
    "check_numbers",
    "check_whole",
    "crops_from_folder",
    "from_file",
    "from_folder",
    "load",
    "painting",
    "painting_facts",
    "photo",
    "verify",
    "warn_if_scaled_to_one",
]
