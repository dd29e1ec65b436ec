"""Messages of the way, which are data, in the reader's language."""

from django.utils.translation import gettext

from formcase.messages import Message


def in_reader_language(text: Message, *, discreet: bool = False) -> str:
    """The message's text. discreet: without what a person may have written in a form."""
    return text.discreet(_translated) if discreet else text.text(_translated)


def _translated(template: str) -> str:
    return gettext(template) if template else template  # gettext answers its header to an empty text
