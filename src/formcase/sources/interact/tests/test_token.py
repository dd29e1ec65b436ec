"""The token: who we say we are, how long it lasts, and what a refusal means."""

import asyncio
import base64
import datetime as dt

import pytest
from aiohttp import web

from formcase.outcomes import Outcome, Passing, Setup
from formcase.sources.interact.tests.authority import rsa_key
from formcase.sources.interact.tests.service import CLIENT, FormServiceDouble, hang_up, problem, serving
from formcase.sources.interact.token import AccessToken, Tokens


def clean(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


async def test_the_assertion_says_who_we_are_and_is_fresh_every_time(service, interact, own_certificate):
    await interact.forms()
    service.tokens.clear()  # the service forgets the token
    await interact.forms()
    first, second = service.assertions
    assert first["iss"] == first["sub"] == CLIENT
    assert first["aud"] == f"{service.url}/oauth2/token"
    assert first["jti"] != second["jti"]
    assert 0 < first["exp"] - first["iat"] <= 300
    assert abs(first["iat"] - dt.datetime.now(dt.UTC).timestamp()) < 30
    assert clean(first["header"]["x5t"]).hex() == own_certificate.sha1
    assert clean(first["header"]["x5t#S256"]).hex() == own_certificate.sha256
    assert first["header"]["alg"] == "ES256"


async def test_an_rsa_key_signs_too(authority, server_certificate, store, tls, connecting):
    ours = authority.client(key=rsa_key())
    form = {"id": "1", "title": "F", "version": 1, "updatedAt": "2026-11-01T10:00:00Z"}
    async with serving(FormServiceDouble(server_certificate, [ours], forms=[form]), tls) as service:
        assert await connecting(service.url, certificate=store.import_certificate(ours.whole_pem)).forms()
    assert service.assertions[0]["header"]["alg"] == "RS256"


async def test_many_tasks_that_need_a_token_ask_for_one(service, interact):
    await asyncio.gather(*(interact.forms() for _ in range(20)))
    assert service.count("/token") == 1


async def test_many_tasks_whose_token_is_refused_ask_for_one_new_token(service, interact):
    await interact.forms()
    service.tokens.clear()
    await asyncio.gather(*(interact.forms() for _ in range(20)))
    assert service.count("/token") == 2


async def test_a_refused_request_for_a_token_is_told_to_all_that_wait(service, interact):
    service.always["/token"] = lambda _: asyncio.sleep(0, problem(503, **{"Retry-After": "9"}))
    errors = await asyncio.gather(*(interact.forms() for _ in range(5)), return_exceptions=True)
    assert all(isinstance(error, Passing) and error.retry_after == dt.timedelta(seconds=9) for error in errors)
    assert service.count("/token") == 1


async def test_a_task_that_gives_up_does_not_take_the_token_from_the_others(service, interact):
    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.2)
        return await service._usual(request)

    service.once("/token", slow)
    first, second = asyncio.create_task(interact.forms()), asyncio.create_task(interact.forms())
    await asyncio.sleep(0.1)
    first.cancel()
    assert await second
    assert service.count("/token") == 1


async def test_a_token_is_renewed_before_it_expires(service, interact):
    now = 1000.0
    tokens = Tokens(interact._settings, interact._transport, clock=lambda: now)
    first = await tokens.token()
    now += service.expires_in - 61
    assert await tokens.token() is first
    now += 2
    second = await tokens.token()
    assert isinstance(second, AccessToken)
    assert second.value != first.value


async def test_a_token_that_lasts_a_moment_is_used_all_the_same(service, interact):
    service.expires_in = 1
    assert await interact.forms()


async def test_a_refused_token_is_renewed_once_and_the_call_repeated(service, interact):
    service.once("/forms", problem(401))
    assert await interact.forms()
    assert service.count("/token") == 2


async def test_a_token_refused_twice_is_a_fault_of_the_setup(service, interact):
    service.once("/forms", problem(401))
    service.once("/forms", problem(401, "not bound to this certificate"))
    with pytest.raises(Setup, match="not bound to this certificate"):
        await interact.forms()
    assert service.count("/forms") == 2


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Setup), (401, Setup), (403, Setup), (404, Setup), (429, Passing), (500, Passing)]
)
async def test_a_refusal_of_the_token_is_judged_by_its_status(service, interact, status, kind):
    told = {"error": "invalid_client", "error_description": "no such client"}
    service.once("/token", web.json_response(told, status=status))
    with pytest.raises(Outcome) as caught:
        await interact.forms()
    assert type(caught.value) is kind
    assert "invalid_client: no such client" in str(caught.value)


async def test_a_refused_client_is_told_what_to_look_at_and_how_far_the_clock_is_off(service, interact):
    ahead = (dt.datetime.now(dt.UTC) - dt.timedelta(minutes=7)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    service.once("/token", web.Response(status=401, headers={"Date": ahead}))
    with pytest.raises(Setup, match="ClientId") as caught:
        await interact.forms()
    assert "clock is 4" in str(caught.value)  # 420 seconds, or one more or less
    service.once("/token", problem(401))
    with pytest.raises(Setup) as caught:
        await interact.forms()
    assert "clock" not in str(caught.value)


async def test_what_is_no_token_is_a_fault_of_the_setup(service, interact):
    for answer in (web.Response(text="<html>Log in</html>"), web.json_response({"access_token": "x"})):
        service.once("/token", answer)
        with pytest.raises(Setup, match="no token"):
            await interact.forms()


async def test_a_cut_request_for_a_token_is_repeated_with_a_new_assertion(service, interact):
    service.once("/token", hang_up)
    assert await interact.forms()
    assert service.count("/token") == 2
    first, second = (
        body for request, body in zip(service.requests, service.bodies, strict=True) if "token" in request.path
    )
    assert first != second
