"""Mappings and submissions for tests, any that there may be."""

from hypothesis import strategies as st

from formcase.planning.own_mapping.model import (
    Condition,
    Constant,
    Conversion,
    Demand,
    GroupRule,
    OwnMapping,
    Pick,
    PropertyRule,
    Template,
)
from formcase.planning.own_mapping.references import Reference
from formcase.submission.model import Field, Group, Page, Submission

# Few names, so that mappings and submissions meet; and all that makes writing them down hard.
NAMES = ["Event", "Kind", "a.b", ".x", "y.", "{z}", "}", "{", "..", "Ærø", "Two words"]
names = st.sampled_from(NAMES) | st.text(st.characters(codec="utf-8"), min_size=1, max_size=5).filter(
    lambda text: text == " ".join(text.split()) and text.isprintable()
)
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=8
) | st.sampled_from(["", "{", "}}", "{Event.Kind}", "a.b", "line\nline", "Kind"])
references = st.builds(Reference, st.lists(names, min_size=2, max_size=4).map(tuple))
groups = st.sampled_from(["Files", "Contacts", "RecordTemplate"])


def _parts(parts: list[str | Reference]) -> tuple[str | Reference, ...]:
    """As reading gives them: no text beside another, none empty."""
    joined: list[str | Reference] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tuple(joined)


conditions = st.one_of(
    st.builds(Condition, references, st.just(Demand.EQUALS), st.tuples(texts)),
    st.builds(Condition, references, st.just(Demand.ONE_OF), st.lists(texts, min_size=1, max_size=3).map(tuple)),
    st.builds(
        Condition, references, st.sampled_from([Demand.EMPTY, Demand.NOT_EMPTY]), st.just(()), is_group=st.booleans()
    ),
)
tables = st.dictionaries(texts.map(str.strip), texts, max_size=3).map(lambda table: tuple(table.items()))
rules = st.one_of(
    st.builds(Constant, texts),
    st.builds(Template, st.lists(texts | references, max_size=4).map(_parts)),
    st.builds(Pick, references, st.booleans()),
    st.builds(Conversion, references, tables, st.none() | texts),
)
whens = st.lists(conditions, max_size=2).map(tuple)
properties = st.builds(PropertyRule, names, rules, whens)
items = st.recursive(
    properties,
    lambda inner: st.builds(GroupRule, names, st.lists(inner, max_size=3).map(tuple), whens, st.none() | references),
    max_leaves=5,
)
mappings = st.builds(
    OwnMapping,
    st.lists(
        st.builds(GroupRule, groups, st.lists(items, max_size=4).map(tuple), whens, st.none() | references), max_size=4
    ).map(tuple),
    st.lists(st.sampled_from(["800636", "800711"]), max_size=2).map(tuple),
)

answers = st.builds(Field, names, texts, display=st.none() | texts)
entries = st.recursive(
    answers, lambda inner: st.builds(Group, names, st.lists(inner, max_size=4).map(tuple)), max_leaves=8
)
pages = st.lists(st.builds(Page, names, st.lists(entries, max_size=5).map(tuple)), min_size=1, max_size=3).map(tuple)


def spelled_out(submission: Submission, page: Page) -> OwnMapping:
    """A mapping that says of everything on a page what stands there, whatever was answered."""
    return OwnMapping(tuple(_spelled_out(item) for item in page.items if isinstance(item, Group)))


def _spelled_out(item: Group | Field) -> GroupRule | PropertyRule:
    if isinstance(item, Field):
        return PropertyRule(item.name, Constant(item.value))
    return GroupRule(item.name, tuple(_spelled_out(inner) for inner in item.items))
