"""What may happen in a history: each step is plain data, so that a failing history can be made shorter, printed and
played again."""

from dataclasses import dataclass

from hypothesis import strategies as st

from formcase.filing.crash_points import points

KINDS = ("one case", "two cases", "update", "wrong group", "own mapping")
AT_THE_FORM_SERVICE = (
    "submissions", "submission", "xml", "pdf", "attachment", "report Delivered", "report Imported",
    "report TemporaryBlocked",
)  # fmt: skip
AT_THE_CASE_SYSTEM = ("metadata", "knowledge", "filed", "upload", "add_note")
FAULTS = ("busy", "not let in", "a bug", "lost")
USERS = ("SBH", "MKT", "LBR", "NOBODY")  # two who may file, one who may only read, one whom the account may not act for
ERROR_GROUP = "00.01"
WRONG_GROUP = "98.98"  # never comes to be
ON_EVERY_WAY = tuple(
    f"{side} {step}"
    for step in (
        "journal: begin", "journal: claim", "journal: intend", "case system: upload",
        "journal: uploaded", "journal: sending", "case system: apply", "journal: filed",
        "form service: report Imported", "journal: imported",
    )
    for side in ("before", "after")
)  # fmt: skip
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
    value: str


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


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A worker will stand still before or after a request, until another one has tried its submission; then it goes
    on as if nothing had been."""

    request: str
    before: bool


@dataclass(frozen=True, slots=True)
class Copied:
    """A backup of the journal is made."""


@dataclass(frozen=True, slots=True)
class Restored:
    """The journal is what it was when it was copied last, and `reconcile --repair` is run until it gets through.
    Without a copy, it is lost altogether."""

    lost: bool


@dataclass(frozen=True, slots=True)
class Mapping:
    """An administrator does something with the workflow's own mapping."""

    what: str


Step = (
    Submit | Fails | Dies | Work | Setting | Mended | Restarted | Acts | Withdrawn | Reconciled | Overtaken | Copied
    | Restored | Mapping
)  # fmt: skip

_which = st.integers(0, MOST)
_submit = st.builds(Submit, st.sampled_from(KINDS), st.integers(0, 2))
_work = st.builds(Work, st.sampled_from([1, 61, 3700]))
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
    st.builds(Setting, st.just("ExecutingUser"), st.sampled_from(USERS)),
    st.builds(Setting, st.just("enabled"), st.sampled_from(["yes", "no"])),
    st.builds(Setting, st.just("settle"), st.sampled_from(["0", "60", "300"])),
    st.builds(Setting, st.just("block_after"), st.sampled_from(["60", "600"])),
    st.builds(Setting, st.just("error_case_group"), st.sampled_from([WRONG_GROUP, ERROR_GROUP])),
)
_mappings = st.builds(Mapping, st.sampled_from(["draft", "wrong draft", "publish", "withdraw"]))
_overtaken = st.builds(Overtaken, st.sampled_from(["upload", "apply", "filed", "knowledge"]), st.booleans())
_deaths = st.one_of(
    st.builds(Dies, st.sampled_from(ON_EVERY_WAY), st.integers(1, 2)),
    st.builds(Dies, st.sampled_from(IN_DOUBT), st.just(1)),  # where a second case would come from
    st.builds(Dies, st.sampled_from(points()), st.integers(1, 3)),
)
_one = st.one_of(
    _submit,
    _work,
    st.builds(Work, st.just(61)),
    _fails,
    _change_set_fails,
    _deaths,
    _overtaken,
    _settings,
    _mappings,
    st.just(Mended()),
    st.just(Restarted()),
    st.builds(Acts, st.sampled_from(["try again", "by hand", "to error case"]), _which),
    st.builds(Withdrawn, _which),
    st.builds(Reconciled, st.booleans()),
    st.just(Copied()),
    st.builds(Restored, st.booleans()),
).map(lambda step: (step,))
_scenes = st.one_of(
    _one,
    _one,
    st.tuples(_submit, _deaths, _work),  # who is to die needs something to do
    st.tuples(_submit, _deaths, _deaths, _work, _work),
    st.tuples(_submit, _overtaken, _work),
    st.tuples(_mappings, st.just(Submit("own mapping", 0)), st.just(Mapping("publish")), _work),
    st.tuples(st.just(Copied()), _work, _deaths, _work, st.builds(Restored, st.booleans())),
)
steps = st.lists(_scenes, min_size=3, max_size=14).map(lambda scenes: [step for scene in scenes for step in scene])
_beginnings = st.one_of(  # a worker dies over the first one in every other history
    st.just(()), st.tuples(st.builds(Dies, st.sampled_from(ON_EVERY_WAY), st.just(1)), st.just(Work(61)))
)
histories = st.builds(lambda beginning, drawn: [Submit("one case", 0), *beginning, *drawn], _beginnings, steps)
