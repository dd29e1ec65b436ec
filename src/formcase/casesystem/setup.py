"""Sets an installation up: accounts, users' logins, custom fields, corporate access, and the sample municipality.

Every function may be called again at any time and changes nothing that is as it should be.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from importlib.resources import files
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from formcase.casesystem.edm import CustomFieldKind
from formcase.casesystem.finding.cases import ERROR_CASES
from formcase.casesystem.login.passwords import give_password
from formcase.casesystem.models import (
    Account,
    Code,
    CustomFieldRow,
    HeldCode,
    InstallationSetting,
    SecurityRight,
    User,
)
from formcase.casesystem.reference import CORPORATE_ACCESS
from formcase.casesystem.rights import EVERYONE, Table


def ensure_sample_data() -> None:
    """The sample municipality: units, users, access codes, case groups, code tables, rights, custom fields."""
    sample = _sample()
    with transaction.atomic():
        Code.objects.bulk_create(_codes(sample), ignore_conflicts=True)
        _ensure_users(sample)
        SecurityRight.objects.bulk_create(_rights(), ignore_conflicts=True)
        for entity, name, kind, domain, text in sample["custom_fields"]:
            ensure_custom_field(entity, name, CustomFieldKind(kind), domain, text)


def ensure_account(client_id: str, secret: str, *, security_code: int = 1) -> None:
    """An integration's account: holds all access codes, may act for users, has a security code of its own."""
    with transaction.atomic():
        user, made = User.objects.get_or_create(
            key=client_id,
            defaults={"name": client_id, "security_code": security_code, "holds_all_codes": True},
        )
        if not made and (user.security_code, user.holds_all_codes) != (security_code, True):
            user.security_code, user.holds_all_codes = security_code, True
            user.save()
        _ensure_secret(client_id, user, secret, may_impersonate=True)


def set_account_certificate(client_id: str, pem: str | None) -> None:
    """The certificate with which an account signs its assertions; None takes it away."""
    Account.objects.filter(name=client_id).update(certificate=pem)


def set_user_secret(user: str, secret: str) -> None:
    """Let a user log in, to the pages and with HTTP Basic."""
    _ensure_secret(user, User.objects.get(pk=user), secret, may_impersonate=False)


def ensure_user_secret(user: str, secret: str) -> None:
    """Let a user who can't log in yet do so with this secret; who can, keeps the own one."""
    Account.objects.get_or_create(name=user, defaults={"user_id": user, "secret": make_password(secret)})


def new_password(key: str, *, administrator: bool = False) -> str:
    """A password for a user to log in to the pages with, to be changed at the first log-in. administrator: who may set
    the case system up from then on. Raises LookupError where there is no such user."""
    user = User.objects.filter(pk=key).first()
    if user is None:
        raise LookupError(key)
    if administrator and not user.administrator:
        user.administrator = True
        user.save(update_fields=["administrator"])
    return give_password(user)


def set_corporate_access(on: bool) -> None:
    """Switch corporate access. Cases and documents that are there keep their codes."""
    setting = InstallationSetting.objects.filter(name=CORPORATE_ACCESS).first()
    if setting is None or setting.value is not on:
        InstallationSetting.objects.update_or_create(name=CORPORATE_ACCESS, defaults={"value": on})


def user_names() -> Mapping[str, str]:
    """The people who may be executing users: name by ID. Accounts are none."""
    people = User.objects.filter(enabled=True, holds_all_codes=False).order_by("key")
    return {user.key: user.name for user in people}


def ensure_custom_field(
    entity: str, name: str, kind: CustomFieldKind, domain: str | None = None, text: str | None = None
) -> None:
    """A custom field on `File`, `Record` or `Contact`; domain is what a list takes its codes from, text what people
    call it."""
    if (domain is not None) != (kind is CustomFieldKind.LIST):
        raise ValueError("a list, and nothing else, has a domain")
    CustomFieldRow.objects.get_or_create(
        entity=entity, name=name, defaults={"kind": kind.value, "domain": domain, "text": text}
    )


def _sample() -> Mapping[str, Any]:
    text = files("formcase.casesystem").joinpath("sample/municipality.json").read_text("utf-8")
    loaded: Mapping[str, Any] = json.loads(text)
    return loaded


def _codes(sample: Mapping[str, Any]) -> Iterator[Code]:
    for key, text, parent in sample["units"]:
        yield _code("OuDomains", key, text, properties={"ParentOu_Value": parent, "NameType_Value": "M"})
    for user in sample["users"]:
        yield _code("EmployeeDomains", user["key"], user["name"], properties={"LocationCode_Value": user["unit"]})
    for key, text in sample["access_codes"]:
        yield _code("AccessCodeDomains", key, text)
    for key, text, properties in sample["contact_types"]:
        yield _code("ContactTypes", key, text, properties=properties)
    for value, text in sample["postcodes"].items():
        yield _code("Postcodes", f"DK:{value}", text, kind="DK", value=value)
    for key, text in sample["countries"].items():
        yield _code("Countries", key, text)
    yield from _case_groups(sample["case_groups"])
    yield from _kinds("CustomDomains", sample["domains"])
    yield from _kinds("CustomLabels", sample["labels"])


def _case_groups(groups: list[list[Any]]) -> Iterator[Code]:
    for key, text, parent, *more in groups:
        extra: Mapping[str, Any] = more[0] if more else {}
        end = date.fromisoformat(extra["end_date"]) if "end_date" in extra else None
        properties = {"ParentFileClassKey": parent, "ParentFileClass": parent}
        if extra.get("error_cases"):
            properties[ERROR_CASES] = "J"
        hidden = bool(extra.get("hidden", False))
        yield _code("FileClasses", key, text, end_date=end, hidden=hidden, properties=properties)


def _kinds(entity_set: str, tables: Mapping[str, Mapping[str, str]]) -> Iterator[Code]:
    for kind, codes in tables.items():
        for rank, (value, text) in enumerate(codes.items(), start=1):
            properties = {"Rank": f"{rank:03}"} if entity_set == "CustomDomains" else {}
            yield _code(entity_set, f"{kind}:{value}", text, kind=kind, value=value, properties=properties)


def _code(entity_set: str, key: str, text: str, *, value: str | None = None, **more: Any) -> Code:
    return Code(entity_set=entity_set, key=key, value=value or key, text=text, **more)


def _ensure_users(sample: Mapping[str, Any]) -> None:
    for one in sample["users"]:
        facts = {"name": one["name"], "security_code": one["security_code"], "unit": one["unit"]}
        facts["administrator"] = one.get("administrator", False)
        user, made = User.objects.get_or_create(key=one["key"], defaults={**facts, "group_code": EVERYONE})
        if made:
            HeldCode.objects.bulk_create(HeldCode(user=user, code=code) for code in one["codes"])


def _rights() -> Iterator[SecurityRight]:
    """1 reads · 2–5 read and update · 6–8 create, read, update and close · 9 and 10 everything."""
    for code in range(1, 11):
        for table in Table:
            is_case = table is Table.CASE
            yield SecurityRight(
                key=f"{code}:{table.value}",
                security_code=code,
                table=table.value,
                may_search=True,
                may_create=code >= 6,
                may_update=code >= 2,
                may_delete=code >= 9,
                may_lock=code >= 6 if is_case else None,
                may_unlock=code >= 9 if is_case else None,
            )


def _ensure_secret(name: str, user: User, secret: str, *, may_impersonate: bool) -> None:
    account = Account.objects.filter(name=name).first()
    if account is None:
        Account.objects.create(name=name, user=user, secret=make_password(secret), may_impersonate=may_impersonate)
    elif not account.secret or not check_password(secret, account.secret):
        account.secret = make_password(secret)
        account.save(update_fields=["secret"])
