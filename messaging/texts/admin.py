"""Message templates: their list, and the editor of their words."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.template.defaultfilters import truncatechars
from django.urls import NoReverseMatch, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin

from locations.models import Channel, Company, languages
from locations.signed_in import signed_in

from .choosing import newest_of
from .forms import MAX_BODY, MAX_SUBJECT, TemplateForm, TextSlot
from .models import MessageTemplate, TemplateText, TemplateUse
from .placeholders import Group, Placeholder, registry
from .previewing import preview

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    class ListedTemplate(MessageTemplate):
        """With what the list reads along."""

        texts_in_use: list[TemplateText]
        robot_count: int

        class Meta:
            abstract = True


@admin.register(MessageTemplate)
class MessageTemplateAdmin(ModelAdmin):
    """The list says what each template says and who uses it; the page is the editor."""

    form = TemplateForm
    change_form_template = "admin/texts/messagetemplate/change_form.html"
    fieldsets = [(None, {"fields": [("name", "use", "purpose")]})]
    list_display = ["name", "use", "purpose", "first_words", "written_in", "used_by"]
    list_filter = ["use", "purpose"]
    search_fields = ["name", "texts__body"]
    search_help_text = gettext_lazy("Name or words")
    list_per_page = 50
    compressed_fields = False
    empty_title = gettext_lazy("No templates yet")
    empty_words = gettext_lazy("A template is what a robot says, once per language, with placeholders for the order.")

    class Media:
        css = {"all": ["texts/editor.css"]}
        js = ["texts/editor.js"]

    # --- The list ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[MessageTemplate]:
        in_use = Prefetch(
            "texts", newest_of(TemplateText.objects.all()).order_by("-channel", "language"), to_attr="texts_in_use"
        )
        templates = super().get_queryset(request).prefetch_related(in_use)
        return templates.annotate(robot_count=Count("robots", distinct=True))

    @admin.display(description=gettext_lazy("text"))
    def first_words(self, template: "ListedTemplate") -> str:
        if not template.texts_in_use:
            return "–"
        reader = get_language()
        text = min(template.texts_in_use, key=lambda text: (text.channel != Channel.SMS, text.language != reader))
        return format_html('<span class="g-cell">{}</span>', truncatechars(text.body.replace("\n", " "), 80))

    @admin.display(description=gettext_lazy("written in"))
    def written_in(self, template: "ListedTemplate") -> str:
        by_channel: dict[str, list[str]] = {}
        for text in template.texts_in_use:
            by_channel.setdefault(text.get_channel_display(), []).append(text.get_language_display())
        lines = format_html_join(
            "", "<span>{}: {}</span>", ((name, ", ".join(found)) for name, found in by_channel.items())
        )
        return format_html('<span class="g-cell">{}</span>', lines or "–")

    @admin.display(description=gettext_lazy("used by"), ordering="robot_count")
    def used_by(self, template: "ListedTemplate") -> str:
        if not template.robot_count:
            return _("nobody yet")
        words = _("robots: %(count)d") % {"count": template.robot_count}
        robot = MessageTemplate._meta.get_field("robots").related_model._meta
        try:
            address = reverse(f"admin:{robot.app_label}_{robot.model_name}_changelist")
        except NoReverseMatch:
            return words
        return format_html('<a class="g-link" href="{}?template__id__exact={}">{}</a>', address, template.pk, words)

    # --- The editor ---

    def get_urls(self) -> list[Any]:
        shown = self.admin_site.admin_view(require_POST(self.preview_view))
        return [path("preview/", shown, name="texts_messagetemplate_preview"), *super().get_urls()]

    def save_model(self, request: HttpRequest, obj: MessageTemplate, form: TemplateForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        form.write_versions(signed_in(request))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        if context["original"] and not self.has_change_permission(request, context["original"]):
            form.disable_words()
        context |= {
            "slots": form.slots,
            "chosen": chosen_slot(form.slots),
            "palette": palette(form.shown_use),
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """What stands under a text while it is typed: POST channel, language, use and the fields of that text."""
        if not (self.has_view_or_change_permission(request) or self.has_add_permission(request)):
            raise PermissionDenied
        channel, language, use = (request.POST.get(name, "") for name in ("channel", "language", "use"))
        if channel not in Channel.written() or language not in dict(languages()) or use not in TemplateUse:
            return HttpResponseBadRequest(_("No such channel, language or use."))
        body, subject = (request.POST.get(f"{channel}_{language}_{part}", "") for part in ("body", "subject"))
        body = body.replace("\r\n", "\n").strip()[:MAX_BODY]
        shown = preview(
            channel, language, use, subject.strip()[:MAX_SUBJECT], body, Company.current().max_sms_characters
        )
        return render(request, "texts/preview.html", {"preview": shown})


def chosen_slot(slots: list[TextSlot]) -> str:
    """The text the editor opens with: one with an error, else one that has words, else the company's language."""
    language = Company.current().language
    best = max(slots, key=lambda slot: (slot.has_errors, bool(slot.current), slot.language == language))
    return best.key


def palette(use: str) -> list[tuple["StrOrPromise", list[tuple[Placeholder, str, bool]]]]:
    """Placeholders by group, each with a sample in the reader's language and whether this use may have it."""
    language = (get_language() or "en")[:2]
    return [
        (
            group.label,
            [(known, known.sample(language), use in known.uses) for known in registry.values() if known.group == group],
        )
        for group in Group
    ]
