"""Which properties the case system sets itself, so that no form may. The public metadata does not say it.

Only what is sure is named here; what else a case system refuses to take, it says itself.
"""

_ANYWHERE = frozenset(
    {
        "ID", "UserKey", "Summary", "RowId", "Created", "CreateMachine", "UpdateTime",
        "FileKey", "FileKey_Value", "RecordKey", "RecordKey_Value", "PrimaryRecordKey_Value",
        "NameKey", "NameKey_Value", "AddressKey",
        "EffectiveReadPermission", "EffectiveWritePermission", "HasWritePermission",
    }
)  # fmt: skip
_STEMS = ("CreateUser_", "CreateOu_", "UpdateUser_")


def is_set_by_case_system(name: str) -> bool:
    """Whether the case system alone gives this property its value: keys of rows, and who wrote them when."""
    return name in _ANYWHERE or name.startswith((*_STEMS, "Updated"))
