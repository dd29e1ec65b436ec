"""What the first page of a process would otherwise wait for: the modules behind the addresses, the addresses by name,
and the languages. Templates are left out: one costs a few milliseconds, all of them half a second.
"""

from threading import Thread

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, override


def begin_to_warm_up() -> None:
    """Do it beside what else starts: a server that is not heard yet is refused, one that is busy is waited for."""
    Thread(target=warm_up, name="warm-up", daemon=True).start()


def warm_up() -> None:
    """Load it all."""
    for language, _name in settings.LANGUAGES:
        with override(language):
            gettext("Start")
            reverse("set_language")  # which makes out all addresses for this language
