"""What the roof itself has to remember."""

from django.contrib.contenttypes.models import ContentType
from django.db import models


class DemoRow(models.Model):
    """One row that the demo made, so that removing the demo takes away its own rows and nobody else's."""

    content_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint("content_type", "object_id", name="demo_row_once")]

    def __str__(self) -> str:
        return f"{self.content_type} {self.object_id}"
