"""What the log keeps out."""

import logging

SERVER_ERRORS = 500


class ShortRefusals(logging.Filter):
    """A refused request (404, 403, 413) is one line: it tells about a visitor, not about a fault in the program."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", SERVER_ERRORS) < SERVER_ERRORS:
            record.exc_info = record.exc_text = None
        return True
