"""Texts for people, kept as data until somebody's language is known.

A message is a template and its parameters. Whoever shows it gives the translation; nothing here knows Django.
"""

from collections.abc import Callable, Mapping, Sequence
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


def as_data(text: Message) -> dict[str, object]:
    """A message as JSON data, hidden parameters included; `from_data` reads it back."""
    return {
        "template": text.template,
        "parameters": {
            name: as_data(value) if isinstance(value, Message) else value for name, value in text.parameters.items()
        },
        "hidden": sorted(text.hidden),
    }


def discreet_data(text: Message) -> dict[str, object]:
    """A message as JSON data for a log: what a person may have written is not in it."""
    return {
        "template": text.template,
        "parameters": {
            name: "…" if name in text.hidden else discreet_data(value) if isinstance(value, Message) else value
            for name, value in text.parameters.items()
        },
        "hidden": [],
    }


def hides(text: Message) -> bool:
    """Whether anything in it may hold what a person wrote."""
    return bool(text.hidden & text.parameters.keys()) or any(
        hides(value) for value in text.parameters.values() if isinstance(value, Message)
    )


def from_data(data: object) -> Message:
    """Read a message from JSON data. Raises ValueError where it is none."""
    if not isinstance(data, dict) or not isinstance(data.get("template"), str):
        raise ValueError("A message is an object with a template.")  # noqa: TRY004 - as the docstring says
    parameters = data.get("parameters", {})
    hidden = data.get("hidden", [])
    if not isinstance(parameters, dict) or not isinstance(hidden, list):
        raise ValueError("A message's parameters are an object, its hidden ones a list.")  # noqa: TRY004
    return Message(
        data["template"],
        {
            str(name): from_data(value) if isinstance(value, dict) else value if isinstance(value, int) else str(value)
            for name, value in parameters.items()
        },
        frozenset(map(str, hidden)),
    )


def together(messages: Sequence[Message], separator: str = "\n") -> Message:
    """Several messages as one; each keeps what it hides."""
    names = [f"part{number}" for number in range(len(messages))]
    template = separator.replace("{", "{{").replace("}", "}}").join(f"{{{name}}}" for name in names)
    return Message(template, dict(zip(names, messages, strict=True)))
