"""How Formcase logs: one structured line for each event, as JSON or, where a person is watching, as text.

A log holds no form content and no personal numbers. An error's text may quote a value, so of an exception only its
kind, its place and its technical code are written, never its message.
"""

import logging.config
import sys
import traceback
from types import TracebackType
from typing import Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

Format = Literal["auto", "json", "console"]


def logging_settings(log_format: Format, level: str) -> dict[str, object]:
    """The settings for `configure`, as a dictionary for the standard library's logging."""
    final: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if log_format == "console" or (log_format == "auto" and sys.stderr.isatty())
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _common(),
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _discreet_exception, final],
            }
        },
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "stream": "ext://sys.stderr", "formatter": "structured"}
        },
        "root": {"handlers": ["stderr"], "level": level.upper()},
        "loggers": {
            # what a client asks for wrongly is the client's affair, and an address may name somebody
            "django.request": {"level": "ERROR"},
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "asyncio": {"level": "WARNING"},
            "procrastinate": {"level": "WARNING"},
            "aiohttp.access": {"level": "WARNING"},
            "uvicorn": {"level": "WARNING"},
        },
    }


def configure(settings: dict[str, object]) -> None:
    """Set up the standard library's logging and structlog alike."""
    logging.config.dictConfig(settings)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_common(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def _common() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _discreet_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by what may be written of it."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    elif isinstance(found, BaseException):
        found = (type(found), found, found.__traceback__)
    if isinstance(found, tuple) and isinstance(found[1], BaseException):
        event["exception"] = _described(found[1], found[2])
    return event


def _described(error: BaseException, trace: TracebackType | None) -> list[str]:
    """The chain of errors, the last one first, each with its kind and code and the way to it."""
    lines: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        lines.append(_kind(current))
        lines.extend(
            f"  {frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(trace if current is error else current.__traceback__)[-12:]
        )
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return lines


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    code = getattr(error, "sqlstate", None) or getattr(error, "errno", None)
    return f"{name} ({code})" if isinstance(code, str | int) else name
