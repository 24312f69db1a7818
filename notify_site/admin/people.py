"""Users and roles, in the frame's forms."""

from functools import reduce
from operator import or_
from typing import Any

import django.contrib.auth.admin
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Q, QuerySet
from django.forms import ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, StackedInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from locations.lists.deleting import DeletedInWords
from locations.models import Employee

from ..roles import ROLES, word_role

Group.add_to_class("__str__", lambda group: word_role(group.name))  # in choices, filters, titles of pages
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
        names = [word_role(group.name) for group in user.groups.all()]
        return ", ".join([str(_("everything")), *names] if user.is_superuser else names)


VERBS = {"view": _("see"), "add": _("add"), "change": _("change"), "delete": _("delete")}

THINGS = {"importchunk": _("rows of imports")}  # what no page has to itself


class Permissions(ModelMultipleChoiceField):
    """What may be done, worded for the reader: Django keeps its own words for it, in English."""

    def label_from_instance(self, permission: Permission) -> str:
        verb, _line, _model = permission.codename.partition("_")
        kind = permission.content_type.model_class()
        things = kind._meta.verbose_name_plural if kind else permission.content_type.model
        return f"{capfirst(THINGS.get(permission.content_type.model, things))}: {VERBS.get(verb, permission.name)}"


def permissions_in_use() -> QuerySet[Permission]:
    """Of what has a page; the rest of Django's is asked by nobody."""
    kept = {tuple(model.split(".")) for rights in ROLES.values() for model in rights}
    is_kept = [Q(content_type__app_label=app, content_type__model=model) for app, model in sorted(kept)]
    return Permission.objects.select_related("content_type").filter(reduce(or_, is_kept))


@admin.register(Group)
class GroupAdmin(django.contrib.auth.admin.GroupAdmin, ModelAdmin):
    compressed_fields = False
    list_display = ["role"]

    @admin.display(description=_("name"), ordering="name")
    def role(self, group: Group) -> str:
        return word_role(group.name)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest | None = None, **kwargs: Any) -> Any:
        if db_field.name == "permissions":
            kwargs |= {"form_class": Permissions, "queryset": permissions_in_use()}
        return super().formfield_for_manytomany(db_field, request, **kwargs)
