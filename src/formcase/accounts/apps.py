"""The Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registers the app under its short label, and listens for what belongs into the audit log."""

    name = "formcase.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Start listening."""
        from formcase.accounts import listening

        listening.listen()
