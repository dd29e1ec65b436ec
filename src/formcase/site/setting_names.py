"""The names that settings are given under: misspelt, empty and doubled ones, found before a value is looked at.

A setting that nobody reads because of a slip in its name would be a silent fall-back.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

PREFIX = "FORMCASE_"
FILE_SUFFIX = "_file"
CONFIG_FILE = f"{PREFIX}CONFIG"


@dataclass(frozen=True, slots=True)
class Names:
    """Which names there are: the fields, and those among them that may be given as a file."""

    fields: frozenset[str]
    secrets: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Every name that a setting may be given under, as in a TOML file."""
        return self.fields | {f"{secret}{FILE_SUFFIX}" for secret in self.secrets}


def from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that claim to be settings: the field's name and how it was written."""
    return {
        name.removeprefix(PREFIX).lower(): name
        for name in sorted(environment)
        if name.startswith(PREFIX) and name != CONFIG_FILE
    }


def name_problems(names: Names, given: Mapping[str, str], values: Mapping[str, object]) -> Iterator[str]:
    """What is wrong with these names. given: by field, how it was written; values: by field."""
    for field, written in given.items():
        if field not in names.all:
            yield _unknown(names, field, written)
        elif values[field] == "":
            yield f"{written} is empty: give it a value or take it away."
        elif field.removesuffix(FILE_SUFFIX) in names.secrets and f"{field}{FILE_SUFFIX}" in given:
            yield f"{written} and {given[f'{field}{FILE_SUFFIX}']} are both set: give one of them."


def _unknown(names: Names, field: str, written: str) -> str:
    near = difflib.get_close_matches(field, sorted({*names.all, "config"}), n=1, cutoff=0.6)
    if not near:
        return f"{written} is no setting of Formcase."
    nearest = f"{PREFIX}{near[0].upper()}" if written.startswith(PREFIX) else near[0]
    return f"{written} is no setting of Formcase: did you mean {nearest}?"
