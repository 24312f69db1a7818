"""What the worker itself has to remember."""

from django.db import models


class DrainSlot(models.Model):
    """The right of one worker on a host to send, taken for seconds at a time by the database's clock.

    `beat_at` of a host's slots is the sign of life of its dispatcher.
    """

    host = models.CharField(max_length=100)
    number = models.PositiveSmallIntegerField()
    owner = models.UUIDField(null=True)
    lease_until = models.DateTimeField()
    beat_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("host", "number", name="drain_slot_unique")]

    def __str__(self) -> str:
        return f"{self.host}:{self.number}"
