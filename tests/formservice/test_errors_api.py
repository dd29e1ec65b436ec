"""Whatever goes wrong is told as problem details; limits, maintenance, plain HTTP, and a clean stop."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import jwt


def test_an_unknown_address_is_a_problem(client, subtests):
    for path in ["/", "/api/v1", "/api/v1/forms/", "/api/v2/forms", "/oauth2", "/api/v1/submissions/s-1/other", "/%ff"]:
        with subtests.test(path=path):
            assert client.call("GET", path).is_problem(404)
            assert client.call("POST", path, token=None).is_problem(404)


def test_another_method_is_405_with_the_allowed_ones(client, subtests):
    for method, path, allowed in [
        ("GET", "/oauth2/token", "POST"),
        ("POST", "/api/v1/forms", "GET, HEAD"),
        ("DELETE", "/api/v1/forms/800636", "GET, HEAD"),
        ("POST", "/api/v1/submissions", "GET, HEAD"),
        ("PUT", "/api/v1/submissions/s-1", "GET, HEAD"),
        ("PATCH", "/api/v1/submissions/s-1/xml", "GET, HEAD"),
        ("POST", "/api/v1/submissions/s-1/pdf", "GET, HEAD"),
        ("POST", "/api/v1/submissions/s-1/attachments/a1", "GET, HEAD"),
        ("GET", "/api/v1/submissions/s-1/status", "PUT"),
        ("OPTIONS", "/api/v1/submissions/s-1/status", "PUT"),
    ]:
        with subtests.test(method=method, path=path, allowed=allowed):
            answer = client.call(method, path)
            assert answer.is_problem(405)
            assert answer.headers["allow"] == allowed


def test_a_crash_is_a_problem_that_tells_nothing_of_the_inside(client, feed, fed_file):
    from formcase.formservice.models import StoredFile
    from formcase.formservice.stored_files import remove_stored

    submission_id = feed()
    remove_stored(StoredFile.objects.get(submission__submission_id=submission_id, kind="pdf").location)
    answer = client.get(f"/submissions/{submission_id}/pdf")
    assert answer.is_problem(500)
    assert "formservice" not in answer.body.decode()
    assert "/" not in answer.json["detail"]
    assert client.get(f"/submissions/{submission_id}/xml").status == 200


def test_what_is_no_http_is_a_problem_too(service, client):
    connection = service.connect(client)
    connection.connect()
    connection.sock.sendall(b"NONSENSE\r\n\r\n")
    answer = connection.sock.recv(4000)
    assert answer.startswith(b"HTTP/1.1 400")
    assert b"application/problem+json" in answer


async def test_a_client_that_asks_too_much_is_told_when_to_come_again(settings, asked):
    settings.FORMSERVICE_ALLOW_LOOPBACK_HTTP = True
    settings.FORMSERVICE_REQUESTS_PER_MINUTE = 5
    answers = [await asked("127.0.0.2") for _number in range(6)]
    assert [answer.status for answer in answers] == [401] * 5 + [429]
    assert answers[-1].is_problem(429)
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 13
    assert (await asked("127.0.0.3")).status == 401


async def test_plain_http_is_refused_unless_a_setting_allows_it_and_then_on_loopback_only(settings, asked):
    assert (await asked("127.0.0.1")).is_problem(403)
    settings.FORMSERVICE_ALLOW_LOOPBACK_HTTP = True
    assert (await asked("127.0.0.1")).is_problem(401)
    assert (await asked("::1")).is_problem(401)
    assert (await asked("192.0.2.1")).is_problem(403)
    assert (await asked("127.0.0.1", "https")).is_problem(403)


def test_a_closed_service_says_when_to_come_again(service, client, settings):
    assert client.get("/forms").status == 200
    switch = settings.DATA_FOLDER / "formservice-maintenance"
    switch.touch()
    try:
        for answer in (client.get("/forms"), client.ask_token()):
            assert answer.is_problem(503)
            assert int(answer.headers["retry-after"]) > 0
    finally:
        switch.unlink()
    assert client.get("/forms").status == 200


def test_a_token_got_over_plain_http_is_bound_to_nothing_and_of_no_use_over_tls_nor_a_bound_one_without(
    service, client, tmp_path, run_listener
):
    with run_listener(tmp_path, tls=False, FORMSERVICE_ALLOW_LOOPBACK_HTTP=True) as plain:
        unbound = plain.client()
        unbound.client_id, unbound.issued = client.client_id, client.issued
        assert unbound.get("/forms").json["forms"][0]["id"] == "800636"
        assert "cnf" not in jwt.decode(unbound.token, options={"verify_signature": False})
        assert unbound.call("GET", "/api/v1/forms", token=client.token).is_problem(401)
        assert client.call("GET", "/api/v1/forms", token=unbound.token).is_problem(401)


def test_the_listener_stops_in_good_order_and_lets_those_go_who_wait(transactional_db, tmp_path, run_listener, form):
    from formcase.formservice import setup

    setup.publish_form(form())
    with run_listener(tmp_path) as service:
        client = service.client()
        token = client.token
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(client.call, "GET", "/api/v1/submissions?wait=30", token=token)
            time.sleep(1)
            began = time.monotonic()
            assert "stopped in good order" in service.stop()
            assert time.monotonic() - began < 10
            assert waiting.result(timeout=5).json["submissions"] == []
        assert service.process.returncode == 0


def test_a_handshake_that_never_ends_holds_up_nobody(service, client):
    with socket.create_connection(("127.0.0.1", service.port)) as idle:
        idle.sendall(b"\x16\x03\x01")
        assert client.get("/forms").status == 200
