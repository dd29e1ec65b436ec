"""The folder of client certificates: taking one in, listing them, finding one by its thumbprint.

Each is one PEM file named after its SHA-256 thumbprint: the key, the certificate and the certificates above it. The
key is stored unencrypted, because the worker must be able to use it without a person; the file can be read and
written by its owner only (0600), the folder entered by its owner only (0700).
"""

import os
import secrets
import ssl
import stat
from pathlib import Path

import structlog

from formcase.messages import Message, message
from formcase.outcomes import Setup
from formcase.sources.certificates.certificate import ChainCertificate, StoredCertificate
from formcase.sources.certificates.reading import (
    CertificateRefused,
    PrivateKey,
    ReadCertificate,
    name_of,
    read_certificate,
)
from formcase.sources.certificates.thumbprint import MalformedThumbprintError, normal_thumbprint

_FOLDER_MODE = 0o700
_FILE_MODE = 0o600

_log = structlog.get_logger()


class MalformedThumbprint(Setup):
    """What was given as a thumbprint is none."""


class CertificateNotFound(Setup):
    """No stored certificate has this thumbprint."""


class CertificateStore:
    """The certificates in one folder, which is made when the first one is imported."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def import_certificate(self, data: bytes, password: bytes | None = None) -> StoredCertificate:
        """Keep the certificate and key in `data` (PEM or PKCS#12). The same certificate again replaces what is there.

        Raises `CertificateRefused` where it could never work; what may keep it from working is in the answer's
        `warnings`.
        """
        read = read_certificate(data, password)
        self._make_folder()
        path = self._folder / f"{read.sha256}.pem"
        self._write(path, read.pem())
        return _described(read, path)

    def list(self) -> tuple[StoredCertificate, ...]:
        """All that are stored, the one that expires last first. Files that can't be read are left out and logged."""
        found: list[StoredCertificate] = []
        for path in sorted(self._folder.glob("*.pem")):
            try:
                found.append(_described(read_certificate(path.read_bytes()), path))
            except (CertificateRefused, OSError) as error:
                _log.warning("certificate file left out", file=path.name, reason=str(error))
        return tuple(sorted(found, key=lambda certificate: certificate.not_after, reverse=True))

    def find(self, thumbprint: str) -> StoredCertificate:
        """The certificate with this thumbprint, SHA-1 or SHA-256, written as people write them.

        Raises `MalformedThumbprint` or `CertificateNotFound`, the latter with the thumbprints that are there.
        """
        try:
            wanted = normal_thumbprint(thumbprint)
        except MalformedThumbprintError as error:
            raise MalformedThumbprint(
                message("Reading the thumbprint"),
                error.reason,
                message("Copy it whole from the certificate, or from “formcase certificate list”."),
            ) from error
        stored = self.list()
        for certificate in stored:
            if certificate.has_thumbprint(wanted):
                return certificate
        raise CertificateNotFound(
            message("Looking for the certificate {thumbprint}", thumbprint=wanted),
            _what_there_is(stored, len(wanted)),
            message("Choose one of these, or import the certificate with “formcase certificate import FILE”."),
        )

    def remove(self, thumbprint: str) -> StoredCertificate:
        """Remove a certificate with its key; what was removed. Raises as `find`."""
        found = self.find(thumbprint)
        found.path.unlink(missing_ok=True)
        return found

    def _make_folder(self) -> None:
        self._folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        if stat.S_IMODE(self._folder.stat().st_mode) != _FOLDER_MODE:
            self._folder.chmod(_FOLDER_MODE)

    def _write(self, path: Path, content: bytes) -> None:
        """All of it or nothing, and never for a moment readable by others."""
        draft = self._folder / f".{secrets.token_hex(8)}.draft"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
        try:
            with open(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            _try_in_tls(draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        _settle(self._folder)


def private_key(certificate: StoredCertificate) -> PrivateKey:
    """The certificate's key. Raises `Setup` where its file is gone or damaged."""
    try:
        return read_certificate(certificate.path.read_bytes()).key
    except OSError as error:
        raise Setup(
            message("Reading the key of the certificate {thumbprint}", thumbprint=certificate.sha1),
            message("{reason}.", reason=error.strerror or "The file can't be read"),
            message("Import the certificate again with “formcase certificate import FILE”."),
        ) from error


def readable_by_others(certificate: StoredCertificate) -> bool:
    """Whether somebody else than the owner may read the key."""
    return bool(stat.S_IMODE(certificate.path.stat().st_mode) & 0o077)


def _described(read: ReadCertificate, path: Path) -> StoredCertificate:
    certificate = read.certificate
    return StoredCertificate(
        holder=name_of(certificate.subject),
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        sha1=read.sha1,
        sha256=read.sha256,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key_kind=read.key_kind,
        for_clients=read.for_clients,
        chain=tuple(ChainCertificate(name_of(above.subject), above.not_valid_after_utc) for above in read.chain),
        path=path,
    )


def _what_there_is(stored: tuple[StoredCertificate, ...], digits: int) -> Message:
    if not stored:
        return message("No certificate is stored.")
    named = "; ".join(f"{c.sha1 if digits == 40 else c.sha256} ({c.holder})" for c in stored)
    return message("It is not stored. There is: {certificates}.", certificates=named)


def _try_in_tls(path: Path) -> None:
    """OpenSSL has the last word: a key that it won't load can never show who we are."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_cert_chain(path)
    except ssl.SSLError as error:
        raise CertificateRefused(
            message("TLS can't use this certificate: {reason}.", reason=(error.reason or "unknown").replace("_", " "))
        ) from error


def _settle(folder: Path) -> None:
    """Make the new name outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
