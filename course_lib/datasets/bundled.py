"""The files below `data/`: every read is compared with the SHA-256 that `data/SHA256SUMS` promises.

That file has the format of `sha256sum`, so `cd data && sha256sum -c SHA256SUMS` checks the same.
"""

from __future__ import annotations

import gzip
import hashlib

import numpy as np

from course_lib import ROOT, CourseError
from course_lib.files import how_to_restore

DATA = ROOT / "data"
SUMS = "SHA256SUMS"


def verify() -> list[str]:
    """Compare every bundled file with its SHA-256; one line per problem, none when all is well."""
    try:
        names = list(checksums())
    except CourseError as error:
        return [str(error)]
    problems = []
    for name in names:
        try:
            read_verified(name)
        except CourseError as error:
            problems.append(str(error))
    return problems


def read_verified(name: str) -> bytes:
    """The bytes of `data/NAME`. Raises CourseError if they are missing or not what `SHA256SUMS` promises."""
    expected = checksums().get(name)
    content = _read(name)
    if hashlib.sha256(content).hexdigest() != expected:
        raise CourseError(f"data/{name} is damaged: its SHA-256 is not the one in data/{SUMS}; {_mend(name)}")
    return content


def read_idx(name: str) -> np.ndarray:
    """The uint8 array in `data/NAME`, a gzipped file in the IDX format of MNIST.

    The format: two zero bytes, type 8 (uint8), the number of axes, their lengths (big-endian), the values.
    """
    content = gzip.decompress(read_verified(name))
    if content[:3] != b"\x00\x00\x08":
        raise CourseError(f"data/{name} is not an IDX file of unsigned bytes; {_mend(name)}")
    axes = content[3]
    shape = np.frombuffer(content, ">u4", count=axes, offset=4)
    return np.frombuffer(content, "u1", offset=4 + 4 * axes).reshape(shape)


def checksums() -> dict[str, str]:
    """File name below `data/` -> SHA-256 in hexadecimal."""
    lines = _read(SUMS).decode("utf-8", errors="replace").splitlines()
    try:
        pairs = [line.split(maxsplit=1) for line in lines]
        return {name: digest for digest, name in pairs}
    except ValueError as error:
        raise CourseError(
            f"data/{SUMS} is damaged: not a checksum and a name a line; {_mend(SUMS)}"
        ) from error


def _read(name: str) -> bytes:
    try:
        return (DATA / name).read_bytes()
    except FileNotFoundError as error:
        raise CourseError(f"data/{name} is missing; {_mend(name)}") from error
    except OSError as error:
        raise CourseError(f"data/{name} cannot be read ({error.strerror}); {_mend(name)}") from error


def _mend(name: str) -> str:
    return f"{how_to_restore(f'data/{name}')}."
