"""Tables of a provider's error codes: each row is a kind of reasons of its own, with the outcome that goes with it."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from locations.values.reasons import Fault, Reason, reasons_of

from .. import reasons
from .news import ReceiptNews, ReceiptStatus
from .outcomes import Refused

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Code = TypeVar("Code", bound=Hashable)
LONGEST_CODE = 50


def refusals(
    provider: str,
    sentences: Mapping[Code, "StrOrPromise"],
    *,
    fault: Fault,
    remedy: "StrOrPromise" = "",
    permanent: bool = True,
    **marks: Any,
) -> dict[Code, Refused]:
    """What these codes in an answer mean; the reasons are called `<provider>.<code>`.

    `remedy`: what to do about all of them, a sentence; needed where the fault is ours. `marks`: further fields of
    Refused, the same for each code.
    """
    found = reasons_for(provider, sentences, fault, remedy)
    return {code: Refused(why, permanent, fault, str(code), **marks) for code, why in found.items()}


def failures(
    provider: str,
    sentences: Mapping[str, "StrOrPromise"],
    *,
    fault: Fault,
    remedy: "StrOrPromise" = "",
    prefix: str = "",
    **marks: Any,
) -> dict[str, ReceiptNews]:
    """The same for codes that come in receipts; the reasons are called `<provider>.<prefix><code>`.

    `marks`: further fields of ReceiptNews.
    """
    found = reasons_for(provider, sentences, fault, remedy, prefix)
    return {
        code: ReceiptNews(ReceiptStatus.FAILED, code=code, reason=why, fault=fault, **marks)
        for code, why in found.items()
    }


def reasons_for(
    provider: str,
    sentences: Mapping[Code, "StrOrPromise"],
    fault: Fault,
    remedy: "StrOrPromise" = "",
    prefix: str = "",
) -> dict[Code, Reason]:
    """Declares a kind for each code."""
    declare = reasons_of(provider)
    return {
        code: declare(f"{prefix}{code}", sentence, fault=fault, remedy=remedy)() for code, sentence in sentences.items()
    }


def refused_in_words(provider: str, code: object, words: object, *, permanent: bool = True) -> Refused:
    """For a code that is in no table. `provider`: its name; `words`: what it said itself."""
    told = str(code)[:LONGEST_CODE]
    why = reasons.REFUSED_BY_PROVIDER(provider=provider, code=told, words=words)
    return Refused(why, permanent, Fault.UNKNOWN, told)


def with_code(refusal: Refused, code: object) -> Refused:
    """The same, known by the code that really came."""
    return replace(refusal, code=str(code)[:LONGEST_CODE])
