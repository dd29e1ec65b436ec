"""Whether filing can work here: reach, account, executing user, rights, codes. Reads only, and never guesses.

What the public WorkZone model can't tell (who may do what) is asked of the `Formcase` extensions; where a case system
hasn't got them, the line says that it can't be verified here.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from formcase.checks import FORM_CODES, CheckResult, Detail, Verdict
from formcase.messages import NOTHING, Message, message
from formcase.outcomes import Outcome
from formcase.planning.knowledge import CodeTableKey, Rules
from formcase.planning.metadata import Metadata
from formcase.planning.needs import Need
from formcase.submission.form import FormDefinition
from formcase.targets.workzone.answer import JsonObject, text
from formcase.targets.workzone.form_checks import (
    GIVE_RIGHTS,
    Asked,
    Needed,
    asked_of,
    codes_in_form,
    listed,
    missing_code,
    names_in,
    rights_of_form,
)
from formcase.targets.workzone.query import Equals, entities
from formcase.targets.workzone.reading import Reader
from formcase.targets.workzone.tables import Tables

REACH = "case system"
ACCOUNT = "account"
IMPERSONATION = "impersonation"
EXECUTING_USER = "executing user"
RIGHTS = "rights"
ERROR_CASE_GROUP = "error case group"
ERROR_ACCESS_CODE = "error access code"
REFERENCE_LABEL = "reference label"

_RIGHTS_SET = "SecurityGroupRights"
_ACCESS_CODES = CodeTableKey("AccessCodeDomains")
_CASE_GROUPS = CodeTableKey("FileClasses")
_CASE_INFORMATION_LABELS = CodeTableKey("CustomLabels", "SO")
_EVERYONE = "ALLEEMNER"
_ACCOUNT_SEARCHES = ("Case", "Case information", "Contact")
_NO_EXTENSION = message("This case system does not tell; it can't be verified here.")


@dataclass(frozen=True, slots=True)
class _Identity:
    """Whom requests act as, as the case system tells it."""

    id: str
    security_code: str
    access_codes: frozenset[str]


@dataclass(slots=True)
class Inspection:
    """One round of checks."""

    reader: Reader
    tables: Tables
    metadata: Callable[[], Awaitable[Metadata]]
    _model: Metadata | None = field(default=None, init=False)

    async def results(
        self, executing_user: str, rules: Rules, forms: tuple[FormDefinition, ...]
    ) -> tuple[CheckResult, ...]:
        """All lines, in a fixed order. What can't be asked because an earlier line says no is unknown."""
        try:
            model = await self.metadata()
        except Outcome as error:
            return (_no(REACH, error), *_unasked(message("The case system is out of reach."), _AFTER_REACH))
        extended = _RIGHTS_SET in model.entity_sets
        asked = asked_of(forms, model, rules)
        acting = await self._impersonation(executing_user, extended)
        code = rules.error_access_code
        return (
            CheckResult(REACH, Verdict.YES, message("The case system answers, and the account may log in.")),
            await _guarded(ACCOUNT, self._account(model, extended)),
            acting,
            await _guarded(EXECUTING_USER, self._executing_user(executing_user)),
            *(await _all_guarded(RIGHTS, self._rights(executing_user, asked, extended, acting))),
            await _guarded(ERROR_CASE_GROUP, self._error_case_group(rules, model)),
            await _guarded(REFERENCE_LABEL, self._reference_label(rules, model)),
            *(
                [await _guarded(ERROR_ACCESS_CODE, self._error_access_code(executing_user, code, model, extended))]
                if code
                else []
            ),
            *(names_in(each) for each in asked),
            *[await _guarded(FORM_CODES, self._codes(each, model), each.id) for each in asked],
        )

    async def held(self, executing_user: str, model: Metadata) -> tuple[object, ...]:
        """Who the executing user is and what the user may do, to compare with another time; raises outcomes."""
        tried = message("Looking for the user {user}", user=executing_user)
        rows = await self.reader.every(tried, entities("Users", Equals("ID", executing_user), select=("ID",)))
        there = any(text(row, "ID") == executing_user for row in rows)
        if _RIGHTS_SET not in model.entity_sets or not there:
            return (there,)
        user = await self._me(executing_user)
        return (there, user.id, user.security_code, sorted(user.access_codes), sorted(await self._given(user)))

    async def rights(self, executing_user: str, model: Metadata) -> frozenset[Need] | None:
        """Every right of the executing user; None where the case system has no list of them. Raises outcomes."""
        if _RIGHTS_SET not in model.entity_sets:
            return None
        given = await self._given(await self._me(executing_user))
        return frozenset(Need(table, right) for table, right in given)

    async def _account(self, model: Metadata, extended: bool) -> CheckResult:
        """The account must see every case, or a case that was filed might be filed again."""
        await self.reader.every(message("Reading as the account"), entities("Files", Equals("ID", "0"), select=("ID",)))
        if not extended:
            return CheckResult(ACCOUNT, Verdict.UNKNOWN, _NO_EXTENSION, _see_all())
        account = await self._me(None)
        table = await self.tables.table(_ACCESS_CODES, model)
        missing = sorted((table.codes.keys() if table else set()) - account.access_codes - {_EVERYONE})
        if missing:
            return CheckResult(
                ACCOUNT,
                Verdict.NO,
                message("The account lacks these access codes: {codes}.", codes=", ".join(missing)),
                _see_all(),
            )
        lacking = await self._lacking(account, [(table, "Search") for table in _ACCOUNT_SEARCHES])
        if lacking:
            return CheckResult(
                ACCOUNT, Verdict.NO, message("The account may not: {rights}.", rights=listed(lacking)), _see_all()
            )
        return CheckResult(ACCOUNT, Verdict.YES, message("The account sees all cases."))

    async def _impersonation(self, executing_user: str, extended: bool) -> CheckResult:
        tried = message("Acting on behalf of {user}", user=executing_user)
        try:
            if extended:
                acting_as = (await self._me(executing_user)).id
                if acting_as != executing_user:
                    return CheckResult(
                        IMPERSONATION,
                        Verdict.NO,
                        message(
                            "Asked to act as {user}, the case system acts as {other}.",
                            user=executing_user,
                            other=acting_as,
                        ),
                        message("Let the account act for others at the case system."),
                    )
            else:
                await self.reader.every(
                    tried, entities("Users", Equals("ID", executing_user), select=("ID",)), executing_user
                )
        except Outcome as error:
            return _no(IMPERSONATION, error)
        return CheckResult(
            IMPERSONATION, Verdict.YES, message("The account may act on behalf of {user}.", user=executing_user)
        )

    async def _executing_user(self, executing_user: str) -> CheckResult:
        found = await self.reader.every(
            message("Looking for the user {user}", user=executing_user),
            entities("Users", Equals("ID", executing_user), select=("ID",)),
        )
        if any(text(row, "ID") == executing_user for row in found):
            return CheckResult(
                EXECUTING_USER, Verdict.YES, message("{user} is a user of the case system.", user=executing_user)
            )
        return CheckResult(
            EXECUTING_USER,
            Verdict.NO,
            message("There is no user {user} at the case system.", user=executing_user),
            message("Choose another executing user."),
        )

    async def _rights(
        self, executing_user: str, asked: Sequence[Asked], extended: bool, acting: CheckResult
    ) -> tuple[CheckResult, ...]:
        """One line for all forms together, and one for each of them."""
        needed = Needed.by([each.needs for each in asked])
        if not extended:
            wanted = needed.listed()
            remedy = message("See to it that {user} has: {rights}.", user=executing_user, rights=wanted)
            line = CheckResult(RIGHTS, Verdict.UNKNOWN, _NO_EXTENSION, remedy if wanted else NOTHING)
            return (line, *(rights_of_form(each, executing_user, None) for each in asked))
        if acting.verdict is not Verdict.YES:
            found = message("It can't be asked on behalf of the executing user.")
            line = CheckResult(RIGHTS, Verdict.UNKNOWN, found)
            return (line, *(rights_of_form(each, executing_user, None) for each in asked))
        user = await self._me(executing_user)
        holds = Needed(
            tuple(set(needed.rights) - set(await self._lacking(user, needed.rights))), tuple(user.access_codes)
        )
        line = _rights_of_all(needed, user, executing_user, holds)
        return (line, *(rights_of_form(each, executing_user, holds) for each in asked))

    async def _codes(self, asked: Asked, model: Metadata) -> CheckResult:
        """Whether the codes that stand in the form itself are there; those that answers give can't be known yet."""
        missing: list[Detail] = []
        for key in dict.fromkeys(needed.table for needed in asked.needs.codes if needed.path is not None):
            codes = [code for code in asked.needs.codes if code.table == key and code.path is not None]
            table = await self.tables.table(key, model, frozenset(code.code for code in codes))
            missing += [
                Detail(missing_code(code), Verdict.WARNING)
                for code in codes
                if table is not None and code.code not in table.codes
            ]
        return codes_in_form(asked, tuple(missing))

    async def _error_case_group(self, rules: Rules, model: Metadata) -> CheckResult:
        return await self._code(ERROR_CASE_GROUP, _CASE_GROUPS, rules.error_case_group, model)

    async def _reference_label(self, rules: Rules, model: Metadata) -> CheckResult:
        return await self._code(REFERENCE_LABEL, _CASE_INFORMATION_LABELS, rules.reference_label, model)

    async def _error_access_code(self, executing_user: str, code: str, model: Metadata, extended: bool) -> CheckResult:
        known = await self._code(ERROR_ACCESS_CODE, _ACCESS_CODES, code, model)
        if known.verdict is not Verdict.YES or not extended:
            return known
        if code in (await self._me(executing_user)).access_codes:
            return known
        return CheckResult(
            ERROR_ACCESS_CODE,
            Verdict.NO,
            message("{user} does not hold the access code {code}.", user=executing_user, code=code),
            message("Give the executing user the access code, or set another one."),
        )

    async def _code(self, subject: str, key: CodeTableKey, code: str | None, model: Metadata) -> CheckResult:
        if not code:
            return CheckResult(subject, Verdict.NO, message("None is set."), message("Set one."))
        table = await self.tables.table(key, model, frozenset({code}))
        if table is None:
            return CheckResult(subject, Verdict.UNKNOWN, _NO_EXTENSION)
        if code in table.codes:
            return CheckResult(
                subject, Verdict.YES, message("{code} ({text}) is there.", code=code, text=table.codes[code])
            )
        near = get_close_matches(code, table.codes, n=3, cutoff=0.4)
        return CheckResult(
            subject,
            Verdict.NO,
            message("The case system has no {code} that may be used today.", code=code),
            message("Near: {codes}.", codes=", ".join(near)) if near else message("Set another one."),
        )

    async def _me(self, user: str | None) -> _Identity:
        tried = message("Asking whom the case system takes us for")
        found = await self.reader.one(tried, "Me", user)
        content: JsonObject = found.content if found is not None else {}
        codes = content.get("AccessCodes")
        return _Identity(
            id=text(content, "ID") or "",
            security_code=text(content, "SecCode") or "",
            access_codes=frozenset(map(str, codes)) if isinstance(codes, list) else frozenset(),
        )

    async def _lacking(self, who: _Identity, needed: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        given = await self._given(who)
        return [need for need in needed if need not in given]

    async def _given(self, who: _Identity) -> set[tuple[str, str]]:
        rows = await self.reader.every(
            message("Reading the rights of security code {code}", code=who.security_code),
            entities(_RIGHTS_SET, Equals("SecCode", who.security_code)),
        )
        return {
            (text(row, "Table") or "", right)
            for row in rows
            for right in ("Search", "Create", "Update", "Delete", "Lock", "Unlock")
            if row.get(right) is True
        }


_AFTER_REACH = (
    ACCOUNT,
    IMPERSONATION,
    EXECUTING_USER,
    RIGHTS,
    ERROR_CASE_GROUP,
    REFERENCE_LABEL,
)


def _rights_of_all(needed: Needed, user: _Identity, executing_user: str, holds: Needed) -> CheckResult:
    lacking = needed.without(holds)
    if not lacking.listed():
        found = message(
            "{user} (security code {code}) has the rights that the forms need.",
            user=executing_user,
            code=user.security_code,
        )
        return CheckResult(RIGHTS, Verdict.YES, found)
    found = message(
        "{user} (security code {code}) lacks: {rights}.",
        user=executing_user,
        code=user.security_code,
        rights=lacking.listed(),
    )
    return CheckResult(RIGHTS, Verdict.NO, found, GIVE_RIGHTS)


async def _guarded(subject: str, check: Awaitable[CheckResult], form: str | None = None) -> CheckResult:
    """A check that fails says no with what went wrong; the others go on."""
    try:
        return await check
    except Outcome as error:
        return _no(subject, error, form)


async def _all_guarded(subject: str, checks: Awaitable[tuple[CheckResult, ...]]) -> tuple[CheckResult, ...]:
    try:
        return await checks
    except Outcome as error:
        return (_no(subject, error),)


def _no(subject: str, error: Outcome, form: str | None = None) -> CheckResult:
    found = message("{tried}: {answer}", tried=error.tried, answer=error.answer)
    return CheckResult(subject, Verdict.NO, found, error.remedy, form)


def _unasked(why: Message, subjects: Iterable[str]) -> tuple[CheckResult, ...]:
    return tuple(CheckResult(subject, Verdict.UNKNOWN, why, NOTHING) for subject in subjects)


def _see_all() -> Message:
    return message("Give the account all access codes, and the right to search cases, case information and contacts.")
