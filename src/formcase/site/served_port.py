"""Remembers in the data folder on which port it is served, so that a command in another terminal finds it there."""

from pathlib import Path

from formcase.site.configuration import Configuration

_FILE = "served-port"


def remember(settings: Configuration) -> None:
    """What is served from this data folder is served here."""
    path = settings.data.resolve() / _FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(str(settings.port), encoding="ascii")


def served_port(settings: Configuration) -> int:
    """The port that is set, else the one that this data folder was served on last, else the usual one."""
    if "port" in settings.model_fields_set:
        return settings.port
    return _remembered(settings.data.resolve() / _FILE) or settings.port


def _remembered(path: Path) -> int | None:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return int(text) if text.isdecimal() and 0 < int(text) < 65535 else None
