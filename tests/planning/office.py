"""A small case system on paper: the part of the public model that mappings use, its codes, contacts and cases.

It answers what planning asks and nothing else, so a question that planning forgets shows as a failing test.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from formcase.messages import message, untranslated
from formcase.planning.error_case import plan_error_case
from formcase.planning.errors import PlanError, PlanningFailed
from formcase.planning.knowledge import (
    CaseQuestion,
    CodeTable,
    CodeTableKey,
    ContactType,
    Knowledge,
    KnownCase,
    KnownContact,
    Rules,
)
from formcase.planning.metadata import Metadata, NavigationProperty, Property, StructuredType
from formcase.planning.plan import Plan
from formcase.planning.planning import plan_cases
from formcase.planning.questions import questions
from formcase.submission.model import FileDescription, Submission
from planning.forms import PDF, XML

T = TypeVar("T")

STRING, DATE, BOOLEAN = "Edm.String", "Edm.Date", "Edm.Boolean"


def _type(name: str, properties: str, navigation: Iterable[NavigationProperty] = (), **typed: str | Property):
    named = {each: Property(each, STRING) for each in properties.split()}
    for each, given in typed.items():
        named[each] = given if isinstance(given, Property) else Property(each, given)
    return StructuredType(name, named, {each.name: each for each in navigation}, ("ID",))


def _code(name: str, target: str, entity_set: str | None, to: str = "Value", **more: str) -> NavigationProperty:
    constraint = {f"{name}_Value": to, **more}
    return NavigationProperty(name, f"WorkZone.{target}", False, False, constraint, entity_set)


def _rows(name: str, target: str, entity_set: str) -> NavigationProperty:
    return NavigationProperty(name, f"WorkZone.{target}", True, False, {"ID": "Owner"}, entity_set)


def _part(name: str, target: str) -> NavigationProperty:
    return NavigationProperty(name, f"WorkZone.{target}", False, True)


PERMISSION = {"AccessCode": "WorkZone.Permission.Read", "UpdateCode": "WorkZone.Permission.Write"}

FILE = _type(
    "WorkZone.File",
    "ID UserKey Summary CreateUser_Summary CreateUser_Value FileClass_Summary FileClass_Value FileNo FileKey "
    "FreeText NameCode NameType_Value Officer_Summary Officer_Value ResponsibleOu_Summary ResponsibleOu_Value "
    "State_Summary State_Value Title PHASE_Summary PHASE_Value Progression PROGRESSION Medium_Value Medium_Summary "
    "SubNo_Value",
    [
        _code("FileClass", "FileClass", "FileClasses", "ID"),
        _code("SubNo", "SubnumbersPerFileClass", None, "Value", FileClass_Value="FileClass"),
        _code("NameType", "ContactType", "ContactTypes", "ID"),
        _code("Officer", "EmployeeDomain", "EmployeeDomains"),
        _code("ResponsibleOu", "OuDomain", "OuDomains"),
        _code("State", "CustomDomainSAGTILST", "CustomDomains"),
        _code("PHASE", "CustomDomainPHASE", "CustomDomains"),
        _part("Text", "Group_File_Text"),
        _part("Note", "Group_File_Note"),
        _rows("Dates", "FileDate", "FileDates"),
        _rows("Infos", "FileInfo", "FileInfos"),
        _rows("Parties", "FileContact", "FileContacts"),
    ],
    Created=DATE,
    Updated=DATE,
    UpdateTime="Edm.DateTimeOffset",
    Closed=DATE,
    Received="Edm.DateTimeOffset",
    SystemItem=BOOLEAN,
    BUILDAREA="Edm.Decimal",
    ROOMS="Edm.Int64",
    Keywords="Collection(Edm.String)",
    **PERMISSION,
)
RECORD = _type(
    "WorkZone.Record",
    "ID UserKey Summary CreateUser_Value FileKey_Value PrimaryRecordKey_Value RecordKey RecordType_Summary "
    "RecordType_Value State_Summary State_Value Title CHANNEL LetterType_Value DocLength",
    [
        _code("RecordType", "CustomDomainAT", "CustomDomains"),
        _code("State", "CustomDomainAKTTILST", "CustomDomains"),
        _code("LetterType", "CustomDomainSJAKTDashBT", "CustomDomains"),
        _part("Text", "Group_Record_Text"),
        _rows("Dates", "RecordDate", "RecordDates"),
        _rows("Infos", "RecordInfo", "RecordInfos"),
    ],
    LetterDate=DATE,
    **PERMISSION,
)
CONTACT = _type(
    "WorkZone.Contact",
    "ID UserKey Summary NameKey Name1 Name2 NameCode NameType_Value State_Value CreateUser_Value Text TransfCode_Value",
    [
        _code("NameType", "ContactType", "ContactTypes", "ID"),
        _code("State", "CustomDomainNVNTILST", "CustomDomains"),
        _code("TransfCode", "CustomDomainDollarN", "CustomDomains"),
        _rows("Addresses", "Address", "Addresses"),
    ],
    StartDate=DATE,
    NEWSLETTER=BOOLEAN,
    **PERMISSION,
)
ADDRESS = _type(
    "WorkZone.Address",
    "ID NameKey_Value Address1 Address2 AddressType_Value CountryCode_Value Postcode_Value Email Created",
    [
        _code("AddressType", "CustomDomainAD", "CustomDomains"),
        NavigationProperty(
            "Country_SystemCountry", "WorkZone.SystemCountry", False, False, {"CountryCode_Value": "ID"}, None
        ),
        NavigationProperty("Country", "WorkZone.Country", False, False, {"CountryCode_Value": "ID"}, "Countries"),
        NavigationProperty(
            "Postcode_Postcode",
            "WorkZone.Postcode",
            False,
            False,
            {"Postcode_Value": "Value", "CountryCode_Value": "CountryCode_Value"},
            "Postcodes",
        ),
    ],
)


def _row_type(name: str, label: str, **typed: str) -> StructuredType:
    return _type(
        name,
        "ID CustomLabel_Value CustomLabel_Summary Priority RowId FileKey_Value",
        [_code("CustomLabel", label, "CustomLabels"), _code("Info", "CustomDomain", "CustomDomains")],
        **typed,
    )


_PERMISSION_PARTS = {"Code": Property("Code", STRING, 67), "Expression": Property("Expression", STRING, 4000)}
_DOMAIN = NavigationProperty("AccessCodeDomain", "WorkZone.AccessCodeDomain", False, False, {"Code": "ID"}, None)

METADATA = Metadata(
    types={
        each.name: each
        for each in (
            FILE,
            RECORD,
            CONTACT,
            ADDRESS,
            _row_type("WorkZone.FileDate", "CustomLabelSD", DateStamp=DATE),
            _row_type("WorkZone.FileInfo", "CustomLabelSO", Info_Value=STRING),
            _row_type("WorkZone.RecordDate", "CustomLabelAD", DateStamp=DATE),
            _row_type("WorkZone.RecordInfo", "CustomLabelAO", Info_Value=STRING),
            _row_type("WorkZone.FileContact", "CustomLabelSP"),
            StructuredType("WorkZone.Group_File_Text", {"Text": Property("Text", STRING)}),
            StructuredType("WorkZone.Group_File_Note", {n: Property(n, STRING) for n in ("LineNo", "Text")}),
            StructuredType("WorkZone.Group_Record_Text", {"Text": Property("Text", STRING)}),
            StructuredType("WorkZone.Permission.Read", _PERMISSION_PARTS, {"AccessCodeDomain": _DOMAIN}),
            StructuredType("WorkZone.Permission.Write", _PERMISSION_PARTS, {"AccessCodeDomain": _DOMAIN}),
            _type("WorkZone.AccessCodeDomain", "ID Text"),
        )
    },
    entity_sets={
        "Files": "WorkZone.File",
        "Records": "WorkZone.Record",
        "Contacts": "WorkZone.Contact",
        "Addresses": "WorkZone.Address",
        "FileDates": "WorkZone.FileDate",
        "FileInfos": "WorkZone.FileInfo",
        "FileContacts": "WorkZone.FileContact",
        "RecordInfos": "WorkZone.RecordInfo",
        "AccessCodeDomains": "WorkZone.AccessCodeDomain",
        **{
            name: f"WorkZone.{name}"
            for name in (
                "FileClasses", "ContactTypes", "CustomDomains", "CustomLabels", "OuDomains", "EmployeeDomains",
                "Postcodes", "Countries",
            )
        },
    },
)  # fmt: skip

CONTACT_TYPES = {
    "P": ContactType("P", "Person", "CPR"),
    "F": ContactType("F", "Firma", "CVR"),
    "M": ContactType("M", "Myndighed"),
    "X": ContactType("X", "Andre", numbers_itself=True),
}

TABLES: dict[CodeTableKey, dict[str, str]] = {
    CodeTableKey("FileClasses"): {
        "00.01": "Errors",
        "02.15": "Flags",
        "02.34": "Building permits",
        "05.02": "Crossovers",
        "23.01": "Complaints",
    },
    CodeTableKey("ContactTypes"): {code: known.text for code, known in CONTACT_TYPES.items()},
    CodeTableKey("CustomDomains", "SAGTILST"): {"UB": "Under behandling", "MO": "Modtaget"},
    CodeTableKey("CustomDomains", "AKTTILST"): {"ARK": "Arkiveret", "UP": "Under produktion"},
    CodeTableKey("CustomDomains", "NVNTILST"): {"AKTIV": "Aktiv"},
    CodeTableKey("CustomDomains", "AT"): {"DOK": "Dokument", "I": "Indgående", "U": "Udgående"},
    CodeTableKey("CustomDomains", "SJAKT-BT"): {"A": "Almindeligt brev"},
    CodeTableKey("CustomDomains", "$N"): {"1": "Ja"},
    CodeTableKey("CustomDomains", "AD"): {"ST": "Standard"},
    CodeTableKey("CustomDomains", "PHASE"): {"1": "Idea", "2": "Project"},
    CodeTableKey("CustomLabels", "SP"): {"Sagspart": "Sagspart", "Entreprenoer": "Entreprenør", "Ejer": "Ejer"},
    CodeTableKey("CustomLabels", "SD"): {"BYGSTART": "Byggestart", "FRIST": "Frist"},
    CodeTableKey("CustomLabels", "SO"): {"INTERACT": "Interact", "HENVISNING": "Henvisning"},
    CodeTableKey("CustomLabels", "AD"): {"DOKDATO": "Dokumentdato"},
    CodeTableKey("CustomLabels", "AO"): {"DOKINFO": "Dokumentinfo"},
    CodeTableKey("OuDomains"): {"TEK": "Teknik og Miljø"},
    CodeTableKey("EmployeeDomains"): {"SBH": "Sanne Bach"},
    CodeTableKey("Users"): {"SBH": "Sanne Bach"},
    CodeTableKey("AccessCodeDomains"): {"TEK": "Teknik", "FORTROLIG": "Confidential", "ALLEEMNER": "Everyone"},
    CodeTableKey("Countries"): {"DK": "Danmark", "SE": "Sverige"},
    CodeTableKey("Postcodes"): {"8000": "Aarhus C", "8240": "Risskov"},
    CodeTableKey("Postcodes", "DK"): {"8000": "Aarhus C", "8240": "Risskov"},
    CodeTableKey("Postcodes", "SE"): {"21120": "Malmö"},
}

RULES = Rules(error_case_group="00.01")


@dataclass(slots=True)
class Office:
    """What the case system holds."""

    contacts: dict[tuple[str, str], tuple[KnownContact, ...]] = field(default_factory=dict)
    cases: list[KnownCase] = field(default_factory=list)
    unserved: set[CodeTableKey] = field(default_factory=set)
    metadata: Metadata = METADATA

    def knowledge(self, submission: Submission, rules: Rules = RULES) -> Knowledge:
        asked = questions(submission, self.metadata, CONTACT_TYPES, rules)
        return Knowledge(
            metadata=self.metadata,
            contact_types=CONTACT_TYPES,
            code_tables={
                key: CodeTable(TABLES[key]) for key in asked.code_tables if key in TABLES and key not in self.unserved
            },
            contacts={each: self.contacts.get((each.name_type, each.name_code), ()) for each in asked.contacts},
            cases={each: tuple(self._named(each)) for each in asked.cases},
        )

    def _named(self, asked: CaseQuestion) -> Iterable[KnownCase]:
        for case in self.cases:
            if asked.value == (case.id if asked.property == "ID" else case.number):
                yield case

    def plan(self, submission: Submission, rules: Rules = RULES, pdf: FileDescription | None = PDF) -> Plan:
        """The plan; a failing test shows what was wrong with the mapping."""
        return plan_cases(submission, self.knowledge(submission, rules), rules, pdf=pdf, xml=XML)

    def errors(self, submission: Submission, rules: Rules = RULES) -> tuple[PlanError, ...]:
        """What is wrong with the mapping; empty where nothing is."""
        try:
            self.plan(submission, rules)
        except PlanningFailed as failed:
            return failed.errors
        return ()

    def error_case(self, submission: Submission, *reasons: str, rules: Rules = RULES) -> Plan:
        """The plan of the error case, for these reasons."""
        return plan_error_case(
            submission,
            [message("{reason}", reason=reason) for reason in reasons],
            self.knowledge(submission, rules),
            rules,
            pdf=PDF,
            xml=XML,
            translate=untranslated,
        )

    def with_longest(self, entity_set: str, name: str, most: int) -> "Office":
        """The same office where one property is shorter."""
        old = self.metadata.of_set(entity_set)
        new = replace(old, properties={**old.properties, name: replace(old.properties[name], max_length=most)})
        self.metadata = replace(self.metadata, types={**self.metadata.types, new.name: new})
        return self


def of_kind(plan: Plan, kind: type[T]) -> list[T]:
    """The operations of one kind, in order."""
    return [operation for operation in plan.operations if isinstance(operation, kind)]
