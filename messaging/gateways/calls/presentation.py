"""A provider's call as a person reads it: its fields one below the other, its JSON in lines."""

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from ..adapters import HookRequest, storable
from ..adapters.foreign import decode, read_json

LONGEST_SHOWN = 20_000  # characters; the whole may be downloaded
MOST_FIELDS = 200
HOOK_KEY = re.compile(r"(/hooks/)[^/?]+")


@dataclass(frozen=True)
class ShownCall:
    """`fields`: (name, value), of the address and of a form; `text`: a body that is no form, or its beginning."""

    address: str
    fields: list[tuple[str, str]]
    text: str
    is_cut: bool


def show_call(request: HookRequest) -> ShownCall:
    """The secret part of our address is not shown: whoever may read calls need not be able to make them."""
    address, _mark, query = request.url.partition("?")
    is_form = bool(request.form) if len(request.body) <= LONGEST_SHOWN * 4 else False
    written = "&".join(filter(None, [query, decode(request.body) if is_form else ""]))
    fields = parse_qsl(written, keep_blank_values=True)
    text = "" if is_form else _lay_out(request.body)
    return ShownCall(
        address=HOOK_KEY.sub(r"\1…", address),
        fields=[(storable(name), storable(value)) for name, value in fields[:MOST_FIELDS]],
        text=text[:LONGEST_SHOWN],
        is_cut=len(text) > LONGEST_SHOWN or len(fields) > MOST_FIELDS,
    )


def _lay_out(body: bytes) -> str:
    """JSON in lines, anything else as it is; letters of all alphabets."""
    beginning = body[: LONGEST_SHOWN * 4]
    try:
        return storable(json.dumps(read_json(beginning), ensure_ascii=False, indent=2))
    except ValueError:
        return storable(decode(beginning if len(body) == len(beginning) else beginning + b" "))
