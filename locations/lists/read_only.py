"""Pages on which nobody adds, changes or deletes by hand, whatever their rights: the program itself does."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin


class NeverAdded(ModelAdmin):
    """Rows that are there, or that the program makes."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False


class NeverChanged(ModelAdmin):
    """Rows that stay as they were written."""

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class NeverDeleted(ModelAdmin):
    """Rows that stay, or that only the program removes."""

    def has_delete_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        return False


class ReadOnly(NeverAdded, NeverChanged, NeverDeleted):
    """A list to look at; what one may do with its rows are buttons and actions of their own."""
