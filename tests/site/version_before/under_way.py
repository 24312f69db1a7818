"""What is under way with the version before at the moment of the update."""

from dataclasses import dataclass
from typing import Any

from django_q.models import Schedule

from .filling import DAY, HOUR, Company, claimed

OVER = ("sent", "delivered", "failed", "refused", "cancelled", "expired")


@dataclass
class UnderWay:
    """Rows by what shall become of them; `steps` and `messages` by name."""

    messages: dict[str, Any]
    steps: dict[str, Any]
    conversations: list[Any]


def put_under_way(company: Company) -> UnderWay:
    Schedule.objects.update_or_create(name="gonets: receipts", defaults={"func": "messaging.outbox.asking.ask_all"})
    messages = put_messages(company)
    conversations = [
        company.chat(),
        company.make("inbox.Conversation", client=company.client(), title="Bob", is_unread=True),
    ]
    put_calls(company, messages["at Twilio"].provider_id)
    return UnderWay(messages, put_steps(company), conversations)


def put_messages(company: Company) -> dict[str, Any]:
    """One that is due, one in each other state, and every kind of doubt."""
    now = company.now
    for state in (*OVER, "held"):
        company.message(state)
    company.message("in_doubt", body="nobody asks", look_up_at=None)
    found = {
        "due": company.message("queued", body="due"),
        "tomorrow": company.message("queued", body="tomorrow", send_at=now + DAY),
        "killed": company.message("sending", body="killed", lease_until=now - HOUR, **claimed()),
        "there": company.message("in_doubt", body="there", look_up_at=now),
        "missing": company.message("in_doubt", body="missing", look_up_at=now),
        "asleep": company.message("in_doubt", body="asleep", look_up_at=now, **claimed()),
        "at Twilio": company.at_twilio("sent", provider_id="SM" + "1" * 32),
    }
    there = found["there"]
    told = {"channel": "sms", "to": there.to, "body": there.body, "outcome": "delivered"}
    company.make("gateways.SandboxDelivery", key=there.key, **told)
    return found


def put_steps(company: Company) -> dict[str, Any]:
    """One in each state that waits, two that are over, and one to an address that has opted out."""
    now = company.now
    out = company.make("locations.Suppression", address="+48505000005", channel="sms", purpose="service")
    return {
        "planned": company.step("planned"),
        "postponed": company.step("postponed"),
        "tomorrow": company.step("planned", due_at=now + DAY, expires_at=now + 2 * DAY),
        "held": company.step("held", due_at=now - HOUR),
        "done": company.step("done"),
        "skipped": company.step("skipped"),
        "opted out": company.step("planned", order=company.order(out.address)),
    }


def put_calls(company: Company, number: str) -> None:
    """A receipt and a customer's words that nobody has read yet, and words that were read."""
    words = {"SmsStatus": "received", "From": "+48504000004", "To": "+15005550006", "Body": "Where?"}
    company.call({"MessageSid": number, "MessageStatus": "delivered"})
    company.call({"MessageSid": "SM" + "2" * 32, **words})
    company.call({"MessageSid": "SM" + "3" * 32, **words, "Body": "Old"}, handled_at=company.now)
