"""Checks the bytes of a file, as they pass by, against what was said about it. Keeps none of them."""

import hashlib

from formcase.messages import Message, message
from formcase.outcomes import Unreadable
from formcase.submission.model import FileDescription


class WrongContent(Unreadable):
    """A file has another size or digest than was said."""


class ContentCheck:
    """Takes a file's bytes in order, in pieces of any size, across as many reads as it needs.

    what: the file's name for a person, part of the message of `WrongContent`.
    """

    def __init__(self, what: Message, file: FileDescription) -> None:
        self._what = what
        self._file = file
        self._digest = hashlib.sha256()
        self._size = 0

    @property
    def size(self) -> int:
        """How many bytes were taken so far: where a broken read goes on."""
        return self._size

    @property
    def digest(self) -> str:
        """The SHA-256 digest, in hexadecimal, of the bytes taken so far: for comparing them with a second reading."""
        return self._digest.hexdigest()

    def take(self, piece: bytes) -> None:
        """The next bytes. Raises `WrongContent` as soon as there are more than was said."""
        self._size += len(piece)
        if self._size > self._file.size:
            raise self._wrong(
                message("it has more than the {size} bytes that the form service announced", size=self._file.size)
            )
        self._digest.update(piece)

    def finish(self) -> None:
        """No more bytes come. Raises `WrongContent` where some are missing or the digest is another."""
        if self._size != self._file.size:
            raise self._wrong(
                message(
                    "it has {found} bytes, the form service announced {size}", found=self._size, size=self._file.size
                )
            )
        if self._digest.hexdigest() != self._file.sha256:
            raise self._wrong(
                message(
                    "its SHA-256 digest is {found}, the form service announced {announced}",
                    found=self._digest.hexdigest(),
                    announced=self._file.sha256,
                )
            )

    def _wrong(self, answer: Message) -> WrongContent:
        return WrongContent(
            message("Reading {what}", what=self._what),
            answer,
            message("The form service must hand out the file that it announced."),
        )


def check_content(content: bytes, what: Message, file: FileDescription) -> None:
    """Check a whole file. Raises `WrongContent`."""
    check = ContentCheck(what, file)
    check.take(content)
    check.finish()
