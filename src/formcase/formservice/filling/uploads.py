"""Files on their way from a browser: streamed to the disk, counted and looked at while they come.

What is too large or of a kind that is not taken is passed over, and said; the rest of what was sent with it stays.
"""

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.utils.translation import gettext as _

from formcase.arriving_files import folder
from formcase.formservice.file_kinds import HEAD, FileRefused, Kind, check_head, check_whole, kind_by_name
from formcase.formservice.filling.sizes import size_told
from formcase.formservice.lexical import is_line


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a file field takes. largest: bytes of one file; room: bytes that all of the form's files may still have."""

    field: str
    kinds: tuple[str, ...]
    largest: int
    room: int


@dataclass(frozen=True, slots=True)
class RefusedUpload:
    """A file that was not taken, and why."""

    field: str
    name: str
    text: str


class ArrivedFile(UploadedFile):  # type: ignore[type-arg]  # generic in the stubs only
    """A file that has come, on this machine's disk until it is taken over or let go."""

    def __init__(self, path: Path, name: str, kind: Kind, size: int, sha256: str) -> None:
        super().__init__(None, name, kind.media_type, size)
        self.path = path
        self.own_name = name
        self.kind = kind
        self.sha256 = sha256

    def let_go(self) -> None:
        """Remove it, where nobody has taken it over."""
        self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Nothing is open between its coming and its being taken over."""


class UploadWatch(FileUploadHandler):
    """Takes the files of one request. allowances: by the name of the control; afterwards see `refused`."""

    def __init__(self, allowances: Mapping[str, Allowance]) -> None:
        super().__init__()
        self.refused: list[RefusedUpload] = []
        self.arrived: list[tuple[str, ArrivedFile]] = []
        self._allowances = allowances
        self._taken = 0
        self._coming: _Coming | None = None

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        super().new_file(field_name, file_name, *args, **kwargs)
        self._drop()
        allowance = self._allowances.get(field_name)
        if allowance is None:
            raise SkipFile
        try:
            if not is_line(file_name):
                raise FileRefused(_("A file's name is one line of at most 255 characters, and not blank."))
            kind = kind_by_name(file_name, allowance.kinds)
        except FileRefused as refusal:
            self._refuse(allowance, file_name, str(refusal))
        self._coming = _Coming(allowance, file_name, kind)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """A piece of it."""
        coming = self._coming
        if coming is None:
            raise SkipFile
        try:
            coming.take(raw_data, self._taken)
        except FileRefused as refusal:
            self._refuse(coming.allowance, coming.name, str(refusal))
        return None

    def file_complete(self, file_size: int) -> ArrivedFile | None:
        """It is there."""
        coming, self._coming = self._coming, None
        if coming is None:
            return None
        try:
            arrived = coming.finish()
        except FileRefused as refusal:
            coming.drop()
            self.refused.append(RefusedUpload(coming.allowance.field, coming.name, str(refusal)))
            return None
        self._taken += arrived.size or 0
        self.arrived.append((coming.allowance.field, arrived))
        return arrived

    def upload_interrupted(self) -> None:
        """The file that was coming does not come. Django says so also when the last one of a request was skipped, so
        those that have arrived stay."""
        self._drop()

    def let_go(self) -> None:
        """Remove what has come and was not taken over."""
        self._drop()
        for _field, file in self.arrived:
            file.let_go()

    def _refuse(self, allowance: Allowance, name: str, text: str) -> None:
        self._drop()
        self.refused.append(RefusedUpload(allowance.field, name, text))
        raise SkipFile

    def _drop(self) -> None:
        if self._coming is not None:
            self._coming.drop()
            self._coming = None


class _Coming:
    """The file that is coming now."""

    def __init__(self, allowance: Allowance, name: str, kind: Kind) -> None:
        self.allowance = allowance
        self.name = name
        self._kind = kind
        self._head = b""
        self._size = 0
        self._digest = hashlib.sha256()
        descriptor, path = tempfile.mkstemp(dir=folder())
        self._path = Path(path)
        self._file: BinaryIO = os.fdopen(descriptor, "w+b")

    def take(self, data: bytes, taken: int) -> None:
        """Write a piece down. taken: bytes of the files before it in this request."""
        self._size += len(data)
        if self._size > self.allowance.largest:
            text = _("The file is too large: at most {size} can be attached here.")
            raise FileRefused(text.format(size=size_told(self.allowance.largest)))
        if self._size + taken > self.allowance.room:
            raise FileRefused(_("Together the files of this form are too large."))
        if len(self._head) < HEAD:
            before = len(self._head)
            self._head += data[: HEAD - before]
            if len(self._head) == HEAD:
                check_head(self._kind, self._head)
        self._digest.update(data)
        self._file.write(data)

    def finish(self) -> ArrivedFile:
        """Look at the whole."""
        if len(self._head) < HEAD:
            check_head(self._kind, self._head)
        self._file.flush()
        check_whole(self._kind, self._file)
        self._file.close()
        return ArrivedFile(self._path, self.name, self._kind, self._size, self._digest.hexdigest())

    def drop(self) -> None:
        """Take it away again."""
        self._file.close()
        self._path.unlink(missing_ok=True)
