"""What filing relies on in every form service: asked of the real one, over the real port."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest

from conformance.form_services import FORM_SERVICES, FileToSubmit, FormServiceUnderTest, in_database
from emptying import empty
from formcase.checks import Verdict
from formcase.outcomes import AlreadyImported, Setup, Unreadable, Withdrawn
from formcase.sources.port import FormService, ReportedCase, Status, SubmissionSummary
from formcase.submission.form import FormField, FormGroup

# says that a database is needed; what is put there is put there from other connections, and taken away by them
pytestmark = pytest.mark.django_db

XML = FileToSubmit("<Submission>æøå</Submission>".encode(), "application/xml")
PDF = FileToSubmit(b"%PDF-1.7 receipt", "application/pdf")
PLAN = FileToSubmit(os.urandom(300_000), "image/png", "a1", "site plan (æøå) v2.png")
EMPTY = FileToSubmit(b"", "text/plain", "a2", "nothing.txt")
AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CASES = (ReportedCase("2026-02.15-00001", "https://cases.example.dk/1"), ReportedCase("2026-02.15-00002"))


@pytest.fixture(scope="module", params=sorted(FORM_SERVICES))
def there(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any
) -> Iterator[FormServiceUnderTest]:
    folder: Path = tmp_path_factory.mktemp("form-service")
    with django_db_blocker.unblock():
        with FORM_SERVICES[request.param](folder) as running:
            yield running
        empty("default")  # clients, forms and calls were put there to stay


@pytest.fixture
async def service(there: FormServiceUnderTest) -> AsyncIterator[FormService]:
    service = there.connect()
    yield service
    await service.close()


@pytest.fixture
async def submitted(there: FormServiceUnderTest, service: FormService) -> AsyncIterator["Submit"]:
    """Puts submissions there, and takes them away after the test."""
    submit = Submit(there, service)
    yield submit
    for submission_id in submit.made:
        await in_database(lambda submission_id=submission_id: there.withdraw(submission_id))


class Submit:
    def __init__(self, there: FormServiceUnderTest, service: FormService) -> None:
        self.there, self.service, self.made = there, service, []

    async def __call__(
        self,
        form_id: str = "800636",
        *,
        xml: FileToSubmit = XML,
        pdf: FileToSubmit | None = PDF,
        attachments: Sequence[FileToSubmit] = (),
    ) -> SubmissionSummary:
        self.made.append(await in_database(lambda: self.there.submit(form_id, xml, pdf, attachments)))
        return (await self.service.submission(self.made[-1])).summary


async def gather(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def everything(service: FormService, form_ids: Sequence[str] = (), **asked: Any) -> list[str]:
    found, after = [], None
    while True:
        page = await service.submissions(form_ids, after=after, **asked)
        assert page.unreadable == ()
        found += [summary.id for summary in page.submissions]
        if page.next is None:
            return found
        after = page.next


async def test_the_forms_that_are_released_to_us_are_listed(service, there):
    assert {form.id for form in await service.forms()} == set(there.forms)


async def test_a_form_is_read_as_it_was_designed(service, there):
    form = await service.form(there.forms[0])
    assert form is not None
    applicant, mapping = form.pages
    name, flags = applicant.items
    assert isinstance(name, FormField)
    assert name.required
    assert isinstance(flags, FormGroup)
    assert flags.repeats
    assert isinstance(flags.items[0], FormField)
    assert flags.items[0].choices == (("NO", "Norway"), ("SE", "Sverige"))
    assert mapping.hidden
    assert isinstance(mapping.items[0], FormGroup)
    assert isinstance(mapping.items[0].items[0], FormField)
    assert mapping.items[0].items[0].default == "Permit for {Applicant.Name} {{1}}"
    assert await service.form(there.forms[0], form.summary.version) == form


async def test_a_form_that_is_not_there_or_not_released_is_none(service, there):
    assert await service.form(there.unreleased) is None
    assert await service.form("none") is None
    assert await service.form(there.forms[0], 99) is None


async def test_what_is_open_is_listed_oldest_first_page_by_page(service, submitted):
    made = [(await submitted()).id for _ in range(5)]
    assert await everything(service, limit=2) == made
    await service.report(made[1], Status.IMPORTED, None, CASES, AT)
    assert await everything(service, limit=1) == [made[0], *made[2:]]
    assert await everything(service, state="all") == made


async def test_only_the_forms_asked_for_are_listed_and_the_refused_are_named(service, there, submitted):
    first, second = await submitted(there.forms[0]), await submitted(there.forms[1])
    page = await service.submissions([there.forms[1], there.unreleased, "none"])
    assert [summary.id for summary in page.submissions] == [second.id]
    assert set(page.refused) == {there.unreleased, "none"}
    assert first.id in await everything(service)


async def test_a_submission_says_everything_about_its_files(submitted):
    summary = await submitted(attachments=(PLAN, EMPTY))
    assert summary.status is Status.SUBMITTED
    assert summary.xml.sha256 == hashlib.sha256(XML.content).hexdigest()
    assert summary.pdf is not None
    assert summary.pdf.media_type == "application/pdf"
    assert [(file.id, file.name, file.file.size) for file in summary.attachments] == [
        ("a1", "site plan (æøå) v2.png", 300_000),
        ("a2", "nothing.txt", 0),
    ]
    assert (await submitted(pdf=None)).pdf is None


async def test_its_files_come_as_they_were_handed_in(service, submitted):
    summary = await submitted(attachments=(PLAN, EMPTY))
    assert await service.xml(summary) == XML.content
    assert await gather(service.pdf(summary)) == PDF.content
    assert await gather(service.attachment(summary, "a1")) == PLAN.content
    assert await gather(service.attachment(summary, "a2")) == b""


async def test_many_files_are_read_at_once(service, submitted):
    summary = await submitted(attachments=(PLAN,))
    read = await asyncio.gather(*(gather(service.attachment(summary, "a1")) for _ in range(16)))
    assert set(read) == {PLAN.content}


async def test_a_file_that_is_not_what_was_announced_is_not_given_whole(service, submitted):
    for wrong in (
        replace(PLAN, said_sha256="0" * 64),
        replace(PLAN, said_size=299_999),
        replace(PLAN, said_size=300_001),
    ):
        summary = await submitted(attachments=(wrong,))
        given = b""
        with pytest.raises(Unreadable):  # noqa: PT012
            async for piece in service.attachment(summary, "a1"):
                given += piece
        assert len(given) < len(PLAN.content)


async def test_an_xml_that_is_not_what_was_announced_is_refused(service, submitted):
    summary = await submitted(xml=replace(XML, said_sha256="0" * 64))
    with pytest.raises(Unreadable):
        await service.xml(summary)


async def test_a_file_of_200_mebibytes_passes_in_little_memory(service, submitted, tmp_path):
    block = os.urandom(2**20)
    path = tmp_path / "large.bin"
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(200):
            file.write(block)
            digest.update(block)
    summary = await submitted(attachments=(replace(PLAN, content=path),))
    assert summary.attachments[0].file.sha256 == digest.hexdigest()
    process = psutil.Process()
    before, most, size = process.memory_info().rss, 0, 0
    async for piece in service.attachment(summary, "a1"):
        size += len(piece)
        most = max(most, process.memory_info().rss)
    assert size == 200 * 2**20
    assert most - before < 24 * 2**20


async def test_every_status_is_told_and_kept_in_the_history(service, submitted):
    submission_id = (await submitted()).id
    await service.report(submission_id, Status.DELIVERED, None, (), AT)
    await service.report(submission_id, Status.TEMPORARY_BLOCKED, "No such user: æøå", (), AT)
    await service.report(submission_id, Status.IMPORTED, "x" * 5000, CASES, AT)
    detail = await service.submission(submission_id)
    assert detail.summary.status is Status.IMPORTED
    assert [entry.status for entry in detail.history] == [
        Status.SUBMITTED,
        Status.DELIVERED,
        Status.TEMPORARY_BLOCKED,
        Status.IMPORTED,
    ]
    assert detail.history[2].message == "No such user: æøå"
    assert detail.history[3].cases == CASES
    assert len(detail.history[3].message or "") == 4000


async def test_the_same_status_again_changes_nothing_and_other_cases_do(service, submitted):
    submission_id = (await submitted()).id
    for _ in range(2):
        await service.report(submission_id, Status.IMPORTED, None, CASES[:1], AT)
    assert len((await service.submission(submission_id)).history) == 2
    await service.report(submission_id, Status.IMPORTED, None, CASES, AT)
    assert (await service.submission(submission_id)).history[-1].cases == CASES


async def test_imported_is_not_taken_back(service, submitted):
    submission_id = (await submitted()).id
    await service.report(submission_id, Status.IMPORTED, None, CASES, AT)
    for status in (Status.DELIVERED, Status.TEMPORARY_BLOCKED):
        with pytest.raises(AlreadyImported):
            await service.report(submission_id, status, None, (), AT)
    assert (await service.submission(submission_id)).summary.status is Status.IMPORTED


async def test_as_many_cases_as_there_may_be_are_told(service, submitted):
    submission_id = (await submitted()).id
    many = tuple(
        ReportedCase(f"2026-02.15-{number:05}", "https://cases.example.dk/" + "x" * 200) for number in range(500)
    )
    await service.report(submission_id, Status.IMPORTED, "🙂" * 5000, many, AT)
    told = (await service.submission(submission_id)).history[-1].cases
    assert [case.case_number for case in told] == [case.case_number for case in many]


async def test_a_submission_that_is_taken_away_is_withdrawn_and_its_imported_is_done(service, there, submitted):
    summary = await submitted(attachments=(PLAN,))
    await in_database(lambda: there.withdraw(summary.id))
    for call in (
        service.submission(summary.id),
        service.xml(summary),
        gather(service.attachment(summary, "a1")),
        service.report(summary.id, Status.DELIVERED, None, (), AT),
    ):
        with pytest.raises(Withdrawn):
            await call
    await service.report(summary.id, Status.IMPORTED, None, CASES, AT)


async def test_a_waiting_listing_answers_as_soon_as_something_is_submitted(service, submitted):
    before = await submitted()
    cursor = (await service.submissions([])).cursor
    clock = asyncio.get_running_loop().time
    started = clock()
    waiting = asyncio.create_task(service.submissions([], after=cursor, wait=20))
    await asyncio.sleep(0.5)
    assert not waiting.done()
    new = await submitted()
    page = await waiting
    assert [summary.id for summary in page.submissions] == [new.id]
    assert before.id != new.id
    assert clock() - started < 10


async def test_a_waiting_listing_ends_empty_when_its_time_is_over(service):
    clock = asyncio.get_running_loop().time
    started = clock()
    assert (await service.submissions([], wait=1)).submissions == ()
    assert 0.8 <= clock() - started < 5


async def test_the_checks_of_a_client_that_is_known_say_yes(service, there):
    lines = {line.subject: line for line in await service.checks(there.forms)}
    assert {line.verdict for line in lines.values()} == {Verdict.YES}
    assert set(lines) == {"certificate", "reach", "client", "forms"}
    refused = (await service.checks([there.unreleased]))[-1]
    assert refused.verdict is Verdict.NO
    assert there.unreleased in refused.found.text()


async def test_a_stranger_is_refused_as_a_fault_of_the_setup(there):
    stranger = there.stranger()
    try:
        for _ in range(3):
            with pytest.raises(Setup):
                await stranger.forms()
        assert Verdict.NO in {line.verdict for line in await stranger.checks([])}
    finally:
        await stranger.close()
