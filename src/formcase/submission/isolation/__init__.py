"""Applies a workflow's stylesheet in a process of its own, with limits on time and memory.

XSLT is a programming language: a stylesheet can run for ever or fill the memory, and no thread can be stopped. A
process can. It is given nothing but the stylesheet and the XML, and no secret is in its environment.
"""

from typing import Final

from formcase.submission.isolation.processes import TIME_LIMIT, Processes

__all__ = ["MOST_AT_ONCE", "TIME_LIMIT", "check_stylesheet", "transform"]

MOST_AT_ONCE: Final = 2
_PROCESSES: Final = Processes(MOST_AT_ONCE)


def check_stylesheet(stylesheet: bytes) -> None:
    """Raises `UnusableStylesheet` where no XML could be transformed by it."""
    _PROCESSES.check(stylesheet)


def transform(stylesheet: bytes, xml: bytes) -> bytes:
    """The XML that the stylesheet makes. Waits for its turn; takes at most the time limit then.

    Raises `UnusableStylesheet`, `UnreadableXml` for the XML, `TransformFailed` for the rest.
    """
    return _PROCESSES.transform(stylesheet, xml)
