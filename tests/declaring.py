"""A member of an enumeration as if its line stood in the source, for tests that prove one line to be enough."""

from typing import Any

import pytest
from django.db.models import TextChoices


def declare(monkeypatch: pytest.MonkeyPatch, kinds: type[TextChoices], name: str, *declared: Any) -> Any:
    """`NAME = value, ..., label`; it is gone when the test is over."""
    value, *more, label = declared
    member = kinds._new_member_(kinds, value, *more)
    member._name_, member._value_, member._label_ = name, value, label
    monkeypatch.setitem(kinds._member_map_, name, member)
    monkeypatch.setitem(kinds._value2member_map_, value, member)
    monkeypatch.setattr(kinds, "_member_names_", [*kinds._member_names_, name])
    return member
