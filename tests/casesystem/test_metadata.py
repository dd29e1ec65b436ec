"""`$metadata`: the WorkZone names, whole in itself, with the installation's own fields."""

import pytest
from lxml import etree

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
SERVED = {
    *("Files", "FileContacts", "FileInfos", "FileDates", "FileFiles", "FileRecords"),
    *("Records", "RecordContacts", "RecordInfos", "RecordDates", "Documents"),
    *("Contacts", "Addresses", "ContactTypes", "FileClasses", "CustomDomains", "CustomLabels"),
    *("OuDomains", "EmployeeDomains", "Users", "AccessCodes", "AccessCodeDomains", "Postcodes", "Countries"),
    "SecurityGroupRights",
}


class Metadata:
    """The document, read with lxml alone."""

    def __init__(self, body):
        self.root = etree.fromstring(body)
        self.types = {}
        for schema in self.root.iter(f"{EDM}Schema"):
            for kind in ("EntityType", "ComplexType"):
                for element in schema.findall(f"{EDM}{kind}"):
                    self.types[f"{schema.get('Namespace')}.{element.get('Name')}"] = element
        self.sets = {one.get("Name"): one for one in self.root.iter(f"{EDM}EntitySet")}

    def members(self, type_name, kind):
        element = self.types[type_name]
        own = {one.get("Name"): one for one in element.findall(f"{EDM}{kind}")}
        base = element.get("BaseType")
        return {**self.members(base, kind), **own} if base else own

    def properties(self, type_name):
        return self.members(type_name, "Property")

    def navigation(self, type_name):
        return self.members(type_name, "NavigationProperty")


@pytest.fixture
def metadata(account):
    reply = account.get("$metadata")
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/xml"
    assert reply.headers["odata-version"] == "4.0"
    return Metadata(reply.body)


def test_every_set_that_filing_needs_is_there_under_its_workzone_name(metadata):
    assert set(metadata.sets) == SERVED
    assert metadata.root.get("Version") == "4.0"


def test_every_name_in_the_metadata_leads_somewhere(metadata):
    for type_name in metadata.types:
        for name, navigation in metadata.navigation(type_name).items():
            target = navigation.get("Type").removeprefix("Collection(").removesuffix(")")
            assert target in metadata.types, (type_name, name)
            partner = navigation.get("Partner")
            assert partner is None or partner in metadata.navigation(target), (type_name, name, partner)
            for constraint in navigation.findall(f"{EDM}ReferentialConstraint"):
                assert constraint.get("Property") in metadata.properties(type_name), (type_name, name)
                assert constraint.get("ReferencedProperty") in metadata.properties(target), (type_name, name)


def test_every_property_has_a_type_that_is_known(metadata):
    known = {"Edm.String", "Edm.Boolean", "Edm.Int64", "Edm.Decimal", "Edm.Date", "Edm.DateTimeOffset"}
    for type_name in metadata.types:
        for name, prop in metadata.properties(type_name).items():
            kind = prop.get("Type").removeprefix("Collection(").removesuffix(")")
            assert kind in known or kind in metadata.types, (type_name, name)


def test_bindings_name_sets_that_are_served_and_properties_that_are_there(metadata):
    for entity_set in metadata.sets.values():
        for binding in entity_set.findall(f"{EDM}NavigationPropertyBinding"):
            assert binding.get("Target") in metadata.sets
            *types, name = binding.get("Path").split("/")
            holder = types[0] if types and types[0] in metadata.types else entity_set.get("EntityType")
            if types and types[0] not in metadata.types:
                assert types[0] in metadata.properties(holder)
            else:
                assert name in metadata.navigation(holder)


def test_types_are_as_workzone_has_them(metadata):
    file = metadata.properties("WorkZone.File")
    assert file["State_Summary"].get("MaxLength") == "max"
    assert file["Updated"].get("Type") == "Edm.Date"
    assert file["UpdateTime"].get("Type") == "Edm.DateTimeOffset"
    assert file["AccessCode"].get("Type") == "WorkZone.Permission.Read"
    assert metadata.types["WorkZone.Permission.Read"].get("BaseType") == "WorkZone.Permission.Permission"
    assert metadata.types["WorkZone.CustomDomainSAGTILST"].get("BaseType") == "WorkZone.CustomDomain"
    assert metadata.types["WorkZone.CustomLabelSP"].get("BaseType") == "WorkZone.CustomLabel"
    assert metadata.types["WorkZone.Document"].get("HasStream") == "true"
    assert metadata.navigation("WorkZone.File")["Text"].get("ContainsTarget") == "true"
    assert metadata.navigation("WorkZone.FileContact")["NameAddress"].get("Nullable") == "false"
    assert metadata.properties("WorkZone.Permission.Permission")["Code"].get("MaxLength") == "67"


def test_custom_fields_look_like_any_other_property(metadata):
    file = metadata.properties("WorkZone.File")
    assert (file["BUILDAREA"].get("Type"), file["BUILDAREA"].get("Scale")) == ("Edm.Decimal", "variable")
    assert file["ROOMS"].get("Type") == "Edm.Int64"
    assert file["PHASE_Summary"].get("MaxLength") is None
    phase = metadata.navigation("WorkZone.File")["PHASE"]
    assert (phase.get("Type"), phase.get("Partner")) == ("WorkZone.CustomDomainPHASE", "FilesByPHASE")
    assert metadata.properties("WorkZone.Record")["CHANNEL"].get("Type") == "Edm.String"
    assert metadata.properties("WorkZone.Contact")["NEWSLETTER"].get("Type") == "Edm.Boolean"


def test_the_extensions_have_a_namespace_of_their_own(metadata):
    right = metadata.properties("Formcase.SecurityGroupRight")
    assert list(right) == ["ID", "SecCode", "Table", "Search", "Create", "Update", "Delete", "Lock", "Unlock"]
    assert {right[name].get("Type") for name in list(right)[3:]} == {"Edm.Boolean"}
    me = metadata.properties("Formcase.Me")
    assert me["AccessCodes"].get("Type") == "Collection(Edm.String)"


def test_the_service_document_names_what_can_be_asked(account):
    listed = {one["name"]: one["kind"] for one in account.get("").json["value"]}
    assert listed["Files"] == "EntitySet"
    assert listed["Me"] == "Singleton"
