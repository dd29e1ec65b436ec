"""The Django app of what belongs to no other."""

from collections.abc import Iterator

from django.apps import AppConfig


class Config(AppConfig):
    """Registers the app under its short label."""

    name = "formcase.site"
    label = "site"

    def what_runs(self) -> "Iterator[tuple[str, str, str, bool | None]]":
        """Lines for the start page."""
        from formcase.site import what_runs

        return what_runs.lines()
