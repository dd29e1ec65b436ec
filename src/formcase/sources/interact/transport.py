"""HTTP calls to one form service over TLS with our certificate. Knows nothing of tokens or of what is said.

No redirect is followed, no cookie kept, no proxy taken from the environment, no content coding undone, no address
called but those below the service's own, and no network entered but those that are allowed.
"""

import ssl
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import yarl

import formcase
from formcase.messages import Message, message
from formcase.outcomes import Setup, Unreadable
from formcase.sources.interact.faults import FAULTS, lost_without_reason, outcome_of
from formcase.sources.interact.listening import listen_for_refusal
from formcase.sources.interact.problems import LARGEST_PROBLEM, Answer
from formcase.sources.interact.resolver import GuardedResolver
from formcase.sources.interact.settings import InteractSettings, Patience

LARGEST_ANSWER = 16 * 1024 * 1024
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One request. tried: what it is for, as told to people; steps: the path below the service's address, each step
    quoted when sent; wait: seconds that the service may hold its answer."""

    tried: Message
    method: str
    steps: Sequence[str]
    query: Sequence[tuple[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    wait: int = 0


class AnswerTooLarge(Unreadable):
    """The answer has more bytes than any answer of this kind may have."""


class Transport:
    """The connections to one form service. Belongs to one event loop."""

    def __init__(self, settings: InteractSettings) -> None:
        self._url = settings.url
        self._patience: Patience = settings.patience
        self._networks = settings.networks
        self._tls = _tls(settings)
        self._session: aiohttp.ClientSession | None = None

    @property
    def host(self) -> str:
        """The service's host and port, as shown to people."""
        return urlsplit(self._url).netloc

    async def call(self, call: Call, *, limit: int = LARGEST_ANSWER) -> Answer:
        """Send the request and read the whole answer, of at most `limit` bytes. Raises an `Outcome` error where there
        is none; a status that is an error is an answer."""
        async with self.open(call, whole=True) as response:
            return await read_answer(response, call, limit)

    @asynccontextmanager
    async def open(self, call: Call, *, whole: bool = False) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send the request and give the answer with its body unread. whole: the body is read within the time that a
        JSON answer may take."""
        response: aiohttp.ClientResponse | None = None
        try:
            async with self._open_session().request(
                call.method,
                self._address(call),
                headers=call.headers,
                data=call.body,
                allow_redirects=False,
                timeout=self._time(call, whole=whole),
            ) as response:
                yield response
        except FAULTS as error:
            if response is None and lost_without_reason(error):
                await self._listen_for_refusal(call.tried)
            raise outcome_of(error, call.tried) from error

    async def close(self) -> None:
        """Give back the connections."""
        if self._session:
            await self._session.close()
            self._session = None

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=self._tls or True, resolver=GuardedResolver(self._networks)),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                headers={
                    "User-Agent": f"Formcase/{formcase.__version__}",
                    "Accept": "application/json, application/problem+json, */*;q=0.5",
                    "Accept-Encoding": "identity",
                },
            )
        return self._session

    def _address(self, call: Call) -> yarl.URL:
        if not {"", ".", ".."}.isdisjoint(call.steps):
            raise Unreadable(call.tried, message("What is asked for has no name that an address can hold."))
        path = "".join("/" + quote(step, safe="") for step in call.steps)
        query = "?" + urlencode(call.query) if call.query else ""
        return yarl.URL(self._url + path + query, encoded=True)

    def _time(self, call: Call, *, whole: bool) -> aiohttp.ClientTimeout:
        patience = self._patience
        return aiohttp.ClientTimeout(
            total=patience.answer + call.wait if whole else None,
            sock_connect=patience.connect,
            sock_read=patience.silence + call.wait,
        )

    async def _listen_for_refusal(self, tried: Message) -> None:
        """Raises `Setup` where a connection was cut because the service refuses our certificate."""
        parts = urlsplit(self._url)
        if self._tls and parts.hostname:
            place = (parts.hostname, parts.port or 443)
            resolver = GuardedResolver(self._networks)
            await listen_for_refusal(place, resolver, self._tls, tried, self._patience.listening)


async def read_answer(response: aiohttp.ClientResponse, call: Call, limit: int) -> Answer:
    """The answer with its body, of which an error needs only so much as tells why."""
    limit = limit if response.status < 400 else LARGEST_PROBLEM
    headers = {name.lower(): value for name, value in response.headers.items()}
    if response.status < 300:
        refuse_coding(headers, call.tried)
    body = bytearray()
    while piece := await response.content.read(_PIECE):
        body += piece
        if len(body) > limit:
            if response.status < 300:
                raise AnswerTooLarge(call.tried, message("The answer has more than {limit} bytes.", limit=limit))
            # what is longer than any problem tells nothing more
            return Answer(response.status, headers, b"")
    return Answer(response.status, headers, bytes(body))


def refuse_coding(headers: Mapping[str, str], tried: Message) -> None:
    """A content coding was not asked for, and could blow up a small answer to any size."""
    if headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
        raise Unreadable(tried, message("The answer is content-coded, which it must not be."))


def _tls(settings: InteractSettings) -> ssl.SSLContext | None:
    """TLS 1.2 or newer, the system's authorities and those of the file, our certificate; None for plain http."""
    if urlsplit(settings.url).scheme == "http":
        return None
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.ca_file:
        _trust(context, settings)
    certificate = settings.certificate
    try:
        context.load_cert_chain(certificate.path)
    except OSError as error:
        raise Setup(
            message("Reading the certificate {thumbprint}", thumbprint=certificate.sha1),
            message("Its file is gone or damaged: {reason}.", reason=error.strerror or "unreadable"),
            message("Import the certificate again with “formcase certificate import FILE”."),
        ) from error
    return context


def _trust(context: ssl.SSLContext, settings: InteractSettings) -> None:
    try:
        context.load_verify_locations(cafile=settings.ca_file)
    except OSError as error:
        raise Setup(
            message("Reading the certificate authorities in {file}", file=str(settings.ca_file)),
            message("The file can't be used: {reason}.", reason=error.strerror or "no certificates in it"),
            message("FORMCASE_INTERACT_CA_FILE must name a PEM file with the authorities' certificates."),
        ) from error
