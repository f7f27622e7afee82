"""What a page is made of: its tags, the addresses it names, and inline styles and handlers."""

from html.parser import HTMLParser


class PageTags(HTMLParser):
    """What a page is made of: its tags, the addresses it names, and inline styles and handlers."""

    def __init__(self):
        super().__init__()
        self.tags, self.addresses, self.inline = set(), set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name in {"src", "href", "xlink:href", "action"}:
                self.addresses.add(value)
            if name == "style" or name.startswith("on"):
                self.inline.add((tag, name))
