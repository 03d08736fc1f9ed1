"""Chinese on a page: as text, in whichever font the reader's computer has, and never in a figure.

    display(HTML(marked("The line 春眠不觉晓 by Meng Haoran")))

The fonts of matplotlib have no Chinese characters, those of browsers nearly always do: macOS and Windows bring some,
Colab's pages are drawn by the reader's own browser, and on Debian `apt install fonts-noto-cjk` helps where there are
none.
"""

from __future__ import annotations

import html
import re

from course_lib import CourseError

FONTS = (
    *("Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    *("PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "SimHei", "sans-serif"),
)
"""Of Debian and other Linux, of macOS, of Windows, and at last whatever the browser finds."""
CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+")
"""Characters from the radicals to the ideographs, compatible and rare ones too, with the wide punctuation."""


def marked(text: str) -> str:
    """Any text as HTML, every run of Chinese in it named as such and given its fonts.

    The name, zh-Hans, tells a browser to take the forms of simplified characters, where Japanese ones would share the
    code, and a screen reader how to say them. Raises CourseError for what is no text.
    """
    if not isinstance(text, str):
        raise CourseError(
            f"A text is wanted, and a line as text is written(line), not {type(text).__name__}."
        )
    fonts = html.escape(", ".join(f"'{name}'" if " " in name else name for name in FONTS))
    return CHINESE.sub(
        lambda run: f'<span lang="zh-Hans" style="font-family:{fonts}">{run.group()}</span>',
        html.escape(text),
    )
