"""The Django app."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registers the app under its short label."""

    name = "formcase.appearance"
    label = "appearance"
