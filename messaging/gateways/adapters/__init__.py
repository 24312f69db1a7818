"""The only code that talks to providers: a file each, found by itself."""

import importlib
import pkgutil

from .base import Adapter, Checkup, ConfigField, adapter, adapter_choices, get_adapter_class
from .news import (
    Balance,
    Command,
    HookRequest,
    InboundFile,
    InboundNews,
    Media,
    MediaLater,
    MediaRefused,
    News,
    Polled,
    PollFailed,
    ReceiptNews,
    ReceiptStatus,
)
from .outcomes import Accepted, Enclosure, Fault, Finding, NotFound, Outcome, Parcel, Refused, Unknown

__all__ = [
    "Accepted",
    "Adapter",
    "Balance",
    "Checkup",
    "Command",
    "ConfigField",
    "Enclosure",
    "Fault",
    "Finding",
    "HookRequest",
    "InboundFile",
    "InboundNews",
    "Media",
    "MediaLater",
    "MediaRefused",
    "News",
    "NotFound",
    "Outcome",
    "Parcel",
    "PollFailed",
    "Polled",
    "ReceiptNews",
    "ReceiptStatus",
    "Refused",
    "Unknown",
    "adapter",
    "adapter_choices",
    "get_adapter_class",
]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
