"""A certificate that somebody hands in for a client: one, without a key, that a client can come with today.

What else people have at hand is told apart, so that the refusal says what it is and how to get at what is needed. A
file with a key in it is refused whole, and nothing of it is kept.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_der_private_key
from django.utils import timezone
from django.utils.translation import gettext as _

from formcase.appearance.days import day_told
from formcase.formservice.certificates import CertificateRefused, ReadCertificate, read_client_certificate
from formcase.formservice.problems import Problem

LARGEST = 64 * 1024  # bytes
_BEGIN = re.compile(rb"^[ \t]*-----BEGIN ([A-Z0-9 ]{1,40})-----", re.MULTILINE)
_PUTTY = b"PuTTY-User-Key-File"
# PKCS#12: a sequence that begins with its version, 3
_PKCS12 = re.compile(rb"\A\x30(?:[\x00-\x7f]|\x80|[\x81-\x84][\s\S]{1,4}?)\x02\x01\x03\x30")


@dataclass(frozen=True, slots=True)
class _Block:
    """One PEM block: what it says it is, the line on which it begins, and its bytes."""

    label: str
    line: int
    content: bytes


def read_uploaded(content: bytes) -> ReadCertificate:
    """The certificate in a file; raises `CertificateRefused`, which says what is wrong, on which line, and what would
    be right. PEM is what is asked for; DER, which Windows writes, is read, too."""
    _check_size(content)
    blocks = _blocks(content)
    _check_no_key(content, blocks)
    certificate = _only_certificate(blocks) if blocks else _binary_certificate(content)
    _check_authority(certificate)
    read = read_client_certificate(certificate.public_bytes(Encoding.PEM))
    _check_validity(read, timezone.now())
    return read


def _check_size(content: bytes) -> None:
    if not content.strip():
        raise _refused(_("It is empty. Choose the file of the certificate, or paste its text."))
    if len(content) > LARGEST:
        text = _("It is too large for a certificate: {size} bytes, and at most {most} are taken.")
        raise _refused(text.format(size=len(content), most=LARGEST))


def _blocks(content: bytes) -> list[_Block]:
    found = list(_BEGIN.finditer(content))
    ends = [*(begin.start() for begin in found), len(content)][1:]
    return [
        _Block(begin.group(1).decode(), content.count(b"\n", 0, begin.start()) + 1, content[begin.start() : end])
        for begin, end in zip(found, ends, strict=True)
    ]


def _check_no_key(content: bytes, blocks: list[_Block]) -> None:
    key = next((block for block in blocks if block.label.endswith("PRIVATE KEY")), None)
    right = _(
        "Nothing of it was kept. Hand in the certificate alone: the lines from BEGIN CERTIFICATE to END CERTIFICATE. "
        "The key stays with the client and is sent to nobody."
    )
    if key is not None:
        raise _refused(_("Here begins a private key.") + " " + right, line=key.line)
    if _PUTTY in content or _is_binary_key(content):
        raise _refused(_("This is a private key.") + " " + right)
    if _PKCS12.match(content):
        raise _refused(_("This is a PKCS#12 file, which holds the private key, too.") + " " + right)


def _is_binary_key(content: bytes) -> bool:
    try:
        load_der_private_key(content, None)
    except TypeError:  # one that is encrypted
        return True
    except Exception:  # noqa: BLE001 - whatever it is, it is no key that can be read
        return False
    return True


def _only_certificate(blocks: list[_Block]) -> x509.Certificate:
    certificates = [block for block in blocks if block.label in ("CERTIFICATE", "X509 CERTIFICATE")]
    if not certificates:
        raise _refused(_OTHERS.get(blocks[0].label, _nothing_known)(), line=blocks[0].line)
    read = [(block, _read(block)) for block in certificates]
    # a file often has those who issued the certificate after it
    issuers = {certificate.issuer for _block, certificate in read if certificate.issuer != certificate.subject}
    leaves = [(block, certificate) for block, certificate in read if certificate.subject not in issuers]
    if len(leaves) != 1:
        lines = ", ".join(str(block.line) for block, _certificate in leaves or read)
        text = _("There are several certificates, on the lines {lines}. Hand in one at a time.")
        raise _refused(text.format(lines=lines), line=certificates[1].line)
    return leaves[0][1]


def _read(block: _Block) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(block.content)
    except ValueError:
        text = _(
            "Here begins a certificate that can't be read: it is cut off or was changed on its way. It ends with "
            "END CERTIFICATE; between are lines of letters, digits, “+” and “/”. Export it once more."
        )
        raise _refused(text, line=block.line) from None


def _request_made() -> str:
    return _("This is a request for a certificate. Hand in the certificate that the authority issued for it.")


def _public_key_made() -> str:
    return _("This is a public key without its certificate. Hand in the certificate: it begins with BEGIN CERTIFICATE.")


def _nothing_known() -> str:
    return _("This is no certificate in PEM form: one begins with BEGIN CERTIFICATE and ends with END CERTIFICATE.")


_OTHERS = {
    "CERTIFICATE REQUEST": _request_made,
    "NEW CERTIFICATE REQUEST": _request_made,
    "PUBLIC KEY": _public_key_made,
    "RSA PUBLIC KEY": _public_key_made,
}


def _binary_certificate(content: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(content)
    except ValueError:
        raise _refused(_nothing_known(), line=1) from None


def _check_authority(certificate: x509.Certificate) -> None:
    """An authority's certificate is none of a client's. One that is signed by itself may be both."""
    try:
        limits = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (x509.ExtensionNotFound, ValueError):
        return
    if limits.ca and certificate.issuer != certificate.subject:
        text = _("This is the certificate of an authority, {name}. Hand in the one that it issued for the client.")
        raise _refused(text.format(name=certificate.subject.rfc4514_string()))


def _check_validity(read: ReadCertificate, now: datetime) -> None:
    if read.not_after < now:
        text = _("The certificate expired on {day}. Hand in its successor.")
        raise _refused(text.format(day=_day(read.not_after)))
    if read.not_before > now:
        text = _("The certificate is not valid before {day}. Hand it in from then on.")
        raise _refused(text.format(day=_day(read.not_before)))


def _day(moment: datetime) -> str:
    return f"{day_told(timezone.localtime(moment))} {timezone.localtime(moment):%H:%M}"


def _refused(text: str, *, line: int | None = None) -> CertificateRefused:
    place = () if line is None else (_("line {number}").format(number=line),)
    return CertificateRefused([Problem(place, text)])
