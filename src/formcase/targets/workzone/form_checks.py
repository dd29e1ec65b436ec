"""What one form needs of the case system, line by line: its rights, its names, its codes. Pure; `checks` asks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from formcase.checks import FORM_CODES, FORM_NAMES, FORM_RIGHTS, CheckResult, Detail, Verdict
from formcase.messages import NOTHING, Message, message, together
from formcase.planning.codes import CASE_GROUPS
from formcase.planning.knowledge import Rules
from formcase.planning.metadata import Metadata
from formcase.planning.needs import NeededCode, Needs, needs_of
from formcase.planning.words import no_such_code
from formcase.submission.form import FormDefinition

GIVE_RIGHTS = message("Give the executing user these rights at the case system, or choose another one.")
_MEND_FORM = message(
    "Mend the form, or what it names at the case system; until then its submissions become error cases."
)
_MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class Needed:
    """Rights (table and right) and access codes that forms need."""

    rights: tuple[tuple[str, str], ...]
    access_codes: tuple[str, ...]

    @classmethod
    def by(cls, forms: Sequence[Needs]) -> "Needed":
        """What all of these need together."""
        return cls(
            tuple(sorted({(need.table, need.right) for each in forms for need in each.rights})),
            tuple(sorted({code for each in forms for code in each.access_codes})),
        )

    def without(self, held: "Needed") -> "Needed":
        """What of these is not held."""
        return Needed(
            tuple(right for right in self.rights if right not in held.rights),
            tuple(code for code in self.access_codes if code not in held.access_codes),
        )

    def listed(self) -> str:
        """In words."""
        codes = [f"access code {code}" for code in self.access_codes]
        return ", ".join([*([listed(self.rights)] if self.rights else []), *codes])


def listed(rights: Iterable[tuple[str, str]]) -> str:
    """Rights in words."""
    return ", ".join(f"{table} {right}" for table, right in rights)


@dataclass(frozen=True, slots=True)
class Asked:
    """A form and what it needs."""

    id: str
    title: str
    needs: Needs

    @property
    def needed(self) -> Needed:
        """The rights and access codes alone."""
        return Needed.by([self.needs])

    @property
    def case_groups(self) -> tuple[str, ...]:
        """Those of its cases, as far as its design tells, and the one of its error cases."""
        return tuple(sorted({code.code for code in self.needs.codes if code.table == CASE_GROUPS}))


def asked_of(forms: Sequence[FormDefinition], model: Metadata, rules: Rules) -> tuple[Asked, ...]:
    """What each form needs. Several designs of one form, as a mapping with conditions makes them, are one."""
    found: dict[str, Asked] = {}
    for form in forms:
        needs = needs_of(form, model, rules)
        before = found.get(form.summary.id)
        all_needs = needs if before is None else _together(before.needs, needs)
        found[form.summary.id] = Asked(form.summary.id, form.summary.title, all_needs)
    return tuple(found.values())


def rights_of_form(asked: Asked, executing_user: str, holds: Needed | None) -> CheckResult:
    """What this form needs, each with whether the user has it. holds: None where it can't be known."""
    needed = asked.needed
    details = _details(asked, holds)
    if holds is None:
        found = message(
            "Form {form} ({title}) needs: {rights}.", form=asked.id, title=asked.title, rights=needed.listed()
        )
        return CheckResult(FORM_RIGHTS, Verdict.UNKNOWN, found, NOTHING, asked.id, details)
    lacking = needed.without(holds)
    if lacking.listed():
        found = message(
            "{user} lacks for form {form} ({title}): {rights}.",
            user=executing_user,
            form=asked.id,
            title=asked.title,
            rights=lacking.listed(),
        )
        return CheckResult(FORM_RIGHTS, Verdict.NO, found, GIVE_RIGHTS, asked.id, details)
    found = message(
        "{user} has the rights that form {form} ({title}) needs.", user=executing_user, form=asked.id, title=asked.title
    )
    return CheckResult(FORM_RIGHTS, Verdict.YES, found, NOTHING, asked.id, details)


def names_in(asked: Asked) -> CheckResult:
    """Whether the case system knows every name on the form's mapping page."""
    wrong = tuple(Detail(error.message(), Verdict.WARNING) for error in asked.needs.errors)
    return _form_line(
        FORM_NAMES,
        asked,
        wrong,
        message("The case system knows every name in form {form}.", form=asked.id),
        message("Form {form} can't be filed as it is: {what}", form=asked.id, what=_first_ones(wrong)),
    )


def codes_in_form(asked: Asked, missing: tuple[Detail, ...]) -> CheckResult:
    """Whether the codes that stand in the form itself are there; missing: those that are not."""
    return _form_line(
        FORM_CODES,
        asked,
        missing,
        message("All codes in form {form} are there.", form=asked.id),
        message("The case system lacks codes that form {form} names: {what}", form=asked.id, what=_first_ones(missing)),
    )


def missing_code(code: NeededCode) -> Message:
    """Where in the form a code stands that is not there."""
    there = no_such_code(code.table, code.code)
    # it stands in the form's design, so nobody has written it in a form
    public = Message(there.template, there.parameters)
    return message("{path}: {what}", path=str(code.path), what=public)


def _form_line(subject: str, asked: Asked, wrong: tuple[Detail, ...], well: Message, otherwise: Message) -> CheckResult:
    if not wrong:
        return CheckResult(subject, Verdict.YES, well, NOTHING, asked.id)
    return CheckResult(subject, Verdict.WARNING, otherwise, _MEND_FORM, asked.id, wrong)


def _first_ones(details: Sequence[Detail]) -> Message:
    return together([detail.text for detail in details[:_MOST_TOLD]], " ")


def _together(one: Needs, other: Needs) -> Needs:
    return Needs(
        rights=tuple(sorted({*one.rights, *other.rights})),
        codes=tuple(dict.fromkeys((*one.codes, *other.codes))),
        access_codes=tuple(dict.fromkeys((*one.access_codes, *other.access_codes))),
        access_by_answer=one.access_by_answer or other.access_by_answer,
        errors=(*one.errors, *(error for error in other.errors if error not in one.errors)),
    )


def _details(asked: Asked, holds: Needed | None) -> tuple[Detail, ...]:
    def verdict(held: bool) -> Verdict:
        return Verdict.UNKNOWN if holds is None else Verdict.YES if held else Verdict.NO

    rights, codes = (holds.rights, holds.access_codes) if holds is not None else ((), ())
    by_answer = message("set the access code that an answer gives")
    return (
        *(Detail(_deed(asked, need), verdict(need in rights)) for need in asked.needed.rights),
        *(
            Detail(message("set the access code {code}", code=code), verdict(code in codes))
            for code in asked.needed.access_codes
        ),
        *([Detail(by_answer, Verdict.UNKNOWN)] if asked.needs.access_by_answer else []),
    )


_DEEDS = {
    ("Case", "Search"): message("find the case that is updated (Case Search)"),
    ("Case", "Create"): message("create a case (Case Create)"),
    ("Case", "Update"): message("change a case (Case Update)"),
    ("Case date", "Search"): message("see the dates of a case (Case date Search)"),
    ("Case date", "Create"): message("add a date to a case (Case date Create)"),
    ("Case information", "Search"): message("see the information of a case (Case information Search)"),
    ("Case information", "Create"): message("add information, such as the reference ID (Case information Create)"),
    ("Case party", "Search"): message("see the parties of a case (Case party Search)"),
    ("Case party", "Create"): message("add a party to a case (Case party Create)"),
    ("Contact", "Search"): message("find a contact (Contact Search)"),
    ("Contact", "Create"): message("create a contact (Contact Create)"),
    ("Contact address", "Search"): message("see the addresses of a contact (Contact address Search)"),
    ("Contact address", "Create"): message("add an address to a contact (Contact address Create)"),
    ("Document", "Create"): message("add a document to a case (Document Create)"),
    ("Document date", "Create"): message("add a date to a document (Document date Create)"),
    ("Document information", "Create"): message("add information to a document (Document information Create)"),
}


def _deed(asked: Asked, need: tuple[str, str]) -> Message:
    """What the right is for, with its name at the case system."""
    groups = asked.case_groups
    if need == ("Case", "Create") and groups:
        return message("create a case in case group {groups} (Case Create)", groups=", ".join(groups))
    return _DEEDS.get(need) or message("{table} {right}", table=need[0], right=need[1])
