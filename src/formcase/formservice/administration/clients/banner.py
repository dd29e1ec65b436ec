"""What stands above every page of the administrators while certificates expire."""

from dataclasses import dataclass

from formcase.formservice.expiry import Expiring, expiring

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Banner:
    """The certificates to be named, the most urgent first, and how many more there are."""

    named: tuple[Expiring, ...]
    more: int
    is_urgent: bool


def banner() -> Banner | None:
    """None where nothing expires soon."""
    found = expiring()
    if not found:
        return None
    return Banner(tuple(found[:_SHOWN]), max(0, len(found) - _SHOWN), found[0].threshold < 30)
