"""Files that come with a page's form: streamed to the data folder, so many bytes of one request and no more.

Django looks for a form's token among what was sent, and so takes in all of it before it can tell whether it may be
sent. What a page takes is therefore bounded for everybody; a page that takes large files sets a bound of its own, for
who has logged in.
"""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest

MOST = 64 * 1024 * 1024  # bytes, more than any set-up, mapping or submission's XML has
_LEFT_LYING = 24 * 3600.0  # seconds after which nobody can be sending a file any more


class BoundedFiles(TemporaryFileUploadHandler):
    """Takes the files of one request. Beyond `most` bytes, or `MOST` where nothing is said, it raises
    `RequestDataTooBig`, which Django answers with 400."""

    def __init__(self, request: HttpRequest | None = None, most: int | None = None) -> None:
        super().__init__(request)
        self._most = MOST if most is None else most
        self._taken = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """A file begins."""
        folder()
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """A piece of it."""
        self._taken += len(raw_data)
        if self._taken > self._most:
            self.file.close()
            raise RequestDataTooBig(f"The files of this request have more than {self._most} bytes.")
        super().receive_data_chunk(raw_data, start)


def folder() -> Path:
    """Where files lie while they come: beside the stored ones and not in the machine's folder for what is temporary,
    which may be in its memory."""
    place = Path(str(settings.FILE_UPLOAD_TEMP_DIR))
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    return place


def remove_left_lying() -> int:
    """Remove what lies there of processes that were killed while files came; how many files that were."""
    removed = 0
    for path in folder().iterdir():
        if path.is_file() and time.time() - path.stat().st_mtime > _LEFT_LYING:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
