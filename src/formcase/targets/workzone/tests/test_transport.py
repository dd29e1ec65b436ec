"""The way to the case system and its faults, over real connections."""

import asyncio
import base64
import gc
import re
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from formcase.messages import message
from formcase.outcomes import Outcome, Passing, Refused, Setup, Unknown, Unreadable
from formcase.planning.knowledge import CodeTableKey, Rules
from formcase.targets.port import CaseReference, Content
from formcase.targets.workzone import CertificateAssertion, Password, Timeouts, WorkZone, WorkZoneSettings, connect
from formcase.targets.workzone.tests.conftest import (
    MODEL,
    Answering,
    Received,
    Server,
    and_close,
    batch_reply,
    cut,
    json_reply,
    odata_error,
    reply,
    reset,
    silence,
)
from formcase.targets.workzone.tests.plans import new_case, repeatability

RULES = Rules()


def named(value: object) -> str:
    """A test's name from its parameter, the same each time."""
    if isinstance(value, bytes):
        return value.partition(b"\r\n")[0].decode()[:20]
    return getattr(value, "__name__", str(value))


EMPTY = json_reply({"value": []})
DOCUMENTS = {"document-1": "D1", "document-2": "D2"}
DONE = batch_reply(
    *((201, f"p{n:05d}", {"ID": f"{n}", "FileNo": "2026-02.34-00001"}) for n in range(1, 8)),
    Repeatability_Result="accepted",
)


async def file(workzone: WorkZone) -> tuple[str, str]:
    """Write a case; its key and number."""
    plan = new_case()
    receipt = await workzone.apply(plan, DOCUMENTS, repeatability(plan), "SBH")
    (case,) = receipt.cases
    return case.id, case.number


# Reading ---------------------------------------------------------------------------------------------------------


async def test_a_list_is_read_to_its_last_page(server: Server, workzone: WorkZone) -> None:
    def page(first: int, link: str | None) -> bytes:
        rows = [
            {"FileKey_Value": str(n), "File": {"ID": str(n), "FileNo": f"2026-{n}"}} for n in range(first, first + 2)
        ]
        return json_reply({"value": rows, **({"@odata.nextLink": link} if link else {})})

    server.on(
        "FileInfos",
        page(1, f"{server.url}FileInfos?$skiptoken=1%27%2B"),
        page(3, "FileInfos?$skiptoken=2"),
        page(5, None),
    )
    found = await workzone.filed("8KT-A01", RULES)
    assert [each.case.id for each in found] == ["1", "2", "3", "4", "5", "6"]
    first, second, third = server.asked("FileInfos")
    assert "onbehalfof" not in first.headers
    assert "CustomLabel_Value%20eq%20'INTERACT'%20and%20Info_Value%20eq%20'8KT-A01'" in first.path
    assert second.path.endswith("FileInfos?$skiptoken=1%27%2B")
    assert third.path.endswith("FileInfos?$skiptoken=2")


async def test_a_case_is_known_with_where_people_open_it(server: Server, settings: WorkZoneSettings) -> None:
    row = {"FileKey_Value": "1", "File": {"ID": "a/1", "FileNo": "2026-1"}}
    server.on("FileInfos", json_reply({"value": [row]}))
    workzone = connect(replace(settings, case_address="https://cases.example/cases/{id}/"))
    (found,) = await workzone.filed("8KT-A01", RULES)
    await workzone.close()
    assert found.case == CaseReference("a/1", "2026-1", "https://cases.example/cases/a%2F1/")


async def test_a_next_link_never_takes_the_token_elsewhere(server: Server, workzone: WorkZone) -> None:
    server.on(
        "FileInfos",
        json_reply({"value": [], "@odata.nextLink": "http://elsewhere.invalid/OData4/FileInfos?x=1"}),
        EMPTY,
    )
    assert await workzone.filed("x", RULES) == ()
    assert server.asked("FileInfos")[1].path == "/OData4/FileInfos?x=1"


async def test_a_next_link_outside_the_service_is_refused(server: Server, workzone: WorkZone) -> None:
    server.on("FileInfos", json_reply({"value": [], "@odata.nextLink": "/admin/export"}))
    with pytest.raises(Setup):
        await workzone.filed("x", RULES)
    assert len(server.requests) == 2  # the token and the first page


async def test_a_list_that_goes_round_in_circles_ends(server: Server, workzone: WorkZone) -> None:
    server.on("FileInfos", json_reply({"value": [], "@odata.nextLink": "FileInfos?$skiptoken=1"}))
    with pytest.raises(Setup):
        await workzone.filed("x", RULES)
    assert len(server.asked("FileInfos")) == 2


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (reset, Passing),
        (silence, Passing),
        (cut(EMPTY, 20), Passing),
        (cut(EMPTY, len(EMPTY) - 3), Passing),
        (and_close(b"rubbish\r\n\r\n"), Passing),
        (odata_error(503), Passing),
        (odata_error(500), Passing),
        (odata_error(404), Setup),
        (odata_error(403), Setup),
        (reply(200, b"<html>log in</html>", Content_Type="text/html"), Setup),
        (json_reply([1, 2]), Setup),
        (json_reply({"value": "x"}), Setup),
        (json_reply({"value": [None]}), Setup),
        (json_reply({"value": [{"ID": "1", "File": None}]}), Setup),
        (reply(200, b"[" * 100_000), Setup),
    ],
    ids=named,
)
async def test_a_read_that_fails(
    server: Server, workzone: WorkZone, answer: bytes | Answering, outcome: type[Outcome]
) -> None:
    server.on("FileInfos", answer)
    with pytest.raises(outcome) as raised:
        await workzone.filed("x", RULES)
    assert type(raised.value) is outcome


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(server: Server, workzone: WorkZone, status: int) -> None:
    server.on("FileInfos", reply(status, Location=f"{server.url}Elsewhere"))
    with pytest.raises(Setup, match="redirect"):
        await workzone.filed("x", RULES)
    assert server.asked("Elsewhere") == []


async def test_the_other_side_may_ask_to_be_left_alone(server: Server, workzone: WorkZone) -> None:
    server.on("FileInfos", odata_error(429, Retry_After="17"))
    with pytest.raises(Passing) as raised:
        await workzone.filed("x", RULES)
    assert raised.value.retry_after == timedelta(seconds=17)


async def test_an_endless_answer_is_cut_off(server: Server, workzone: WorkZone) -> None:
    sent = 0

    async def endless(received: Received, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
            sent += 0x10000
            await writer.drain()

    server.on("FileInfos", endless)
    with pytest.raises(Passing, match="larger than"):
        await workzone.filed("x", RULES)
    assert sent < 100_000_000


async def test_an_answer_that_trickles_for_ever_ends_in_time(server: Server, workzone: WorkZone) -> None:
    async def trickle(received: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.1)

    server.on("FileInfos", trickle)
    with pytest.raises(Passing, match="in time"):
        async with asyncio.timeout(60):
            await workzone.filed("x", RULES)


async def test_a_connection_that_was_closed_while_idle_costs_a_read_nothing(server: Server, workzone: WorkZone) -> None:
    server.on("FileInfos", EMPTY, reset, EMPTY)
    await workzone.filed("x", RULES)
    assert await workzone.filed("x", RULES) == ()
    assert len(server.asked("FileInfos")) == 3


# Writing ---------------------------------------------------------------------------------------------------------


async def test_a_change_set_is_sent_and_its_receipt_read(server: Server, workzone: WorkZone) -> None:
    server.on("$batch", DONE)
    assert not workzone.answers_repeatability
    assert await file(workzone) == ("3", "2026-02.34-00001")
    assert workzone.answers_repeatability
    (sent,) = server.asked("$batch")
    assert sent.headers["onbehalfof"] == "User=SBH"
    assert sent.headers["authorization"] == "Bearer t-1"
    assert "repeatability-request-id" not in sent.headers
    assert sent.body.count(b"Repeatability-Request-ID: ") == 7
    assert b'"BUILDAREA":62.5,' in sent.body


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (reset, Unknown),
        (silence, Unknown),
        (cut(DONE, 30), Unknown),
        (cut(DONE, len(DONE) - 12), Unknown),
        (and_close(b"rubbish\r\n\r\n"), Unknown),
        (odata_error(500), Unknown),
        (odata_error(502), Unknown),
        (odata_error(504), Unknown),
        (reply(200, b"fine", Content_Type="text/plain"), Unknown),
        (reply(200, b"--b\r\n", Content_Type="multipart/mixed; boundary=b"), Unknown),
        (batch_reply((201, "p00001", {})), Unknown),
        (odata_error(503, Retry_After="3"), Passing),
        (odata_error(429), Passing),
        (odata_error(400), Refused),
        (odata_error(413), Refused),
        (odata_error(403, "ImpersonationRefused"), Setup),
        (reply(302, Location="/"), Setup),
    ],
    ids=named,
)
async def test_a_write_that_fails(
    server: Server, workzone: WorkZone, answer: bytes | Answering, outcome: type[Outcome]
) -> None:
    server.on("$batch", answer)
    with pytest.raises(outcome) as raised:
        await file(workzone)
    assert type(raised.value) is outcome
    assert len(server.asked("$batch")) == 1


async def test_a_lost_answer_is_never_followed_by_a_second_write_of_its_own(server: Server, workzone: WorkZone) -> None:
    server.on("FileInfos", EMPTY)
    await workzone.filed("x", RULES)  # opens the connection that the write then uses again
    server.on("$batch", reset, DONE)
    with pytest.raises(Unknown):
        await file(workzone)
    assert len(server.asked("$batch")) == 1


async def test_a_refused_part_is_traced_to_its_operation(server: Server, workzone: WorkZone) -> None:
    error = {"error": {"code": "Invalid", "message": "no", "target": "FileClass_Value"}}
    server.on("$batch", batch_reply((400, "p00003", error), refused=True, Repeatability_Result="accepted"))
    with pytest.raises(Refused) as raised:
        await file(workzone)
    assert (raised.value.part, raised.value.target, raised.value.status) == (2, "FileClass_Value", 400)
    assert workzone.answers_repeatability


async def test_a_server_that_is_not_there_is_passing_for_reads_and_writes(
    server: Server, settings: WorkZoneSettings
) -> None:
    token = Password("u", "p")
    gone = connect(replace(settings, url="http://127.0.0.1:1/OData4/", authentication=token))
    for call in (gone.filed("x", RULES), file(gone)):
        with pytest.raises(Passing, match="refused"):
            await call
    await gone.close()


async def test_a_host_that_is_not_known_is_the_setups_fault(settings: WorkZoneSettings) -> None:
    gone = connect(replace(settings, url="https://no-such-host.invalid/OData4/", authentication=Password("u", "p")))
    with pytest.raises(Setup, match=r"no-such-host\.invalid"):
        await gone.filed("x", RULES)
    await gone.close()


async def test_a_case_that_the_answer_does_not_name_is_looked_up(server: Server, workzone: WorkZone) -> None:
    server.on("$batch", batch_reply(*((204, f"p{n:05d}", None) for n in range(1, 8))))
    server.on("FileInfos", json_reply({"value": [{"File": {"ID": "9", "FileNo": "2026-9"}}]}))
    assert await file(workzone) == ("9", "2026-9")


# Uploading -------------------------------------------------------------------------------------------------------


def content(size: int, chunks: AsyncIterator[bytes] | None = None, name: str = "æble.pdf") -> Content:
    async def zeros() -> AsyncIterator[bytes]:
        left = size
        while left:
            piece = min(left, 100_000)
            left -= piece
            yield bytes(piece)

    return Content(name, "application/pdf", size, lambda: chunks if chunks is not None else zeros())


async def test_a_file_is_streamed_with_its_length_and_name(server: Server, workzone: WorkZone) -> None:
    server.on("Documents", json_reply({"ID": "D7"}, 201))
    assert await workzone.upload(content(3_000_000), "SBH") == "D7"
    (sent,) = server.asked("Documents")
    assert len(sent.body) == 3_000_000
    assert sent.headers["content-length"] == "3000000"
    assert "transfer-encoding" not in sent.headers
    assert sent.headers["slug"] == "%C3%A6ble.pdf"
    assert sent.headers["content-type"] == "application/pdf"
    assert sent.headers["onbehalfof"] == "User=SBH"


async def test_an_empty_file_is_a_file(server: Server, workzone: WorkZone) -> None:
    server.on("Documents", json_reply({"ID": "D0"}, 201))
    assert await workzone.upload(content(0), "SBH") == "D0"
    assert server.asked("Documents")[0].headers["content-length"] == "0"


async def test_what_reading_a_file_raises_is_passed_on_and_the_file_never_arrives(
    server: Server, workzone: WorkZone
) -> None:
    wrong = Unreadable(message("Fetching"), message("The digest is wrong."))

    async def broken_at_its_end() -> AsyncIterator[bytes]:
        yield bytes(500)
        yield bytes(500)
        raise wrong

    server.on("Documents", json_reply({"ID": "D1"}, 201))
    with pytest.raises(Unreadable) as raised:
        await workzone.upload(content(1000, broken_at_its_end()), "SBH")
    assert raised.value is wrong
    await asyncio.sleep(0.1)
    assert [each.complete for each in server.asked("Documents")] == [False]


@pytest.mark.parametrize("announced", [999, 1001])
async def test_a_file_of_another_length_than_announced_never_arrives(
    server: Server, workzone: WorkZone, announced: int
) -> None:
    async def thousand() -> AsyncIterator[bytes]:
        yield bytes(500)
        yield bytes(500)

    server.on("Documents", json_reply({"ID": "D1"}, 201))
    with pytest.raises(Passing, match="length"):
        await workzone.upload(content(announced, thousand()), "SBH")
    await asyncio.sleep(0.1)
    assert not any(each.complete for each in server.asked("Documents"))


@pytest.mark.parametrize(("answer", "outcome"), [(reset, Passing), (silence, Passing), (odata_error(502), Passing)])
async def test_a_lost_upload_is_simply_done_again(
    server: Server, workzone: WorkZone, answer: bytes | Answering, outcome: type[Outcome]
) -> None:
    server.on("Documents", answer)
    with pytest.raises(outcome):
        await workzone.upload(content(10), "SBH")


async def test_a_file_that_is_refused_while_it_is_sent_is_refused_for_good(settings: WorkZoneSettings) -> None:
    async def refuse_early(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(odata_error(413, "TooLarge", Connection="close"))
        await writer.drain()
        await asyncio.sleep(0.3)
        writer.close()

    listener = await asyncio.start_server(refuse_early, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    workzone = connect(replace(settings, url=f"http://127.0.0.1:{port}/OData4/", authentication=Password("u", "p")))
    with pytest.raises(Refused) as raised:
        await workzone.upload(content(50_000_000), "SBH")
    assert raised.value.status == 413
    await workzone.close()
    listener.close()


async def test_a_large_file_is_never_held_whole(server: Server, workzone: WorkZone) -> None:
    import tracemalloc

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        left = 60_000_000
        while left:
            left -= len(await reader.read(min(left, 1 << 16)))
        writer.write(json_reply({"ID": "D1"}, 201))
        await writer.drain()

    listener = await asyncio.start_server(swallow, "127.0.0.1", 0)
    settings = WorkZoneSettings(f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/OData4", Password("u", "p"))
    direct = connect(settings)
    tracemalloc.start()
    try:
        assert await direct.upload(content(60_000_000), "SBH") == "D1"
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        await direct.close()
        listener.close()
    assert peak < 10_000_000


async def test_a_media_type_from_a_form_can_not_become_a_header(server: Server, workzone: WorkZone) -> None:
    server.on("Documents", json_reply({"ID": "D1"}, 201))
    await workzone.upload(replace(content(1), media_type="text/html\r\nX-Evil: 1"), "SBH")
    assert server.asked("Documents")[0].headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize("user", ["", " ", "SBH\r\nX-Evil: 1"])
async def test_a_user_that_can_be_none_is_never_sent(server: Server, workzone: WorkZone, user: str) -> None:
    with pytest.raises(Setup):
        await workzone.upload(content(1), user)
    assert server.asked("Documents") == []


# Logging in ------------------------------------------------------------------------------------------------------


async def test_one_token_serves_all_requests(server: Server, workzone: WorkZone) -> None:
    server.on("FileInfos", EMPTY)
    await asyncio.gather(*(workzone.filed(str(n), RULES) for n in range(10)))
    (asked,) = server.asked("/token")
    form = {name: value[0] for name, value in parse_qs(asked.body.decode()).items()}
    assert form == {
        "grant_type": "client_credentials",
        "client_id": "formcase",
        "client_secret": "hush-hush",
        "scope": "odata",
    }


async def test_a_token_that_is_not_taken_any_more_is_renewed_once(server: Server, workzone: WorkZone) -> None:
    server.on("/token", json_reply({"access_token": "old"}), json_reply({"access_token": "new"}))
    server.on("FileInfos", odata_error(401), EMPTY)
    assert await workzone.filed("x", RULES) == ()
    assert [each.headers["authorization"] for each in server.asked("FileInfos")] == ["Bearer old", "Bearer new"]


async def test_an_account_that_is_refused_is_the_setups_fault(server: Server, workzone: WorkZone) -> None:
    server.on("FileInfos", odata_error(401))
    with pytest.raises(Setup):
        await workzone.filed("x", RULES)
    assert len(server.asked("FileInfos")) == 2


async def test_a_token_is_renewed_before_it_ends(server: Server, workzone: WorkZone) -> None:
    server.on("/token", json_reply({"access_token": "t", "expires_in": "0"}))
    server.on("FileInfos", EMPTY)
    await workzone.filed("x", RULES)
    await workzone.filed("x", RULES)
    assert len(server.asked("/token")) == 2


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (json_reply({"error": "invalid_client"}, 401), Setup),
        (json_reply({"error": "invalid_scope"}, 400), Setup),
        (json_reply({"token": "x"}), Setup),
        (json_reply({"access_token": "x\r\ny"}), Setup),
        (reply(200, b"<html>"), Setup),
        (reply(302, Location="/login"), Setup),
        (odata_error(503), Passing),
        (reset, Passing),
    ],
    ids=named,
)
async def test_a_token_that_is_not_given_is_never_an_unknown_write(
    server: Server, workzone: WorkZone, answer: bytes | Answering, outcome: type[Outcome]
) -> None:
    server.on("/token", answer)
    with pytest.raises(outcome) as raised:
        await file(workzone)
    assert type(raised.value) is outcome
    assert "hush-hush" not in str(raised.value)
    assert server.asked("$batch") == []


async def test_user_and_password_go_as_basic(server: Server, settings: WorkZoneSettings) -> None:
    workzone = connect(replace(settings, authentication=Password("formcase", "æ:ø")))
    server.on("FileInfos", EMPTY)
    await workzone.filed("x", RULES)
    await workzone.close()
    scheme, _, pair = server.asked("FileInfos")[0].headers["authorization"].partition(" ")
    assert (scheme, base64.b64decode(pair).decode()) == ("Basic", "formcase:æ:ø")
    assert server.asked("/token") == []


async def test_a_certificate_signs_an_assertion_that_its_public_key_confirms(
    server: Server, settings: WorkZoneSettings
) -> None:
    certificate, key = self_signed("formcase")
    token_url = f"http://127.0.0.1:{server.port}/token"
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    workzone = connect(
        replace(settings, authentication=CertificateAssertion(token_url, "formcase", pem, private_pem(key), "odata"))
    )
    server.on("FileInfos", EMPTY)
    await workzone.filed("x", RULES)
    await workzone.close()
    form = {name: value[0] for name, value in parse_qs(server.asked("/token")[0].body.decode()).items()}
    claims = jwt.decode(form["client_assertion"], certificate.public_key(), algorithms=["ES256"], audience=token_url)
    assert (claims["iss"], claims["sub"]) == ("formcase", "formcase")
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert "client_secret" not in form


def test_secrets_are_not_shown(settings: WorkZoneSettings) -> None:
    assert "hush-hush" not in repr(settings)
    assert "geheim" not in repr(Password("u", "geheim"))


@pytest.mark.parametrize(
    "url",
    [
        "ftp://localhost/OData4/",
        "http://case.example/OData4/",
        "https://user:secret@case.example/OData4/",
        "https://case.example/OData4/?x=1",
        "OData4",
        "",
        "http://[",
    ],
)
def test_an_address_that_credentials_must_not_go_to_is_refused(settings: WorkZoneSettings, url: str) -> None:
    with pytest.raises(Setup) as raised:
        connect(replace(settings, url=url))
    assert "secret" not in str(raised.value)


# TLS -------------------------------------------------------------------------------------------------------------


def self_signed(host: str) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    certificate = (
        builder.serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate, key


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.fixture
async def secure_port(tmp_path: Path) -> AsyncIterator[int]:
    """A server with a certificate for `localhost`, which lies in `server.pem`."""
    certificate, key = self_signed("localhost")
    (tmp_path / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(private_pem(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "key.pem")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(EMPTY)
        await writer.drain()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    yield listener.sockets[0].getsockname()[1]
    listener.close()


async def test_a_case_system_is_trusted_by_the_authorities_that_are_set(secure_port: int, tmp_path: Path) -> None:
    url = f"https://localhost:{secure_port}/OData4/"
    for ca_file, host_right in ((tmp_path / "server.pem", True), (None, False)):
        workzone = connect(WorkZoneSettings(url, Password("u", "p"), ca_file=ca_file))
        if host_right:
            assert await workzone.filed("x", RULES) == ()
        else:
            with pytest.raises(Setup, match="certificate"):
                await workzone.filed("x", RULES)
            with pytest.raises(Setup, match="certificate"):
                await file(workzone)
        await workzone.close()


async def test_a_certificate_for_another_host_is_refused(secure_port: int, tmp_path: Path) -> None:
    workzone = connect(
        WorkZoneSettings(f"https://127.0.0.1:{secure_port}/OData4/", Password("u", "p"), tmp_path / "server.pem")
    )
    with pytest.raises(Setup):
        await workzone.filed("x", RULES)
    await workzone.close()


async def test_a_file_of_authorities_that_is_none_is_the_setups_fault(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    for name in ("ca.pem", "missing.pem"):
        workzone = connect(WorkZoneSettings("https://localhost:1/OData4/", Password("u", "p"), tmp_path / name))
        with pytest.raises(Setup, match=re.escape(name)):
            await workzone.filed("x", RULES)


# The model -------------------------------------------------------------------------------------------------------


async def test_the_model_is_read_once_for_many(server: Server, workzone: WorkZone) -> None:
    models = await asyncio.gather(*(workzone.metadata() for _ in range(5)))
    assert all(model is models[0] for model in models)
    assert len(server.asked("$metadata")) == 1


async def test_a_model_that_is_none_is_the_setups_fault(server: Server, workzone: WorkZone) -> None:
    server.on("$metadata", reply(200, b"<html/>"))
    with pytest.raises(Setup, match="CSDL"):
        await workzone.code_table(CodeTableKey("FileClasses"))


async def test_a_model_of_something_else_is_the_setups_fault(server: Server, workzone: WorkZone) -> None:
    server.on("$metadata", reply(200, MODEL.replace(b'"FileInfos"', b'"Infos"').replace(b"/FileInfos", b"/Infos")))
    with pytest.raises(Setup, match="no FileInfos"):
        await workzone.metadata()


async def test_closing_leaves_no_connection(server: Server, settings: WorkZoneSettings) -> None:
    workzone = connect(replace(settings, timeouts=Timeouts()))
    server.on("FileInfos", EMPTY)
    await workzone.filed("x", RULES)
    await workzone.close()
    await workzone.close()
    gc.collect()
    assert await workzone.filed("x", RULES) == ()  # and it opens again where it is asked again
    await workzone.close()
