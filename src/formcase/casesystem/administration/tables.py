"""The tables that make up the set-up, each with its columns: the one description that pages, the file and the checks
share. How rows lie in the database is said in `rows.py`."""

from dataclasses import dataclass
from enum import Enum, StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from formcase.casesystem.edm import CustomFieldKind
from formcase.casesystem.rights import Table as SecuredTable

Text = str | Promise


class Kind(Enum):
    """What a column holds."""

    TEXT = "text"
    LONG_TEXT = "long text"
    FLAG = "yes or no"
    NUMBER = "whole number"
    DAY = "date"
    CODES = "list of codes"


class Check(StrEnum):
    """What else must hold of a text."""

    NONE = ""
    MASK = "number mask"
    NAME = "name of a property"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. name: in the file · place: where it lies: a field, or `properties/…` · refers: the table whose codes it
    takes; `group` takes the name of a kind of that table · choices: all that it may be."""

    name: str
    title: Text
    place: str
    kind: Kind = Kind.TEXT
    required: bool = False
    refers: str = ""
    group: bool = False
    choices: tuple[str, ...] = ()
    check: Check = Check.NONE
    hint: Text = ""
    default: object = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table. key: the column that names a row · entity_set: where rows of code tables lie; empty for the others ·
    grouped: what the rows are grouped by, such as the domain; empty where they are not · tree: the column that names
    the row above."""

    name: str
    title: Text
    columns: tuple[Column, ...]
    key: str = "code"
    entity_set: str = ""
    grouped: Text = ""
    tree: str = ""
    about: Text = ""

    def column(self, name: str) -> Column:
        """The column of this name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def slug(self) -> str:
        """The table in an address."""
        return self.name.replace(" ", "-")


_CODE = Column("code", _("Code"), "value", required=True)
_TEXT = Column("text", _("Text"), "text", required=True)
_VALIDITY = (
    Column("from", _("Valid from"), "start_date", Kind.DAY),
    Column("until", _("Valid until"), "end_date", Kind.DAY),
    Column("hidden", _("Hidden"), "hidden", Kind.FLAG, hint=_("What is hidden can't be chosen any more.")),
)
_FLAG_RIGHTS = tuple(
    Column(name, title, f"may_{name}", Kind.FLAG)
    for name, title in (
        ("search", _("Search")),
        ("create", pgettext_lazy("right", "Create")),
        ("update", _("Update")),
        ("delete", _("Delete")),
        ("lock", _("Lock")),
        ("unlock", _("Unlock")),
    )
)

# In the order in which they build on each other.
TABLES: tuple[Table, ...] = (
    Table(
        "access codes",
        _("Access codes"),
        (_CODE, _TEXT, *_VALIDITY),
        entity_set="AccessCodeDomains",
        about=_("Who holds a read code sees what carries it; who holds a write code may change it."),
    ),
    Table(
        "units",
        _("Organisational units"),
        (_CODE, _TEXT, Column("above", _("Belongs to"), "properties/ParentOu_Value", refers="units"), *_VALIDITY),
        entity_set="OuDomains",
        tree="above",
    ),
    Table("countries", _("Countries"), (_CODE, _TEXT, *_VALIDITY), entity_set="Countries"),
    Table("postcodes", _("Postcodes"), (_CODE, _TEXT), entity_set="Postcodes", grouped=_("Country")),
    Table(
        "domains",
        _("States, types and other domains"),
        (_CODE, _TEXT, Column("order", _("Order"), "properties/Rank"), *_VALIDITY),
        entity_set="CustomDomains",
        grouped=_("Domain"),
        about=_("SAGTILST: states of cases; AKTTILST: states of documents; AT: document types; ST: case types."),
    ),
    Table(
        "labels",
        _("Roles and labels"),
        (
            _CODE,
            _TEXT,
            Column(
                "domain",
                _("Domain"),
                "properties/TypeReference_Value",
                refers="domains",
                group=True,
                hint=_("Where one is given, information under this label is a code of it; else text."),
            ),
            *_VALIDITY,
        ),
        entity_set="CustomLabels",
        grouped=_("Type of label"),
        about=_("SP: roles of case parties; AP: roles of document parties; SO: case information; SD: case dates."),
    ),
    Table(
        "case groups",
        _("Case groups"),
        (
            _CODE,
            _TEXT,
            Column("above", _("Belongs to"), "properties/ParentFileClassKey", refers="case groups"),
            Column(
                "number mask",
                _("Number mask"),
                "properties/#NumberMask",
                check=Check.MASK,
                hint=_("How its cases are numbered, where it is not as usual."),
            ),
            Column(
                "error cases",
                _("Holds error cases"),
                "properties/#ErrorCases",
                Kind.FLAG,
                hint=_("What is filed here is shown as an error case."),
            ),
            *_VALIDITY,
        ),
        entity_set="FileClasses",
        tree="above",
    ),
    Table(
        "contact types",
        _("Contact types"),
        (
            _CODE,
            _TEXT,
            Column("check", _("Code is a"), "properties/NameCodeCheck", choices=("CPR", "CVR")),
            Column(
                "numbers itself",
                _("Numbers itself"),
                "properties/NameAutoId",
                Kind.FLAG,
                hint=_("A contact without a code gets the next number."),
            ),
            *_VALIDITY,
        ),
        entity_set="ContactTypes",
    ),
    Table(
        "custom fields",
        _("Custom fields"),
        (
            Column("name", _("Name"), "name", required=True, check=Check.NAME, hint=_("As in OData, such as ROOMS.")),
            Column("text", _("Text"), "text", hint=_("What people call it.")),
            Column("kind", _("Kind"), "kind", required=True, choices=tuple(kind.value for kind in CustomFieldKind)),
            Column("domain", _("Domain"), "domain", refers="domains", group=True, hint=_("For a list only.")),
        ),
        key="name",
        grouped=_("Kept on"),
    ),
    Table(
        "users",
        _("Users"),
        (
            Column("id", _("User ID"), "key", required=True),
            Column("name", _("Name"), "name", required=True),
            Column("security code", _("Security code"), "security_code", Kind.NUMBER, required=True, hint="1–10"),
            Column("unit", _("Organisational unit"), "unit", refers="units"),
            Column(
                "group code",
                _("Group code"),
                "group_code",
                refers="access codes",
                default="ALLEEMNER",
                hint=_("What corporate access joins to the unit."),
            ),
            Column("access codes", _("Access codes"), "codes", Kind.CODES, refers="access codes"),
            Column("all access codes", _("Holds every access code"), "holds_all_codes", Kind.FLAG),
            Column("administrator", _("Administrator"), "administrator", Kind.FLAG),
            Column("enabled", _("Enabled"), "enabled", Kind.FLAG, default=True),
        ),
        key="id",
    ),
    Table(
        "security groups",
        _("Rights of security groups"),
        (
            Column("table", _("Table"), "table", required=True, choices=tuple(table.value for table in SecuredTable)),
            *_FLAG_RIGHTS,
        ),
        key="table",
        grouped=_("Security code"),
    ),
    Table(
        "accounts",
        _("Integration accounts"),
        (
            Column("name", _("Client ID"), "name", required=True),
            Column("user", _("Acts as"), "user_id", required=True, refers="users"),
            Column("acts for users", _("May act for users"), "may_impersonate", Kind.FLAG, default=True),
            Column("certificate", _("Certificate (PEM)"), "certificate", Kind.LONG_TEXT, check=Check.CERTIFICATE),
        ),
        key="name",
    ),
)
SETTINGS = Table(
    "settings",
    _("Settings"),
    (
        Column(
            "corporate access",
            _("Corporate access"),
            "corporate access",
            Kind.FLAG,
            hint=_("Every new case and document is read by the unit and the group code of whoever makes it alone."),
        ),
        Column(
            "number mask",
            _("Number mask"),
            "number mask",
            check=Check.MASK,
            hint=_("Made of {year}, {file class} and {number}."),
        ),
    ),
    key="",
)


def table_named(name: str) -> Table | None:
    """The table of this name, or slug; None where there is none."""
    return next((table for table in (*TABLES, SETTINGS) if name in (table.name, table.slug)), None)
