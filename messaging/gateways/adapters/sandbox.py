"""The sandbox: a provider inside the site. Its phone and mailbox show what a customer would see.

Numbers that end in 00000N and mailboxes named after an outcome give chosen outcomes in every country
(the cases of Twilio's test numbers).
"""

import datetime
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from locations.values.reasons import NONE, Reason, reasons_of

from .base import Adapter, adapter
from .news import HookRequest, InboundNews, News, NotUnderstood
from .outcomes import Accepted, Fault, Finding, NotFound, Outcome, Parcel, Refused, Unknown

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_CHOSEN = _("The address chose this outcome: take another one.")


def _reason(code: str, sentence: "StrOrPromise", fault: Fault) -> Reason:
    """What a chosen outcome says."""
    return reasons_of("sandbox")(code, sentence, fault=fault, remedy=_CHOSEN)()


def _refused(code: str, sentence: "StrOrPromise", fault: Fault, **marks: Any) -> Refused:
    """For good, unless the provider is to blame."""
    return Refused(_reason(code, sentence, fault), fault != Fault.PROVIDER, fault, code, **marks)


def _unknown(code: str, sentence: "StrOrPromise") -> Unknown:
    return Unknown(_reason(code, sentence, Fault.PROVIDER))


NOT_WRITTEN_HERE = reasons_of("sandbox")("not_written_here", _("Not written on the sandbox's pages."))
SPECIAL_PHONES: dict[str, Refused | Unknown] = {
    "000001": _refused("21211", _("The number does not exist."), Fault.RECIPIENT, is_address_dead=True),
    "000002": _refused("21612", _("No operator can reach this number."), Fault.RECIPIENT),
    "000003": _refused("21408", _("Sending to this country is not allowed for the account."), Fault.US),
    "000004": _refused("21610", _("The recipient has opted out (STOP)."), Fault.RECIPIENT, opted_out=True),
    "000005": _refused("20429", _("The provider asks to slow down."), Fault.PROVIDER, slows="recipient"),
    "000006": _unknown("silent", _("The provider did not answer in time.")),
    "000009": _refused("21614", _("The number cannot receive SMS."), Fault.RECIPIENT, is_address_dead=True),
}
SPECIAL_MAILBOXES: dict[str, Refused | Unknown] = {
    "bounce": _refused("550", _("There is no such mailbox."), Fault.RECIPIENT, is_address_dead=True),
    "later": _refused("450", _("The mailbox is busy; the server asks to try later."), Fault.PROVIDER),
    "silent": _unknown("lost", _("The connection was lost after the letter was handed over.")),
}


class Sandbox(Adapter):
    is_sandbox = True
    is_local = True
    resolves_doubt = "look_up"
    is_mail: ClassVar[bool] = False

    def deliver(self, parcel: Parcel) -> Outcome:
        outcome = self.outcome_for(parcel.to)
        apps.get_model("gateways", "SandboxDelivery").objects.create(
            key=parcel.key,
            channel=parcel.channel,
            to=parcel.to,
            subject=parcel.subject,
            body=parcel.body,
            reason=NONE if isinstance(outcome, Accepted) else outcome.reason,
            is_shown=not isinstance(outcome, Refused),
        )
        return outcome

    def look_up_here(self, parcel: Parcel, sent_at: datetime.datetime) -> Finding:
        """An address that leaves everybody in doubt is as silent now."""
        if not apps.get_model("gateways", "SandboxDelivery").objects.filter(key=parcel.key).exists():
            return NotFound()
        outcome = self.outcome_for(parcel.to)
        return NotFound() if isinstance(outcome, Refused) else outcome

    @classmethod
    def read_hook(cls, request: HookRequest) -> list[News]:
        """What somebody wrote on the sandbox's own pages as if they were the customer."""
        form = request.form
        number, sender = form.get("id", ""), form.get("from", "")
        if not number or not sender:
            raise NotUnderstood(NOT_WRITTEN_HERE())
        thread = {"message_id": f"<{number}@sandbox>", "subject": form.get("subject", "")} if cls.is_mail else {}
        news = InboundNews(sender, "", form.get("text", ""), number, subject=form.get("subject", ""))
        return [replace(news, thread=thread)]

    def outcome_for(self, to: str) -> Outcome:
        return self.find_special(to) or Accepted("sandbox", True)

    def find_special(self, to: str) -> Refused | Unknown | None:
        """The outcome that this recipient's address chooses, if it is not the usual one."""
        raise NotImplementedError


@adapter
class SandboxPhone(Sandbox):
    key = "sandbox_sms"
    label = _("Sandbox phone")
    channel = "sms"
    line = "sms"

    def find_special(self, to: str) -> Refused | Unknown | None:
        return SPECIAL_PHONES.get(to[-6:])


@adapter
class SandboxMailbox(Sandbox):
    key = "sandbox_email"
    label = _("Sandbox mailbox")
    channel = "email"
    line = "email"
    is_mail = True

    def find_special(self, to: str) -> Refused | Unknown | None:
        return SPECIAL_MAILBOXES.get(to.partition("@")[0])
