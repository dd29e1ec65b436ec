"""An HTTP answer as it came, and its JSON read without trusting its shape."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

JsonObject = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers with names in lower case, and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> JsonObject | None:
        """The body as a JSON object; None where it is none."""
        try:
            content = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return cast(JsonObject, content) if isinstance(content, dict) else None


def text(content: JsonObject, name: str) -> str | None:
    """A text in it; None where there is none. Numbers count as texts: some services write keys so."""
    value = content.get(name)
    if isinstance(value, bool):
        return None
    return str(value) if isinstance(value, str | int) else None


def objects(content: JsonObject, name: str) -> tuple[JsonObject, ...] | None:
    """A list of objects in it; None where there is none, or where anything else is in it."""
    value = content.get(name)
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        return None
    return tuple(cast(list[JsonObject], value))


def inner(content: JsonObject, name: str) -> JsonObject | None:
    """An object in it; None where there is none."""
    value = content.get(name)
    return cast(JsonObject, value) if isinstance(value, dict) else None
