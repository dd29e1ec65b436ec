"""A submission's answers as a tree for a page, each with an address on the page, so that a value of a plan can lead to
the field that it came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from formcase.submission.model import Field, FieldPath, Group, Page, Step, Submission, paths_of

_LONG = 300  # characters, after which a value is cut


@dataclass(frozen=True, slots=True)
class Answer:
    """A page, group or field. anchor: its address on the page; value: as the form has it; shown: as the person saw it,
    where that is something else."""

    anchor: str
    title: str
    name: str
    value: str = ""
    shown: str = ""
    is_field: bool = False
    inner: tuple["Answer", ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """All of them. anchors: by the path as it is shown, `Page/Group[2]/Field`."""

    pages: tuple[Answer, ...]
    anchors: Mapping[str, str]


def answers_of(submission: Submission) -> Answers:
    """The pages with what stands on them."""
    anchors: dict[str, str] = {}
    pages = tuple(_page(path, page, anchors) for path, page in _pages(submission))
    return Answers(pages, anchors)


def _pages(submission: Submission) -> Iterator[tuple[FieldPath, Page]]:
    names = [page.name for page in submission.pages]
    seen: dict[str, int] = {}
    for page in submission.pages:
        seen[page.name] = seen.get(page.name, 0) + 1
        yield FieldPath((Step(page.name, seen[page.name] if names.count(page.name) > 1 else 0),)), page


def _page(path: FieldPath, page: Page, anchors: dict[str, str]) -> Answer:
    anchor = _anchor(path, anchors)
    inner = tuple(_item(at, item, anchors) for at, item in paths_of(page.items, path))
    return Answer(anchor, page.title or page.name, page.name, inner=inner)


def _item(path: FieldPath, item: Group | Field, anchors: dict[str, str]) -> Answer:
    anchor, name = _anchor(path, anchors), str(path.steps[-1])
    title = item.title or item.name
    if isinstance(item, Group):
        inner = tuple(_item(at, each, anchors) for at, each in paths_of(item.items, path))
        return Answer(anchor, title, name, inner=inner)
    shown = item.display if item.display and item.display != item.value else ""
    return Answer(anchor, title, name, _cut(item.value), _cut(shown or ""), is_field=True)


def _anchor(path: FieldPath, anchors: dict[str, str]) -> str:
    return anchors.setdefault(str(path), f"answer-{len(anchors)}")


def _cut(text: str) -> str:
    return f"{text[:_LONG]}…" if len(text) > _LONG else text
