"""What a request says its words are written in: Django believes it before any middleware is asked.

Python knows names that are no alphabet at all (zlib, idna, undefined), and a name of five thousand letters is looked
for on the disk. Whatever is no alphabet is read as UTF-8, as Django reads a name that Python does not know.
"""

from django.utils.http import parse_header_parameters

from .bodies import Application, Receive, Send, refuse
from .rights import Scope

LONGEST_NAME = 40
CONTENT_TYPE = b"content-type"
NO_TYPE = b"The Content-Type of this request cannot be read."
TRIED = b"name=%D0%98&\xff\x00"


def in_words(application: Application) -> Application:
    """Answers 400 where the type cannot be read; what is written in no alphabet is read as UTF-8."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        told = with_alphabet(scope) if scope["type"] == "http" else scope
        if told is None:
            await refuse(send, 400, NO_TYPE, receive)
        else:
            await application(told, receive, send)

    return answer


def with_alphabet(scope: Scope) -> Scope | None:
    """The same request; one whose alphabet is none says UTF-8. None when its type cannot be read at all."""
    types = [value.decode("latin1") for name, value in scope["headers"] if name == CONTENT_TYPE]
    if not any(";" in told for told in types):
        return scope
    try:
        _kind, told = parse_header_parameters(",".join(types))
    except (ValueError, OSError):  # a parameter in an alphabet of its own (RFC 2231)
        return None
    charset = told.get("charset")
    return scope if charset is None or is_alphabet(charset) else in_utf8(scope, ",".join(types), told.get("boundary"))


def is_alphabet(name: str) -> bool:
    """Whether words of a form can be read and written in it, damaged ones too."""
    if len(name) > LONGEST_NAME or not name.isascii() or not name.isprintable():
        return False
    try:
        "name".encode(name, "replace")
        TRIED.decode(name, "replace")
    except (LookupError, ValueError):  # LookupError: no such name, or it turns bytes into bytes
        return False
    return True


def in_utf8(scope: Scope, written: str, boundary: str | None) -> Scope:
    kind = written.partition(";")[0].strip()
    parts = f'; boundary="{boundary}"' if boundary else ""
    others = [(name, value) for name, value in scope["headers"] if name != CONTENT_TYPE]
    return {**scope, "headers": [*others, (CONTENT_TYPE, f"{kind}; charset=utf-8{parts}".encode("latin1", "replace"))]}
