"""Write data/pinyin.csv: how each character of data/tang_quatrains.csv is read today.

    pip install pypinyin            (MIT; only this script needs it)
    python data/make_pinyin.py

A row for each character, in the order of the code points:

- pinyin: its commonest reading in modern Mandarin, the tone as a number: chun1;
- final: the syllable without its initial consonant, as strict pinyin writes it (uei, not ui), with v for u-umlaut, and
  -i for the vowel of zhi, chi, shi, ri, zi, ci, si;
- tone: 1 to 4, and 5 where there is none;
- rhyme: which of the fourteen rhyme groups of modern verse (Zhonghua Xinyun, 2005) the final belongs to, named by its
  shortest final.

One reading a character, whatever stands beside it; and Tang readings were others: entering tones are gone, and some
rhymes have parted since. What is measured by this table is a proxy, with what real quatrains reach as its ceiling.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from measured_tables import stopped_in_one_line, write  # noqa: E402

from course_lib.datasets import bundled  # noqa: E402

TABLE = "pinyin.csv"
COLUMNS = ("character", "pinyin", "final", "tone", "rhyme")
BUZZING = ("zh", "ch", "sh", "r", "z", "c", "s")
"""Initials after which the letter i stands for another vowel, a rhyme group of its own."""
GROUPS = {
    "a": "a ia ua",
    "o": "o e uo",
    "ie": "ie ve ê",
    "ai": "ai uai",
    "ei": "ei uei",
    "ao": "ao iao",
    "ou": "ou iou",
    "an": "an ian uan van",
    "en": "en in uen vn",
    "ang": "ang iang uang",
    "eng": "eng ing ueng ong iong",
    "i": "i er v",
    "-i": "-i",
    "u": "u",
}
GROUP_OF = {final: group for group, finals in GROUPS.items() for final in finals.split()}


def read_as(character: str) -> dict[str, str]:
    """The row of one character. Raises KeyError for a final that is in no group."""
    from pypinyin import Style, pinyin

    def style(which: Style, strict: bool = True) -> str:
        return pinyin(character, which, heteronym=False, strict=strict, neutral_tone_with_five=True)[0][0]

    syllable = style(Style.TONE3)
    final = style(Style.FINALS).replace("ü", "v")
    if final == "i" and style(Style.INITIALS) in BUZZING:
        final = "-i"
    return {
        "character": character,
        "pinyin": syllable.replace("ü", "v"),
        "final": final,
        "tone": syllable[-1],
        "rhyme": GROUP_OF[final],
    }


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.parse_args()
    try:
        import pypinyin  # noqa: F401
    except ImportError:
        options.exit(1, "This script needs pypinyin: pip install pypinyin\n")
    text = bundled.read_verified("tang_quatrains.csv").decode("utf-8")
    poems = csv.DictReader(text.splitlines())
    characters = {one for poem in poems for number in "1234" for one in poem[f"line{number}"]}
    write(TABLE, COLUMNS, [read_as(one) for one in sorted(characters)])


if __name__ == "__main__":
    with stopped_in_one_line("data/pinyin.csv is as it was."):
        main()
