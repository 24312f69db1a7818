"""The only code that talks to providers: a file each, found by itself."""

import importlib
import pkgutil

from .base import (
    Accepted,
    Adapter,
    Checkup,
    ConfigField,
    Fault,
    Finding,
    NotFound,
    Outcome,
    Parcel,
    Refused,
    Unknown,
    adapter,
    adapter_choices,
    get_adapter_class,
)

__all__ = [
    "Accepted",
    "Adapter",
    "Checkup",
    "ConfigField",
    "Fault",
    "Finding",
    "NotFound",
    "Outcome",
    "Parcel",
    "Refused",
    "Unknown",
    "adapter",
    "adapter_choices",
    "get_adapter_class",
]

for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
