"""The files of a submission: whole and right, or not at all."""

import asyncio
import hashlib
import os
from dataclasses import replace

import psutil
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from formcase.outcomes import Outcome, Passing, Setup, Unreadable, Withdrawn
from formcase.sources.interact.tests.service import cut_after, described, problem, summary
from formcase.submission.model import FileDescription

CONTENT = bytes(range(256)) * 2000
XML = b"<Submission/>"
ENDING = "/attachments/a1"


@pytest.fixture
async def listed(service, interact):
    """A submission with an attachment of half a megabyte."""
    service.submissions = [summary(attachments=[{"id": "a1", "name": "plan.pdf", **described(CONTENT)}])]
    service.files = {"s-1/xml": XML, "s-1/pdf": b"%PDF-1.7", "s-1/attachments/a1": CONTENT}
    page = await interact.submissions([])
    return page.submissions[0]


async def gather(pieces) -> bytes:
    return b"".join([piece async for piece in pieces])


async def given_before_the_fault(pieces) -> tuple[bytes, Outcome]:
    """What was passed on before it became clear that the file is wrong."""
    given = b""
    try:
        async for piece in pieces:
            given += piece
    except Outcome as error:
        return given, error
    pytest.fail("the file was given whole")


async def test_a_file_comes_whole(interact, listed):
    assert await interact.xml(listed) == XML
    assert await gather(interact.pdf(listed)) == b"%PDF-1.7"
    assert await gather(interact.attachment(listed, "a1")) == CONTENT


async def test_a_broken_read_goes_on_where_it_broke(service, interact, listed):
    service.once(ENDING, cut_after(service, CONTENT, 200_000))
    service.once(ENDING, cut_after(service, CONTENT, 100_000))
    assert await gather(interact.attachment(listed, "a1")) == CONTENT
    ranges = [request.headers.get("Range") for request in service.requests if request.path.endswith(ENDING)]
    assert ranges == [None, "bytes=200000-", "bytes=300000-"]
    assert service.requests[-1].headers["If-Range"] == f'"{hashlib.sha256(CONTENT).hexdigest()}"'


async def test_a_service_that_starts_again_gives_no_byte_twice(service, interact, listed):
    async def without_ranges(request: web.Request) -> web.StreamResponse:
        return web.Response(body=CONTENT)

    service.once(ENDING, cut_after(service, CONTENT, 200_000))
    service.once(ENDING, without_ranges)
    assert await gather(interact.attachment(listed, "a1")) == CONTENT


async def test_a_service_that_starts_again_with_other_bytes_is_caught(service, interact, listed):
    async def other(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"x" * len(CONTENT))

    service.once(ENDING, cut_after(service, CONTENT, 200_000))
    service.once(ENDING, other)
    given, error = await given_before_the_fault(interact.attachment(listed, "a1"))
    assert isinstance(error, Unreadable)
    assert "other bytes than the first time" in str(error)
    assert len(given) <= 200_000


async def test_without_a_strong_etag_a_broken_read_starts_again(service, interact, listed):
    async def weak(request: web.Request) -> web.StreamResponse:
        assert "Range" not in request.headers
        if service.count(ENDING) == 1:
            response = web.StreamResponse(headers={"ETag": 'W/"1"'})
            response.content_length = len(CONTENT)
            await response.prepare(request)
            await response.write(CONTENT[:100_000])
            await asyncio.sleep(0.05)
            request.transport.abort()
            return response
        return web.Response(body=CONTENT, headers={"ETag": 'W/"1"'})

    service.always[ENDING] = weak
    assert await gather(interact.attachment(listed, "a1")) == CONTENT
    assert service.count(ENDING) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"Content-Range": "bytes 0-511999/512000"},
        {"Content-Range": "bytes 200000-511999/512001"},
        {"Content-Range": "bytes */512000"},
        {},
    ],
)
async def test_another_part_than_the_one_asked_for_is_refused(service, interact, listed, wrong):
    service.once(ENDING, cut_after(service, CONTENT, 200_000))
    service.once(ENDING, web.Response(status=206, body=CONTENT[200_000:], headers=wrong))
    _, error = await given_before_the_fault(interact.attachment(listed, "a1"))
    assert isinstance(error, Unreadable)
    assert "another part" in str(error)


async def test_a_part_that_nobody_asked_for_is_refused(service, interact, listed):
    service.once(ENDING, web.Response(status=206, body=CONTENT[1:]))
    assert isinstance((await given_before_the_fault(interact.attachment(listed, "a1")))[1], Unreadable)


async def test_a_range_that_cannot_be_had_is_a_fault_of_the_service(service, interact, listed):
    service.once(ENDING, cut_after(service, CONTENT, 200_000))
    service.once(ENDING, web.Response(status=416, headers={"Content-Range": "bytes */100"}))
    assert isinstance((await given_before_the_fault(interact.attachment(listed, "a1")))[1], Unreadable)


async def test_a_read_that_breaks_again_and_again_passes_in_the_end(service, interact, listed):
    service.always[ENDING] = cut_after(service, CONTENT, 0)
    _, error = await given_before_the_fault(interact.attachment(listed, "a1"))
    assert isinstance(error, Passing)
    assert service.count(ENDING) <= 1 + 2 * 5


async def test_a_file_that_ends_at_the_same_byte_every_time_is_a_fault_of_the_service(service, interact, listed):
    """It is announced with one byte more than it has, so that every answer ends like a broken connection."""

    async def short(request: web.Request) -> web.StreamResponse:
        start = int(request.headers.get("Range", "bytes=0-").removeprefix("bytes=").removesuffix("-"))
        headers = {"ETag": '"1"', "Content-Range": f"bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}"}
        response = web.StreamResponse(status=206 if start else 200, headers=headers)
        response.content_length = len(CONTENT) - start
        await response.prepare(request)
        await response.write(CONTENT[start:-1])
        await asyncio.sleep(0.02)
        request.transport.abort()
        return response

    service.always[ENDING] = short
    given, error = await given_before_the_fault(interact.attachment(listed, "a1"))
    assert isinstance(error, Unreadable)
    assert "every time" in str(error)
    assert len(given) < len(CONTENT)


async def test_a_read_that_gets_on_a_little_each_time_comes_to_its_end(service, interact, listed):
    service.always[ENDING] = cut_after(service, CONTENT, 40_000)
    assert await gather(interact.attachment(listed, "a1")) == CONTENT
    assert service.count(ENDING) == 13


@pytest.mark.parametrize("position", [0, 250_000, len(CONTENT) - 1])
async def test_one_wrong_byte_keeps_the_last_bytes_back(service, interact, listed, position):
    wrong = bytearray(CONTENT)
    wrong[position] ^= 1
    service.once(ENDING, web.Response(body=bytes(wrong)))
    given, error = await given_before_the_fault(interact.attachment(listed, "a1"))
    assert isinstance(error, Unreadable)
    assert "digest" in str(error)
    assert len(given) < len(CONTENT)


@pytest.mark.parametrize("length", [0, len(CONTENT) - 1, len(CONTENT) + 1])
async def test_another_size_is_noticed_before_a_byte_is_given(service, interact, listed, length):
    service.once(ENDING, web.Response(body=(CONTENT + b"x")[:length]))
    given, error = await given_before_the_fault(interact.attachment(listed, "a1"))
    assert isinstance(error, Unreadable)
    assert given == b""


@pytest.mark.parametrize("length", [len(CONTENT) - 1, len(CONTENT) + 1])
async def test_another_size_that_was_not_announced_is_noticed_too(service, interact, listed, length):
    async def chunked(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write((CONTENT + b"x")[:length])
        await response.write_eof()
        return response

    service.once(ENDING, chunked)
    given, error = await given_before_the_fault(interact.attachment(listed, "a1"))
    assert isinstance(error, Unreadable)
    assert len(given) < len(CONTENT)


async def test_a_digest_header_of_another_file_is_noticed_at_once(service, interact, listed):
    service.once(ENDING, service.file(make_mocked_request("GET", "/"), b"y" * len(CONTENT)))
    given, error = await given_before_the_fault(interact.attachment(listed, "a1"))
    assert isinstance(error, Unreadable)
    assert "digest header" in str(error)
    assert given == b""


async def test_a_coded_file_is_refused(service, interact, listed):
    service.once(ENDING, web.Response(body=CONTENT, headers={"Content-Encoding": "br"}))
    assert isinstance((await given_before_the_fault(interact.attachment(listed, "a1")))[1], Unreadable)


async def test_an_empty_file_is_a_file(service, interact):
    service.submissions = [summary(attachments=[{"id": "a1", "name": "empty", **described(b"")}])]
    service.files = {"s-1/attachments/a1": b""}
    listed = (await interact.submissions([])).submissions[0]
    assert await gather(interact.attachment(listed, "a1")) == b""
    assert service.count(ENDING) == 1
    service.files.clear()
    assert isinstance((await given_before_the_fault(interact.attachment(listed, "a1")))[1], Unreadable)


async def test_an_xml_beyond_the_limit_is_refused_unread(service, interact, listed):
    huge = replace(listed, xml=FileDescription("application/xml", 16 * 1024 * 1024 + 1, "0" * 64))
    with pytest.raises(Unreadable, match="16 MiB"):
        await interact.xml(huge)
    assert service.count("/xml") == 0


async def test_an_xml_with_another_digest_is_refused(service, interact, listed):
    service.files["s-1/xml"] = b"<Submission />"
    with pytest.raises(Unreadable):
        await interact.xml(listed)
    service.files["s-1/xml"] = b"<Submissiom/>"
    with pytest.raises(Unreadable):
        await interact.xml(listed)


async def test_what_the_submission_does_not_have_is_not_asked_for(service, interact, listed):
    for pieces in (interact.attachment(listed, "a2"), interact.pdf(replace(listed, pdf=None))):
        assert isinstance((await given_before_the_fault(pieces))[1], Unreadable)


async def test_the_file_of_a_submission_that_is_gone_is_withdrawn(service, interact, listed):
    service.submissions.clear()
    with pytest.raises(Withdrawn):
        await interact.xml(listed)


async def test_a_file_that_is_listed_and_not_there_is_a_fault_of_the_service(service, interact, listed):
    del service.files["s-1/pdf"]
    error = (await given_before_the_fault(interact.pdf(listed)))[1]
    assert isinstance(error, Unreadable)
    assert "does not have it" in str(error)


async def test_a_refused_file_has_the_outcome_of_its_status(service, interact, listed):
    service.once(ENDING, problem(429, **{"Retry-After": "3"}))
    error = (await given_before_the_fault(interact.attachment(listed, "a1")))[1]
    assert isinstance(error, Passing)
    assert error.retry_after is not None
    service.once(ENDING, web.Response(status=302, headers={"Location": "https://elsewhere.example/file"}))
    assert isinstance((await given_before_the_fault(interact.attachment(listed, "a1")))[1], Setup)


async def test_a_token_that_expires_in_the_middle_of_a_file_is_renewed(service, interact, listed):
    service.once(ENDING, cut_after(service, CONTENT, 100_000))
    service.once(ENDING, problem(401))
    assert await gather(interact.attachment(listed, "a1")) == CONTENT


async def test_a_reader_that_stops_half_way_leaves_nothing_open(service, interact, listed):
    pieces = interact.attachment(listed, "a1")
    assert await anext(pieces)
    await pieces.aclose()
    assert await gather(interact.attachment(listed, "a1")) == CONTENT


async def test_two_hundred_mebibytes_pass_in_little_memory(service, interact, listed):
    block, count = os.urandom(1024 * 1024), 200
    digest = hashlib.sha256()
    for _ in range(count):
        digest.update(block)

    async def large(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = count * len(block)
        await response.prepare(request)
        for _ in range(count):
            await response.write(block)
        return response

    service.always[ENDING] = large
    file = FileDescription("application/pdf", count * len(block), digest.hexdigest())
    attachment = replace(listed.attachments[0], file=file)
    process = psutil.Process()
    before, most, size = process.memory_info().rss, 0, 0
    async for piece in interact.attachment(replace(listed, attachments=(attachment,)), "a1"):
        size += len(piece)
        most = max(most, process.memory_info().rss)
    assert size == count * len(block)
    assert most - before < 24 * 1024 * 1024
