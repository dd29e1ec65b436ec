"""What the first page of a process would otherwise wait for: the modules behind the addresses, the addresses by name,
and the languages. A worker of the web server loads them before it takes its first request, so that no person waits for
them, also where a worker is started anew. Templates are left out: one costs a few milliseconds, all half a second.
"""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override


def warm_up() -> None:
    """Load it all. Raises what loading raises: a server whose pages can't be loaded must not start."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            gettext("Start")
            reverse("set_language")  # which makes out all addresses for this language
