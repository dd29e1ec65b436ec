"""The Django app of what belongs to no other: the start page and its files."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registers the app under its short label."""

    name = "formcase.site"
    label = "site"
