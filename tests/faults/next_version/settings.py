"""This version's settings with the next version's migrations."""

from formcase.site.settings import *  # noqa: F403 - Django's settings are a module's names

MIGRATION_MODULES = {"workflows": "faults.next_version.migrations"}
