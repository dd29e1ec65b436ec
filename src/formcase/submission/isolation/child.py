"""The process that applies stylesheets: one request after the other, until nobody asks any more.

It limits itself: memory once, processor time for each request, so that it ends even where nobody is left to end it.
"""

import resource
import signal
import sys
from collections import OrderedDict
from contextlib import suppress
from hashlib import sha256
from typing import Final

from formcase.submission.isolation import outcomes
from formcase.submission.isolation.frames import Broken, receive, receive_all, send
from formcase.submission.problems import UnreadableXml
from formcase.submission.transform import Transform, TransformFailed, UnusableStylesheet

CHECK: Final = b"check"
APPLY: Final = b"apply"
_KEPT: Final = 8  # stylesheets
_NO_ERROR: Final = b'{"error": null}'


def main(memory: int, seconds: int) -> None:
    """Answer requests on standard input. memory in bytes, seconds of processor time for each request."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us ends us
    with suppress(ValueError, OSError):  # where a system has no such limit
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core would hold what was written in the form
    kept = _Kept()
    try:
        while (task := receive(sys.stdin.buffer)) is not None:
            stylesheet, xml = receive_all(sys.stdin.buffer, 2)
            _limit_time(seconds)
            send(sys.stdout.buffer, *_answer(kept, task, stylesheet, xml))
    except (Broken, OSError):
        return


class _Kept:
    """The stylesheets that were used last, as reading one takes longer than applying it."""

    def __init__(self) -> None:
        self._transforms: OrderedDict[bytes, Transform] = OrderedDict()

    def transform(self, stylesheet: bytes) -> Transform:
        digest = sha256(stylesheet).digest()
        if digest not in self._transforms:
            self._transforms[digest] = Transform(stylesheet)
            if len(self._transforms) > _KEPT:
                self._transforms.popitem(last=False)
        self._transforms.move_to_end(digest)
        return self._transforms[digest]


def _answer(kept: _Kept, task: bytes, stylesheet: bytes, xml: bytes) -> tuple[bytes, bytes]:
    try:
        transform = kept.transform(stylesheet)
        return _NO_ERROR, transform.apply(xml) if task == APPLY else b""
    except (UnusableStylesheet, UnreadableXml, TransformFailed) as error:
        return outcomes.written(error), b""


def _limit_time(seconds: int) -> None:
    """The kernel ends the process once it has worked that long on one request."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + seconds + 1, hard))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
