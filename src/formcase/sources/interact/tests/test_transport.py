"""TLS, addresses and broken connections: what is a fault of the setup, and what passes."""

import asyncio
import datetime as dt
import socket
import ssl
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from formcase.outcomes import Outcome, Passing, Setup, Unreadable
from formcase.sources.interact.settings import Patience
from formcase.sources.interact.tests.authority import DAY, Authority
from formcase.sources.interact.tests.service import (
    FormServiceDouble,
    hang_up,
    problem,
    server_tls,
    serving,
    telling_server,
)


async def outcome(coroutine) -> Outcome:
    with pytest.raises(Outcome) as caught:
        await coroutine
    return caught.value


@asynccontextmanager
async def raw_server(handle, tls: ssl.SSLContext | None = None):
    """A server that speaks below HTTP; gives its port."""
    running: set[asyncio.Task[None]] = set()

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        running.add(asyncio.current_task())
        try:
            await handle(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(guarded, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in running:
            task.cancel()


VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


@pytest.mark.parametrize("version", VERSIONS)
async def test_our_certificate_of_an_issuer_unknown_there_is_a_fault_of_the_setup(
    version, server_certificate, connecting, tmp_path
):
    tls = server_tls(server_certificate, Authority.new("Somebody else").pem, tmp_path, version=version)
    with telling_server(tls) as port:
        for _ in range(5):
            error = await outcome(connecting(f"https://localhost:{port}").forms())
            assert isinstance(error, Setup), error
            assert "does not trust its issuer" in str(error)


@pytest.mark.parametrize("version", VERSIONS)
async def test_our_expired_certificate_is_a_fault_of_the_setup(version, expired_certificate, connecting, tls_of, store):
    certificate = store.import_certificate(expired_certificate.whole_pem)
    with telling_server(tls_of(version)) as port:
        error = await outcome(connecting(f"https://localhost:{port}", certificate=certificate).forms())
    assert isinstance(error, Setup)
    assert "it has expired" in str(error)
    assert "Order a new one" in str(error)


@pytest.mark.parametrize("version", VERSIONS)
async def test_our_certificate_refused_without_a_word_is_a_fault_of_the_setup_too(
    version, expired_certificate, connecting, tls_of, store
):
    """Servers built on Python's asyncio send no alert: all that shows is a connection that is cut."""
    certificate = store.import_certificate(expired_certificate.whole_pem)
    async with serving(FormServiceDouble(expired_certificate, [expired_certificate]), tls_of(version)) as service:
        error = await outcome(connecting(service.url, certificate=certificate).forms())
    assert isinstance(error, Setup)
    assert "as soon as it saw our certificate" in str(error)


async def test_a_server_that_cuts_connections_before_the_handshake_is_no_fault_of_the_setup(connecting):
    async def cut(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read(1)

    async with raw_server(cut) as port:
        assert isinstance(await outcome(connecting(f"https://localhost:{port}").forms()), Passing)


async def test_a_server_certificate_that_nobody_vouches_for_is_a_fault_of_the_setup(service, connecting):
    error = await outcome(connecting(service.url, ca_file=None).forms())
    assert isinstance(error, Setup)
    assert "issuer that is not trusted here" in str(error)
    assert "FORMCASE_INTERACT_CA_FILE" in str(error)


async def test_an_expired_server_certificate_is_a_fault_of_the_setup(authority, own_certificate, connecting, tmp_path):
    expired = authority.server(starts=-30 * DAY, ends=-DAY)
    tls = server_tls(expired, authority.pem, tmp_path)
    async with serving(FormServiceDouble(expired, [own_certificate]), tls) as service:
        error = await outcome(connecting(service.url).forms())
    assert isinstance(error, Setup)
    assert "certificate has expired" in str(error)


async def test_a_server_certificate_for_another_host_is_a_fault_of_the_setup(
    authority, own_certificate, connecting, tmp_path
):
    other = authority.server("forms.example.dk")
    tls = server_tls(other, authority.pem, tmp_path)
    async with serving(FormServiceDouble(other, [own_certificate]), tls) as service:
        error = await outcome(connecting(service.url).forms())
    assert isinstance(error, Setup)
    assert "another host name" in str(error)


async def test_a_server_without_tls_is_a_fault_of_the_setup(own_certificate, server_certificate, connecting):
    async with serving(FormServiceDouble(server_certificate, [own_certificate]), None) as service:
        error = await outcome(connecting(service.url.replace("http:", "https:")).forms())
    assert isinstance(error, Setup)
    assert "does not speak TLS" in str(error)


async def test_a_server_that_only_speaks_old_tls_is_a_fault_of_the_setup(connecting, tls_of):
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        tls = tls_of(ssl.TLSVersion.TLSv1_1)
    tls.set_ciphers("ALL:@SECLEVEL=0")
    with telling_server(tls) as port:
        error = await outcome(connecting(f"https://localhost:{port}").forms())
    assert isinstance(error, Setup)
    assert "no version of TLS that is allowed" in str(error)


async def test_a_host_that_does_not_exist_is_a_fault_of_the_setup(connecting, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error = await outcome(connecting("https://forms.invalid/interact").forms())
    assert isinstance(error, Setup)
    assert "no host of that name" in str(error)


async def test_a_name_server_that_is_out_passes(connecting, monkeypatch):
    def unavailable(*_, **__):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", unavailable)
    assert isinstance(await outcome(connecting("https://forms.invalid/interact").forms()), Passing)


async def test_a_refused_connection_passes(connecting):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    error = await outcome(connecting(f"https://localhost:{port}").forms())
    assert isinstance(error, Passing)
    assert f"localhost:{port}" in str(error)


async def test_an_answer_that_does_not_come_passes(service, interact):
    async def never(_: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    service.once("/forms", never)
    error = await outcome(interact.forms())
    assert isinstance(error, Passing)
    assert "in time" in str(error)


async def test_a_handshake_that_does_not_end_passes(connecting):
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()
        await asyncio.sleep(30)

    async with raw_server(silent) as port:
        quick = Patience(connect=0.3, silence=0.3, answer=1, listening=0.1)
        assert isinstance(await outcome(connecting(f"https://localhost:{port}", patience=quick).forms()), Passing)


async def test_a_connection_that_is_cut_without_an_answer_passes(service, interact):
    await interact.forms()
    service.once("/forms", hang_up)
    service.once("/forms", hang_up)  # a kept connection may be tried once more
    assert isinstance(await outcome(interact.forms()), Passing)


async def test_a_kept_connection_that_the_service_closed_costs_nothing(service, interact):
    """Every call but the token's may be sent again by itself; the token's with an assertion of its own."""
    await interact.forms()
    service.once("/forms", hang_up)
    assert await interact.forms()


async def test_what_is_no_http_is_a_fault_of_the_service(connecting, tls):
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example.dk ESMTP\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.1)

    async with raw_server(babble, tls) as port:
        assert isinstance(await outcome(connecting(f"https://localhost:{port}").forms()), Unreadable)


async def test_a_redirect_is_not_followed(service, interact):
    for status in (301, 302, 303, 307, 308):
        target = f"{service.url}/api/v1/elsewhere?key=hidden"
        service.once("/forms", web.Response(status=status, headers={"Location": target}))
        error = await outcome(interact.forms())
        assert isinstance(error, Setup)
        assert "/api/v1/elsewhere" in str(error)
        assert "hidden" not in str(error)
    assert service.count("/elsewhere") == 0


async def test_a_redirected_token_or_status_is_not_followed(service, interact):
    moved = web.Response(status=307, headers={"Location": service.url + "/elsewhere"})
    service.once("/token", moved)
    assert isinstance(await outcome(interact.forms()), Setup)
    assert service.count("/elsewhere") == 0


async def test_no_cookie_is_kept_and_no_proxy_of_the_environment_asked(service, interact, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    service.once("/forms", web.json_response({"forms": []}, headers={"Set-Cookie": "seen=1"}))
    await interact.forms()
    await interact.forms()
    assert "Cookie" not in service.requests[-1].headers


async def test_plain_http_to_this_machine_works_where_it_is_allowed(own_certificate, server_certificate, connecting):
    form = {"id": "1", "title": "F", "version": 1, "updatedAt": "2026-11-01T10:00:00Z"}
    double = FormServiceDouble(server_certificate, [own_certificate], forms=[form])
    async with serving(double, None) as service:
        with pytest.raises(Setup, match="ALLOW_LOOPBACK_HTTP"):
            connecting(service.url)
        assert await connecting(service.url, allow_loopback_http=True).forms()


async def test_an_address_that_can_be_none_is_refused_before_anything_is_sent(connecting):
    with pytest.raises(Setup, match="Url"):
        connecting("https://user:word@forms.example.dk")


async def test_a_ca_file_without_certificates_is_a_fault_of_the_setup(service, connecting, tmp_path):
    for content in (None, b"nothing"):
        path = tmp_path / "other-ca.pem"
        if content:
            path.write_bytes(content)
        with pytest.raises(Setup, match="FORMCASE_INTERACT_CA_FILE"):
            connecting(service.url, ca_file=path)


async def test_an_answer_without_end_is_given_up_in_little_memory(service, interact):
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        while sent < 200 * 1024 * 1024:
            sent += 1024 * 1024
            await response.write(b" " * 1024 * 1024)
        return response

    service.once("/forms", endless)
    assert isinstance(await outcome(interact.forms()), Unreadable)
    assert sent < 64 * 1024 * 1024


async def test_an_answer_that_drips_is_given_up(service, connecting):
    async def dripping(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b" ")
            await asyncio.sleep(0.05)
        return response

    service.once("/forms", dripping)
    slow = connecting(service.url, patience=Patience(connect=2, silence=0.5, answer=0.5))
    started = asyncio.get_running_loop().time()
    assert isinstance(await outcome(slow.forms()), Passing)
    assert asyncio.get_running_loop().time() - started < 3


async def test_a_coded_answer_is_refused(service, interact):
    service.once("/forms", web.Response(body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"}))
    assert "content-coded" in str(await outcome(interact.forms()))


async def test_retry_after_is_read_in_seconds_and_as_a_date_and_capped_at_an_hour(service, interact):
    now = dt.datetime.now(dt.UTC)
    later = (now + dt.timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    for value, expected in (("7", 7), ("0", 0), ("7200", 3600), ("9" * 40, 3600), ("soon", None), ("-5", None)):
        service.once("/forms", problem(429, **{"Retry-After": value}))
        error = await outcome(interact.forms())
        assert isinstance(error, Passing)
        assert error.retry_after == (None if expected is None else dt.timedelta(seconds=expected))
    service.once("/forms", problem(503, **{"Retry-After": later}))
    error = await outcome(interact.forms())
    assert isinstance(error, Passing)
    assert error.retry_after is not None
    assert 85 <= error.retry_after.total_seconds() <= 91
    service.once("/forms", problem(503, **{"Retry-After": "Mon, 01 Jan 2024 10:00:00 GMT"}))
    error = await outcome(interact.forms())
    assert isinstance(error, Passing)
    assert error.retry_after == dt.timedelta()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Setup),
        (403, Setup),
        (404, Setup),
        (408, Passing),
        (425, Passing),
        (429, Passing),
        (500, Passing),
        (504, Passing),
    ],
)
async def test_every_status_of_a_listing_has_its_outcome_and_the_services_own_words(service, interact, status, kind):
    service.once("/submissions", problem(status, "limit must be\nat most 500\u202e."))
    error = await outcome(interact.submissions([]))
    assert isinstance(error, kind)
    assert f"answered {status}: Error: limit must be at most 500." in str(error)


async def test_a_problem_without_end_or_sense_is_told_by_its_status(service, interact):
    for body in (b"x" * 10_000_000, b"<html>", b"[]", b'{"title": 7}', b""):
        service.once("/forms", web.Response(status=500, body=body))
        error = await outcome(interact.forms())
        assert "The form service answered 500." in str(error)


async def test_no_outcome_holds_a_token_or_an_assertion(service, interact):
    await interact.forms()
    for answer in (problem(500), problem(401), web.Response(status=307, headers={"Location": "https://a/b"})):
        service.once("/forms", answer)
    service.always["/token"] = lambda _: asyncio.sleep(0, problem(401))
    for _ in range(3):
        error = await outcome(interact.forms())
        text = repr(error) + str(error)
        assert "token-" not in text
        assert "eyJ" not in text


async def test_an_id_that_could_lead_elsewhere_is_never_asked_for(service, interact):
    error = await outcome(interact.submission(".."))
    assert isinstance(error, Unreadable)
    assert not [request for request in service.requests if "submissions" in request.path]
