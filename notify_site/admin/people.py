"""Users and roles, in the frame's forms."""

from typing import Any

import django.contrib.auth.admin
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from locations.lists.deleting import DeletedInWords
from locations.models import Employee

admin.site.unregister(User)
admin.site.unregister(Group)


class EmployeeInline(StackedInline):
    model = Employee
    fields = ["language", "departments"]
    autocomplete_fields = ["departments"]
    verbose_name_plural = _("place in the company")
    can_delete = False


@admin.register(User)
class UserAdmin(DeletedInWords, django.contrib.auth.admin.UserAdmin, ModelAdmin):
    use_instead = _("Take the tick at “Active” away instead.")
    compressed_fields = False
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "full_name", "roles", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    inlines = [EmployeeInline]
    fieldsets = [
        (None, {"fields": ["username", "password", ("first_name", "last_name"), "email"]}),
        (_("May do"), {"fields": [("is_active", "is_staff", "is_superuser"), "groups"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", ("first_name", "last_name"), "usable_password", "password1", "password2"]}),
        (_("May do"), {"fields": ["groups"], "description": _("Without a role one comes in and sees nothing.")}),
    ]
    autocomplete_fields = ["groups"]
    filter_horizontal = []

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody makes himself more than he is."""
        return [] if request.user.is_superuser else ["is_superuser"]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        mighty = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not mighty and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        mighty = obj is not None and obj.is_superuser and not request.user.is_superuser
        return not mighty and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True  # there is no page for users who are not
        super().save_model(request, obj, form, change)

    @admin.display(description=_("name"))
    def full_name(self, user: User) -> str:
        return user.get_full_name()

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        names = [group.name for group in user.groups.all()]
        return ", ".join([str(_("everything")), *names] if user.is_superuser else names)


@admin.register(Group)
class GroupAdmin(django.contrib.auth.admin.GroupAdmin, ModelAdmin):
    compressed_fields = False
