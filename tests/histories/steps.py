"""What may happen in a history: each step is plain data, so that a failing history can be made shorter, printed and
played again."""

from dataclasses import dataclass

from hypothesis import strategies as st

from formcase.filing.crash_points import points

KINDS = ("one case", "two cases", "update", "wrong group")
AT_THE_FORM_SERVICE = (
    "submissions", "submission", "xml", "pdf", "attachment", "report Delivered", "report Imported",
    "report TemporaryBlocked",
)  # fmt: skip
AT_THE_CASE_SYSTEM = ("metadata", "knowledge", "filed", "upload", "add_note")
FAULTS = ("busy", "not let in", "a bug", "lost")
USERS = ("SBH", "MKT", "LBR", "NOBODY")  # two who may file, one who may only read, one whom the account may not act for
IN_DOUBT = ("after journal: sending", "after case system: apply", "before journal: filed")
MOST = 1000  # so many submissions are never there: `which` counts round


@dataclass(frozen=True, slots=True)
class Submit:
    """A form is handed in. person: one of three; two submissions may name the same one."""

    kind: str
    person: int


@dataclass(frozen=True, slots=True)
class Fails:
    """A request will fail. before: it has no effect. late: it has its effect when it is no longer expected. skip: how
    many go well before it."""

    request: str
    fault: str
    before: bool
    late: bool
    skip: int


@dataclass(frozen=True, slots=True)
class Dies:
    """A worker will be killed at a point, at the time-th pass from now."""

    point: str
    time: int


@dataclass(frozen=True, slots=True)
class Work:
    """Workers watch, and try once each submission that is open; then so many seconds go by."""

    seconds: int


@dataclass(frozen=True, slots=True)
class Setting:
    """An administrator changes the service workflow."""

    name: str
    value: object


@dataclass(frozen=True, slots=True)
class Mended:
    """The case group that was missing comes to be."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """Formcase is started anew: what its processes had learnt is forgotten."""


@dataclass(frozen=True, slots=True)
class Acts:
    """An operator does something with a submission."""

    what: str
    which: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A submission is withdrawn at the form service."""

    which: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Both ends are compared with the journal."""

    repair: bool


Step = Submit | Fails | Dies | Work | Setting | Mended | Restarted | Acts | Withdrawn | Reconciled

_which = st.integers(0, MOST)
_fails = st.builds(
    Fails,
    st.sampled_from((*AT_THE_FORM_SERVICE, *AT_THE_CASE_SYSTEM)),
    st.sampled_from(FAULTS[:-1]),
    st.booleans(),
    st.just(False),
    st.integers(0, 3),
)
_change_set_fails = st.builds(
    Fails, st.just("apply"), st.sampled_from(FAULTS), st.booleans(), st.booleans(), st.integers(0, 1)
)
_settings = st.one_of(
    st.builds(Setting, st.just("executing_user"), st.sampled_from(USERS)),
    st.builds(Setting, st.just("enabled"), st.booleans()),
    st.builds(Setting, st.just("settle"), st.sampled_from([0, 60, 300])),
    st.builds(Setting, st.just("block_after"), st.sampled_from([60, 600])),
)
steps = st.one_of(
    st.builds(Submit, st.sampled_from(KINDS), st.integers(0, 2)),
    st.builds(Work, st.sampled_from([1, 61, 3700])),
    st.builds(Work, st.just(61)),
    _fails,
    _change_set_fails,
    st.builds(Dies, st.sampled_from(points()), st.integers(1, 3)),
    st.builds(Dies, st.sampled_from(IN_DOUBT), st.integers(1, 2)),  # where a second case would come from
    _settings,
    st.just(Mended()),
    st.just(Restarted()),
    st.builds(Acts, st.sampled_from(["try again", "by hand", "to error case"]), _which),
    st.builds(Withdrawn, _which),
    st.builds(Reconciled, st.booleans()),
)
histories = st.lists(steps, min_size=4, max_size=24).map(lambda drawn: [Submit("one case", 0), *drawn])
