"""The only code that talks to providers: a file or folder each, found by itself."""

import importlib
import pkgutil

from .base import Adapter, Checkup, ConfigField, adapter, adapter_choices, get_adapter_class
from .foreign import storable
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
    NotUnderstood,
    Polled,
    PollFailed,
    ReceiptNews,
    ReceiptStatus,
    Unclear,
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
    "NotUnderstood",
    "Outcome",
    "Parcel",
    "PollFailed",
    "Polled",
    "ReceiptNews",
    "ReceiptStatus",
    "Refused",
    "Unclear",
    "Unknown",
    "adapter",
    "adapter_choices",
    "get_adapter_class",
    "storable",
]

for _module in pkgutil.walk_packages(__path__, f"{__name__}."):
    importlib.import_module(_module.name)
