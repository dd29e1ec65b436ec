"""From the administrators' pages to a real connection: who is let in, and is refused from the moment it is said."""

import base64
import re
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser

from formcase.formservice import setup
from formcase.formservice.administration.passwords import give_password
from formcase.formservice.authority import IssuedCertificate
from formcase.formservice.models import Client, ClientCertificate
from formservice.conftest import Service, definition, running
from formservice.test_transport import refusal_by_tls, self_signed

CLIENTS, FORM = "/form-service/clients/", "800636"


@pytest.fixture(scope="module")
def listener(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Service]:
    """One listener for both tests."""
    with django_db_blocker.unblock(), running(tmp_path_factory.mktemp("clients")) as service:
        yield service


@pytest.fixture
def service(listener, transactional_db) -> Service:
    setup.publish_form(definition(FORM))
    return listener


@pytest.fixture
def browser(transactional_db) -> Browser:
    browser = Browser()
    browser.post("/form-service/sign-in/", {"name": "ida", "password": give_password("ida", must_change=False)})
    return browser


def saved(page: str) -> IssuedCertificate:
    """The certificate and key out of the PKCS#12 file that the page offers, with the password that it shows."""
    content = base64.b64decode(re.search(r"data:application/x-pkcs12;base64,([A-Za-z0-9+/=]+)", page)[1])
    password = re.search(r'class="secret">([^<]+)<', page)[1]
    key, certificate, _authority = pkcs12.load_key_and_certificates(content, password.encode())
    written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return IssuedCertificate(certificate.public_bytes(Encoding.PEM), written)


def test_a_certificate_lets_in_from_the_page_that_adds_it_to_the_page_that_revokes_it(service, browser):
    browser.post(f"{CLIENTS}new/", {"client_id": "norby", "name": "Nørby", "release": "chosen", "forms": [FORM]})
    address = f"{CLIENTS}{Client.objects.get().pk}/"
    issue = {"days": "30", "key": "rsa", "number": "0"}
    client = service.client(
        issued=saved(browser.post(f"{address}certificates/issue/", issue).content.decode()), registered=False
    )
    own = service.client(issued=self_signed(), registered=False)
    client.client_id = own.client_id = "norby"
    own_file = SimpleUploadedFile("own.pem", own.issued.certificate)
    browser.post(f"{address}certificates/add/", {"file": own_file, "text": ""})
    assert [entry["id"] for entry in client.get("/forms").json["forms"]] == [FORM]
    assert own.get("/forms").status == 200
    bearer = {"Authorization": f"Bearer {client.token}"}
    open_already = service.connect(client)
    open_already.request("GET", "/interact/api/v1/forms", headers=bearer)
    assert open_already.getresponse().read()

    for certificate in ClientCertificate.objects.all():
        assert browser.post(f"{address}certificates/{certificate.pk}/revoke/").status_code == 302

    open_already.request("GET", "/interact/api/v1/forms", headers=bearer)
    assert open_already.getresponse().status == 401
    assert client.get("/forms").status == 401
    assert client.ask_token().status == 401
    assert refusal_by_tls(own) == "TLSV1_ALERT_UNKNOWN_CA"


def test_a_client_that_is_disabled_on_its_page_is_refused_until_it_is_let_in_again(service, browser):
    client = service.client()
    address = f"{CLIENTS}{Client.objects.get().pk}/"
    assert client.get("/forms").status == 200
    browser.post(f"{address}disable/")
    assert client.get("/forms").status == 401
    assert client.ask_token().status == 401
    browser.post(f"{address}enable/")
    assert client.get("/forms").status == 200
