"""Certificate thumbprints as people paste them: from a Windows dialogue, from openssl, from an e-mail. Pure."""

import string
import unicodedata

from formcase.messages import Message, message

LENGTHS = {40: "SHA-1", 64: "SHA-256"}


class MalformedThumbprintError(ValueError):
    """The text is no thumbprint. `reason` says what is wrong with it."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason.text())
        self.reason = reason


def normal_thumbprint(text: str) -> str:
    """The thumbprint as 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.

    Case, spaces, colons and invisible format characters do not count: the Windows certificate dialogue puts a
    U+200E before the first digit, and nobody sees it.
    """
    digits = "".join(character for character in text if not _is_decoration(character)).lower()
    if not digits:
        raise MalformedThumbprintError(message("It is empty."))
    for position, character in enumerate(digits, start=1):
        if character not in string.hexdigits:
            raise MalformedThumbprintError(
                message(
                    "“{character}” at place {position} is no hexadecimal digit (0–9, A–F).",
                    character=character if character.isprintable() else f"U+{ord(character):04X}",
                    position=position,
                )
            )
    if len(digits) not in LENGTHS:
        raise MalformedThumbprintError(
            message("It has {count} digits; SHA-1 has 40 and SHA-256 has 64.", count=len(digits))
        )
    return digits


def _is_decoration(character: str) -> bool:
    return character == ":" or character.isspace() or unicodedata.category(character) == "Cf"
