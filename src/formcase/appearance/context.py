"""What the frame around every page needs to know, whosever page it is."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from formcase import __version__


def surroundings(_request: HttpRequest) -> dict[str, object]:
    """The version, the languages, the time zone that times are shown in."""
    return {"formcase_version": __version__, "languages": settings.LANGUAGES, "zone": _zone()}


def _zone() -> str:
    zone = timezone.get_current_timezone()
    return zone.key if isinstance(zone, ZoneInfo) else str(zone)
