"""The feedback form: where the chat is off, or for whoever came without a link (D2)."""

import secrets
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from locations.models import Channel, Company, Purpose
from locations.staff_language import in_company_language
from locations.values.emails import validate_email
from locations.values.phones import can_receive_sms, parse_phone
from messaging.outbox.models import Message
from messaging.outbox.queue.actions import queue_messages
from messaging.outbox.queue.routing import Routes

from ..conversations.writing import Said, receive
from ..identity.access import plain
from ..lines.lines import line_of, web_line
from ..models import AddressKind, ChatMessage, Conversation, ConversationAddress, Line, LineKind
from ..rate_limits import limit_feedback
from .visit import Visit

LONGEST_FEEDBACK = 5_000
KINDS = {AddressKind.PHONE: LineKind.SMS, AddressKind.EMAIL: LineKind.EMAIL}


def make_once() -> str:
    return secrets.token_urlsafe(16)


class FeedbackForm(forms.Form):
    """`website` is for robots only: people do not see it. A client whom we know need not say who they are."""

    name = forms.CharField(label=gettext_lazy("Your name"), max_length=100, required=False)
    contact = forms.CharField(label=gettext_lazy("Phone or e-mail for our answer"), max_length=254, required=False)
    text = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=LONGEST_FEEDBACK,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )
    website = forms.CharField(required=False, max_length=1000)
    once = forms.CharField(required=False, max_length=100, initial=make_once, widget=forms.HiddenInput)

    def __init__(self, *args: Any, is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_known = is_known
        self.fields["name"].required = self.fields["contact"].required = not is_known
        self.fields["name"].widget.attrs |= {"autocomplete": "name", "dir": "auto"}
        self.fields["contact"].widget.attrs |= {"autocomplete": "email", "inputmode": "email"}

    def clean_name(self) -> str:
        return plain(self.cleaned_data["name"], 100)

    def clean_contact(self) -> tuple[AddressKind, str] | None:
        """The kind and the address, as it is compared."""
        written = self.cleaned_data["contact"].strip()
        if not written and self.is_known:
            return None
        if "@" in written:
            validate_email(written)
            return AddressKind.EMAIL, written.lower()
        phone = parse_phone(written, Company.current().country)
        if not phone:
            raise ValidationError(
                _("“%(written)s” is neither a phone number nor an e-mail address."), params={"written": written}
            )
        return AddressKind.PHONE, phone

    @property
    def is_robot(self) -> bool:
        return bool(self.cleaned_data["website"])


def take_feedback(visit: Visit, form: FeedbackForm) -> ChatMessage | None:
    """A valid form becomes a message in the client's conversation, or in a new one, and a letter to the staff.

    None for what a robot filled in and for what came before. Raises Refusal when it is too much.
    """
    limit_feedback(visit.request)
    if form.is_robot:
        return None
    once_key = _once_key(visit, form)
    try:
        with transaction.atomic(), in_company_language():  # the staff's words
            said = Said(form.cleaned_data["text"], subject=_("Feedback form"), once_key=once_key)
            written = _from_client(visit, said) if visit.client else _from_stranger(form, said)
            if written is not None:
                _tell_staff(visit, form, written)
    except IntegrityError:
        if ChatMessage.objects.with_key(once_key).exists():
            return None  # pressed twice at the same moment
        raise
    return written


def _once_key(visit: Visit, form: FeedbackForm) -> str:
    """By its beginning a message from the form is known ever after: the form sends its own letter."""
    whose = visit.client.pk if visit.client else "stranger"
    return f"feedback:{whose}:{form.cleaned_data['once'] or make_once()}"


def _from_client(visit: Visit, said: Said) -> ChatMessage | None:
    return receive(visit.conversation, said, web_line())


def _from_stranger(form: FeedbackForm, said: Said) -> ChatMessage | None:
    """A conversation of its own each time: whoever types an address into a form has not shown that it is theirs."""
    if said.once_key and ChatMessage.objects.with_key(said.once_key).exists():
        return None
    kind, address = form.cleaned_data["contact"]
    name = form.cleaned_data["name"]
    conversation = Conversation.objects.create(title=f"{name}, {address}"[:255])
    claimed = {"kind": kind, "address": address, "line": _line_to(kind, address)}
    ConversationAddress.objects.create(conversation=conversation, is_claimed=True, **claimed)
    # By the web: an operator may answer to the address, but nothing goes there by itself.
    return receive(conversation, said, web_line())


def _line_to(kind: AddressKind, address: str) -> Line | None:
    """By which an operator can answer; None when nothing is connected that reaches the address."""
    if kind == AddressKind.PHONE and not can_receive_sms(address):
        return None
    gateway = Routes().choose(KINDS[kind].channel or "", is_demo=False)
    return line_of(gateway, KINDS[kind]) if gateway else None


def _tell_staff(visit: Visit, form: FeedbackForm, written: ChatMessage) -> None:
    contact = form.cleaned_data["contact"]
    who = visit.client.name if visit.client else form.cleaned_data["name"]
    is_demo = visit.client is not None and visit.client.is_demo
    signature = f"{who}, {contact[1]}" if contact else who
    queue_messages(
        [
            Message(
                channel=Channel.EMAIL,
                purpose=Purpose.STAFF,
                to=address,
                subject=_("Feedback from %(who)s") % {"who": who[:100]},
                body=f"{written.text}\n\n{signature}",
                is_demo=is_demo,
            )
            for address in visit.settings.staff_addresses
        ]
    )
