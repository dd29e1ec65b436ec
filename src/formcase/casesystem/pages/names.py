"""What people call the properties of cases, documents, contacts and addresses. A property that is not here goes by its
own name."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from formcase.casesystem.reference import Reference

NAMES: dict[str, Promise] = {
    "AccessCode": _("Read code"),
    "ActionOu": _("Acting unit"),
    "Active": _("Active"),
    "ActivityCode": _("Line of business"),
    "Address1": _("Address"),
    "Address2": _("Address, second line"),
    "Address3": _("Address, third line"),
    "AddressType": _("Type of address"),
    "Archiving": _("Archived"),
    "Assistant": _("Co-worker"),
    "Authority": _("Authority"),
    "CadastreNo": _("Cadastral number"),
    "CellPhoneNo": _("Mobile phone"),
    "Classification": _("Classification"),
    "Closed": _("Closed"),
    "CompanyType": _("Form of enterprise"),
    "ContentUpdated": _("File changed"),
    "CountryCode": _("Country"),
    "Created": _("Created"),
    "CreateOu": _("Created in unit"),
    "CreateUser": _("Created by"),
    "CultureName": _("Language"),
    "DecCode": _("Decision"),
    "DecDate": _("Date of decision"),
    "DefaultRecordClassification": _("Classification of documents"),
    "DeleteReason": _("Reason for deletion"),
    "Disposal": _("Date of disposal"),
    "DisposalCode": _("Disposal"),
    "Email": _("E-mail"),
    "EndDate": _("End date"),
    "FileCategory": _("Category"),
    "FileClass": _("Case group"),
    "FileGroup": _("Nature of the case"),
    "FileKey": _("Case"),
    "FileName": _("File name"),
    "FileNo": _("Case number"),
    "FileScope": _("Extent"),
    "FileType": _("Case type"),
    "FreeText": _("Free text"),
    "LetterDate": _("Date of letter"),
    "LetterStatus": _("Status of letter"),
    "LetterType": _("Type of letter"),
    "Medium": _("Medium"),
    "MimeType": _("Kind of file"),
    "Name1": _("Name"),
    "Name2": _("Name, second line"),
    "Name3": _("Name, third line"),
    "NameCode": _("Code"),
    "NameGrp": _("Contact group"),
    "NameNote/Text": _("Note"),
    "NameType": _("Contact type"),
    "Note/Text": _("Note"),
    "Officer": _("Case handler"),
    "Origin": _("Origin"),
    "PhoneNo": _("Phone"),
    "PlanCompleted": _("To be completed"),
    "PostalDate": _("Date of posting"),
    "Postcode": _("Postcode"),
    "PostList": _("Post list"),
    "PreviousNo": _("Earlier number"),
    "ProcessingStatus": _("Status of processing"),
    "ProcessType": _("Type of processing"),
    "Protection": _("Protected from"),
    "ProtectionEnd": _("Protected until"),
    "PublicTitle": _("Public title"),
    "RecordClosed": _("Closed"),
    "RecordGrp": _("Document group"),
    "RecordNo": _("Document number"),
    "RecordType": _("Document type"),
    "Rej": _("Rejected"),
    "Reminder": _("Reminder"),
    "ReplyTimeLimitDate": _("To be answered by"),
    "ResponsibleOu": _("Responsible unit"),
    "Resumed": _("Resumed"),
    "Source": _("Source"),
    "StartDate": _("Start date"),
    "Started": _("Started"),
    "State": _("State"),
    "SubType": _("Subtype"),
    "Suspend": _("Suspended"),
    "Text": _("Text"),
    "Text/Text": _("Text"),
    "Title": _("Title"),
    "UpdateCode": _("Write code"),
    "Updated": _("Changed"),
    "UpdateTime": _("Changed"),
    "UpdateUser": _("Changed by"),
    "UserKey": _("Number"),
    "Year": _("Year"),
    "CustomLabel": _("Label"),
    "Info": pgettext_lazy("case", "Information"),
    "DateStamp": _("Date"),
    "NameKey": _("Contact"),
    "AddressKey": _("Address"),
}

SETS: dict[str, Promise] = {
    "Files": _("Case"),
    "Records": _("Document"),
    "Contacts": _("Contact"),
    "FileContacts": _("Party"),
    "FileInfos": pgettext_lazy("case", "Information"),
    "FileDates": _("Date"),
    "FileFiles": _("Reference to a case"),
    "FileRecords": _("Link to a document"),
    "RecordContacts": _("Document party"),
    "RecordInfos": _("Document information"),
    "RecordDates": _("Document date"),
    "Addresses": _("Address"),
}

ACTIONS: dict[str, Promise] = {"created": _("created"), "changed": _("changed"), "deleted": _("deleted")}


def name_of(path: str, reference: Reference | None = None) -> str:
    """What people call a property; custom fields by the text that they were given."""
    base = path.removesuffix("_Value").removesuffix("_Summary")
    if reference is not None:
        for custom in reference.custom_fields:
            if custom.name == base:
                return custom.text or custom.name
    return str(NAMES.get(base, base))
