"""The bytes of a submission's files: streamed into Django's storage under names of our own, and out again.

A file's own name is data and never becomes a path.
"""

import hashlib
import mimetypes
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages

CHUNK = 256 * 1024

# what the tables of Python know, and what people attach beyond; the machine's own tables would differ from it
_MEDIA_TYPES = mimetypes.MimeTypes()
for _suffix, _media_type in {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".rtf": "application/rtf",
    ".msg": "application/vnd.ms-outlook",
    ".heic": "image/heic",
    ".webp": "image/webp",
    ".dwg": "image/vnd.dwg",
    ".zip": "application/zip",
    ".7z": "application/x-7z-compressed",
    ".md": "text/markdown",
}.items():
    _MEDIA_TYPES.add_type(_media_type, _suffix)
_COMPRESSED = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}


@dataclass(frozen=True, slots=True)
class Stored:
    """Where the storage keeps a file, and what was counted while it went there."""

    location: str
    size: int
    sha256: str


class Keeping:
    """The files that one submission brings to the storage."""

    def __init__(self) -> None:
        self._storage = _storage()
        self._locations: list[str] = []

    def keep(self, content: Path | BinaryIO | bytes) -> Stored:
        """Stream one file into the storage."""
        with _opened(content) as stream:
            counted = _Counted(stream)
            location = self._save(counted)
        return Stored(location, counted.counted, counted.digest.hexdigest())

    def take_over(self, path: Path, size: int, sha256: str) -> Stored:
        """Take a file that lies on this machine and was counted on its way there; a storage that keeps its files on
        the same disk only moves it."""
        with path.open("rb") as stream:
            return Stored(self._save(_Lying(stream, path)), size, sha256)

    def remove(self) -> None:
        """Take back what was brought."""
        for location in self._locations:
            self._storage.delete(location)

    def _save(self, content: "File[bytes]") -> str:
        name = secrets.token_hex(16)
        wished = f"submissions/{name[:2]}/{name}"
        # noted first: what is broken off may leave a part of the file there
        self._locations.append(wished)
        location: str = self._storage.save(wished, content)
        self._locations[-1] = location
        return location


@contextmanager
def keeping() -> Iterator[Keeping]:
    """Files that stay only when the block ends well."""
    kept = Keeping()
    ended_well = False
    try:
        yield kept
        ended_well = True
    finally:
        if not ended_well:
            kept.remove()


def open_stored(location: str) -> IO[bytes]:
    """A stored file, open for reading."""
    return _storage().open(location, "rb")


def remove_stored(location: str) -> None:
    """Remove a file's bytes; nothing happens where there are none."""
    _storage().delete(location)


def guessed_media_type(name: str) -> str:
    """The media type that a file's name stands for."""
    # only the ending: a whole name might be read as an address
    media_type, encoding = _MEDIA_TYPES.guess_type("file" + "".join(Path(name.replace("\\", "_")).suffixes[-2:]))
    if encoding:
        return _COMPRESSED.get(encoding, "application/octet-stream")
    return media_type or "application/octet-stream"


def _storage() -> Storage:
    alias: str = getattr(settings, "FORMSERVICE_STORAGE", "default")
    return storages[alias]


@contextmanager
def _opened(content: Path | BinaryIO | bytes) -> Iterator[BinaryIO]:
    if isinstance(content, Path):
        with content.open("rb") as stream:
            yield stream
    elif isinstance(content, bytes):
        from io import BytesIO

        yield BytesIO(content)
    else:
        yield content


class _Lying(File):  # type: ignore[type-arg]  # generic in the stubs only
    """A file that the storage may move instead of copying it."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        super().__init__(stream, name="file")
        self._path = path

    def temporary_file_path(self) -> str:
        """Where it lies, as Django's storages ask."""
        return str(self._path)


class _Counted(File):  # type: ignore[type-arg]  # generic in the stubs only
    """A stream on its way to the storage: counted and digested as it is read, once, from where it stands."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream, name="file")
        self._stream = stream
        self.counted = 0
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        chunk = self._stream.read(size)
        self.counted += len(chunk)
        self.digest.update(chunk)
        return chunk

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while chunk := self.read(chunk_size or CHUNK):
            yield chunk
