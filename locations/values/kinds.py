"""Enumerations whose members may grow: fields name them by a function, so that a new member is no migration."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Kinds(TextChoices):
    """`choices=Channel.options`, not `choices=Channel`, which would be written into a migration member by member."""

    @classmethod
    def options(cls) -> list[tuple[str, "StrOrPromise"]]:
        return list(cls.choices)
