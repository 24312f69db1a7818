"""What the log keeps out."""

import logging
import re

SERVER_ERRORS = 500
TOKEN = re.compile(r"(/chat/)[^/\s]*\.[^/\s]*\.[^/\s]*")
"""What opens a client's chat: in its address, between two slashes, or after ?token=."""


class ShortRefusals(logging.Filter):
    """A refused request (404, 403, 413) is one line: it tells about a visitor, not about a fault in the program."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", SERVER_ERRORS) < SERVER_ERRORS:
            record.exc_info = record.exc_text = None
        return True


class HiddenTokens(logging.Filter):
    """Whoever reads the log must not be able to read and write as the clients whose pages it names."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(TOKEN.sub(r"\1…", one) if isinstance(one, str) else one for one in record.args)
        return True
