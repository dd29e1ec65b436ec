"""The Django app."""

from collections.abc import Iterator

from django.apps import AppConfig
from django.utils.translation import gettext as _


class Config(AppConfig):
    """Registers the app under its short label."""

    name = "formcase.workflows"
    label = "workflows"

    def start_page_lines(self) -> Iterator[tuple[str, str, str]]:
        """How many service workflows there are; the start page is open to all, so no more than that."""
        from formcase.workflows.models import ServiceWorkflow

        there = ServiceWorkflow.objects.filter(deleted_at=None)
        text = _("{count}, of which {enabled} are enabled.")
        yield _("Service workflows"), text.format(count=there.count(), enabled=there.filter(enabled=True).count()), ""
