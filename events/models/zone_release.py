"""The releases of the time zone database by which stored wall times were read."""

from __future__ import annotations

from django.db import models


class ZoneRelease(models.Model):
    """A release ("2026f") by which every stored event was read, and since when."""

    release = models.CharField(max_length=20)
    read_at = models.DateTimeField()

    class Meta:
        ordering = ["-read_at", "-id"]

    def __str__(self) -> str:
        return self.release
