"""Texts for people, kept as data until somebody's language is known.

A message is a template and its parameters. Whoever shows it gives the translation; nothing here knows Django.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Translate = Callable[[str], str]


def untranslated(text: str) -> str:
    """The source language, English, as it stands."""
    return text


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for a person. `template` is its English, with `{name}` for each parameter.

    `hidden` names the parameters that may hold what a person wrote in a form: they are left out where a text goes
    to a log, to the form service or anywhere else than to those who handle the case.
    """

    template: str
    parameters: Mapping[str, "str | int | Message"] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()

    def text(self, translate: Translate = untranslated) -> str:
        """The whole sentence."""
        return self._fill(translate, reveal=True)

    def discreet(self, translate: Translate = untranslated) -> str:
        """The sentence with `…` in place of everything that a person may have written."""
        return self._fill(translate, reveal=False)

    def _fill(self, translate: Translate, *, reveal: bool) -> str:
        filled: dict[str, str] = {}
        for name, value in self.parameters.items():
            if name in self.hidden and not reveal:
                filled[name] = "…"
            elif isinstance(value, Message):
                filled[name] = value._fill(translate, reveal=reveal)
            else:
                filled[name] = str(value)
        return translate(self.template).format_map(filled)

    def __str__(self) -> str:
        return self.discreet()


def message(template: str, /, *, hidden: tuple[str, ...] = (), **parameters: "str | int | Message") -> Message:
    """Build a message; the catalogue of translatable texts is gathered from the calls of this function."""
    return Message(template, parameters, frozenset(hidden))


NOTHING = Message("")
