"""Whatever people, forms, form services and case systems write: no page runs it, and no page falls over it.

The addresses are taken from Django itself, so that a page that is added later is visited too; what an address needs and
nobody said how to make is an error here.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from playwright.sync_api import Error, Page

from formcase.accounts.models import User
from formcase.accounts.roles import Role
from formcase.casesystem.administration.tables import TABLES
from formcase.casesystem.login.logins import begin_login
from formcase.casesystem.models import Account
from formcase.casesystem.pages.visitor import COOKIE as CASE_SYSTEM
from formcase.formservice.administration.sessions import COOKIE as FORM_SERVICE
from formcase.formservice.administration.sessions import begin_session
from formcase.formservice.filling.views import COOKIE as FILLING
from formcase.formservice.models import Administrator
from pages.both_ends import ends
from pages.hostile_content import BROWSER, HOSTILE, Hostile, make_hostile

__all__ = ["ends"]

# Who is not to be visited, and why.
APART = {
    "case-system-odata": "no page: fuzzed and tested as a service",
    "case-system-token": "no page: answers POST alone",
    "configurator:start_live": "a stream of events without end; what it says is `start_now`",
    "configurator:workflow_log_live": "a stream of events without end; what it says is `workflow_log_lines`",
    "openid_connect_login": "leads to the provider; there is none here",
    "openid_connect_callback": "comes from the provider; there is none here",
}
# What answers otherwise than with 200 to this visitor, who is signed in everywhere; None: by the thing that is shown.
OTHERWISE = {
    "accountedz": 503,  # nothing was compared within the day
    "set_language": 302,
    "account_login": 302,
    "mfa_authenticate": 302,
    "mfa_reauthenticate": 302,
    "mfa_activate_totp": 302,  # asks for the password first
    "mfa_deactivate_totp": 404,
    "mfa_view_recovery_codes": 404,
    "mfa_generate_recovery_codes": 302,
    "mfa_download_recovery_codes": 404,
    "mfa_add_webauthn": 302,
    "mfa_reauthenticate_webauthn": 302,
    "mfa_remove_webauthn": 302,
    "mfa_edit_webauthn": 302,
    "mfa_login_webauthn": 302,
    "account_signup": 302,
    "account_set_password": 302,
    "socialaccount_login_error": 401,
    "socialaccount_signup": 302,
    "socialaccount_connections": 302,
    "casesystem:login": 302,
    "casesystem:logout": 405,
    "casesystem:document_content": None,  # what a browser can't show is only handed out as a download
    "form_service:start": 302,
    "form_service:sign_out": 405,
    "form_service:form_try": 405,
    "form_service:client_enable": 405,
    "configurator:submissions_act": 302,
    "configurator:certificate_remove": 404,
}
# These show nothing that anybody but the one who looks wrote.
QUIET = {
    "healthz", "readyz", "account_logout", "account_inactive", "account_reauthenticate", "account_change_password",
    "mfa_index", "mfa_list_webauthn", "socialaccount_login_cancelled", "form_service:sign_in", "form_service:password",
    "configurator:workflow_create", "configurator:workflow_parameter", "configurator:certificates",
    "configurator:certificate_import",
    "configurator:error_cases_underway", "form_service:form_new",
    "configurator:case_system", "configurator:user_create", "configurator:own_account",
}  # fmt: skip
FORBIDDEN_TAGS = {"object", "embed", "base", "applet", "math"}
HARMLESS = ("application/json", "application/pdf", "text/plain")
ADDRESSES = ("href", "src", "action", "formaction", "hx-get", "hx-post", "hx-put", "hx-delete", "srcdoc", "data")
SEARCHED = (HOSTILE, "' OR 1=1 --%_\\", "\x00\ud7ff\U0010ffff", "9" * 400, "x" * 10_000)


@dataclass
class Found(HTMLParser):
    """What stands in a page: elements that could act, and the fields of its forms."""

    evil: list[str] = field(default_factory=list)
    forms: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name.lower(): value or "" for name, value in attrs}
        if tag in FORBIDDEN_TAGS or (tag in ("script", "link") and not _own(given)) or (tag == "style"):
            self.evil.append(f"<{tag} {given}>")
        for name, value in given.items():
            if name.startswith("on") or name == "style" or (name in ADDRESSES and _runs(value)):
                self.evil.append(f"<{tag} {name}={value!r}>")
        if tag == "img" and given.get("src") == "x":
            self.evil.append(f"<img {given}>")
        self._of_a_form(tag, given)

    def handle_data(self, data: str) -> None:
        self.text += data

    def _of_a_form(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "form":
            self.forms.append((given.get("method", "get").lower(), given.get("action", ""), {}))
        elif tag in ("input", "select", "textarea", "button") and self.forms and given.get("name"):
            self.forms[-1][2].setdefault(given["name"], given.get("value", "") if given.get("type") == "hidden" else "")


def _own(given: Mapping[str, str]) -> bool:
    return (given.get("src") or given.get("href") or "").startswith("/static/")


def _runs(address: str) -> bool:
    bare = re.sub(r"[\x00-\x20]", "", address).lower()
    return bare.startswith(("javascript:", "data:", "vbscript:"))


@pytest.fixture
def hostile(ends) -> Hostile:
    return make_hostile(ends)


@pytest.fixture
def visitor(hostile, make_user) -> Client:
    """Somebody who is signed in everywhere and may see everything."""
    client = Client()
    user: User = make_user(Role.ADMINISTRATOR)
    client.force_login(user)
    client.cookies[CASE_SYSTEM] = begin_login(Account.objects.get(name="ADM"))
    client.cookies[FORM_SERVICE] = begin_session(Administrator.objects.get())
    client.cookies[FILLING] = BROWSER
    return client


def every_address(hostile: Hostile) -> Iterator[tuple[str, str]]:
    """Each address there is, with its name."""
    for name, wanted in _patterns(get_resolver(), "", ()):
        if name not in APART:
            for arguments in _arguments(name, wanted, hostile):
                query = str(arguments.pop("?", ""))
                yield name, reverse(name, kwargs=arguments) + query


def _patterns(resolver: URLResolver, space: str, wanted: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for pattern in resolver.url_patterns:
        asked = (*wanted, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, f"{pattern.namespace}:" if pattern.namespace else space, asked)
        else:
            yield f"{space}{pattern.name}", asked


def _arguments(name: str, wanted: tuple[str, ...], hostile: Hostile) -> list[dict[str, object]]:
    space, _colon, page = name.rpartition(":")
    choices = _known(space, page, hostile)
    keys = choices.get("key", ())
    for argument in wanted:
        assert choices.get(argument), f"say here what {argument} of {name} may be, or in APART why it is not visited"
    if "kind" in wanted and space == "casesystem":
        return [{"kind": kind, "key": key} for kind, key in hostile.rows.items() if key is not None]
    if "key" in wanted and isinstance(keys, tuple):
        return [{**{argument: choices[argument] for argument in wanted}, "key": key} for key in keys]
    if "table" in wanted:
        query = "?key=ADM" if page in ("administration_row", "administration_delete") else ""
        tables = ["users"] if query else [table.slug for table in TABLES if table.key]
        return [{"table": table, "?": query} for table in tables]
    query = f"?Url={quote(HOSTILE)}" if page == "workflow_parameter" else ""
    return [{**{argument: choices[argument] for argument in wanted}, "?": query}]


def _known(space: str, page: str, hostile: Hostile) -> Mapping[str, object]:
    beginning = page.partition("_")[0]
    match space:
        case "casesystem":
            key = "formcase" if page.endswith("secret") else hostile.case_system.get(beginning)
            return {"key": key or "some", "table": "some", "kind": "some"}
        case "configurator":
            return {
                "key": hostile.configurator.get(beginning),
                "number": hostile.configurator["run"] if page == "workflow_check_run" else 1,
                "cause": hostile.configurator["error"],
                "place": "0",
                "name": "FormIds",
                "kind": "csv",
                "attachment": "a1",
                "thumbprint": "ab" * 20,
            }
        case "forms":
            filling = hostile.sent if "receipt" in page else hostile.filling
            return {"form_id": filling.form_id, "key": filling.key, "number": 1}
        case "form_service":
            sent = page in ("form_test_receipt", "form_test_xml", "form_test_pdf", "form_test_upload")
            test = hostile.sent_test if sent else hostile.test
            return {
                "reference": hostile.dialogue,
                "attachment_id": hostile.attachment,
                "form_id": hostile.filling.form_id,
                "which": "draft",
                "key": hostile.certificate.client_id if page.startswith("client") else test.key,
                "certificate": hostile.certificate.pk,
                "number": 1,
                "upload": hostile.sent_test.uploads.get().key,
            }
        case _:
            return {"pk": 1}


def looked_at(answer: HttpResponseBase, what: str) -> Found | None:
    """What is in a page; None for what is none. Fails where anything could be executed."""
    kind = answer.headers.get("Content-Type", "")
    policy = answer.headers["Content-Security-Policy"]
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer.headers["X-Content-Type-Options"] == "nosniff", what
    if not kind.startswith("text/html"):
        is_download = answer.headers.get("Content-Disposition", "").startswith("attachment")
        assert (
            is_download or "sandbox" in policy or kind.startswith(("application/json", "application/pdf", "text/plain"))
        ), what
        return None
    assert "script-src 'self';" in policy, what
    assert "unsafe" not in policy, what
    found = Found()
    found.feed(body.decode())
    assert not found.evil, f"{what}: {found.evil}"
    return found


def test_no_page_runs_what_was_written_into_it(visitor, hostile):
    shown: dict[str, bool] = {}
    odd: list[tuple[int, str]] = []
    for name, address in every_address(hostile):
        answer = visitor.get(address)
        expected = OTHERWISE.get(name, 200)
        if answer.status_code != expected and (expected is not None or answer.status_code not in (200, 404)):
            odd.append((answer.status_code, address))
        if answer.status_code == 200:
            found = looked_at(answer, address)
            shown[name] = found is None or "onerror=alert(1)>" in found.text or shown.get(name, False)
    assert not odd
    silent = sorted(name for name, there in shown.items() if not there)
    # what can show nothing that anybody else wrote; of all others it is proved that the hostile text stood there
    assert set(silent) <= QUIET, f"does nothing hostile reach {set(silent) - QUIET} any more?"


@pytest.mark.long
def test_no_search_and_no_form_falls_over_what_is_typed_into_it(visitor, hostile):
    """Every field of every form on every page gets each of the hostile values; what that did is undone."""
    sent = 0
    for address in [address for name, address in every_address(hostile) if OTHERWISE.get(name, 200) == 200]:
        found = looked_at(visitor.get(address), address)
        for method, action, fields in found.forms if found is not None else ():
            if "out" in action or "language" in action:
                continue  # signing out ends the visit
            for value in SEARCHED:
                typed = {key: kept or value for key, kept in fields.items()}
                _send(visitor, method, action or address, typed)
                sent += 1
    assert sent > 500


def _send(visitor: Client, method: str, address: str, typed: Mapping[str, str]) -> None:
    sent = {key: value.encode("utf-8", "surrogatepass") for key, value in typed.items()}
    with transaction.atomic():
        bare = address.partition("#")[0]
        if method == "get":
            answer = visitor.get(f"{bare.partition('?')[0]}?{urlencode(sent)}")
        else:
            answer = visitor.post(bare, sent)
        transaction.set_rollback(True)
    what = f"{method} {bare} {[value[:40] for value in typed.values()]}"
    assert answer.status_code < 500, what
    if answer.status_code == 200:
        looked_at(answer, what)


@pytest.mark.long
def test_no_page_runs_anything_in_a_browser(visitor, hostile, page, complaints, live_server):
    """The same pages in a real browser, which tells of every dialogue and everything that the policy forbade."""
    context = page.context
    complaints.expected = ["status of (403|404|405|503)"]
    dialogues: list[str] = []
    page.on("dialog", lambda dialogue: (dialogues.append(dialogue.message), dialogue.dismiss()))
    for name, cookie in visitor.cookies.items():
        context.add_cookies([{"name": name, "value": cookie.value, "url": live_server.url}])
    context.add_init_script(
        "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"
    )
    for name, address in every_address(hostile):
        if OTHERWISE.get(name, 200) == 200 and _is_shown(page, address):
            assert not dialogues, f"{address}: {dialogues}"
            assert not complaints.unexpected(), f"{address}: {complaints.unexpected()}"
            complaints.found.clear()


def _is_shown(page: Page, address: str) -> bool:
    """Whether the browser shows it; what is a file it only takes down."""
    try:
        page.goto(address, wait_until="domcontentloaded")
    except Error as error:
        if "Download is starting" not in str(error):
            raise
        return False
    return True
