"""Which addresses that others wrote may become a link: those that lead to a page, and none that would run something."""

from urllib.parse import urlsplit


def leads_to_a_page(address: str) -> bool:
    """A page of the web, or one of this server's own, as the built-in case system's are."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") or (not parts.scheme and not parts.netloc and address.startswith("/"))
