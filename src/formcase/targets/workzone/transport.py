"""HTTP to one case system: a session of its own, the login, limits of time and size, and what broken ways mean.

Redirects are never followed, cookies never kept. What an answer means is decided in `errors`, not here.
"""

import re
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import aiohttp
from yarl import URL

from formcase.messages import Message, message
from formcase.outcomes import Outcome, Passing, Setup, Unknown
from formcase.targets.port import Content
from formcase.targets.workzone.answer import Answer
from formcase.targets.workzone.authentication import Login
from formcase.targets.workzone.settings import WorkZoneSettings

LARGEST_PAGE = 16 * 1024 * 1024
_LARGEST_TOKEN = 256 * 1024
_IDLE_CONNECTION = 15  # seconds; shorter than servers keep one, so that few requests meet a closed connection
_CHUNK = 64 * 1024
_UNKNOWN_SIZE = 1024**3  # bytes that a file may have whose size nobody says, for the time that it may take
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,100}/[\w!#$&^.+-]{1,100}", re.ASCII)
_JSON = "application/json;odata.metadata=minimal"
_ANY_BYTES = "application/octet-stream"


class Transport:
    """Sends requests below the service root, as the account or on behalf of a user."""

    def __init__(self, settings: WorkZoneSettings) -> None:
        self._settings = settings
        self._root = settings.root()
        self._login = Login(settings.authentication, self._post_form)
        self._session: aiohttp.ClientSession | None = None

    @property
    def root(self) -> URL:
        """The service root, ending in a slash."""
        return self._root

    async def read(
        self,
        tried: Message,
        address: str,
        *,
        user: str | None = None,
        accept: str = _JSON,
        largest: int = LARGEST_PAGE,
        page_size: int | None = None,
    ) -> Answer:
        """GET, whatever the status. A connection that was closed while idle is tried once more by the HTTP client.
        page_size: how many entities a page had best have, None for what the service likes."""
        headers = {"Accept": accept, "OData-MaxVersion": "4.0"}
        if page_size is not None:
            headers["Prefer"] = f"odata.maxpagesize={page_size}"
        request = _Request(tried, "GET", self._below_root(address), headers, self._settings.timeouts.read, largest)
        try:
            return await self._send(request, user)
        except _Lost as lost:
            raise lost.passing(tried) from None

    async def write(
        self, tried: Message, address: str, content_type: str, body: bytes, *, user: str, largest: int = LARGEST_PAGE
    ) -> Answer:
        """POST a body that is at hand. Raises `Unknown` where it may have arrived and no answer came."""
        headers = {
            "Accept": "multipart/mixed",
            "Content-Type": content_type,
            "OData-Version": "4.0",
            "OData-MaxVersion": "4.0",
        }
        request = _Request(tried, "POST", self._below_root(address), headers, self._time_for(len(body)), largest, body)
        try:
            return await self._send(request, user)
        except _Lost as lost:
            raise (lost.unknown(tried) if lost.sent else lost.passing(tried)) from None

    async def upload(self, tried: Message, address: str, content: Content, slug: str, *, user: str) -> Answer:
        """POST a file, streamed. What reading it raises is passed on."""
        headers = {
            "Accept": "application/json",
            "Content-Type": content.media_type if _MEDIA_TYPE.fullmatch(content.media_type) else _ANY_BYTES,
            "Content-Length": str(content.size),
            "Slug": slug,
            "OData-MaxVersion": "4.0",
        }
        stream = _Stream(content)
        request = _Request(
            tried, "POST", self._below_root(address), headers, self._time_for(content.size), LARGEST_PAGE, stream
        )
        try:
            answer = await self._send(request, user)
        except _Lost as lost:
            if stream.failure is not None:
                raise stream.failure from None
            raise lost.passing(tried) from None
        if stream.failure is not None:
            raise stream.failure
        if answer.status < 300 and not stream.complete:
            raise Passing(tried, message("It was answered before the file had been sent."))
        return answer

    async def download(
        self, tried: Message, address: str, size: int | None, refused: Callable[[Answer], Exception]
    ) -> AsyncGenerator[bytes, None]:
        """GET a file as the account, piece by piece. refused: what is raised for any answer but the file."""
        headers = {"Accept": "*/*", "OData-MaxVersion": "4.0"}
        limit = self._settings.timeouts.read + self._time_for(size or _UNKNOWN_SIZE)
        request = _Request(tried, "GET", self._below_root(address), headers, limit, LARGEST_PAGE)
        try:
            for renewed in (False, True):
                login = await self._login.header()
                async with self._opened(request.with_headers({"Authorization": login})) as response:
                    if response.status == 401 and self._login.renewable and not renewed:
                        self._login.forget(login)
                        continue
                    if response.status != 200:
                        raise refused(await _whole(response, LARGEST_PAGE))
                    async for piece in response.content.iter_chunked(_CHUNK):
                        yield piece
                    return
        except _Lost as lost:
            raise lost.passing(tried) from None

    async def close(self) -> None:
        """Give back the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _below_root(self, address: str) -> URL:
        return URL(str(self._root) + address, encoded=True)

    def _time_for(self, size: int) -> float:
        return self._settings.timeouts.write + size / self._settings.timeouts.slowest_upload

    async def _send(self, request: "_Request", user: str | None) -> Answer:
        """One request, and once more with a new token where the token was refused."""
        acting = {"OnBehalfOf": _on_behalf_of(request.tried, user)} if user is not None else {}
        login = await self._login.header()
        answer = await self._once(request.with_headers({**acting, "Authorization": login}))
        if answer.status != 401 or not self._login.renewable:
            return answer
        self._login.forget(login)
        login = await self._login.header()
        return await self._once(request.with_headers({**acting, "Authorization": login}))

    async def _post_form(self, tried: Message, url: URL, form: dict[str, str]) -> Answer:
        headers = {"Accept": "application/json"}
        limit = self._settings.timeouts.read
        try:
            return await self._once(
                _Request(tried, "POST", url, headers, limit, _LARGEST_TOKEN, aiohttp.FormData(form))
            )
        except _Lost as lost:
            raise lost.passing(tried) from None

    async def _once(self, request: "_Request") -> Answer:
        async with self._opened(request) as response:
            return await _whole(response, request.largest)

    @asynccontextmanager
    async def _opened(self, request: "_Request") -> AsyncIterator[aiohttp.ClientResponse]:
        url, tried = request.url, request.tried
        times = self._settings.timeouts
        timeout = aiohttp.ClientTimeout(total=request.limit, sock_connect=times.connect, sock_read=times.silence)
        data = request.body.chunks() if isinstance(request.body, _Stream) else request.body
        try:
            async with self._open_session().request(
                request.method, url, data=data, headers=request.headers, allow_redirects=False, timeout=timeout
            ) as response:
                yield response
        except aiohttp.ClientSSLError as error:
            raise _no_trust(tried, url, error) from None
        except aiohttp.ClientConnectorDNSError:
            raise Setup(
                tried,
                message("The host {host} is not known.", host=url.host or ""),
                message("Check the address and the name service of this machine."),
            ) from None
        except aiohttp.InvalidURL:
            raise Setup(tried, message("The address can't be used."), message("Check the address.")) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise _Lost(error, sent=False) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _Lost(error, sent=True) from None

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=self._settings.connections,
                ssl=_trust(self._settings),
                keepalive_timeout=_IDLE_CONNECTION,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "Formcase"},
            )
        return self._session


@dataclass(frozen=True, slots=True)
class _Request:
    """limit: seconds until the whole answer must be there. largest: bytes that the answer may have."""

    tried: Message
    method: str
    url: URL
    headers: Mapping[str, str]
    limit: float
    largest: int
    body: "bytes | _Stream | aiohttp.FormData | None" = None

    def with_headers(self, more: Mapping[str, str]) -> "_Request":
        return replace(self, headers={**self.headers, **more})


class _Lost(Exception):
    """No whole answer came. sent: whether the request may have arrived."""

    def __init__(self, error: Exception, *, sent: bool) -> None:
        super().__init__(type(error).__name__)
        self.error = error
        self.sent = sent

    def passing(self, tried: Message) -> Outcome:
        return Passing(tried, self._story())

    def unknown(self, tried: Message) -> Outcome:
        return Unknown(tried, self._story())

    def _story(self) -> Message:
        if isinstance(self.error, _TooLarge):
            return message("The answer is larger than {limit} bytes.", limit=self.error.limit)
        if isinstance(self.error, TimeoutError):
            return message("There was no answer in time.")
        if not self.sent:
            return message("The connection was refused.")
        return message("The connection broke ({kind}).", kind=type(self.error).__name__)


class _TooLarge(aiohttp.ClientError):
    """The other side sends without end."""

    def __init__(self, limit: int) -> None:
        super().__init__()
        self.limit = limit


class _Stream:
    """A file on its way out. Keeps what went wrong in reading it, because the HTTP client would swallow that."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self.failure: Exception | None = None
        self.complete = False

    async def chunks(self) -> AsyncIterator[bytes]:
        """The file from its start. Its last piece is held back until its reader has ended without an error, so that a
        file whose digest or length is wrong never arrives whole."""
        self.failure, self.complete = None, False
        source = self._content.open()
        try:
            held, read = b"", 0
            async for chunk in source:
                read += len(chunk)
                if read > self._content.size:
                    raise self._wrong_length()
                if held:
                    yield held
                held = bytes(chunk)
            if read < self._content.size:
                raise self._wrong_length()
            self.complete = True
            if held:
                yield held
        except Exception as failure:
            self.failure = failure
            raise
        finally:
            if isinstance(source, AsyncGenerator):
                await source.aclose()

    def _wrong_length(self) -> Outcome:
        return Passing(
            message("Uploading a file of {size} bytes to the case system", size=self._content.size),
            message("The file came with another length than announced."),
        )


async def _whole(response: aiohttp.ClientResponse, largest: int) -> Answer:
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > largest:
            response.close()
            raise _TooLarge(largest)
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status, headers, bytes(body))


def _on_behalf_of(tried: Message, user: str) -> str:
    if not user.strip() or not user.isprintable():
        raise Setup(tried, message("There is no executing user."), message("Choose the executing user."))
    return f"User={user}"


def _no_trust(tried: Message, url: URL, error: aiohttp.ClientSSLError) -> Exception:
    """A handshake that was cut off is a broken connection; one that was refused needs a person."""
    cause = error.certificate_error if isinstance(error, aiohttp.ClientConnectorCertificateError) else error.os_error
    if isinstance(cause, ssl.SSLEOFError | ssl.SSLZeroReturnError):
        return _Lost(error, sent=False)
    reason = getattr(cause, "verify_message", None) or getattr(cause, "reason", None) or type(cause).__name__
    return Setup(
        tried,
        message("No secure connection to {host}: {reason}", host=url.host or "", reason=str(reason)),
        message("Check the certificate of the case system and the authorities that are trusted."),
    )


def _trust(settings: WorkZoneSettings) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError):
        raise Setup(
            message("Reading the authorities that the case system is trusted by"),
            message("{file} can't be read as PEM certificates.", file=str(settings.ca_file)),
            message("Give a PEM file."),
        ) from None
