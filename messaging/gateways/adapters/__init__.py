"""The only code that talks to providers: a file each, found by itself."""

import importlib
import pkgutil

from .base import Adapter, Checkup, ConfigField, adapter, adapter_choices, get_adapter_class
from .news import Balance, HookRequest, InboundNews, News, ReceiptNews, ReceiptStatus
from .outcomes import Accepted, Fault, Finding, NotFound, Outcome, Parcel, Refused, Unknown

__all__ = [
    "Accepted",
    "Adapter",
    "Balance",
    "Checkup",
    "ConfigField",
    "Fault",
    "Finding",
    "HookRequest",
    "InboundNews",
    "News",
    "NotFound",
    "Outcome",
    "Parcel",
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
