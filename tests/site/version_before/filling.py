"""A company that works with the version before: rows as that version wrote them, made with its models."""

import datetime
import itertools
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.apps.registry import Apps
from django.utils import timezone
from django_q.tasks import async_task

from messaging.gateways import credentials

from . import sentences
from .schema import queue_by_reference

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
COLUMNS = {"orderNumber": "orderNumber", "clientName": "clientName", "address": "address"}


@dataclass
class Company:
    """The rows of the version before. `models`: its models; `twilio`: what its Twilio gateway needs."""

    models: Apps
    twilio: dict[str, str]
    now: datetime.datetime = field(default_factory=timezone.now)
    numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def make(self, label: str, **fields: Any) -> Any:
        return self.models.get_model(label).objects.create(**fields)

    # --- What all stand on ---

    def found(self) -> None:
        self.models.get_model("locations", "Account").objects.update_or_create(pk=1, defaults={"name": "Pizza Ltd"})
        stages = self.models.get_model("orders", "Stage").objects
        self.stage = stages.filter(kind="ready").first() or stages.create(name="Ready", kind="ready", position=2)
        self.sms = self.gateway("Main SMS", "sandbox_sms", "sms", weight=90)
        self.real = self.gateway("Twilio", "twilio_sms", "sms", self.twilio)
        template = self.make("texts.MessageTemplate", name="Ready")
        self.text = self.make(
            "texts.TemplateText", template=template, channel="sms", language="en", body="Order {order_number} is ready"
        )
        self.robot = self.make(
            "robots.Robot", name="Ready", is_on=True, event="stage_entered", stage=self.stage, channel="sms",
            template=template,
        )  # fmt: skip

    def gateway(
        self, name: str, adapter: str, channel: str, config: dict[str, str] | None = None, **fields: Any
    ) -> Any:
        kept = credentials.encrypt(config) if config else ""
        key = f"hook-{name}"[:50]
        return self.make(
            "gateways.Gateway", name=name, adapter=adapter, channel=channel, credentials=kept, hook_key=key, **fields
        )

    def client(self, phone: str = "") -> Any:
        name = f"Client {next(self.numbers)}"
        client = self.make("locations.Client", name=name)
        if phone:
            self.make("locations.ContactPoint", client=client, kind="phone", value=phone)
        return client

    def order(self, phone: str = "+48501000077", **fields: Any) -> Any:
        client = self.client()
        place = self.make("locations.Location", client=client, client_name=client.name, address="Long Street 5")
        order = self.make(
            "orders.Order", source="shop", number=f"A-{next(self.numbers)}", client=client, location=place,
            stage=self.stage, stage_entered_at=self.now, contact_phone=phone, **fields,
        )  # fmt: skip
        order.visit = self.make("orders.StageChange", order=order, to_stage=self.stage, at=self.now)
        return order

    # --- Messages and steps ---

    def message(self, state: str, reason: str = "", **fields: Any) -> Any:
        fields = {"channel": "sms", "to": "+48502000077", "body": state, "gateway": self.sms, **fields}
        return self.make("outbox.Message", state=state, reason=reason, **fields)

    def at_twilio(self, state: str, reason: str = "", **fields: Any) -> Any:
        return self.message(state, reason, gateway=self.real, to="+15005550020", attempts=1, **fields)

    def step(self, state: str, reason: str = "", **fields: Any) -> Any:
        order = fields.pop("order", None) or self.order()
        own = {"due_at": self.now, "expires_at": self.now + DAY, "once_key": f"old:{next(self.numbers)}", **fields}
        return self.make(
            "robots.RobotRun", robot=self.robot, robot_name="Ready", order=order, stage_change=order.visit, state=state,
            reason=reason, **own,
        )  # fmt: skip

    def say_every_reason(self) -> None:
        """One row for each sentence, wherever it was kept."""
        later = {"send_at": self.now + DAY, "look_up_at": None}
        for state, sentence in sentences.MESSAGES:
            self.message(state, sentence, body=sentence, **later)
        for sentence in sentences.REFUSED:
            message = self.message("failed", sentence, body=sentence)
            own = {"message": message, "gateway": self.real, "sentence": sentence, "code": "1", "fault": "provider"}
            self.make("outbox.Attempt", started_at=self.now, outcome="refused", **own)
            self.make("outbox.Receipt", status="failed", **own)
        for sentence in sentences.UNKNOWN:
            message = self.message("in_doubt", f"{sentence} It may or may not have arrived.", body=sentence)
            own = {"message": message, "gateway": self.real, "sentence": sentence}
            self.make("outbox.Attempt", started_at=self.now, outcome="unknown", **own)
        self.make("outbox.UnusableAddress", channel="sms", address="+48509000009", reason="The number does not exist.")
        waits = {"due_at": self.now + DAY, "expires_at": self.now + 2 * DAY}
        order = self.order()
        for state, sentence in sentences.STEPS:
            self.step(state, sentence, order=order, **waits)
        for index, sentence in enumerate(sentences.SUPPRESSED):
            own = {"channel": "sms", "purpose": "advertising"}
            self.make("locations.Suppression", address=f"+4850300000{index}", reason=sentence, **own)
            self.make("locations.Consent", client=self.client(), is_given=bool(index % 2), source=sentence, **own)
        for index, sentence in enumerate(sentences.POLLS):
            self.gateway(f"Post {index}", "smtp", "email", is_on=False, poll_problem=sentence)
        for index, sentence in enumerate(sentences.REFUSED + sentences.UNKNOWN):
            told = {"pause_reason": sentence, "last_error": sentence}
            self.gateway(f"Paused {index}", "twilio_sms", "sms", paused_at=self.now, last_error_at=self.now, **told)
        for sentence in sentences.CALLS:
            self.call(problem=sentence, handled_at=self.now)

    def call(self, form: dict[str, str] | None = None, **fields: Any) -> Any:
        number = next(self.numbers)
        return self.make(
            "gateways.HookEvent", gateway=self.real, dedupe_key=f"old:{number}", method="POST",
            url="https://shop.example/hooks/old/", body=urlencode(form or {"odd": number}).encode(),
            headers={"content-type": "application/x-www-form-urlencoded"}, **fields,
        )  # fmt: skip

    # --- The chat ---

    def chat(self) -> Any:
        """Three unread words of a client, and a file for each reason why there is none."""
        line = self.make("inbox.Line", kind="sms", name="Twilio", gateway=self.real)
        conversation = self.make(
            "inbox.Conversation", client=self.client("+48504000004"), title="Anna", line=line, unread=3, is_unread=True,
            last_words="Hello 2", last_sender="client", waiting_since=self.now,
        )  # fmt: skip
        self.make(
            "inbox.ConversationAddress", conversation=conversation, kind="phone", address="+48504000004", line=line
        )
        for index in range(3):
            said = self.chat_message(conversation, f"Hello {index}", line)
        for sentence in sentences.FILES:
            self.make("inbox.Attachment", chat_message=said, name="a.jpg", state="refused", reason=sentence)
        far = self.now + DAY
        waiting = {"state": "waiting", "reason": sentences.FILES[1], "fetch_after": far, "reference": "x"}
        self.make("inbox.Attachment", chat_message=said, name="b.jpg", **waiting)
        return conversation

    def chat_message(self, conversation: Any, text: str, line: Any) -> Any:
        said = self.make("inbox.ChatMessage", conversation=conversation, sender="client", text=text, line=line)
        type(conversation).objects.filter(pk=conversation.pk).update(newest_id=said.pk)
        return said

    # --- Imports and tasks ---

    def half_done(self, state: str, done: int, **fields: Any) -> Any:
        """An import of two chunks with one order each, of which so many are through."""
        name = f"{state}-{next(self.numbers)}"
        own = {"moved_at": self.now - HOUR, "started_at": self.now, "row_count": 2, "done_rows": done, **fields}
        layout = {"columns": list(COLUMNS), "headers": list(COLUMNS), "unknown": [], "encoding": "utf-8"}
        layout["delimiter"] = ";"
        run = self.make("imports.Import", file_name=f"{name}.csv", source=name, state=state, layout=layout, **own)
        for position in range(2):
            cells = [f"{name}-{position}", f"Client of {name}", f"Street {position}"]
            row = [position + 2, cells, ""]
            self.make("imports.ImportChunk", run=run, position=position, rows=[row], is_done=position < done)
        return run

    def fields_of_order(self, run: Any, position: int) -> dict[str, Any]:
        """Of the order that a chunk of a half-done import has made already."""
        client = self.make("locations.Client", name=f"Client of {run.source}")
        place = {"client_name": client.name, "address": f"Street {position}"}
        return {
            "source": run.source, "number": f"{run.source}-{position}", "client": client, "stage": self.stage,
            "stage_entered_at": self.now, "location": self.make("locations.Location", client=client, **place),
        }  # fmt: skip

    def say_every_import_reason(self) -> Any:
        for sentence in sentences.IMPORTS:
            state = "failed" if "three times" in sentence else "unreadable"
            self.make("imports.Import", file_name="bad.csv", state=state, problem=sentence)
        reasons = {sentence: index + 1 for index, (_state, sentence) in enumerate(sentences.STEPS)}
        counted = {"created": 0, "updated": 0, "unchanged": 0, "refused": len(sentences.CELLS), "will_follow": 0}
        counted |= {
            "new_locations": 0,
            "updated_locations": 0,
            "new_clients": 0,
            "noted": 1,
            "updates": [],
            "places": [],
        }
        note = "The location keeps its e-mail a@example.com; the order has b@example.com."
        preview = {**counted, "notes": [[2, "A-1", note]], "reasons": reasons}
        own = {"row_count": len(sentences.CELLS), "preview": preview}
        run = self.make("imports.Import", file_name="cells.csv", state="checked", **own)
        rows = [[index + 2, ["", "", ""], ""] for index in range(len(sentences.CELLS))]
        refused = [[index + 2, [list(fault)]] for index, fault in enumerate(sentences.CELLS)]
        self.make("imports.ImportChunk", run=run, position=0, rows=rows, refused=refused, is_done=True)
        return run

    def queue_tasks(self, checking: Any, committing: Any) -> None:
        """What waited for a worker at the moment of the update."""
        chunk = self.models.get_model("imports", "ImportChunk").objects.filter(is_done=False)
        async_task("orders.imports.standstills.try_again", chunk.get(run=checking, position=1).pk)
        async_task("orders.imports.tasks.commit_chunk", chunk.get(run=committing, position=1).pk)
        async_task("notify_site.retention.prune")
        for module, function in (
            ("messaging.inbox.fetching", "fetch"),
            ("messaging.outbox.asking", "ask"),
            ("messaging.gateways.polling", "poll"),
            ("messaging.gateways.balances", "refresh"),
        ):
            queue_by_reference(module, function, 0)


def claimed() -> dict[str, Any]:
    return {"claim": uuid.uuid4(), "attempts": 1}
