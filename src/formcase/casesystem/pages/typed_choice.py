"""One of so many that nobody finds it in a list, and that a page would be long with them: it is typed, as its code or
as enough of its name to leave no doubt."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from formcase.appearance.navigation import Text
from formcase.casesystem.pages.choices import Choices

LISTED = 100
_NEAR = 5


def choice_field(choices: Choices, none: Text = "–") -> forms.Field:
    """A list to choose from; where it would be too long, a field to type in. none: what stands for no choice."""
    if len(choices) <= LISTED:
        return forms.ChoiceField(choices=[("", none), *choices])
    return TypedChoice(choices)


class TypedChoice(forms.CharField):
    """A code that is typed. choices: the codes with their texts."""

    def __init__(self, choices: Choices) -> None:
        # figure spaces before a text show how deep it lies in a tree
        self._texts = {code: text.strip() for code, text in choices}
        super().__init__(max_length=500, help_text=_("Type the code, or enough of the name to leave no doubt."))

    def clean(self, value: Any) -> str:
        """The code; empty where nothing was typed. Raises ValidationError where it is none, or may be several."""
        typed = str(super().clean(value) or "")
        found = self._found(typed) if typed else [""]
        if len(found) == 1:
            return found[0]
        if not found:
            raise ValidationError(_("Nothing that can be chosen is called “{text}”.").format(text=typed))
        near = "; ".join(self._told(code) for code in found[:_NEAR])
        text = (
            _("This may be {number} different ones: {near}.")
            if len(found) <= _NEAR
            else _("This may be {number} different ones, among them: {near}.")
        )
        raise ValidationError(text.format(number=len(found), near=near))

    def prepare_value(self, value: Any) -> Any:
        """A code with its text; what is none as it was typed."""
        return self._told(str(value)) if str(value) in self._texts else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another one is meant."""
        return bool(self.prepare_value(initial) != self.prepare_value(data))

    def _told(self, code: str) -> str:
        text = self._texts[code]
        return text if code in text else f"{text} ({code})"

    def _found(self, typed: str) -> Sequence[str]:
        """The codes that are meant: the one that is called so exactly, else all whose text has every word."""
        plain = typed.casefold()
        exactly = [code for code in self._texts if plain in (code.casefold(), self._told(code).casefold())]
        named = exactly or [code for code, text in self._texts.items() if text.casefold() == plain]
        words = plain.split()
        return named or [code for code in self._texts if all(word in self._told(code).casefold() for word in words)]
