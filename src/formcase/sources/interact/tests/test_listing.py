"""Forms and submissions as they are listed, paged and read."""

import asyncio
import json

import pytest
from aiohttp import web

from formcase.outcomes import Outcome, Setup, Unreadable, Withdrawn
from formcase.sources.interact.tests.service import problem, summary


async def test_every_page_is_read_oldest_first(service, interact):
    service.submissions = [summary(number) for number in range(7)]
    seen, after = [], None
    while True:
        page = await interact.submissions([], after=after, limit=3)
        seen += [found.id for found in page.submissions]
        if page.next is None:
            break
        after = page.next
    assert seen == [f"s-{number}" for number in range(7)]
    assert service.count("/submissions") == 3


async def test_what_is_asked_for_is_what_was_said(service, interact):
    answer = {"submissions": [], "next": None, "cursor": None, "refused": ["1"]}
    service.once("/submissions", web.json_response(answer))
    page = await interact.submissions(["800636", "1"], state="all", after="a b&c", limit=17, wait=0)
    query = service.requests[-1].query
    assert query.getall("formId") == ["800636", "1"]
    assert (query["state"], query["after"], query["limit"]) == ("all", "a b&c", "17")
    assert page.refused == ("1",)


async def test_limits_stay_within_what_the_service_takes(service, interact):
    await interact.submissions([], limit=9999)
    assert service.requests[-1].query["limit"] == "500"
    await interact.submissions([], limit=0)
    assert service.requests[-1].query["limit"] == "1"


async def test_an_empty_answer_may_be_held_longer_than_other_answers(service, interact):
    async def held(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.8)  # an answer without `wait` would be given up after half a second
        return await service._usual(request)

    service.once("/submissions", held)
    page = await interact.submissions([], wait=1)
    assert page.submissions == ()
    assert service.requests[-1].query["wait"] == "1"


async def test_one_wrong_entry_does_not_hold_up_the_listing(service, interact):
    service.submissions = [summary(1), summary(2, status="Lost"), summary(3)]
    page = await interact.submissions([])
    assert [found.id for found in page.submissions] == ["s-1", "s-3"]
    assert [found.id for found in page.unreadable] == ["s-2"]


async def test_what_was_not_asked_for_is_left_out(service, interact):
    answer = {"submissions": [summary(1), summary(2, formId="9")], "next": None, "cursor": "2", "refused": []}
    service.once("/submissions", web.json_response(answer))
    page = await interact.submissions(["800636"])
    assert [found.id for found in page.submissions] == ["s-1"]
    assert page.unreadable == ()


async def test_a_page_too_large_to_be_read_is_asked_for_in_smaller_ones(service, interact):
    async def by_size(request: web.Request) -> web.StreamResponse:
        if int(request.query["limit"]) > 10:
            return web.Response(body=b" " * (17 * 1024 * 1024), content_type="application/json")
        return await service._usual(request)

    service.submissions = [summary(number) for number in range(30)]
    service.always["/submissions"] = by_size
    page = await interact.submissions([], limit=200)
    assert len(page.submissions) == 3
    assert page.next == "3"


async def test_a_listing_that_goes_round_in_a_circle_is_refused(service, interact):
    answer = {"submissions": [], "next": "5", "cursor": None, "refused": []}
    service.once("/submissions", web.json_response(answer))
    with pytest.raises(Unreadable, match="circle"):
        await interact.submissions([], after="5")


async def test_a_listing_of_the_wrong_shape_names_the_place(service, interact):
    service.once("/submissions", web.json_response({"submissions": [], "next": 5, "cursor": None, "refused": []}))
    with pytest.raises(Unreadable, match="wrong at next"):
        await interact.submissions([])
    service.once("/submissions", web.Response(status=204))
    with pytest.raises(Unreadable):
        await interact.submissions([])


async def test_one_submission_is_read_with_its_history(service, interact):
    service.submissions = [summary()]
    detail = await interact.submission("s-1")
    assert detail.summary.reference_id == "REF-1"
    assert detail.history[0].status.value == "Submitted"


async def test_another_submission_than_the_one_asked_for_is_refused(service, interact):
    service.submissions = [summary(2)]
    body = json.dumps(
        {**summary(2), "history": [{"status": "Submitted", "message": None, "cases": [], "at": "2026-11-20T08:41:07Z"}]}
    )
    service.once("/s-1", web.Response(text=body))
    with pytest.raises(Unreadable, match="another submission"):
        await interact.submission("s-1")


async def test_a_submission_that_is_gone_is_withdrawn(interact):
    with pytest.raises(Withdrawn):
        await interact.submission("s-9")


async def test_nothing_is_withdrawn_because_a_proxy_went_astray(service, interact):
    """A 404 that no form service wrote says nothing about a submission."""
    service.submissions = [summary()]
    await interact.forms()
    service.always["/s-1"] = service.always["/forms"] = lambda _: asyncio.sleep(
        0, web.Response(status=404, text="nginx")
    )
    with pytest.raises(Setup, match="check the parameter Url"):
        await interact.submission("s-1")


async def test_a_bare_404_counts_where_the_service_is_there(service, interact):
    service.once("/s-1", web.Response(status=404))
    with pytest.raises(Withdrawn):
        await interact.submission("s-1")


async def test_a_form_definition_is_read_in_the_version_asked_for(service, interact):
    form = {"id": "800636", "title": "Flag", "version": 3, "updatedAt": "2026-11-01T10:00:00Z"}
    service.definitions["800636"] = {**form, "pages": [{"name": "P", "title": None, "hidden": False, "items": []}]}
    found = await interact.form("800636", 3)
    assert found is not None
    assert found.pages[0].name == "P"
    assert service.requests[-1].query["version"] == "3"
    with pytest.raises(Unreadable, match="another version"):
        await interact.form("800636", 2)


async def test_a_form_that_is_not_there_or_not_released_is_none(service, interact):
    assert await interact.form("1") is None
    service.once("/forms/800636", problem(403))
    assert await interact.form("800636") is None


async def test_an_unforeseen_answer_about_one_submission_holds_up_that_one_alone(service, interact):
    service.once("/s-1", problem(410, "of 0101901234"))
    with pytest.raises(Outcome) as caught:
        await interact.submission("s-1")
    assert type(caught.value) is Unreadable
    assert "0101901234" not in str(caught.value)
    assert "0101901234" in caught.value.message().text()
