"""The pages of the case system as different users meet them in a test database of `fill_for_tests`: every page of one
thing, every listing with what narrows and sorts it, for measuring how long they take."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.test import Client
from django.urls import reverse

from formcase.casesystem.fill_for_tests import MARK
from formcase.casesystem.login.logins import begin_login
from formcase.casesystem.models import Account, Contact, File, Record, User
from formcase.casesystem.pages import cases, contacts, documents, pages
from formcase.casesystem.pages.page import Page
from formcase.casesystem.pages.visitor import COOKIE

MANY_CODES, FEW_CODES = "ADM", "LBR"
# words that stand in nearly everything, in a good part, in few, in nothing; and two that seldom stand together
WORDS = (
    "ansøgning",
    "partshøring",
    "notat",
    "skovvej",
    "skovvej 12",
    "nosuchword",
    "flagstang gadesalg",
    "a",
    "b00000777",
)

Visits = tuple[str, Client, list[str]]


def visits() -> Iterator[Visits]:
    """Who visits, with whose cookie, what. Raises LookupError where nothing was filled in."""
    for user in (MANY_CODES, FEW_CODES):
        yield user, client_of(user), [*_listings(), *_things(), *(_administration() if user == MANY_CODES else ())]


def client_of(user: str) -> Client:
    """A browser that a user is logged in with."""
    account = Account.objects.filter(user_id=user, may_impersonate=False).first()
    if account is None:
        # without a secret: nobody can log in as it
        account = Account.objects.create(name=user, user=User.objects.get(pk=user))
    Account.objects.filter(pk=account.pk).update(must_change_secret=False)
    client = Client(raise_request_exception=False, HTTP_HOST="localhost")
    client.cookies[COOKIE] = begin_login(account)
    return client


def _listings() -> Iterator[str]:
    narrowed = {
        "cases": [
            {"whose": "mine"},
            {"whose": "unit"},
            {"state": "open"},
            {"kind": "errors"},
            {"group": "02.34"},
            {"group": "01.16"},
            {"whose": "unit", "state": "open", "q": "carport"},
            {"whose": "mine", "sort": "title"},
            {"whose": "unit", "sort": "title"},
            {"kind": "errors", "sort": "title"},
            {"q": "skovvej", "sort": "title"},
            {"q": "skovvej", "sort": "-number"},
            {"q": "anna sørensen"},
            {"q": File.objects.filter(create_user=MARK).earliest("key").number},
        ],
        "documents": [
            {"type": "DOK"},
            {"state": "UP"},
            {"whose": "mine"},
            {"q": "ansøgning", "sort": "title"},
            {"q": "notat", "type": "I"},
            {"q": "situationsplan-12345"},
            {"q": "kvittering", "whose": "mine"},
        ],
        "contacts": [
            {"type": "F"},
            {"q": "3213000777"},
            {"q": "sørensen"},
            {"q": "anna", "sort": "-updated"},
            {"q": "8000"},
        ],
    }
    for name, columns in (("cases", cases.COLUMNS), ("documents", documents.COLUMNS), ("contacts", contacts.COLUMNS)):
        address = reverse(f"casesystem:{name}")
        yield address
        yield from (f"{address}?{urlencode({'sort': sort})}" for column in columns for sort in (column, f"-{column}"))
        yield from (f"{address}?{urlencode({'q': word})}" for word in WORDS)
        yield from (f"{address}?{urlencode(query)}" for query in narrowed[name])
    for name, model in (("cases", File), ("documents", Record), ("contacts", Contact)):
        made = model._default_manager.filter(create_user=MARK).order_by("key")
        if (middle := made[made.count() // 2 :].first()) is not None:
            yield f"{reverse(f'casesystem:{name}')}?{urlencode({'after': middle.key})}"


def _things() -> Iterator[str]:
    """Every page of a case with many documents, of a usual one, of a document, of a contact."""
    free = {"create_user": MARK, "read_demand": None}
    many = File.objects.filter(**free).order_by("key").first()
    record = Record.objects.filter(**free, file__read_demand=None, main=None).order_by("-key").first()
    usual = record.file if record is not None else None
    contact = Contact.objects.filter(**free, file_parties__isnull=False).order_by("key").first()
    if many is None or usual is None or record is None or contact is None:
        raise LookupError("nothing was filled in")
    for page in pages():
        if page.administration:
            continue
        if "<" not in page.route:
            yield reverse(f"casesystem:{page.name}")
        for kind, things in (("cases", (many, usual)), ("documents", (record,)), ("contacts", (contact,))):
            if page.route.startswith(f"case-system/{kind}/<str:key>/") and page.route.count("<") == 1:
                yield from (_of(page, thing.key) for thing in things)


def _of(page: Page, key: str) -> str:
    return reverse(f"casesystem:{page.name}", args=[key])


def _administration() -> Iterator[str]:
    from formcase.casesystem.administration.tables import TABLES

    yield reverse("casesystem:administration")
    yield reverse("casesystem:administration_settings")
    for table in TABLES:
        yield reverse("casesystem:administration_table", args=[table.slug])
        yield reverse("casesystem:administration_new", args=[table.slug])
