"""Texts in a language that is not the reader's of a page, but a workflow's or all of them."""

from formcase.messages import Translate


def translation(language: str) -> Translate:
    """Texts in this language."""
    from django.utils.translation import gettext, override

    def translate(text: str) -> str:
        if not text:
            return text
        with override(language):
            return gettext(text)

    return translate
