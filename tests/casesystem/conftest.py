"""The sample municipality with its account, and its users as clients."""

import pytest

from casesystem.office import ACCOUNT, SECRET, Office
from formcase.casesystem.models import Account, Code, CustomFieldRow, HeldCode, SecurityRight, User
from formcase.casesystem.setup import ensure_account, ensure_sample_data

STORED = (Account, Code, CustomFieldRow, HeldCode, SecurityRight, User)


@pytest.fixture(scope="module")
def stored_municipality(django_db_setup, django_db_blocker):
    """The sample municipality, stored once for all tests of a module; each test's own changes are undone."""
    with django_db_blocker.unblock():
        ensure_sample_data()
        ensure_account(ACCOUNT, SECRET)
    yield
    with django_db_blocker.unblock():
        for model in STORED:
            model.objects.all().delete()


@pytest.fixture
def municipality(stored_municipality, db):
    """The sample municipality and its account."""


@pytest.fixture
def account(municipality):
    """The account itself, without OnBehalfOf."""
    return Office()


@pytest.fixture
def soeren(municipality):
    """A caseworker of Teknik og Miljø: security code 6; holds TEK and FORTROLIG."""
    return Office("SBH")


@pytest.fixture
def mette(municipality):
    """A caseworker of Borgerservice: security code 6; holds BOR."""
    return Office("MKT")


@pytest.fixture
def lone(municipality):
    """Reads only: security code 1; holds BOR."""
    return Office("LBR")


@pytest.fixture
def anders(municipality):
    """May do everything: security code 9; holds every code."""
    return Office("ADM")
