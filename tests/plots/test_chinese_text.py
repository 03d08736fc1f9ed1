"""Chinese as text: named as such, in fonts of every system, and all of it kept out of matplotlib."""

from __future__ import annotations

import html
import re

from hypothesis import given
from hypothesis import strategies as st
from matplotlib.font_manager import findfont, get_font

from course_lib.datasets.verses import quatrains
from course_lib.plots import use_course_style
from course_lib.plots.chinese_text import CHINESE, FONTS, marked


def test_every_run_of_chinese_is_named_and_the_rest_is_not() -> None:
    page = marked("春眠 <b> of 孟浩然，春晓 & more")
    runs = re.findall(r'<span lang="zh-Hans" style="font-family:([^"]+)">([^<]+)</span>', page)
    assert [text for _, text in runs] == ["春眠", "孟浩然，春晓"]
    assert "&lt;b&gt; of " in page and "&amp; more" in page and page.count("lang=") == 2
    for name in ("Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei"):  # Debian, macOS, Windows
        assert name in FONTS and name in html.unescape(runs[0][0])
    assert html.unescape(runs[0][0]).endswith(", sans-serif")
    assert marked("Of arms & men") == "Of arms &amp; men"


@given(st.text(st.sampled_from("a é<&\"'春眠，")))
def test_the_text_is_kept_as_it_was(text: str) -> None:
    assert html.unescape(re.sub(r"</?span[^>]*>", "", marked(text))) == text


def test_what_the_quatrains_have_is_chinese_and_what_figures_cannot_draw() -> None:
    """Beside the font itself: it has none of the characters, so none of them may come into a figure."""
    use_course_style()
    font = get_font(findfont("DejaVu Sans"))
    known = {one for verse in quatrains() for line in (*verse.given, verse.answer) for one in line}
    assert len(known) > 3000 and all(CHINESE.fullmatch(one) for one in known)
    assert not any(font.get_char_index(ord(one)) for one in known)
