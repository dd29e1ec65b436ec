"""What every answer to a browser carries, what nobody sees without signing in, and the addresses for whatever
watches."""

import pytest
from django.db import connection

from formcase.configurator.pages import pages
from pages.browsing import address_of

pytestmark = pytest.mark.django_db


def get(client, path: str, **headers: str):
    return client.get(path, headers={"host": "localhost", **headers})


@pytest.mark.parametrize("name", [page.name for page in pages()])
def test_who_has_not_signed_in_is_led_to_do_so_and_sees_nothing(client, name):
    address = address_of(next(page for page in pages() if page.name == name))
    answer = get(client, address)
    assert (answer.status_code, answer["Location"]) == (302, f"/account/login/?next={address}")
    assert answer.content == b""


def test_a_part_of_a_page_is_not_filled_with_the_sign_in_page(client):
    answer = get(client, "/", **{"hx-request": "true"})
    assert (answer.status_code, answer["HX-Refresh"], answer.content) == (401, "true", b"")


@pytest.mark.parametrize("path", ["/account/signup/", "/account/password/set/"])
def test_nobody_signs_up(client, path):
    assert get(client, path)["Location"] == "/account/login/"


def test_the_sign_in_page_speaks_the_language_that_the_browser_asks_for(client):
    assert (
        '<html lang="da">' in get(client, "/account/login/", **{"accept-language": "da-DK, en;q=0.5"}).content.decode()
    )
    assert '<html lang="en">' in get(client, "/account/login/", **{"accept-language": "fi"}).content.decode()


@pytest.mark.parametrize(
    "path", ["/", "/account/login/", "/healthz", "/static/appearance/appearance.css", "/there-is-no-such-page"]
)
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path, headers={"host": "localhost"}).headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_a_foreign_host_name_is_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


def test_it_is_alive_and_ready(client):
    assert client.get("/healthz", headers={"host": "localhost"}).json() == {"status": "alive"}
    ready = client.get("/readyz", headers={"host": "localhost"})
    assert (ready.status_code, ready.json()["migrations"]) == (200, "applied")


def test_it_is_not_ready_while_a_migration_is_missing(client, monkeypatch):
    monkeypatch.setattr("formcase.site.health._known_as_migrated", False)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'workflows'")
    ready = client.get("/readyz", headers={"host": "localhost"})
    assert (ready.status_code, ready.json()["migrations"]) == (503, "missing")


def test_it_is_alive_but_not_ready_without_its_database(client, monkeypatch, settings):
    monkeypatch.setattr("formcase.site.health.database_answers", lambda: False)
    assert client.get("/healthz", headers={"host": "localhost"}).status_code == 200
    ready = client.get("/readyz", headers={"host": "localhost"})
    assert (ready.status_code, ready.json()["database"]) == (503, "out of reach")
