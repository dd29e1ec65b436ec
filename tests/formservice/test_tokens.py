"""The token endpoint: who gets a token, who doesn't, and with what words."""

import time
import uuid

import jwt
import pytest

from formcase.formservice import setup

INVALID_CLIENT = (401, "invalid_client")


def refusal(answer) -> tuple[int, str]:
    return answer.status, answer.json["error"]


def test_a_proven_client_gets_a_token_that_is_bound_to_its_certificate(client):
    answer = client.ask_token()
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json["token_type"] == "Bearer"
    assert 60 <= answer.json["expires_in"] <= 3600
    claims = jwt.decode(answer.json["access_token"], options={"verify_signature": False})
    assert claims["cnf"]["x5t#S256"] == jwt.utils.base64url_encode(bytes.fromhex(client.sha256)).decode()


@pytest.mark.parametrize(("algorithm", "rsa_key"), [("RS256", True), ("PS256", True), ("ES256", False)])
def test_the_three_algorithms_are_accepted(service, algorithm, rsa_key):
    client = service.client(issued=setup.issue_client_certificate("c", rsa_key=rsa_key))
    assert client.ask_token(client.assertion(algorithm=algorithm)).status == 200


def test_other_algorithms_are_refused(service, subtests):
    client = service.client(issued=setup.issue_client_certificate("c", rsa_key=True))
    for algorithm in ("RS384", "RS512", "PS512"):
        with subtests.test(algorithm=algorithm):
            assert refusal(client.ask_token(client.assertion(algorithm=algorithm))) == INVALID_CLIENT


def test_an_assertion_without_a_signature_or_signed_with_something_public_is_refused(client):
    claims = jwt.decode(client.assertion(), options={"verify_signature": False})
    header = jwt.get_unverified_header(client.assertion())
    for algorithm, key in (("none", None), ("HS256", client.sha256)):
        forged = jwt.encode(claims, key, algorithm=algorithm, headers={**header, "alg": algorithm})
        assert refusal(client.ask_token(forged)) == INVALID_CLIENT
    signed = client.assertion()
    assert refusal(client.ask_token(signed[:-6] + "AAAAAA")) == INVALID_CLIENT
    assert refusal(client.ask_token("no.jwt.atall")) == INVALID_CLIENT


def test_both_thumbprints_must_stand_in_the_header_and_be_the_certificates(client, subtests):
    for name in ("x5t", "x5t#S256"):
        for value in (None, "AAAA", "!", 5, "A" * 43, "A" * 27):
            with subtests.test(name=name, value=value):
                assert refusal(client.ask_token(client.assertion(header={name: value}))) == INVALID_CLIENT


def test_a_claim_that_is_missing_or_wrong_is_refused(client, subtests):
    for claims in (
        {"iss": "somebody else"},
        {"sub": "somebody else"},
        {"iss": None},
        {"sub": None},
        {"aud": None},
        {"aud": "https://elsewhere.example/interact/oauth2/token"},
        {"jti": None},
        {"jti": ""},
        {"jti": 5},
        {"jti": "x" * 256},
        {"jti": "nul\0"},
        {"iat": None},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
    ):
        with subtests.test(claims=claims):
            assert refusal(client.ask_token(client.assertion(**claims))) == INVALID_CLIENT


def test_the_audience_is_the_token_endpoint_exactly_and_one_string(client):
    url = client.service.url
    own = f"{url}/oauth2/token"
    for audience in ([own], [own, own], url, f"{own}/", f"{own}?", f"{own}#", own.replace("https", "http")):
        assert refusal(client.ask_token(client.assertion(aud=audience))) == INVALID_CLIENT, audience
    other_port = own.replace(str(client.service.port), str(client.service.port + 1))
    assert refusal(client.ask_token(client.assertion(aud=other_port))) == INVALID_CLIENT
    assert client.ask_token(client.assertion(aud=own)).status == 200


def test_times_are_checked_with_half_a_minute_of_tolerance(client):
    now = int(time.time())
    good = [{"exp": now - 20}, {"exp": now + 295}, {"iat": now + 20, "exp": now + 310}, {"nbf": now + 20}]
    bad = [
        {"exp": now - 40, "iat": now - 100},
        {"exp": now + 400},
        {"iat": now - 600, "exp": now + 200},
        {"iat": now + 60, "exp": now + 200},
        {"nbf": now + 60},
    ]
    for claims in good:
        assert client.ask_token(client.assertion(**claims)).status == 200, claims
    for claims in bad:
        assert refusal(client.ask_token(client.assertion(**claims))) == INVALID_CLIENT, claims


def test_a_replayed_assertion_is_refused_and_a_refused_one_does_not_use_up_its_jti(client):
    assertion = client.assertion()
    assert client.ask_token(assertion).status == 200
    assert refusal(client.ask_token(assertion)) == INVALID_CLIENT
    jti = uuid.uuid4().hex
    assert refusal(client.ask_token(client.assertion(jti=jti, aud="elsewhere"))) == INVALID_CLIENT
    assert client.ask_token(client.assertion(jti=jti)).status == 200
    assert refusal(client.ask_token(client.assertion(jti=jti))) == INVALID_CLIENT


def test_two_clients_may_use_the_same_jti(service):
    first, second = service.client(), service.client()
    assert first.ask_token(first.assertion(jti="one")).status == 200
    assert second.ask_token(second.assertion(jti="one")).status == 200


def test_a_wrong_client_is_refused(service, client):
    stranger = service.client()
    assert refusal(client.ask_token(client_id="nobody")) == INVALID_CLIENT
    assert refusal(client.ask_token(client_id="\0")) == INVALID_CLIENT
    assert refusal(client.ask_token(client_id=stranger.client_id)) == INVALID_CLIENT
    # another client's good assertion over this client's connection
    over_own_connection = client.ask_token(stranger.assertion(), client_id=stranger.client_id)
    assert refusal(over_own_connection) == INVALID_CLIENT


def test_a_request_that_is_no_token_request_is_told_so(client):
    assert refusal(client.ask_token(grant_type="password")) == (400, "unsupported_grant_type")
    assert refusal(client.ask_token(grant_type=None)) == (400, "invalid_request")
    assert refusal(client.ask_token(client_id=None)) == (400, "invalid_request")
    assert refusal(client.ask_token(client_assertion=None)) == INVALID_CLIENT
    assert refusal(client.ask_token(client_assertion_type="other")) == INVALID_CLIENT
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    twice = client.call("POST", "/oauth2/token", body=b"client_id=a&client_id=b", headers=form, token=None)
    assert refusal(twice) == (400, "invalid_request")
    unreadable = client.call("POST", "/oauth2/token", body=b"\xff\xfe=%ff", headers=form, token=None)
    assert refusal(unreadable) == (400, "invalid_request")
    json = {"Content-Type": "application/json"}
    assert refusal(client.call("POST", "/oauth2/token", body=b"{}", headers=json, token=None))[0] == 400


def test_a_token_is_of_no_use_with_another_clients_certificate(service, client):
    stranger = service.client()
    answer = stranger.call("GET", "/api/v1/forms", token=client.token)
    assert answer.is_problem(401)
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_call_without_a_token_or_with_a_bad_one_is_refused(client):
    for token in (None, "bad", client.token[:-4] + "AAAA", client.assertion()):
        answer = client.call("GET", "/api/v1/forms", token=token)
        assert answer.is_problem(401), token
        assert answer.headers["www-authenticate"].startswith("Bearer")
    unsigned = jwt.encode(jwt.decode(client.token, options={"verify_signature": False}), None, algorithm="none")
    assert client.call("GET", "/api/v1/forms", token=unsigned).is_problem(401)
