"""What the commands of Formcase load of others' libraries and of its own, as far as it needs no installation."""

import aiohttp
import croniter
import cryptography.x509
import django.contrib.auth.hashers
import django.contrib.postgres.search
import django.core.files.storage
import django.core.management
import django.db.migrations.executor
import django.db.models
import django.forms
import django.template.loader
import django.views.generic
import lxml.etree
import procrastinate
import psycopg_pool
import pydantic_settings
import requests
import rich.console
import rich.progress
import rich.table
import sqlparse
import structlog

import formcase.cli.main

__all__ = [
    "aiohttp", "croniter", "cryptography", "django", "formcase", "lxml", "procrastinate", "psycopg_pool",
    "pydantic_settings", "requests", "rich", "sqlparse", "structlog",
]  # fmt: skip
