"""The networks of lesson 12 trained longer than a lesson can wait: one for melodies, one that answers a phrase.

    model, vocabulary = pretrained.recurrent()
    answers, vocabulary = pretrained.answers()

`data/make_melodies.py` trained them on the training tunes of `tune_families.split`, without sharps, and kept their
weights in half precision. Symbols are events (pitch, length).
"""

from __future__ import annotations

import functools
import io
import json

import numpy as np

from course_lib.datasets.bundled import read_verified
from course_lib.models.sequences.network import SequenceNetwork
from course_lib.models.sequences.recurrent import Recurrent
from course_lib.models.sequences.seq2seq import Seq2Seq
from course_lib.models.sequences.vocabulary import Vocabulary

NAMES = {"recurrent": "pretrained/melodies_recurrent", "answers": "pretrained/melodies_answers"}


@functools.cache
def report(name: str) -> dict:
    """How "recurrent" or "answers" was trained and what it costs: settings, steps, processor_seconds, bits ..."""
    return json.loads(read_verified(f"{NAMES[name]}.json"))


def recurrent() -> tuple[Recurrent, Vocabulary]:
    """The network for whole tunes, and the vocabulary of its ids."""
    return _made(Recurrent, "recurrent")


def answers() -> tuple[Seq2Seq, Vocabulary]:
    """The network that answers two bars by two, and the vocabulary of its ids."""
    return _made(Seq2Seq, "answers")


def _made(kind: type, name: str) -> tuple:
    found = report(name)
    vocabulary = Vocabulary(map(tuple, found["symbols"]), found["counts"])
    model: SequenceNetwork | Seq2Seq = kind(len(vocabulary), **found["settings"])
    with np.load(io.BytesIO(read_verified(f"{NAMES[name]}.npz"))) as arrays:
        model.networks["network"].set_weights([arrays[key].astype("float32") for key in sorted(arrays.files)])
    return model, vocabulary
