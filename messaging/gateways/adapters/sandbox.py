"""The sandbox: a provider inside the site. Its phone and mailbox show what a customer would see.

Numbers that end in 00000N and mailboxes named after an outcome give chosen outcomes in every country
(the cases of Twilio's test numbers).
"""

import datetime
from dataclasses import replace
from typing import ClassVar

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from .base import Adapter, adapter
from .news import HookRequest, InboundNews, News, NotUnderstood
from .outcomes import Accepted, Fault, Finding, NotFound, Outcome, Parcel, Refused, Unknown

SPECIAL_PHONES: dict[str, Refused | Unknown] = {
    "000001": Refused(_("The number does not exist."), True, Fault.RECIPIENT, "21211", is_address_dead=True),
    "000002": Refused(_("No operator can reach this number."), True, Fault.RECIPIENT, "21612"),
    "000003": Refused(_("Sending to this country is not allowed for the account."), True, Fault.US, "21408"),
    "000004": Refused(_("The recipient has opted out (STOP)."), True, Fault.RECIPIENT, "21610", opted_out=True),
    "000005": Refused(_("The provider asks to slow down."), False, Fault.PROVIDER, "20429", slows="recipient"),
    "000006": Unknown(_("The provider did not answer in time.")),
    "000009": Refused(_("The number cannot receive SMS."), True, Fault.RECIPIENT, "21614", is_address_dead=True),
}
SPECIAL_MAILBOXES: dict[str, Refused | Unknown] = {
    "bounce": Refused(_("There is no such mailbox."), True, Fault.RECIPIENT, "550", is_address_dead=True),
    "later": Refused(_("The mailbox is busy; the server asks to try later."), False, Fault.PROVIDER, "450"),
    "silent": Unknown(_("The connection was lost after the letter was handed over.")),
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
            outcome="delivered" if isinstance(outcome, Accepted) else str(outcome.sentence),
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
            raise NotUnderstood("Not written on the sandbox's pages")
        thread = {"message_id": f"<{number}@sandbox>", "subject": form.get("subject", "")} if cls.is_mail else {}
        news = InboundNews(sender, "", form.get("text", ""), number, subject=form.get("subject", ""))
        return [replace(news, thread=thread)]

    def outcome_for(self, to: str) -> Outcome:
        special = self.find_special(to)
        return replace(special, sentence=str(special.sentence)) if special else Accepted("sandbox", True)

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
