"""How the two processes talk: byte strings with their lengths before them, on a pipe."""

import json
import struct
from collections.abc import Mapping
from typing import BinaryIO, Final

_LENGTH: Final = struct.Struct(">I")
LARGEST: Final = 64 * 1024 * 1024


class Broken(Exception):
    """The other side has gone, or says something that can't be read."""


def send(pipe: BinaryIO, *parts: bytes) -> None:
    """Send these parts. Raises OSError where nobody reads them."""
    for part in parts:
        pipe.write(_LENGTH.pack(len(part)))
        pipe.write(part)
    pipe.flush()


def receive(pipe: BinaryIO) -> bytes | None:
    """The next part; None where the other side has ended between two. Raises `Broken`."""
    header = pipe.read(_LENGTH.size)
    if not header:
        return None
    if len(header) < _LENGTH.size:
        raise Broken
    (length,) = _LENGTH.unpack(header)
    if length > LARGEST:
        raise Broken
    part = pipe.read(length)
    if len(part) < length:
        raise Broken
    return part


def receive_all(pipe: BinaryIO, count: int) -> tuple[bytes, ...]:
    """So many parts. Raises `Broken` where they don't all come."""
    parts = []
    for _ in range(count):
        part = receive(pipe)
        if part is None:
            raise Broken
        parts.append(part)
    return tuple(parts)


def as_object(part: bytes) -> Mapping[str, object]:
    """A part that is a JSON object. Raises `Broken`."""
    try:
        data = json.loads(part)
    except ValueError as error:
        raise Broken from error
    if not isinstance(data, dict):
        raise Broken
    return data
