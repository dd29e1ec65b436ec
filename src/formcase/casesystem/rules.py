"""What each set demands of a write beyond types and codes: rights to what a row belongs to, mandatory values, defaults,
closed cases. One class for each set; the registry at the end says which."""

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext as _

from formcase.casesystem import models
from formcase.casesystem.access_codes import FREE, Permission
from formcase.casesystem.drafts import Draft
from formcase.casesystem.errors import Refusal, conflict
from formcase.casesystem.numbers import case_number, case_series, contact_series
from formcase.casesystem.reference import NUMBER_MASK
from formcase.casesystem.rights import EVERYONE, Action, Table
from formcase.casesystem.work import Work, current_value

_NAME_CODE_LENGTH = 200


class Rule:
    """The rule of a set. The base has what most sets share."""

    create_with: ClassVar[Action] = Action.CREATE
    delete_with: ClassVar[Action] = Action.DELETE
    updatable: ClassVar[bool] = True

    def demand_write(self, work: Work, instance: models.Entity) -> None:
        """Raise 403 where the actor may not change this entity because of its write code, or its owner's."""

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        """Check and complete a draft before its entity is made."""

    def update(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        """Check and complete a draft before its entity is changed."""

    def finish(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        """Do what can only be done when the entity is there."""

    def delete(self, work: Work, instance: models.Entity) -> None:
        """Check that the entity may go."""


class _Guarded(Rule):
    """What cases, documents and contacts share: their own codes, and who changed them when."""

    def demand_write(self, work: Work, instance: models.Entity) -> None:
        if isinstance(instance, models.Guarded):
            work.actor.demand_write_code(_write_permission(instance), _named(instance))

    def update(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        if isinstance(instance, models.Guarded):
            instance.updated, instance.update_user = work.now, work.actor.key
        for path in ("AccessCode", "UpdateCode", "License", "Owner"):
            current = current_value(draft.store, instance, path)
            work.check_may_set(draft, path, current if isinstance(current, Permission) else FREE)

    def _codes(self, work: Work, draft: Draft) -> None:
        for path in ("AccessCode", "UpdateCode", "License", "Owner"):
            work.check_may_set(draft, path, FREE)


class FileRule(_Guarded):
    """Cases."""

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        _corporate(work, draft)
        self._codes(work, draft)
        draft.require("Title", "FileClass_Value")
        _handled_by(work, draft)
        _constant(work, draft, "Medium_Value", "SAGMEDIE")
        draft.default("CultureName_Value", _culture())
        if draft.values.get("Closed") is not None:
            work.actor.demand_right(Action.LOCK, Table.CASE)
        group = work.reference.code("FileClasses", str(draft.values.get("FileClass_Value")))
        if isinstance(instance, models.File) and group is not None and not draft.problems.found:
            series = case_series(group, work.today, work.reference.settings.get(NUMBER_MASK))
            instance.number = case_number(series, work.numbers.next(series))
            instance.create_unit = work.actor.unit

    def update(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        super().update(work, instance, draft)
        _keep_mandatory(draft, "Title", "FileClass_Value")
        if "AccessCode" in draft.values:
            _corporate(work, draft)
        if isinstance(instance, models.File) and "Closed" in draft.values:
            closing, closed = draft.values["Closed"] is not None, instance.closed is not None
            if closing != closed:
                work.actor.demand_right(Action.LOCK if closing else Action.UNLOCK, Table.CASE)

    def delete(self, work: Work, instance: models.Entity) -> None:
        if isinstance(instance, models.File) and instance.records.exists():
            raise conflict("InUse", _("The case has documents."))


class RecordRule(_Guarded):
    """Documents."""

    def demand_write(self, work: Work, instance: models.Entity) -> None:
        super().demand_write(work, instance)
        if not isinstance(instance, models.Record):
            return
        demand_write_of_file(work, work.held_or_none(models.File, "Files", instance.file_id))
        main = work.held_or_none(models.Record, "Records", instance.main_id)
        if main is not None:
            self.demand_write(work, main)

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        _corporate(work, draft)
        self._codes(work, draft)
        draft.require("Title", "RecordType_Value", "State_Value")
        _handled_by(work, draft)
        _constant(work, draft, "Medium_Value", "AKTMEDIE")
        draft.default("CultureName_Value", _culture())
        self._main(work, draft, None)
        if isinstance(instance, models.Record) and not draft.problems.found:
            instance.create_unit = work.actor.unit
            self._file(work, instance, draft)
        self._document(work, draft)

    def update(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        super().update(work, instance, draft)
        _keep_mandatory(draft, "Title", "RecordType_Value", "State_Value")
        if "AccessCode" in draft.values:
            _corporate(work, draft)
        self._main(work, draft, instance.key)
        moved = isinstance(instance, models.Record) and draft.values.get("FileKey_Value", instance.file_id)
        if isinstance(instance, models.Record) and moved != instance.file_id and not draft.problems.found:
            self._file(work, instance, draft)
        if "Document" in draft.bound and models.Document.objects.filter(record_id=instance.key).exists():
            message = _("The document has its file already.")
            draft.problems.add("ReadOnly", message, draft.target("Document@odata.bind"))
        self._document(work, draft)

    def finish(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        if "Document" not in draft.bound:
            return
        key = draft.bound["Document"][1]
        taken = models.Document.objects.filter(pk=key, record_id=None).update(record_id=instance.key)
        if not taken:
            raise _document_taken(draft)

    def delete(self, work: Work, instance: models.Entity) -> None:
        if not isinstance(instance, models.Record):
            return
        if instance.supplements.exists():
            raise conflict("InUse", _("Other documents supplement this one."))
        # The bytes go when unclaimed documents are cleared away.
        models.Document.objects.filter(record_id=instance.key).update(record_id=None, uploader="", updated=work.now)

    def _file(self, work: Work, instance: models.Record, draft: Draft) -> None:
        """Number the document in its case, which must be open and changeable."""
        key = draft.values.get("FileKey_Value")
        file = work.hold_as(models.File, "Files", key) if isinstance(key, str) else None
        instance.number = None
        if file is not None:
            demand_write_of_file(work, file)
            demand_open(file, draft, "FileKey_Value")
            instance.number = work.next_record_number(file)

    def _main(self, work: Work, draft: Draft, own_key: str | None) -> None:
        key = draft.values.get("PrimaryRecordKey_Value")
        if not isinstance(key, str) or draft.problems.found:
            return
        main = work.held_or_none(models.Record, "Records", key)
        if main is None or main.main_id is not None or key == own_key:
            message = _("A document that supplements another can't be supplemented itself.")
            draft.problem("InvalidBinding", message, "PrimaryRecordKey_Value")
            return
        self.demand_write(work, main)

    def _document(self, work: Work, draft: Draft) -> None:
        """The bound file must be the actor's own upload, or seen, and not taken."""
        if "Document" not in draft.bound:
            return
        key = draft.bound["Document"][1]
        document = models.Document.objects.filter(pk=key, complete=True).only("record_id", "uploader").first()
        mine = document is not None and document.uploader == work.actor.key
        if document is not None and document.record_id is not None and (mine or work.sees("Documents", key)):
            raise _document_taken(draft)
        if not mine or (document is not None and document.record_id is not None):
            message = _("There is no Documents('{key}') of yours to bind.").format(key=key)
            draft.problems.add("InvalidBinding", message, draft.prefix + "Document@odata.bind")


class ContactRule(_Guarded):
    """Contacts."""

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        self._codes(work, draft)
        draft.require("NameType_Value", "Name1")
        self._name_code(draft)
        name_type = work.reference.code("ContactTypes", str(draft.values.get("NameType_Value")))
        numbers_itself = name_type is not None and name_type.properties.get("NameAutoId") == "J"
        if numbers_itself and draft.values.get("NameCode") is None and not draft.problems.found:
            draft.values["NameCode"] = str(work.numbers.next(contact_series(str(draft.values["NameType_Value"]))))

    def update(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        super().update(work, instance, draft)
        _keep_mandatory(draft, "NameType_Value", "Name1")
        self._name_code(draft)

    def _name_code(self, draft: Draft) -> None:
        code = draft.values.get("NameCode")
        if code == "":
            draft.values["NameCode"] = None
        elif isinstance(code, str) and len(code) > _NAME_CODE_LENGTH:
            draft.problem("WrongType", _("The code is longer than any code."), "NameCode")


class AddressRule(Rule):
    """Addresses."""

    def demand_write(self, work: Work, instance: models.Entity) -> None:
        if isinstance(instance, models.Address):
            _demand_write_of_contact(work, instance.contact_id)

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        _require_link(draft, "Name", "NameKey_Value")
        if isinstance(draft.values.get("NameKey_Value"), str) and not draft.problems.found:
            _demand_write_of_contact(work, draft.values["NameKey_Value"])
        self._postcode(work, draft, None, None)

    def update(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        _keep_links(instance, draft, "NameKey_Value")
        if isinstance(instance, models.Address):
            instance.updated, instance.update_user = work.now, work.actor.key
            self._postcode(work, draft, instance.postcode, instance.country)

    def _postcode(self, work: Work, draft: Draft, postcode: str | None, country: str | None) -> None:
        """A postcode without a country is in the service's own; a country without a list takes any."""
        wanted = draft.values.get("Postcode_Value", postcode)
        if wanted is None or not ({"Postcode_Value", "CountryCode_Value"} & draft.values.keys()):
            return
        where = draft.values.get("CountryCode_Value", country) or _own_country()
        draft.values["CountryCode_Value"] = where
        listed = work.reference.kinds("Postcodes", where)
        if not listed:
            return
        if "Postcode_Value" not in draft.values:
            draft.values["Postcode_Value"] = wanted
        work.reader.check_code(draft, "Postcode_Value", work.reference.code("Postcodes", wanted, where))


class _FileRow(Rule):
    """A row of a case."""

    links: ClassVar[tuple[str, ...]] = ("FileKey_Value",)
    for_open_cases: ClassVar[bool] = False

    def demand_write(self, work: Work, instance: models.Entity) -> None:
        file_key = getattr(instance, "file_id", None)
        demand_write_of_file(work, work.held_or_none(models.File, "Files", file_key))

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        _require_link(draft, "File", "FileKey_Value")
        if draft.problems.found:
            return
        file = work.hold_as(models.File, "Files", str(draft.values["FileKey_Value"]))
        if file is not None:
            demand_write_of_file(work, file)
            if self.for_open_cases:
                demand_open(file, draft, "FileKey_Value")

    def update(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        _keep_links(instance, draft, *self.links)


class FileContactRule(_FileRow):
    """Case parties."""

    links = ("FileKey_Value", "NameKey_Value")
    for_open_cases = True

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        _require_link(draft, "Name", "NameKey_Value")
        _require_link(draft, "NameAddress", "AddressKey_Value")
        super().create(work, instance, draft)
        _check_address(work, draft, draft.values.get("NameKey_Value"))

    def update(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        super().update(work, instance, draft)
        _check_address(work, draft, getattr(instance, "contact_id", None))


class FileInfoRule(_FileRow):
    """Case information. The reference of a submission stands once on a case."""

    label_kind: ClassVar[str] = "SO"

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        super().create(work, instance, draft)
        self._info(work, instance, draft)

    def update(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        super().update(work, instance, draft)
        self._info(work, instance, draft)

    def _info(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        label, info = _label_and_info(instance, draft)
        _check_info(work, draft, self.label_kind, label, info)
        if isinstance(instance, models.FileInfo):
            is_reference = label is not None and label == reference_label() and info is not None
            instance.reference_digest = hashlib.sha256(str(info).encode()).hexdigest() if is_reference else None


class FileFileRule(_FileRow):
    """References between cases. They have no table of rights of their own: who may change a case may refer from it."""

    create_with = Action.UPDATE
    delete_with = Action.UPDATE
    links = ("FileKey_Value", "FileRefKey_Value")

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        _require_link(draft, "FileRef", "FileRefKey_Value")
        super().create(work, instance, draft)


class FileRecordRule(_FileRow):
    """Links between a document and another case."""

    links = ("FileKey_Value", "RecordKey_Value")
    for_open_cases = True

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        _require_link(draft, "Record", "RecordKey_Value")
        super().create(work, instance, draft)


class _RecordRow(Rule):
    """A row of a document."""

    links: ClassVar[tuple[str, ...]] = ("RecordKey_Value",)

    def demand_write(self, work: Work, instance: models.Entity) -> None:
        _demand_write_of_record(work, getattr(instance, "record_id", None))

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        _require_link(draft, "Record", "RecordKey_Value")
        if not draft.problems.found:
            _demand_write_of_record(work, draft.values["RecordKey_Value"])

    def update(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        _keep_links(instance, draft, *self.links)


class RecordContactRule(_RecordRow):
    """Document parties."""

    links = ("RecordKey_Value", "NameKey_Value")

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        _require_link(draft, "Name", "NameKey_Value")
        _require_link(draft, "NameAddress", "AddressKey_Value")
        super().create(work, instance, draft)
        _check_address(work, draft, draft.values.get("NameKey_Value"))

    def update(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        super().update(work, instance, draft)
        _check_address(work, draft, getattr(instance, "contact_id", None))


class RecordInfoRule(_RecordRow):
    """Document information."""

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        super().create(work, instance, draft)
        _check_info(work, draft, "AO", *_label_and_info(instance, draft))

    def update(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        super().update(work, instance, draft)
        _check_info(work, draft, "AO", *_label_and_info(instance, draft))


class DocumentRule(Rule):
    """Files' bytes: made by uploading, never changed; a waiting one may be deleted by its uploader."""

    updatable = False

    def create(self, work: Work, instance: models.Entity, draft: Draft) -> None:
        raise NotImplementedError("documents are made by uploading")

    def delete(self, work: Work, instance: models.Entity) -> None:
        if isinstance(instance, models.Document) and instance.record_id is not None:
            raise conflict("InUse", _("A document has taken this file up."))


def demand_write_of_file(work: Work, file: models.File | None) -> None:
    """Raise 403 where the actor does not hold a case's write code."""
    if file is not None:
        work.actor.demand_write_code(_write_permission(file), _named(file))


def demand_open(file: models.File, draft: Draft, path: str) -> None:
    """Raise 409 where a case is closed."""
    if file.closed is not None:
        message = _("The case {number} is closed: it takes no new documents or parties.").format(number=file.number)
        raise conflict("CaseClosed", message, draft.target(path))


def reference_label() -> str:
    """The label of the information row that says which submission made or updated a case."""
    return str(getattr(settings, "CASESYSTEM_REFERENCE_LABEL", "INTERACT"))


def _own_country() -> str:
    return str(getattr(settings, "CASESYSTEM_COUNTRY", "DK"))


def _culture() -> str:
    return str(getattr(settings, "CASESYSTEM_CULTURE", "da-DK"))


def _write_permission(instance: models.Guarded) -> Permission:
    return Permission(instance.write_code, instance.write_expression)


def _named(instance: models.Guarded) -> str:
    if isinstance(instance, models.File):
        return _("the case {number}").format(number=instance.number)
    return _("the document") if isinstance(instance, models.Record) else _("the contact")


def _corporate(work: Work, draft: Draft) -> None:
    """Under corporate access the read code is the expression `<unit> and <group code>`, never blank."""
    if not work.reference.corporate_access or draft.problems.found:
        return
    given = draft.values.get("AccessCode")
    given = given if isinstance(given, Permission) else FREE
    if given.expression is not None:
        draft.values["AccessCode"] = Permission(None, given.expression)
        return
    unit = work.actor.unit
    if unit is None:
        message = _("With corporate access a read code is needed, and {user} has no unit to take it from.")
        draft.problem("MissingValue", message.format(user=work.actor.key), "AccessCode")
        return
    group = given.code or work.actor.group_code or EVERYONE
    draft.values["AccessCode"] = Permission(None, f"{unit} and {group}")


def _handled_by(work: Work, draft: Draft) -> None:
    if work.reference.code("EmployeeDomains", work.actor.key) is not None:
        draft.default("Officer_Value", work.actor.key)
    draft.default("ResponsibleOu_Value", work.actor.unit)


def _constant(work: Work, draft: Draft, path: str, domain: str) -> None:
    """The first code of a domain, where the client gives none."""
    codes = [code for code in work.reference.kinds("CustomDomains", domain) if code.usable_on(work.today)]
    if codes:
        draft.default(path, codes[0].value)


def _keep_mandatory(draft: Draft, *paths: str) -> None:
    draft.require(*(path for path in paths if path in draft.values))


def _require_link(draft: Draft, navigation: str, path: str) -> None:
    if draft.values.get(path) is None:
        message = _("{name} must be bound on {type}.").format(name=navigation, type=draft.type.short_name)
        draft.problems.add("MissingValue", message, draft.prefix + navigation)


def _keep_links(instance: models.Entity, draft: Draft, *paths: str) -> None:
    for path in paths:
        if path in draft.values and draft.values[path] != current_value(draft.store, instance, path):
            draft.problem("ReadOnly", _("{name} can't be changed.").format(name=path), path)
            del draft.values[path]


def _check_address(work: Work, draft: Draft, contact_key: Any) -> None:
    """The address of a party is one of its contact."""
    key = draft.values.get("AddressKey_Value")
    if not isinstance(key, str) or draft.problems.found:
        return
    address = work.held_or_none(models.Address, "Addresses", key)
    if address is None or address.contact_id != contact_key:
        draft.problem("InvalidBinding", _("The address is none of the contact's."), "AddressKey_Value")


def _label_and_info(instance: models.Entity, draft: Draft) -> tuple[str | None, str | None]:
    values: Mapping[str, Any] = draft.values
    label = values.get("CustomLabel_Value", getattr(instance, "label", None))
    return label, values.get("Info_Value", getattr(instance, "info", None))


def _check_info(work: Work, draft: Draft, kind: str, label: str | None, info: str | None) -> None:
    """Information is text, unless its label names a domain: then it is a code of that."""
    entry = work.reference.code("CustomLabels", label, kind) if label is not None else None
    domain = entry.properties.get("TypeReference_Value") if entry is not None else None
    if domain and info is not None:
        draft.values.setdefault("Info_Value", info)
        work.reader.check_code(draft, "Info_Value", work.reference.code("CustomDomains", info, str(domain)))


def _demand_write_of_contact(work: Work, key: str | None) -> None:
    contact = work.held_or_none(models.Contact, "Contacts", key)
    if contact is not None:
        work.actor.demand_write_code(_write_permission(contact), _named(contact))


def _demand_write_of_record(work: Work, key: str | None) -> None:
    record = work.held_or_none(models.Record, "Records", key)
    if record is not None:
        RULES["Records"].demand_write(work, record)


def _document_taken(draft: Draft) -> Refusal:
    message = _("Another document has taken up this file already.")
    return conflict("DocumentTaken", message, draft.prefix + "Document@odata.bind")


RULES: Mapping[str, Rule] = {
    "Files": FileRule(),
    "FileContacts": FileContactRule(),
    "FileInfos": FileInfoRule(),
    "FileDates": _FileRow(),
    "FileFiles": FileFileRule(),
    "FileRecords": FileRecordRule(),
    "Records": RecordRule(),
    "RecordContacts": RecordContactRule(),
    "RecordInfos": RecordInfoRule(),
    "RecordDates": _RecordRow(),
    "Contacts": ContactRule(),
    "Addresses": AddressRule(),
    "Documents": DocumentRule(),
}
