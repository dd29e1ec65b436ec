"""This version's migrations of the journal and one more."""

from formcase.workflows import migrations

__path__ = [*migrations.__path__, *__path__]
