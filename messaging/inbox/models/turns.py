"""How often somebody did something lately, counted where all processes see it."""

from django.db import models


class Turns(models.Model):
    """Counts one thing from one place within one stretch of time, e.g. `feedback:203.0.113.9`."""

    key = models.CharField(max_length=200, unique=True)
    since = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = verbose_name_plural = "turns"

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
