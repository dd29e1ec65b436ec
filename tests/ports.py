"""Ports for servers that tests start."""

import random
import socket
from contextlib import ExitStack

# below those that systems give to outgoing connections: one of them may be taken again before a server binds it
_BETWEEN = (10_000, 30_000)


def free_port(*, together: int = 1) -> int:
    """A port that is free. together: with so many in all that follow one another."""
    while True:
        first = random.randrange(*_BETWEEN)
        with ExitStack() as bound:
            try:
                for port in range(first, first + together):
                    bound.enter_context(socket.create_server(("127.0.0.1", port)))
            except OSError:
                continue
            return first
