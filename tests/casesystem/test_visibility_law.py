"""Who sees what, against a slow and obvious model: every user's lists, counts, filters, expansions, keys,
batches and pages."""

import re
from dataclasses import dataclass, field

from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casesystem.office import Office, Write
from formcase.casesystem.finding import listing, searching
from formcase.casesystem.login.logins import begin_login
from formcase.casesystem.models import Account
from formcase.casesystem.pages.visitor import COOKIE

HELD = {
    "LBR": {"BOR", "ALLEEMNER"},
    "SBH": {"TEK", "FORTROLIG", "ALLEEMNER"},
    "MKT": {"BOR", "ALLEEMNER"},
    "ADM": {"SEK", "TEK", "BOR", "FORTROLIG", "PERSONALE", "ALLEEMNER"},
}
codes = st.sampled_from(["TEK", "BOR", "FORTROLIG", "PERSONALE", "ALLEEMNER"])
permissions = st.one_of(
    st.none(),
    codes.map(lambda code: ("code", code)),
    st.tuples(codes, st.sampled_from(["and", "or"]), codes).map(lambda parts: ("expression", " ".join(parts))),
)
texts = st.sampled_from(["red", "blue"])


@dataclass
class Thing:
    """A case, document or contact of the obvious model."""

    permission: tuple[str, str] | None
    text: str
    case: int | None = None
    main: int | None = None
    key: str = ""
    contacts: list[int] = field(default_factory=list)
    infos: list[str] = field(default_factory=list)

    def readable(self, user):
        if self.permission is None:
            return True
        kind, text = self.permission
        if kind == "code":
            return text in HELD[user]
        left, operator, right = text.split()
        held = [left in HELD[user], right in HELD[user]]
        return all(held) if operator == "and" else any(held)


@dataclass
class Archive:
    """All there is."""

    cases: list[Thing]
    documents: list[Thing]
    contacts: list[Thing]

    def sees_case(self, user, case):
        return case.readable(user)

    def sees_document(self, user, document):
        parents = [self.cases[document.case]] if document.case is not None else []
        main = self.documents[document.main] if document.main is not None else None
        return (
            document.readable(user)
            and all(one.readable(user) for one in parents)
            and (main is None or self.sees_document(user, main))
        )

    def parties(self, user, case):
        seen = [self.contacts[index] for index in case.contacts]
        return [contact for contact in seen if case.readable(user) and contact.readable(user)]


@st.composite
def archives(draw):
    contacts = draw(st.lists(st.builds(Thing, permissions, texts), min_size=1, max_size=2))
    index = st.integers(0, len(contacts) - 1)
    cases = draw(
        st.lists(
            st.builds(
                Thing,
                permissions,
                texts,
                contacts=st.lists(index, max_size=2, unique=True),
                infos=st.lists(texts, max_size=2),
            ),
            min_size=1,
            max_size=3,
        )
    )
    which = st.one_of(st.none(), st.integers(0, len(cases) - 1))
    mains = draw(st.lists(st.builds(Thing, permissions, texts, case=which), min_size=1, max_size=2))
    main = st.integers(0, len(mains) - 1)
    extras = draw(st.lists(st.builds(Thing, permissions, texts, case=which, main=main), max_size=2))
    return Archive(cases, mains + extras, contacts)


def build(archive):
    """Make it all, as somebody who holds every code."""
    office = Office("ADM")
    for contact in archive.contacts:
        contact.key = office.contact(Name1=contact.text, **given_code(contact))["ID"]
    for case in archive.cases:
        rows = [{"Info_Value": text} for text in case.infos]
        case.key = office.case(Title=case.text, Infos=rows, **given_code(case))["ID"]
        for index in case.contacts:
            assert office.party(case.key, archive.contacts[index].key).status == 201
    for document in archive.documents:
        links = {}
        if document.case is not None:
            links["FileKey_Value"] = archive.cases[document.case].key
        if document.main is not None:
            links["PrimaryRecordKey_Value"] = archive.documents[document.main].key
        document.key = office.document(Title=document.text, **links, **given_code(document))["ID"]


def given_code(thing):
    if thing.permission is None:
        return {}
    kind, text = thing.permission
    return {"AccessCode": {"Code" if kind == "code" else "Expression": text}}


def keys(office, path, condition=None):
    reply = office.get(path, count="true", select="ID", **({"filter": condition} if condition else {})).json
    found = {one["ID"] for one in reply["value"]}
    assert reply["@odata.count"] == len(found)
    return found


def check(archive, user):
    office = Office(user)
    cases = [case for case in archive.cases if archive.sees_case(user, case)]
    documents = [one for one in archive.documents if archive.sees_document(user, one)]
    assert keys(office, "Files") == {case.key for case in cases}
    assert keys(office, "Records") == {one.key for one in documents}
    assert keys(office, "Contacts") == {one.key for one in archive.contacts if one.readable(user)}
    assert len(keys(office, "FileContacts")) == sum(len(archive.parties(user, case)) for case in cases)
    assert len(keys(office, "FileInfos")) == sum(len(case.infos) for case in cases)
    assert keys(office, "Records", "File/Title eq 'red'") == {
        one.key for one in documents if one.case is not None and archive.cases[one.case].text == "red"
    }
    assert keys(office, "Records", "MainRecord/Title eq null") == {one.key for one in documents if one.main is None}
    assert keys(office, "Files", "Parties/any(p: p/Name/Name1 eq 'red')") == {
        case.key for case in cases if any(contact.text == "red" for contact in archive.parties(user, case))
    }
    assert keys(office, "Files", "not FileRecords/any(r: r/Title eq 'blue')") == {
        case.key
        for case in cases
        if not any(one.text == "blue" for one in documents if one.case is not None and archive.cases[one.case] is case)
    }
    assert keys(office, "Contacts", "Files/any(f: f/File/Infos/any(i: i/Info_Value eq 'red'))") == {
        contact.key
        for index, contact in enumerate(archive.contacts)
        if contact.readable(user) and any(index in case.contacts and "red" in case.infos for case in cases)
    }
    shown = office.entities("Files", expand="Parties($select=NameKey_Value),FileRecords($select=ID)", select="ID")
    assert {
        one["ID"]: ({p["NameKey_Value"] for p in one["Parties"]}, {r["ID"] for r in one["FileRecords"]})
        for one in shown
    } == {
        case.key: (
            {contact.key for contact in archive.parties(user, case)},
            {one.key for one in documents if one.case is not None and archive.cases[one.case] is case},
        )
        for case in cases
    }
    for path, things, seen in (("Files", archive.cases, cases), ("Records", archive.documents, documents)):
        for thing in things:
            visible = any(thing is one for one in seen)
            assert office.get(f"{path}('{thing.key}')").status == (200 if visible else 404)


def found(client, path, kind, **query):
    """The keys that a page of the case system leads to, and how many it says that there are."""
    answer = client.get(f"/case-system/{path}", query)
    assert answer.status_code == 200
    text = answer.content.decode()
    body = text[text.index("<main") :]
    number = re.search(r"(\d+) found", body)
    links = set(re.findall(rf"/case-system/{kind}/(\d+)/", body))
    return links, int(number[1]) if number else None


def check_searches(archive, user):
    client = client_of(user)
    cases = [case for case in archive.cases if archive.sees_case(user, case)]
    documents = [one for one in archive.documents if archive.sees_document(user, one)]
    check_words(client, archive, user, cases, documents)


def check_lists(client, archive, user, cases, documents):
    contacts = [one for one in archive.contacts if one.readable(user)]
    for path, things in (("", cases), ("documents/", documents), ("contacts/", contacts)):
        kind = path.strip("/") or "cases"
        wanted = {one.key for one in things}
        assert found(client, path, kind) == (wanted, len(wanted))
        for sort in ("title", "-created", "name", "state", "-type"):
            assert found(client, path, kind, sort=sort) == (wanted, len(wanted))
    check_words(client, archive, user, cases, documents)


def check_words(client, archive, user, cases, documents):
    contacts = [one for one in archive.contacts if one.readable(user)]
    red = {one.key for one in documents if one.text == "red"}
    assert found(client, "documents/", "documents", q="red") == (red, len(red))
    red = {one.key for one in contacts if one.text == "red"}
    assert found(client, "contacts/", "contacts", q="red") == (red, len(red))
    # a case is found by its title, by information, by a party: each only where that is seen
    red = {
        case.key
        for case in cases
        if "red" in [case.text, *case.infos, *(contact.text for contact in archive.parties(user, case))]
    }
    assert found(client, "", "cases", q="red") == (red, len(red))


def check_single_pages(client, archive, user, cases, documents):
    seen = {one.key for one in [*cases, *documents]} | {one.key for one in archive.contacts if one.readable(user)}
    for kind, things, parts in (
        ("cases", archive.cases, ("", "documents/", "parties/", "dates/", "history/", "edit/")),
        ("documents", archive.documents, ("", "details/", "history/", "content", "download", "edit/")),
        ("contacts", archive.contacts, ("", "history/", "edit/")),
    ):
        for thing in things:
            for part in parts:
                answer = client.get(f"/case-system/{kind}/{thing.key}/{part}")
                # these documents have no file
                assert answer.status_code == (200 if thing.key in seen and part not in ("content", "download") else 404)
                text = answer.content.decode()
                named = set(re.findall(r"/case-system/(?:cases|documents|contacts)/(\d+)/", text.partition("<main")[2]))
                assert named <= seen | ({thing.key} if answer.status_code == 404 else set())
    check_rows(client, user, archive)
    for case in cases:
        own = {one.key for one in documents if one.case is not None and archive.cases[one.case] is case}
        assert found(client, f"cases/{case.key}/documents/", "documents")[0] == own
        parties = {contact.key for contact in archive.parties(user, case)}
        assert found(client, f"cases/{case.key}/parties/", "contacts")[0] == parties
        assert found(client, f"cases/{case.key}/history/", "documents")[0] == own


def check_rows(client, user, archive):
    """A row is changed by whoever sees its case, and a party only by who sees the contact too."""
    for case in archive.cases:
        everything = Office("ADM", Client())
        for info in everything.entities("FileInfos", filter=f"FileKey_Value eq '{case.key}'"):
            answer = client.get(f"/case-system/rows/case-information/{info['ID']}/edit/")
            assert (answer.status_code == 404) == (not case.readable(user))
        for party in everything.entities("FileContacts", filter=f"FileKey_Value eq '{case.key}'"):
            contact = next(one for one in archive.contacts if one.key == party["NameKey_Value"])
            answer = client.get(f"/case-system/rows/case-parties/{party['ID']}/delete/")
            assert (answer.status_code == 404) == (not (case.readable(user) and contact.readable(user)))


def check_places(client, archive, documents):
    """Where a listing goes on from tells nothing about what is not seen."""
    seen = {one.key for one in documents}
    first = found(client, "documents/", "documents", sort="title")
    for one in archive.documents:
        if one.key not in seen:
            assert found(client, "documents/", "documents", sort="title", after=one.key) == first


def check_batch(office, archive, cases, documents):
    """Reads in a batch obey the same rules."""
    parts = [Write("GET", f"Files('{case.key}')") for case in archive.cases]
    parts += [Write("GET", "Records/$count")]
    *singles, count = office.batch(*parts, headers={"Prefer": "odata.continue-on-error"})
    assert [one.status for one in singles] == [
        200 if any(case is other for other in cases) else 404 for case in archive.cases
    ]
    assert int(count.body) == len(documents)


def client_of(user):
    account, _made = Account.objects.get_or_create(name=user, defaults={"user_id": user})
    client = Client()
    client.cookies[COOKIE] = begin_login(account)
    return client


def check_pages(archive, user):
    client = client_of(user)
    cases = [case for case in archive.cases if archive.sees_case(user, case)]
    documents = [one for one in archive.documents if archive.sees_document(user, one)]
    check_lists(client, archive, user, cases, documents)
    check_single_pages(client, archive, user, cases, documents)
    check_places(client, archive, documents)
    check_batch(Office(user), archive, cases, documents)


def test_pages_and_batches_show_and_count_exactly_what_the_rules_say(municipality, monkeypatch):
    @settings(max_examples=3, suppress_health_check=list(HealthCheck))
    @given(archives(), st.sampled_from(sorted(HELD)), st.integers(1, 3))
    def law(archive, user, looked_through):
        with transaction.atomic():
            build(archive)
            check_pages(archive, user)
            # as where every word is common, and things stand further down than is looked through
            monkeypatch.setattr(searching, "COMMON", -1)
            monkeypatch.setattr(listing, "LOOKED_THROUGH", looked_through)
            check_searches(archive, user)
            monkeypatch.undo()
            transaction.set_rollback(True)

    law()


def test_everyone_sees_exactly_what_the_rules_say(municipality):
    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(archives(), st.sampled_from(sorted(HELD)))
    def law(archive, user):
        with transaction.atomic():
            build(archive)
            check(archive, user)
            transaction.set_rollback(True)

    law()
