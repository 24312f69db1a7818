"""The company's settings, its departments, zones and people, and the addresses nobody writes to."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.widgets import UnfoldAdminTextInputWidget

from .consent import keep_refusals, normalise_address
from .forms import CompanyForm, DepartmentForm, LocationForm, NamedForm, SuppressionForm
from .lists.deleting import DeletedInWords
from .lists.paging import LongList
from .lists.read_only import NeverAdded, NeverDeleted
from .lists.spoken import moment
from .models import Channel, Company, DeliveryZone, Department, Employee, Location, Suppression
from .search.search import locations_found, phone_of
from .staff_language import choose_company_language, in_company_language


@admin.register(Company)
class CompanyAdmin(NeverAdded, NeverDeleted):
    """One row: the menu leads straight to its form."""

    compressed_fields = False
    form = CompanyForm
    fieldsets = [
        (None, {"fields": ["name", "language", ("country", "currency"), "time_zone"]}),
        (
            _("Sending"),
            {"fields": ["is_sending_stopped", Channel.flags(), "held_after_minutes"]},
        ),
        (_("Limits of SMS"), {"fields": [("max_sms_characters", "max_sms_parts")]}),
    ]

    def get_urls(self) -> list[Any]:
        sending = self.admin_site.admin_view(self.sending_view)
        return [path("sending/", sending, name="locations_company_sending"), *super().get_urls()]

    def changelist_view(self, _request: HttpRequest, _extra_context: dict | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:locations_company_change", args=[Company.current().pk]))

    def save_model(self, request: HttpRequest, obj: Company, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "language" in form.changed_data:
            choose_company_language(obj.language)

    def sending_view(self, request: HttpRequest) -> HttpResponse:
        """Stops or resumes all sending with one press (POST stop=1 or stop=0)."""
        if request.method != "POST" or not self.has_change_permission(request):
            raise PermissionDenied
        company = Company.current()
        company.is_sending_stopped = request.POST.get("stop") == "1"
        company.save(update_fields=["is_sending_stopped"])
        if company.is_sending_stopped:
            messages.warning(request, _("All sending is stopped. Messages wait until you resume."))
        else:
            messages.success(request, _("Sending goes on. What is late waits for approval."))
        with in_company_language():
            self.log_change(request, company, str(_("stopped") if company.is_sending_stopped else _("resumed")))
        back = request.POST.get("next", "")
        if not url_has_allowed_host_and_scheme(back, {request.get_host()}):
            back = reverse("admin:index")
        return HttpResponseRedirect(back)


@admin.register(Department)
class DepartmentAdmin(DeletedInWords):
    compressed_fields = False
    form = DepartmentForm
    list_display = ["name", "phone", "country", "time_zone", "language"]
    empty_title = _("No departments")
    empty_words = _("Salons, branches, kitchens: each with its phone, country and time zone. One company needs none.")
    search_fields = ["name"]
    fieldsets = [
        (None, {"fields": ["name", "phone"]}),
        (
            _("Different from the company"),
            {
                "fields": [("country", "currency"), ("time_zone", "language")],
                "description": _("What stays empty is the company's."),
            },
        ),
    ]


@admin.register(DeliveryZone)
class DeliveryZoneAdmin(DeletedInWords):
    compressed_fields = False
    form = NamedForm
    empty_title = _("No delivery zones")
    empty_words = _("Parts of the town, to find and sort clients' places by.")
    list_display = ["name"]
    search_fields = ["name"]


@admin.register(Employee)
class EmployeeAdmin(ModelAdmin):
    compressed_fields = False
    empty_title = _("Nobody is placed yet")
    empty_words = _("Say here which departments a user works in: their orders are the user's own.")
    list_display = ["user", "shown_departments"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__last_name"]
    autocomplete_fields = ["user", "departments"]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("departments")

    @admin.display(description=_("departments"))
    def shown_departments(self, employee: Employee) -> str:
        return ", ".join(department.name for department in employee.departments.all())


@admin.register(Location)
class LocationAdmin(DeletedInWords, LongList):
    form = LocationForm
    list_display = ["shown_name", "address", "phone", "email", "shown_zone"]
    list_with = {"zone": ["name"]}
    list_filter = [("zone", RelatedDropdownFilter)]
    empty_title = _("No places yet")
    empty_words = _(
        "The first order to a place makes it. The same client and address, to the last comma, is one place."
    )
    search_fields = ["client_name"]
    search_help_text = _("Client, address, phone in any spelling, e-mail")
    autocomplete_fields = ["client", "zone"]
    fieldsets = [
        (None, {"fields": ["client_name", "address", ("phone", "email")]}),
        (_("Delivery"), {"fields": [("zone", "district"), "time_zone"]}),
        (_("Client and permissions"), {"fields": ["client", Channel.flags()]}),
    ]

    def save_model(self, request: HttpRequest, obj: Location, form: Any, change: bool) -> None:
        """What the client refused holds for this phone and e-mail from now on."""
        super().save_model(request, obj, form, change)
        if obj.client_id:
            keep_refusals({obj.client_id: [obj.phone and obj.phone.as_e164, obj.email]})

    @admin.display(description=_("client name"))
    def shown_name(self, location: Location) -> str:
        return location.client_name

    @admin.display(description=_("zone, district"))
    def shown_zone(self, location: Location) -> str:
        return ", ".join(str(part) for part in (location.zone, location.district) if part)

    def get_search_results(self, _request: HttpRequest, queryset: Any, term: str) -> tuple[Any, bool]:
        return (queryset.filter(pk__in=locations_found(term)) if term.strip() else queryset), False


@admin.register(Suppression)
class SuppressionAdmin(LongList):
    form = SuppressionForm
    list_display = ["address", "channel", "purpose", "reason", "since"]
    list_filter = [("channel", ChoicesDropdownFilter), ("purpose", ChoicesDropdownFilter)]
    empty_title = _("Nobody has objected")
    empty_words = _("Phones and addresses that must not be written to, whoever's they are.")
    search_fields = ["=address"]
    search_help_text = _("The whole phone number or e-mail address")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "reason":
            kwargs["widget"] = UnfoldAdminTextInputWidget()
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_search_results(self, _request: HttpRequest, queryset: Any, term: str) -> tuple[Any, bool]:
        wanted = {normalise_address(term), phone_of(term)} - {""}
        return (queryset.filter(address__in=wanted) if wanted else queryset), False

    @admin.display(description=_("since"))
    def since(self, suppression: Suppression) -> str:
        return moment(suppression.created_at)
