"""The start page and the addresses for whatever watches: content, languages, headers."""

from html.parser import HTMLParser

import pytest
from django.db import connection
from django.utils import translation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _language_is_given_back():
    yield
    translation.activate("en")


class Balanced(HTMLParser):
    """Notes elements that are not closed in the order in which they were opened, and what is forbidden on the page."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)
        self.wrong += [name for name, _ in attrs if name.startswith("on") or name == "style"]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}>")


def page(client, language: str):
    return client.get("/", headers={"accept-language": language, "host": "localhost"})


def test_it_says_in_english_what_runs(client):
    text = page(client, "en").content.decode()
    assert '<html lang="en">' in text
    assert "PostgreSQL answers." in text
    assert "http://localhost/OData4/" in text
    assert "https://localhost:8001/interact" in text


def test_it_says_in_danish_what_runs_to_whom_prefers_it(client):
    answer = page(client, "da-DK, en;q=0.5")
    text = answer.content.decode()
    assert '<html lang="da">' in text
    assert "PostgreSQL svarer." in text
    assert "answers" not in text
    assert answer["Content-Language"] == "da"


def test_another_language_gets_english(client):
    assert '<html lang="en">' in page(client, "fi").content.decode()


def test_a_service_that_does_not_answer_is_not_said_to_run(client):
    text = page(client, "en").content.decode()
    assert "The built-in form service does not answer." in text


def test_it_is_whole_html_without_scripts_and_inline_styles(client):
    parser = Balanced()
    parser.feed(page(client, "en").content.decode())
    assert parser.wrong == []
    assert parser.open == []
    assert not {"script", "style", "iframe"} & set(parser.tags)
    assert parser.tags.count("h1") == 1
    assert {"main", "header", "footer"} <= set(parser.tags)


@pytest.mark.parametrize("path", ["/", "/healthz", "/static/site/start_page.css", "/there-is-no-such-page"])
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
