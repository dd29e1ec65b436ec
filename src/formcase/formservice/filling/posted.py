"""What a page of a form that came back from a browser says: the answers on it, as they were typed.

A control is named `q-` and its position; a group that repeats says with `q-<position>-entries` how many entries it has.
What was not on the page keeps the answer that it had. Nothing is checked here.
"""

from collections.abc import Mapping, Sequence

from formcase.formservice.design import Field, Group, Page

Posted = Mapping[str, Sequence[str]]


def control_name(position: str) -> str:
    """How the control of a field at this position is named; its id is the same."""
    return f"q-{position}"


def entries_name(position: str) -> str:
    """How the number of a group's entries is named."""
    return f"q-{position}-entries"


def posted_page(page: Page, number: int, posted: Posted, earlier: object) -> dict[str, object]:
    """The answers on a page. number: of the page in the form, from 0; earlier: its answers up to now."""
    return _items(page.items, str(number), posted, earlier)


def _items(items: tuple[Group | Field, ...], position: str, posted: Posted, earlier: object) -> dict[str, object]:
    known = earlier if isinstance(earlier, Mapping) else {}
    answers: dict[str, object] = {}
    for number, item in enumerate(items):
        at = f"{position}-{number}"
        if isinstance(item, Group):
            answers |= _group(item, at, posted, known)
        elif control_name(at) in posted:
            answers[item.name] = _answer(item, posted[control_name(at)])
        elif item.name in known:
            answers[item.name] = known[item.name]
    return answers


def _group(group: Group, position: str, posted: Posted, known: Mapping[str, object]) -> dict[str, object]:
    earlier = known.get(group.name)
    if not group.repeats:
        return {group.name: _items(group.items, position, posted, earlier)}
    said = posted.get(entries_name(position), ())
    if not said:
        return {group.name: earlier} if group.name in known else {}
    before = earlier if isinstance(earlier, list) else []
    # one more than may be: that there are too many is told, and none is lost
    count = min(int(said[-1]), group.most_offered + 1) if said[-1].isascii() and said[-1].isdigit() else len(before)
    return {
        group.name: [
            _items(group.items, f"{position}-{number}", posted, before[number - 1] if number <= len(before) else {})
            for number in range(1, count + 1)
        ]
    }


def _answer(field: Field, values: Sequence[str]) -> object:
    """As the form's checks take it: a list where several answers are allowed, else a text."""
    clean = [_clean(value) for value in values]
    if not field.multiple:
        return clean[-1] if clean else ""
    if field.type == "choice":
        return [value for value in clean if value]
    return [line for value in clean for line in value.split("\n") if line.strip()]


def _clean(value: str) -> str:
    # a browser sends lines with CR LF; the database can't keep a NUL, and nothing else would be lost with it
    return value.replace("\r\n", "\n").replace("\0", "\ufffd")
