"""The query of a request, read strictly: what is malformed is refused, unknown names are passed over."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qsl

from django.http import HttpRequest

from formcase.formservice.interact.problems import malformed


class Parameters:
    """The parameters of one request."""

    def __init__(self, request: HttpRequest) -> None:
        try:
            query = str(request.META.get("QUERY_STRING", ""))
            pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=10_000)
        except ValueError:
            raise malformed("The query can't be read.") from None
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def several(self, name: str) -> list[str]:
        """The values of a parameter that may stand several times, each once, in order."""
        return list(dict.fromkeys(self._values.get(name, [])))

    def text(self, name: str) -> str | None:
        """A parameter that stands at most once."""
        values = self._values.get(name, [])
        if len(values) > 1:
            raise malformed(f"{name}: it may stand once only.")
        return values[0] if values else None

    def one_of(self, name: str, allowed: Sequence[str]) -> str:
        """One of these words; the first where nothing is said."""
        value = self.text(name)
        if value is None:
            return allowed[0]
        if value not in allowed:
            raise malformed(f"{name}: one of {', '.join(allowed)} was expected.")
        return value

    def number(self, name: str, default: int | None, lowest: int, highest: int) -> int | None:
        """A whole number within its range."""
        value = self.text(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,10}", value) or not lowest <= int(value) <= highest:
            raise malformed(f"{name}: a whole number from {lowest} to {highest} was expected.")
        return int(value)
