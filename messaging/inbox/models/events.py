"""What open pages are told: a log that is read in the order of its ids."""

from django.db import models

from locations.values.kinds import Kinds

from .conversations import ChatMessage, Conversation


class EventKind(Kinds):
    MESSAGE = "message"  # a new one
    DELIVERY = "delivery"  # what became of a reply's delivery
    CHANGED = "changed"  # read, assigned, snoozed, closed, linked
    ALL_READ = "all_read"
    PRESENCE = "presence"  # who looks at a conversation, who is replying
    HINTS = "hints"
    SETTINGS = "settings"


class ChatEvent(models.Model):
    """One thing that open pages must show. Written through `live.publish`, which keeps ids in the order of commits.

    `is_for_client`: the client's own page is told too; without a conversation, every client's.
    """

    kind = models.CharField(max_length=8, choices=EventKind.options)
    conversation = models.ForeignKey(Conversation, models.CASCADE, null=True, related_name="+", db_index=False)
    chat_message = models.ForeignKey(ChatMessage, models.CASCADE, null=True, related_name="+")
    is_for_client = models.BooleanField(default=False)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index("at", name="chat_event_at")]

    def __str__(self) -> str:
        return f"{self.pk}: {self.kind}"
