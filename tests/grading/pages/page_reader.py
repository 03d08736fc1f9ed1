"""What the tests of pages share: hostile text, and a reader that takes a page apart."""

from __future__ import annotations

from html.parser import HTMLParser

HOSTILE = (
    '</pre></code><script>alert(1)</script><img src=x onerror="alert(2)"><!-- </title></style>'
    "<a href='javascript:x'>&lt;b&gt;</a>\"' onload=x <svg/onload=x>"
)


class Reader(HTMLParser):
    """The tags with their attributes, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags, self.text, self.titles = [], "", 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, tuple(attributes)))

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(f"a comment: {data}")

    def handle_pi(self, data):
        raise AssertionError(f"an instruction: {data}")
