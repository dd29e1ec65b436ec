"""Addresses to listen on: whether they are free, and whether somebody answers there."""

import errno
import http.client
import socket

_BRIEFLY = 2.0  # seconds


class PortTaken(Exception):
    """The address can't be listened on; the text names the port and the reason."""


def demand_free(host: str, *ports: int) -> None:
    """Raise `PortTaken` unless each port can be listened on. Asked beforehand because the web server shares its port
    with whoever has it already, without a word."""
    for port in ports:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
                probe.listen(1)
            except OSError as error:
                raise PortTaken(_reason(host, port, error)) from None


def is_open(host: str, port: int, patience: float = _BRIEFLY) -> bool:
    """Whether somebody listens there."""
    try:
        with socket.create_connection((reachable(host), port), timeout=patience):
            return True
    except OSError:
        return False


def answers_ok(host: str, port: int, path: str) -> bool:
    """Whether a web server answers 200 to this path."""
    connection = http.client.HTTPConnection(reachable(host), port, timeout=_BRIEFLY)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def reachable(host: str) -> str:
    """Where a server that listens on this address is reached from here."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 – compared, not listened on


def _reason(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use already. Stop what uses it, or take another one with --port."
    if error.errno == errno.EACCES:
        return f"Port {port} on {host} may not be used by this account. Take one above 1023 with --port."
    return f"Can't listen on port {port} of {host}: {error.strerror}."
