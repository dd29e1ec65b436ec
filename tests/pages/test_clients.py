"""Clients of the form service and the log of their calls: their pages, and what may be handed in as a certificate."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django.utils import timezone
from playwright.sync_api import Page, expect

from formcase.formservice import calls, clients, expiry, setup
from formcase.formservice.administration.sessions import COOKIE, begin_session
from formcase.formservice.calls import Call
from formcase.formservice.certificates import read_client_certificate
from formcase.formservice.models import (
    AdministrationEntry,
    Administrator,
    CallOutcome,
    Client,
    ClientCall,
    ClientCertificate,
)
from formcase.formservice.refusals import Reason
from formservice.conftest import definition
from pages.browsing import LANGUAGES

LIST, LOG = "/form-service/clients/", "/form-service/calls/"
DAY = timedelta(days=1)


@pytest.fixture
def session(transactional_db) -> str:
    """What a browser keeps in which the administrator ida is signed in."""
    setup.publish_form(definition("800636", title="Flag permit"))
    setup.publish_form(definition("800702", title="More information to your case"))
    return begin_session(Administrator.objects.create(name="ida", must_change=False))


@pytest.fixture
def browser_of_ida(session) -> Browser:
    browser = Browser()
    browser.cookies[COOKIE] = session
    return browser


@pytest.fixture
def norby(session) -> Client:
    """A client with one form, and no certificate yet."""
    return clients.create("norby-esdh", "Nørby Kommune, ESDH", ["800636"], by="ida")


def certificate(client: Client, days: float, *, since: float = -1) -> ClientCertificate:
    """Give a client a certificate that ends in so many days."""
    now = timezone.now()
    issued = setup.issue_client_certificate(
        client.client_id, valid_from=now + since * DAY, valid_until=now + days * DAY + timedelta(minutes=1)
    )
    return clients.add_certificate(client, read_client_certificate(issued.certificate), by="ida")


def call(client_id: str = "norby-esdh", **values: object) -> Call:
    told = {"at": timezone.now(), "outcome": CallOutcome.ANSWERED, "method": "GET", "kind": "xml", "duration": 12}
    return Call(**{**told, "address": "192.0.2.7", "status": 200, "client_id": client_id, **values})


def logged(client: Client) -> None:
    """A few calls: answered, refused, mistaken, from somebody unknown."""
    sha256 = certificate(client, 300).sha256
    seen = {"certificate": sha256, "is_let_in": True}
    refused = {"outcome": CallOutcome.REFUSED, "status": 401}
    mistaken = {"outcome": CallOutcome.MISTAKEN, "status": 409, "reason": Reason.FINAL_ALREADY}
    unproven = {"reason": Reason.ASSERTION_REFUSED, "detail": "The typ is not JWT.", "certificate": sha256}
    many = [
        call(kind="token", method="POST", **seen),
        call(form_id="800636", reference_id="8KS-SQ5", **seen),
        call(form_id="800702", reference_id="9AB-CDE", **seen),
        call(kind="status", method="PUT", **mistaken, **seen),
        call(kind="token", **unproven, **refused),
        call("=cmd|'/c calc'!A1", reason=Reason.CLIENT_UNKNOWN, **refused),
        call(
            "", kind="connection", method="TLS", outcome=CallOutcome.REFUSED, status=None,
            reason=Reason.CERTIFICATE_UNTRUSTED, address="2001:db8::7",
        ),
    ]  # fmt: skip
    calls.keep(many)
    calls.note_last_calls(many)


@pytest.fixture(params=LANGUAGES)
def language(request) -> str:
    """The language of the browser."""
    return request.param


@pytest.fixture
def page_of_ida(page, context, live_server, browser_of_ida, language) -> Page:
    """A page in a real browser; the server has been asked once before, and has all its parts together."""
    assert browser_of_ida.get(LIST).status_code == 200
    cookies = {COOKIE: browser_of_ida.cookies[COOKIE].value, "django_language": language}
    context.add_cookies([{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()])
    page.set_default_timeout(30_000)
    return page


def test_the_pages_are_accessible_and_fit_a_phone(page_of_ida, check_page, norby, language):
    page = page_of_ida
    logged(norby)
    certificate(norby, 5)
    clients.revoke_certificate(certificate(norby, 200), by="ida")
    certificate(clients.create("elsinore", "", None, by="ida"), -0.5, since=-30)
    clients.change(norby, "Nørby Kommune, ESDH (drift)", ["800636", "800702", "900999"], by="ida")
    own = f"{LIST}{norby.pk}/"
    for name, address in {
        "clients": LIST,
        "client": own,
        "client-new": f"{LIST}new/",
        "client-edit": f"{own}edit/",
        "client-disable": f"{own}disable/",
        "certificate-revoke": f"{own}certificates/{norby.certificates.first().pk}/revoke/",
        "calls": LOG,
        "calls-none": f"{LOG}?q=nothing-like-this",
        "certificate-add": f"{own}certificates/add/",
    }.items():
        page.goto(address)
        check_page(page, f"{name}-{language}")
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.get_by_label(re.compile("Or the certificate's text|Eller certifikatets tekst")).fill(
        "-----BEGIN PRIVATE KEY-----\nMIIB"
    )
    page.get_by_role("button", name=re.compile("^(Add|Tilføj)$")).click()
    expect(page.get_by_role("alert").filter(has_text=re.compile("private key|privat nøgle"))).to_be_visible()
    check_page(page, f"certificate-refused-{language}")
    page.goto(f"{own}certificates/issue/")
    check_page(page, f"certificate-issue-{language}")
    page.get_by_role("button", name=re.compile("^(Issue|Udsted)$")).click()
    check_page(page, f"certificate-issued-{language}")
    secret = page.locator(".secret").inner_text().encode()
    for ending, is_whole in ((".p12", _opens_pkcs12), (".pem", _opens_pem)):
        with page.expect_download() as download:
            page.locator(f"a[download$='{ending}']").click()
        assert is_whole(Path(download.value.path()).read_bytes(), secret)
    page.reload()  # sent once more: nothing is issued, and no key is shown
    expect(page.locator(".secret")).to_have_count(0)
    assert norby.certificates.count() == 4


def _opens_pkcs12(content: bytes, password: bytes) -> bool:
    key, own, _issuers = pkcs12.load_key_and_certificates(content, password)
    return own is not None and key is not None and key.public_key() == own.public_key()


def _opens_pem(content: bytes, password: bytes) -> bool:
    return load_pem_private_key(content, password).public_key() == x509.load_pem_x509_certificate(content).public_key()


def test_a_client_is_made_and_changed_and_who_did_it_is_told(browser_of_ida):
    made = {"client_id": "norby", "name": "Nørby", "release": "chosen", "forms": ["800636"]}
    address = browser_of_ida.post(f"{LIST}new/", made).url
    for wrong in ({"client_id": "NORBY"}, {"client_id": "a b"}, {"name": ""}, {"forms": ["1"]}):
        answer = browser_of_ida.post(f"{LIST}new/", made | {"client_id": "other"} | wrong)
        assert list(answer.context["form"].errors) == list(wrong)
    browser_of_ida.post(f"{address}edit/", {"name": "Nørby Kommune", "release": "all"})
    client = Client.objects.get()
    assert (client.name, client.form_ids) == ("Nørby Kommune", None)
    page = browser_of_ida.get(address).content.decode()
    assert "<del>Nørby</del> → <ins>Nørby Kommune</ins>" in page
    assert "<del>800636</del> → <ins>all</ins>" in page
    assert {entry.administrator for entry in AdministrationEntry.objects.filter(about="norby")} == {"ida"}


def test_a_certificate_is_added_once_and_a_key_is_kept_nowhere(browser_of_ida, norby):
    other = clients.create("other", "", None, by="ida")
    issued = setup.issue_client_certificate("norby")

    def added(content: bytes, client: Client = norby, text: str = "") -> str:
        given = {"file": SimpleUploadedFile("c.pem", content), "text": text} if content else {"text": text}
        answer = browser_of_ida.post(f"{LIST}{client.pk}/certificates/add/", given)
        return "added" if answer.status_code == 302 else str(answer.context["form"].errors) + answer.content.decode()

    lines = issued.certificate.count(b"\n")
    for refused in (
        added(issued.certificate + issued.key),
        added(b"", text=(issued.certificate + issued.key).decode()),
    ):
        assert f"line {lines + 1}: Here begins a private key." in refused
        assert issued.key.decode()[40:80] not in refused
    assert "65537 bytes" in added(b"x" * 300_000)
    assert "Choose the certificate" in added(b"")
    assert "not both" in added(issued.certificate, text="x")
    assert not ClientCertificate.objects.exists()
    assert added(b"", text=issued.certificate.decode()) == "added"
    assert "has this certificate already" in added(issued.certificate)
    assert "client&#x27;s already: norby-esdh" in added(issued.certificate, other)
    clients.revoke_certificate(ClientCertificate.objects.get(), by="ida")
    assert "was revoked" in added(issued.certificate)
    assert ClientCertificate.objects.count() == 1


def test_a_page_that_changes_something_is_not_reached_from_elsewhere(browser_of_ida, norby):
    outside = Browser(enforce_csrf_checks=True)
    outside.cookies = browser_of_ida.cookies
    for address in ("edit/", "disable/", "enable/", "certificates/add/", "certificates/issue/"):
        assert outside.post(f"{LIST}{norby.pk}/{address}", {"text": "x"}).status_code == 403
    for address in ("", "edit/", "disable/", "certificates/add/", "certificates/issue/"):
        assert Browser().get(f"{LIST}{norby.pk}/{address}").url.startswith("/form-service/sign-in/")
    assert Browser().get(f"{LOG}csv").url.startswith("/form-service/sign-in/")


def test_an_end_is_warned_of_at_its_thresholds():
    now = timezone.now()
    ends = {61: None, 60: 60, 31: 60, 30: 30, 8: 30, 7: 7, 0.2: 7, -1: 0}
    assert {days: expiry.threshold_of(now + days * DAY, now) for days in ends} == ends


def test_the_log_warns_once_at_each_threshold_until_the_client_has_gone_over(browser_of_ida, norby):
    old, now = certificate(norby, 40), timezone.now()
    assert [expiry.warn_in_log(now + days * DAY) for days in (0, 0, 5, 15, 15, 34, 41)] == [1, 0, 0, 1, 0, 1, 1]
    assert browser_of_ida.get(LIST).context["banner"].named[0].certificate == old
    new = certificate(norby, 300)
    assert expiry.expiring()  # registered, but the client may not have it yet
    calls.note_last_calls([call(certificate=new.sha256, is_let_in=True)])
    assert not expiry.expiring()
    assert browser_of_ida.get(LIST).context["banner"] is None


def test_the_log_is_narrowed_by_its_address_and_saved_as_csv(browser_of_ida, norby):
    logged(norby)
    thumbprint = ClientCertificate.objects.get().sha1.upper()
    asked = {
        "": 7,
        "client=norby-esdh": 5,
        "client=norby-esdh&outcome=refused": 1,
        "outcome=refused": 3,
        "q=8ks": 1,
        "q=800702": 1,
        "q=2001:db8::7": 1,
        f"q={':'.join(re.findall('..', thumbprint))}": 5,
        "q=norby-esdh&outcome=mistaken": 1,
        "q=nothing": 0,
        "until=2020-01-01T00:00": 0,
        "since=2020-01-01T00:00": 7,
        "since=rubbish&outcome=rubbish&after=rubbish": 7,
    }
    found = {query: len(browser_of_ida.get(f"{LOG}?{query}").context["rows"]) for query in asked}
    assert found == asked
    answer = browser_of_ida.get(f"{LOG}csv?outcome=refused")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    # nothing is a formula
    assert [row["clientId"] for row in rows] == ["", "'=cmd|'/c calc'!A1", "norby-esdh"]
    assert rows[2]["detail"] == "The typ is not JWT."
    assert answer.headers["content-disposition"].startswith("attachment")


def test_pages_of_the_log_follow_each_other_without_a_gap(browser_of_ida, norby):
    calls.keep([call(reference_id=f"R-{number:03}") for number in range(120)])
    seen, address = [], LOG
    while address:
        leaf = browser_of_ida.get(address).context["leaf"]
        seen += [row.reference_id for row in leaf.rows]
        address = f"{LOG}{leaf.older}" if leaf.older else ""
    assert sorted(seen, reverse=True) == seen
    assert len(set(seen)) == len(seen) == ClientCall.objects.count() == 120


def test_a_long_list_of_clients_has_pages_and_is_searched(browser_of_ida):
    Client.objects.bulk_create(
        Client(client_id=f"client-{number:02}", name=f"Kommune {number}") for number in range(55)
    )
    first = browser_of_ida.get(LIST).content.decode()
    assert "client-00" in first
    assert "client-50" not in first
    assert "Page 1 of 2" in first
    second = browser_of_ida.get(LIST, {"page": "2"}).content.decode()
    assert "client-54" in second
    assert "client-00" not in second
    found = browser_of_ida.get(LIST, {"q": "kommune 17"}).content.decode()
    assert "client-17" in found
    assert "client-18" not in found
    assert "No client is called so." in browser_of_ida.get(LIST, {"q": "nobody"}).content.decode()
