"""Where orders come from: one name in one spelling, since with the number it is the order's key."""

from locations.values.spelling import tidy

from ..models import Import

USUAL = "file"


def known_source(text: str) -> str:
    """The name in the spelling that is known: "FILE" is "file", and "Shop" is "shop" after a file from "shop"."""
    name = tidy(text)
    spellings = [USUAL, *Import.objects.order_by("source").values_list("source", flat=True).distinct()]
    if name in spellings:
        return name
    return next((known for known in spellings if known.casefold() == name.casefold()), name)
