"""Envelope encryption of what people wrote in forms, as it lies in the journal.

Content is sealed with a data key (AES-256-GCM); data keys are wrapped with a key-encryption key that is not in the
database. What is sealed for one place can't be opened at another: the place is authenticated along. No Django and no
database here: where data keys are kept is in `data_keys`.
"""

import json
import secrets
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST_SECRET = 32  # characters
_FORMAT = b"\x01"
_NONCE = 12  # bytes, as GCM wants them; random ones are good for 2^32 seals with one key, and a key serves one day
_KEY = 32  # bytes


class CantOpen(Exception):
    """The key does not open it: it was sealed with another one, for another place, or was changed since."""


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    """A key-encryption key, made from a secret text. id: what tells it from others, and says nothing about it."""

    id: str
    _key: bytes = field(repr=False)

    @classmethod
    def from_secret(cls, text: str) -> "EncryptionKey":
        """The key of a secret of at least 32 characters. Raises ValueError where it has fewer."""
        if len(text) < SHORTEST_SECRET:
            raise ValueError(f"A key has at least {SHORTEST_SECRET} characters.")
        key = HKDF(hashes.SHA256(), _KEY, salt=None, info=b"formcase content key 1").derive(text.encode())
        return cls(sha256(b"formcase content key id" + key).hexdigest()[:16], key)

    def wrap(self, data_key: bytes, name: UUID) -> bytes:
        """A data key as the database may have it."""
        return _encrypt(self._key, data_key, name.bytes)

    def unwrap(self, wrapped: bytes, name: UUID) -> bytes:
        """Read it back. Raises `CantOpen`."""
        return _decrypt(self._key, wrapped, name.bytes)


class KeyRing:
    """The key-encryption keys of an installation: the current one, and former ones that open what they have wrapped."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Of secret texts, the current one first; there is at least one."""
        keys = [EncryptionKey.from_secret(text) for text in texts]
        self.current = keys[0]
        self._by_id = {key.id: key for key in reversed(keys)}

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all keys, the current one first."""
        return (self.current.id, *(name for name in self._by_id if name != self.current.id))

    def get(self, key_id: str) -> EncryptionKey | None:
        """The key of this id; None where it is not in the ring."""
        return self._by_id.get(key_id)


def new_data_key() -> bytes:
    """A fresh data key."""
    return secrets.token_bytes(_KEY)


def seal(data_key: bytes, content: object, place: str) -> bytes:
    """Content, as JSON data, that only the data key opens, and only for this place."""
    packed = zlib.compress(json.dumps(content, separators=(",", ":")).encode("ascii"))
    return _encrypt(data_key, packed, place.encode())


def unseal(data_key: bytes, sealed: bytes, place: str) -> object:
    """Read it back. Raises `CantOpen`."""
    return json.loads(zlib.decompress(_decrypt(data_key, sealed, place.encode())))


def _encrypt(key: bytes, content: bytes, place: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return _FORMAT + nonce + AESGCM(key).encrypt(nonce, content, _FORMAT + place)


def _decrypt(key: bytes, sealed: bytes, place: bytes) -> bytes:
    if sealed[:1] != _FORMAT:
        raise CantOpen
    nonce, content = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    try:
        return AESGCM(key).decrypt(nonce, content, _FORMAT + place)
    except (InvalidTag, ValueError):
        raise CantOpen from None
