"""What a reader of an HTML letter sees, as text: in one pass, without a tree: time and memory follow its length.

Styles, widths and tables lay nothing out here: a letter of 20 KB may ask for a page of gigabytes.
"""

import re

from lxml import etree

LONGEST_HTML = 300_000  # characters that are turned into text
UNSEEN = frozenset(["script", "style", "head", "title", "template", "object", "svg", "math", "noscript"])
_LINES = (
    "address article aside blockquote center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li "
    "main nav ol pre section table tr ul"
)
LINES = frozenset(_LINES.split())
PARAGRAPHS = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote"])
CELLS = frozenset(["td", "th"])
_EMPTY = "area base br col embed hr img input link meta param source track wbr"
EMPTY = frozenset(_EMPTY.split())
QUOTED_CLASSES = ("gmail_quote", "yahoo_quoted", "moz-cite-prefix", "protonmail_quote")
QUOTED_IDS = ("divrplyfwdmsg", "appendonsend", "mail-editor-reference-message-container")
XML_DECLARATION = re.compile(r"\A\s*<\?xml [^>]*>")  # names an encoding that text has no more


class _Writer:
    """Listens to the parser. `quoted_at`: the piece with which a quotation begins; None: there is none."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.quoted_at: int | None = None
        self.unseen = 0  # how deep we are in what nobody sees
        self.kept_spaces = 0  # how deep in <pre>

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if self.unseen or tag in UNSEEN or _is_invisible(attributes):
            self.unseen += tag not in EMPTY
            return
        if self.quoted_at is None and _begins_quotation(tag, attributes):
            self.quoted_at = len(self.pieces)
        if tag == "br" or tag in LINES:
            self.pieces.append("\n")
        if tag in PARAGRAPHS:
            self.pieces.append("\n")
        if tag == "li":
            self.pieces.append("- ")
        self.kept_spaces += tag == "pre"

    def end(self, tag: str) -> None:
        if self.unseen:
            self.unseen -= tag not in EMPTY
            return
        if tag in LINES:
            self.pieces.append("\n")
        if tag in PARAGRAPHS:
            self.pieces.append("\n")
        elif tag in CELLS:
            self.pieces.append("  ")
        self.kept_spaces -= tag == "pre"

    def data(self, text: str) -> None:
        if not self.unseen:
            self.pieces.append(text if self.kept_spaces > 0 else re.sub(r"\s+", " ", text))

    def comment(self, _text: str) -> None:
        """Nobody sees it."""

    def close(self) -> None:
        """The end of the letter."""


def plain(html: str) -> tuple[str, str]:
    """The text above what a mail program marked as a quotation, and the quotation. Nothing is fetched."""
    text = XML_DECLARATION.sub("", html[:LONGEST_HTML]).replace("\0", "")
    writer = _Writer()
    if text.strip():
        content = text.encode("utf-8", "replace")
        parser = etree.HTMLParser(target=writer, encoding="utf-8", no_network=True, huge_tree=True)
        try:
            parser.feed(content)
            parser.close()
        except etree.LxmlError:
            pass  # what was read until then is the letter
    end = len(writer.pieces) if writer.quoted_at is None else writer.quoted_at
    return tidy(writer.pieces[:end]), tidy(writer.pieces[end:])


def tidy(pieces: list[str]) -> str:
    """Lines without spaces around them, at most one empty line between two."""
    lines = ("".join(pieces)).replace("\xa0", " ").split("\n")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in lines)).strip()


def _is_invisible(attributes: dict[str, str]) -> bool:
    return "display:none" in attributes.get("style", "")[:2000].replace(" ", "").lower()


def _begins_quotation(tag: str, attributes: dict[str, str]) -> bool:
    if tag == "blockquote" and attributes.get("type", "").lower() == "cite":
        return True
    classes = attributes.get("class", "")[:500].lower()
    return any(one in classes for one in QUOTED_CLASSES) or attributes.get("id", "").lower() in QUOTED_IDS
