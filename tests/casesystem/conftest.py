"""The sample municipality with its account, and its users as clients."""

import pytest

from casesystem.office import ACCOUNT, SECRET, Office
from formcase.casesystem.setup import ensure_account, ensure_sample_data


@pytest.fixture(autouse=True)
def _quick_password_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def municipality(db):
    ensure_sample_data()
    ensure_account(ACCOUNT, SECRET)


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
