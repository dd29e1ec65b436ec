"""How the served sets lie in the database: per set its table, which property lies in which column, what is worked out.

A property that is named here in neither way lies in the table's JSON column under its own name. Paths with a slash lead
into a complex property or a contained group. Names with a `#` are of use to joins only and are never served.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from formcase.casesystem import models
from formcase.casesystem.rights import Table


@dataclass(frozen=True, slots=True)
class Store:
    """Where a set lies.

    table: relation to read from · model: what writes go through, None where a set is only read · right: which table of
    the security groups rules it, None for code tables · columns: property path → column · derived: property path → SQL
    over `{row}` · where: which rows of the table are the set's · joins: navigation not joined as the model says.
    """

    table: str
    model: type[models.Entity] | None = None
    right: Table | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, str] = field(default_factory=dict)
    json_column: str | None = "extra"
    where: str | None = None
    joins: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def personal(self) -> bool:
        """Whether what is worked out depends on who asks."""
        return any("{actor}" in template for template in self.derived.values())


_DAY = "({{row}}.{column} at time zone {{zone}})::date"
_GUARDED_COLUMNS = {
    "AccessCode/Code": "read_code",
    "AccessCode/Expression": "read_expression",
    "UpdateCode/Code": "write_code",
    "UpdateCode/Expression": "write_expression",
    "CreateUser_Value": "create_user",
    "UpdateUser_Value": "update_user",
}


def _day(column: str) -> str:
    return _DAY.format(column=column)


def _of_contact(column: str) -> str:
    return f"(select contact.{column} from casesystem_contact contact where contact.key = {{row}}.contact_id)"  # noqa: S608


def _of_document(column: str) -> str:
    return f"(select document.{column} from casesystem_document document where document.record_id = {{row}}.key)"  # noqa: S608


def _label_domain(kind: str) -> str:
    """The domain that a row's label names, if any."""
    return (
        "(select label.properties ->> 'TypeReference_Value' from casesystem_code label where label.entity_set ="  # noqa: S608
        f" 'CustomLabels' and label.kind = '{kind}' and label.value = {{row}}.label)"
    )


def _info_text(kind: str) -> str:
    return (
        "(select code.text from casesystem_code code where code.entity_set = 'CustomDomains'"  # noqa: S608
        f" and code.value = {{row}}.info and code.kind = {_label_domain(kind)})"
    )


def _codes(entity_set: str, columns: Mapping[str, str], derived: Mapping[str, str] | None = None) -> Store:
    text = "coalesce({row}.text, {row}.value)"
    return Store(
        "casesystem_code",
        columns={"ID": "key", **columns},
        derived={"Summary": text, **(derived or {})},
        json_column="properties",
        where=f"{{row}}.entity_set = '{entity_set}'",
    )


_VALIDITY = {"StartDate": "start_date", "EndDate": "end_date"}

STORES: Mapping[str, Store] = {
    "Files": Store(
        "casesystem_file",
        models.File,
        Table.CASE,
        columns={
            "ID": "key",
            "FileKey": "key",
            "UserKey": "number",
            "FileNo": "number",
            "Title": "title",
            "FileClass_Value": "case_group",
            "State_Value": "state",
            "Officer_Value": "officer",
            "ResponsibleOu_Value": "responsible_unit",
            "CreateOu_Value": "create_unit",
            "Closed": "closed",
            "UpdateTime": "updated",
            "Text/Text": "text",
            "Note/Text": "note",
            **_GUARDED_COLUMNS,
        },
        derived={
            "Summary": "{row}.number || ' ' || {row}.title",
            "Created": _day("created"),
            "Updated": _day("updated"),
            "Year": "to_char({row}.created at time zone {zone}, 'YYYY')",
            "Note/LineNo": "case when {row}.note is not null then '1' end",
        },
    ),
    "FileContacts": Store(
        "casesystem_filecontact",
        models.FileContact,
        Table.CASE_PARTY,
        columns={
            "ID": "key",
            "RowId": "key",
            "FileKey_Value": "file_id",
            "NameKey_Value": "contact_id",
            "AddressKey_Value": "address_id",
            "CustomLabel_Value": "role",
        },
        derived={"NameCode": _of_contact("name_code"), "NameType_Value": _of_contact("name_type")},
    ),
    "FileInfos": Store(
        "casesystem_fileinfo",
        models.FileInfo,
        Table.CASE_INFORMATION,
        columns={
            "ID": "key",
            "RowId": "key",
            "FileKey_Value": "file_id",
            "CustomLabel_Value": "label",
            "Info_Value": "info",
        },
        derived={"Info_Summary": _info_text("SO"), "#InfoDomain": _label_domain("SO")},
        joins={"Info": {"Info_Value": "Value", "#InfoDomain": "Type_Value"}},
    ),
    "FileDates": Store(
        "casesystem_filedate",
        models.FileDate,
        Table.CASE_DATE,
        columns={
            "ID": "key",
            "RowId": "key",
            "FileKey_Value": "file_id",
            "CustomLabel_Value": "label",
            "DateStamp": "date_stamp",
        },
    ),
    "FileFiles": Store(
        "casesystem_filefile",
        models.FileFile,
        Table.CASE,
        columns={
            "ID": "key",
            "RowId": "key",
            "FileKey_Value": "file_id",
            "FileRefKey_Value": "referred_id",
            "CustomLabel_Value": "label",
        },
        derived={
            "Created": _day("created"),
            "RefFileNo": "(select file.number from casesystem_file file where file.key = {row}.referred_id)",
        },
    ),
    "FileRecords": Store(
        "casesystem_filerecord",
        models.FileRecord,
        Table.DOCUMENT,
        columns={
            "ID": "key",
            "RowId": "key",
            "FileKey_Value": "file_id",
            "RecordKey_Value": "record_id",
            "Role_Value": "role",
        },
        derived={
            "RecordNo": "(select record.number::text from casesystem_record record where record.key = {row}.record_id)",
        },
    ),
    "Records": Store(
        "casesystem_record",
        models.Record,
        Table.DOCUMENT,
        columns={
            "ID": "key",
            "RecordKey": "key",
            "Summary": "title",
            "Title": "title",
            "FileKey_Value": "file_id",
            "PrimaryRecordKey_Value": "main_id",
            "RecordType_Value": "record_type",
            "State_Value": "state",
            "Officer_Value": "officer",
            "ResponsibleOu_Value": "responsible_unit",
            "CreateOu_Value": "create_unit",
            "Updated": "updated",
            "Text/Text": "text",
            "Note/Text": "note",
            **_GUARDED_COLUMNS,
        },
        derived={
            "UserKey": "coalesce((select file.number from casesystem_file file where file.key = {row}.file_id)"
            " || '-' || {row}.number, {row}.key)",
            "RecordNo": "{row}.number::text",
            "Created": _day("created"),
            "ExternalDocId": _of_document("key"),
            "FileName": _of_document("file_name"),
            "OriginalFileName": _of_document("file_name"),
            "Extension": _of_document("extension"),
            "MimeType": _of_document("content_type"),
            "DocLength": _of_document("size::text"),
            "ContentUpdated": _of_document("updated"),
            "Note/LineNo": "case when {row}.note is not null then '1' end",
        },
        joins={"Document": {"ID": "#Record"}},
    ),
    "RecordContacts": Store(
        "casesystem_recordcontact",
        models.RecordContact,
        Table.DOCUMENT_PARTY,
        columns={
            "ID": "key",
            "RowId": "key",
            "RecordKey_Value": "record_id",
            "NameKey_Value": "contact_id",
            "AddressKey_Value": "address_id",
            "CustomLabel_Value": "role",
            "DateStamp": "date_stamp",
        },
        derived={"NameCode": _of_contact("name_code"), "NameType_Value": _of_contact("name_type")},
    ),
    "RecordInfos": Store(
        "casesystem_recordinfo",
        models.RecordInfo,
        Table.DOCUMENT_INFORMATION,
        columns={
            "ID": "key",
            "RowId": "key",
            "RecordKey_Value": "record_id",
            "CustomLabel_Value": "label",
            "Info_Value": "info",
        },
        derived={"Info_Summary": _info_text("AO"), "#InfoDomain": _label_domain("AO")},
        joins={"Info": {"Info_Value": "Value", "#InfoDomain": "Type_Value"}},
    ),
    "RecordDates": Store(
        "casesystem_recorddate",
        models.RecordDate,
        Table.DOCUMENT_DATE,
        columns={
            "ID": "key",
            "RowId": "key",
            "RecordKey_Value": "record_id",
            "CustomLabel_Value": "label",
            "DateStamp": "date_stamp",
        },
    ),
    "Documents": Store(
        "casesystem_document",
        models.Document,
        Table.DOCUMENT,
        columns={
            "ID": "key",
            "FileName": "file_name",
            "Extension": "extension",
            "Size": "size",
            "Updated": "updated",
            "#Record": "record_id",
        },
        joins={"Record": {"#Record": "ID"}},
    ),
    "Contacts": Store(
        "casesystem_contact",
        models.Contact,
        Table.CONTACT,
        columns={
            "ID": "key",
            "NameKey": "key",
            "UserKey": "key",
            "Summary": "name1",
            "NameType_Value": "name_type",
            "NameCode": "name_code",
            "Name1": "name1",
            "Updated": "updated",
            "NameNote/Text": "name_note",
            **_GUARDED_COLUMNS,
        },
        derived={
            "Created": _day("created"),
            "NameNote/LineNo": "case when {row}.name_note is not null then '1' end",
        },
    ),
    "Addresses": Store(
        "casesystem_address",
        models.Address,
        Table.CONTACT_ADDRESS,
        columns={
            "ID": "key",
            "AddressKey": "key",
            "NameKey_Value": "contact_id",
            "Postcode_Value": "postcode",
            "CountryCode_Value": "country",
            "CreateUser_Value": "create_user",
            "UpdateUser_Value": "update_user",
            "Updated": "updated",
        },
        derived={
            "Summary": "concat_ws(', ', {row}.extra ->> 'Address1', {row}.postcode, {row}.country)",
            "Created": _day("created"),
            "NameCode": _of_contact("name_code"),
            "NameType_Value": _of_contact("name_type"),
        },
    ),
    "ContactTypes": _codes("ContactTypes", {"NameType": "key", "Text": "text", "Hidden": "hidden", **_VALIDITY}),
    "FileClasses": _codes(
        "FileClasses",
        {"UserKey": "key", "FileClass": "key", "FileClassKey": "key", "Title": "text", **_VALIDITY},
        # Case groups have no property Hidden; what is hidden is not shown.
        {"Summary": "{row}.value || coalesce(' ' || {row}.text, '')", "SystemShow": "not {row}.hidden"},
    ),
    "CustomDomains": _codes(
        "CustomDomains",
        {
            "Value": "value",
            "UserKey": "value",
            "Code": "value",
            "Type_Value": "kind",
            "Text": "text",
            "Hidden": "hidden",
            **_VALIDITY,
        },
    ),
    "CustomLabels": _codes(
        "CustomLabels",
        {
            "Value": "value",
            "CustomLabel": "value",
            "Type": "kind",
            "Text": "text",
            "Hidden": "hidden",
            **_VALIDITY,
        },
    ),
    "OuDomains": _codes("OuDomains", {"Value": "value", "Name1": "text", "Text": "text", **_VALIDITY}),
    "EmployeeDomains": _codes("EmployeeDomains", {"Value": "value", "Name1": "text", "Text": "text", **_VALIDITY}),
    "AccessCodeDomains": Store(
        "casesystem_code",
        columns={"ID": "key", "AccessCode": "key", "Text": "text", "Inactive": "hidden"},
        derived={"Summary": "coalesce({row}.text, {row}.value)", "#Actor": "{actor}"},
        json_column="properties",
        where="{row}.entity_set = 'AccessCodeDomains'",
        joins={"Available": {"ID": "AccessCode", "#Actor": "UserName"}},
    ),
    "Postcodes": _codes(
        "Postcodes",
        {"Value": "value", "UserKey": "value", "Postcode": "value", "PostDst": "text", "CountryCode_Value": "kind"},
        {"Summary": "{row}.value || coalesce(' ' || {row}.text, '')"},
    ),
    "Countries": _codes("Countries", {"UserKey": "key", "CountryCode": "key", "Name": "text", **_VALIDITY}),
    "Users": Store(
        "casesystem_user",
        columns={
            "ID": "key",
            "UserKey": "key",
            "Name": "name",
            "Officer_Value": "key",
            "UserName": "name",
            "Summary": "name",
            "Authority_Value": "unit",
        },
        derived={
            "SecCode": "{row}.security_code::text",
            "AllowImpersonation": "case when exists (select from casesystem_account account where account.user_id ="
            " {row}.key and account.may_impersonate) then 'J' else 'N' end",
        },
        json_column=None,
    ),
    "AccessCodes": Store(
        "casesystem_held_access_code",
        columns={"AccessCode": "code", "UserName": "user_key", "Source": "source"},
        derived={"ID": "{row}.user_key || ':' || {row}.code", "Summary": "{row}.code"},
        json_column=None,
    ),
    "SecurityGroupRights": Store(
        "casesystem_securityright",
        columns={
            "ID": "key",
            "Table": "table",
            "Search": "may_search",
            "Create": "may_create",
            "Update": "may_update",
            "Delete": "may_delete",
            "Lock": "may_lock",
            "Unlock": "may_unlock",
        },
        derived={"SecCode": "{row}.security_code::text"},
        json_column=None,
    ),
}


def storage_of(entity_set: str) -> Store:
    """Where a set lies."""
    return STORES[entity_set]
