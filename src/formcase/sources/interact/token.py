"""The access token: asked for with a signed assertion (RFC 7523), renewed before it expires, one request at a time."""

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import jwt
import structlog

from formcase.messages import NOTHING, Message, message
from formcase.outcomes import Outcome, Passing, Setup
from formcase.sources.certificates.certificate import KeyKind, StoredCertificate
from formcase.sources.certificates.reading import PrivateKey
from formcase.sources.certificates.store import private_key
from formcase.sources.interact.answers import IssuedToken, WrongShapeError, read_token
from formcase.sources.interact.problems import Answer, clock_difference, refusal
from formcase.sources.interact.settings import InteractSettings
from formcase.sources.interact.transport import Call, Transport

ASSERTION_LIFE = 120
_LARGEST_TOKEN_ANSWER = 64 * 1024
_EARLY = 60
_CLOCK_TOLERANCE = timedelta(seconds=30)
_ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

_ALGORITHMS = {KeyKind.RSA: "RS256", KeyKind.RSA_PSS: "PS256", KeyKind.EC_P256: "ES256"}

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token. renew_at: on the monotonic clock, before it expires."""

    value: str
    renew_at: float


def assertion(client_id: str, certificate: StoredCertificate, key: PrivateKey, audience: str, now: int) -> str:
    """A fresh assertion that we are this client, signed with the certificate's key."""
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + ASSERTION_LIFE,
    }
    headers = {"x5t": _base64(certificate.sha1), "x5t#S256": _base64(certificate.sha256)}
    return jwt.encode(claims, key, algorithm=_ALGORITHMS[certificate.key_kind], headers=headers)


class Tokens:
    """The token of one client. However many tasks want one, one request is under way."""

    def __init__(
        self, settings: InteractSettings, transport: Transport, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._clock = clock
        self._key = private_key(settings.certificate)
        self._current: AccessToken | None = None
        self._renewal: asyncio.Task[AccessToken] | None = None

    async def token(self) -> AccessToken:
        """A token that lasts for another call."""
        if self._current and self._clock() < self._current.renew_at:
            return self._current
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew())
            self._renewal.add_done_callback(self._renewed)
        # a task that gives up waiting must not take the token from the others
        return await asyncio.shield(self._renewal)

    def refuse(self, token: AccessToken) -> None:
        """The service does not take this token any more; another task may have got a new one already."""
        if self._current is token:
            self._current = None

    async def close(self) -> None:
        """Give up a request that is under way."""
        if self._renewal:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)

    def _renewed(self, renewal: "asyncio.Task[AccessToken]") -> None:
        self._renewal = None
        if not renewal.cancelled() and renewal.exception() is None:
            self._current = renewal.result()

    async def _renew(self) -> AccessToken:
        tried = message("Getting a token from {host}", host=self._transport.host)
        asked = self._clock()
        try:
            answer = await self._ask(tried)
        except Passing:
            # a kept connection may have been closed in the same moment; a second try needs an assertion of its own
            answer = await self._ask(tried)
        if answer.status != 200:
            raise _refusal(answer, tried)
        issued = self._read(answer, tried)
        _log.info("token issued", host=self._transport.host, expires_in=issued.expires_in)
        return AccessToken(issued.value, asked + issued.expires_in - min(_EARLY, issued.expires_in / 5))

    async def _ask(self, tried: Message) -> Answer:
        settings = self._settings
        audience = f"{settings.url}/oauth2/token"
        signed = assertion(settings.client_id, settings.certificate, self._key, audience, int(time.time()))
        form = {
            "grant_type": "client_credentials",
            "client_id": settings.client_id,
            "client_assertion_type": _ASSERTION_TYPE,
            "client_assertion": signed,
        }
        call = Call(
            tried,
            "POST",
            ("oauth2", "token"),
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode(form).encode(),
        )
        return await self._transport.call(call, limit=_LARGEST_TOKEN_ANSWER)

    def _read(self, answer: Answer, tried: Message) -> IssuedToken:
        try:
            return read_token(answer.body)
        except WrongShapeError as error:
            raise Setup(
                tried,
                message("The answer is no token: {where}: {expected}.", where=error.where, expected=error.expected),
                message("Check the parameter Url: something else than the form service may answer there."),
            ) from error


def _refusal(answer: Answer, tried: Message) -> Outcome:
    """An error of the token endpoint, by its status alone; its words are only told."""
    fault = refusal(answer, tried)
    if answer.status not in {400, 401, 403}:
        return fault
    return Setup(tried, fault.answer, _remedy(answer))


def _remedy(answer: Answer) -> Message:
    difference = clock_difference(answer, datetime.now(UTC))
    clock = NOTHING
    if difference is not None and abs(difference) > _CLOCK_TOLERANCE:
        seconds = int(difference.total_seconds())
        clock = message("This machine's clock is {seconds} seconds off the form service's.", seconds=seconds)
    registered = message(
        "Check ClientId, and that the certificate of CertificateThumbprint is registered for it at the form service."
    )
    return message("{clock} {registered}", clock=clock, registered=registered) if clock.template else registered


def _base64(thumbprint: str) -> str:
    return jwt.utils.base64url_encode(bytes.fromhex(thumbprint)).decode()
