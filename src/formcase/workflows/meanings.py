"""What a typed parameter stands for at the two ends, so that a person sees at once whether it is there."""

from collections.abc import Mapping
from dataclasses import dataclass

from formcase.messages import NOTHING, Message, message
from formcase.planning.codes import ACCESS_CODES, CASE_GROUPS
from formcase.planning.knowledge import CodeTableKey
from formcase.workflows import kept_ends
from formcase.workflows.choices import USERS
from formcase.workflows.models import ServiceWorkflow
from formcase.workflows.parameters import read_values

_AT_THE_CASE_SYSTEM: Mapping[str, tuple[CodeTableKey, Message]] = {
    "ExecutingUser": (USERS, message("The case system has no user with this ID.")),
    "error_case_group": (CASE_GROUPS, message("The case system has no such case group.")),
    "error_access_code": (ACCESS_CODES, message("The case system has no such access code.")),
}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a value stands for. is_there: whether the end that it is for has it."""

    text: Message = NOTHING
    is_there: bool = True


async def meaning(workflow: ServiceWorkflow, name: str, typed: str) -> Meaning:
    """Of a parameter's value; nothing for those that neither end knows. The form service is asked as the workflow was
    saved last. Raises `WrongParameters`, and the outcomes of both ends."""
    if not typed.strip():
        return Meaning()
    if name == "FormIds":
        return await _of_forms(workflow, str(read_values({name: typed})["form_ids"]))
    if name not in _AT_THE_CASE_SYSTEM:
        return Meaning()
    return await _of_code(*_AT_THE_CASE_SYSTEM[name], typed.strip())


async def _of_code(key: CodeTableKey, not_there: Message, code: str) -> Meaning:
    for anew in (False, True):  # it may have come to be since the case system was asked last
        table, _asked = await kept_ends.of_case_system(lambda target: target.code_table(key), anew=anew)
        if table is None:
            return Meaning()
        if code in table.codes:
            return Meaning(message("{code} is “{text}”.", code=code, text=table.codes[code]))
    return Meaning(not_there, is_there=False)


async def _of_forms(workflow: ServiceWorkflow, form_ids: str) -> Meaning:
    found, _asked = await kept_ends.released_forms(workflow)
    titles = {form.id: form.title for form in found}
    wanted = form_ids.split(",")
    if unknown := [form for form in wanted if form not in titles]:
        text = message(
            "Not released to this workflow's client: {forms}. Released: {released}.",
            forms=", ".join(unknown),
            released=", ".join(titles) or "–",
        )
        return Meaning(text, is_there=False)
    return Meaning(message("Released: {forms}.", forms=", ".join(f"{form} {titles[form]}" for form in wanted)))
