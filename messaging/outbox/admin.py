"""Messages: what was said to whom and what became of it. One can stop, approve or repeat a message, never edit it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter

from locations.errors import CannotDo
from locations.forms import read_address
from locations.lists.paging import LongList, chips, in_portions
from locations.lists.read_only import NeverAdded, NeverChanged, ReadOnly
from locations.lists.reasons import ReasonFilter
from locations.models import Channel
from locations.search.search import phone_of
from locations.signed_in import signed_in
from locations.staff_language import in_company_language
from locations.values.reasons import Reason

from . import reasons
from .cells import order_cell, state_cell, text_cell, to_cell
from .corrections import correct_address
from .list_chips import narrowing_chips
from .models import Message, UnusableAddress
from .queue import actions
from .redaction import shown_to
from .search import messages_found
from .states import MessageState


@admin.register(Message)
class MessageAdmin(ReadOnly, LongList):
    change_form_template = "admin/outbox/message/change_form.html"
    list_before_template = "gonets/chips.html"
    list_disable_select_all = False
    list_display = ["shown_to", "shown_state", "shown_text", "shown_order"]
    list_columns = [
        *("channel", "purpose", "to", "subject", "body", "state", "reason", "is_pinned", "text_version"),
        *("order", "client", "send_at", "sent_at", "created_at"),
    ]
    list_with = {"order": ["number"], "client": ["name"]}
    list_filter = [
        ("state", ChoicesDropdownFilter),
        ("channel", ChoicesDropdownFilter),
        ("gateway", RelatedDropdownFilter),
        ("purpose", ChoicesDropdownFilter),
        ReasonFilter,
    ]
    empty_title = _("Nothing was sent yet")
    empty_words = _("Every message to a customer stands here with its state, the reason and each try.")
    search_fields = ["to"]
    search_help_text = _("Number of the order, client, address, phone in any spelling, e-mail")
    actions = ["cancel_chosen", "approve_chosen", "try_chosen_now", "chosen_arrived", "chosen_lost"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        return shown_to(signed_in(request), super().get_queryset(request))

    # --- Nobody edits a message; some may operate it ---

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Whether this user may stop, approve and send again."""
        return request.user.has_perm("outbox.change_message")

    # --- The list ---

    def get_search_results(self, _request: HttpRequest, queryset: Any, term: str) -> tuple[Any, bool]:
        return (queryset.filter(pk__in=messages_found(term)) if term.strip() else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        choices = [(state.value, state.label, Message.objects.filter(state=state)) for state in MessageState]
        shown = chips(request, "state__exact", choices, with_empty=False)
        narrowed = narrowing_chips(request)
        return super().changelist_view(request, {**(extra_context or {}), "chips": shown, "narrowed": narrowed})

    @admin.display(description=pgettext_lazy("recipient", "to"))
    def shown_to(self, message: Message) -> str:
        return to_cell(message)

    @admin.display(description=_("state"))
    def shown_state(self, message: Message) -> str:
        return state_cell(message)

    @admin.display(description=_("text"))
    def shown_text(self, message: Message) -> str:
        return text_cell(message)

    @admin.display(description=_("order and client"))
    def shown_order(self, message: Message) -> str:
        return order_cell(message)

    @admin.action(description=_("Cancel those that still wait"), permissions=["operate"])
    def cancel_chosen(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        n = sum(actions.cancel(some, cancelled_by(request)) for some in in_portions(queryset))
        messages.success(request, ngettext("%(n)d message cancelled.", "%(n)d messages cancelled.", n) % {"n": n})

    @admin.action(description=_("Send the held ones after all"), permissions=["operate"])
    def approve_chosen(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        n = sum(map(actions.approve, in_portions(queryset)))
        messages.success(request, ngettext("%(n)d message goes out.", "%(n)d messages go out.", n) % {"n": n})

    @admin.action(description=_("Try now those that wait for their next try"), permissions=["operate"])
    def try_chosen_now(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        n = sum(map(actions.try_now, in_portions(queryset)))
        messages.success(
            request, ngettext("%(n)d message is tried now.", "%(n)d messages are tried now.", n) % {"n": n}
        )

    @admin.action(description=_("In doubt: they arrived"), permissions=["operate"])
    def chosen_arrived(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        n = actions.settle_doubts(queryset, arrived=True)
        messages.success(request, ngettext("%(n)d doubt settled.", "%(n)d doubts settled.", n) % {"n": n})

    @admin.action(description=_("In doubt: they did not arrive, send again"), permissions=["operate"])
    def chosen_lost(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        n = actions.settle_doubts(queryset, arrived=False)
        messages.success(
            request, ngettext("%(n)d message is sent again.", "%(n)d messages are sent again.", n) % {"n": n}
        )

    # --- One message ---

    def get_urls(self) -> list[Any]:
        operate = self.admin_site.admin_view(self.operate_view)
        return [path("<int:object_id>/<slug:verb>/do/", operate, name="outbox_message_do"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        message = self.get_object(request, object_id)
        if message:
            extra_context = {
                **(extra_context or {}),
                "message": message,
                "tries": message.tries.select_related("gateway"),
                "receipts": message.receipts.all(),
                "resends": message.resends.order_by("id"),
                "verbs": verbs_of(message) if self.has_operate_permission(request) else [],
                "title": str(message.get_channel_display()),
            }
        return super().change_view(request, object_id, form_url, extra_context)

    def operate_view(self, request: HttpRequest, object_id: int, verb: str) -> HttpResponse:
        """POST: cancel, approve, resend (with `to`), arrived, lost."""
        if request.method != "POST" or verb not in VERBS or not self.has_operate_permission(request):
            raise PermissionDenied
        message = self.get_object(request, str(object_id))
        if message is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(object_id))
        shown = VERBS[verb](request, message) or message
        return HttpResponseRedirect(reverse("admin:outbox_message_change", args=[shown.pk]))


@admin.register(UnusableAddress)
class UnusableAddressAdmin(NeverAdded, NeverChanged, LongList):
    """Addresses providers called dead. Deleting a row is the way to try that address again."""

    list_display = ["address", "channel", "reason", "since"]
    list_filter = [("channel", ChoicesDropdownFilter)]
    fields = ["address", "channel", "reason", "since"]
    search_fields = ["=address"]
    search_help_text = _("The whole phone number or e-mail address")
    empty_title = _("No address was called unusable")
    empty_words = _(
        "When a provider says that a number or mailbox does not exist, it stands here and is tried no more."
    )

    def get_search_results(self, _request: HttpRequest, queryset: Any, term: str) -> tuple[Any, bool]:
        wanted = {term.strip().lower(), phone_of(term)} - {""}
        return (queryset.filter(address__in=wanted) if wanted else queryset), False


def cancelled_by(request: HttpRequest) -> Reason:
    return reasons.CANCELLED_BY(user=request.user.get_username())


def verbs_of(message: Message) -> list[str]:
    """What can be done to a message in its state."""
    state = MessageState(message.state)
    if state == MessageState.IN_DOUBT:
        return ["arrived", "lost"]
    if state == MessageState.HELD:
        return ["approve", "cancel"]
    if state == MessageState.QUEUED and message.send_at > timezone.now():
        return ["now", "cancel"]
    if state.can_cancel:
        return ["cancel"]
    return [] if state == MessageState.SENDING else ["resend"]


def cancel(request: HttpRequest, message: Message) -> None:
    if actions.cancel(Message.objects.filter(pk=message.pk), cancelled_by(request)):
        messages.success(request, _("The message was cancelled; nobody gets it."))
    else:
        messages.warning(request, _("Too late to cancel: it does not wait any more."))


def approve(request: HttpRequest, message: Message) -> None:
    if actions.approve(Message.objects.filter(pk=message.pk)):
        messages.success(request, _("The message goes out."))
    else:
        messages.warning(request, _("It is not held any more."))


def try_now(request: HttpRequest, message: Message) -> None:
    if actions.try_now(Message.objects.filter(pk=message.pk)):
        messages.success(request, _("It is tried now."))
    else:
        messages.warning(request, _("It does not wait for a next try any more."))


def resend(request: HttpRequest, message: Message) -> Message | None:
    text = request.POST.get("to", "").strip()
    try:
        to = read_address(text, Channel(message.channel).is_phone) if text else ""
        again = actions.resend(message, to)
    except forms.ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return None
    except CannotDo as problem:
        messages.error(request, str(problem))
        return None
    messages.success(request, _("Sent again, as this new message."))
    if to and to != message.to and request.POST.get("corrects"):
        note_correction(request, message, to)
    return again


def note_correction(request: HttpRequest, message: Message, to: str) -> None:
    """Put the corrected address where the wrong one stood, as far as this user may; say where, and keep who did it."""
    if not request.user.has_perms(["orders.change_order", "locations.change_client"]):
        messages.warning(request, _("The order and the client's card keep the old address: you may not change them."))
        return
    words = _("%(old)s was corrected to %(new)s.") % {"old": message.to, "new": to}
    for row in correct_address(message, to):
        with in_company_language():
            LogEntry.objects.log_actions(signed_in(request).pk, [row], CHANGE, str(words))
        kind = row._meta.verbose_name
        messages.success(request, _("Corrected in the %(kind)s “%(name)s” too.") % {"kind": kind, "name": row})


def arrived(request: HttpRequest, message: Message) -> None:
    actions.settle_doubt(message, arrived=True)
    messages.success(request, _("Noted: it arrived."))


def lost(request: HttpRequest, message: Message) -> Message | None:
    was_doubtful = message.state == MessageState.IN_DOUBT
    again = actions.settle_doubt(message, arrived=False)
    if again is not None:
        messages.success(request, _("Sent again, as this new message."))
    elif was_doubtful and message.state == MessageState.FAILED:
        messages.success(request, str(message.reason))
    else:
        messages.warning(request, _("Somebody has settled this already."))
    return again


VERBS: dict[str, Callable[[HttpRequest, Message], Message | None]] = {
    "cancel": cancel,
    "approve": approve,
    "now": try_now,
    "resend": resend,
    "arrived": arrived,
    "lost": lost,
}
