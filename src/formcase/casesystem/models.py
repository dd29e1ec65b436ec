"""Where the case system keeps its things. What is looked up, ruled, numbered or sorted has a column; WorkZone's many
other properties lie in `extra`. How properties lie in columns is said in `stores.py`; rules are not here.

Keys are texts made from one sequence that starts at 1000000000: all of one length, so that the order of keys is the
order of creation.
"""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils import timezone

_NEXT_KEY = RawSQL("nextval('casesystem_key')::text", ())


class Demand(models.Model):
    """What must be held to read or change something: one row per distinct expression, never changed."""

    id = models.BigAutoField(primary_key=True)
    expression_digest = models.CharField(max_length=64, unique=True)


class DemandAlternative(models.Model):
    """One set of codes that meets a demand when all of them are held."""

    id = models.BigAutoField(primary_key=True)
    demand = models.ForeignKey(Demand, models.CASCADE, related_name="alternatives")
    codes = ArrayField(models.TextField())


class Entity(models.Model):
    """What every entity has. version is the ETag."""

    key = models.CharField(primary_key=True, max_length=20, db_collation="C", db_default=_NEXT_KEY)
    version = models.BigIntegerField(default=1)
    extra = models.JSONField(default=dict)

    class Meta:
        abstract = True


class Guarded(Entity):
    """What carries a read code and a write code, and who made and changed it."""

    read_code = models.TextField(null=True)
    read_expression = models.TextField(null=True)
    read_demand = models.ForeignKey(Demand, models.PROTECT, null=True, related_name="+")
    write_code = models.TextField(null=True)
    write_expression = models.TextField(null=True)
    created = models.DateTimeField(default=timezone.now)
    create_user = models.TextField()
    updated = models.DateTimeField(default=timezone.now)
    update_user = models.TextField()

    class Meta:
        abstract = True


class Contact(Guarded):
    """A person, company or authority."""

    name_type = models.TextField()
    name_code = models.TextField(null=True)
    name1 = models.TextField()
    name_note = models.TextField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name_type", "name_code"], name="casesystem_one_contact_per_code")
        ]


class Address(Entity):
    """An address of a contact; it may be empty of values."""

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="addresses")
    postcode = models.TextField(null=True)
    country = models.TextField(null=True)
    created = models.DateTimeField(default=timezone.now)
    create_user = models.TextField()
    updated = models.DateTimeField(default=timezone.now)
    update_user = models.TextField()


class File(Guarded):
    """A case. last_record counts the documents it ever had."""

    number = models.CharField(max_length=200, unique=True)
    title = models.TextField()
    case_group = models.TextField(db_index=True)
    state = models.TextField(null=True)
    officer = models.TextField(null=True, db_index=True)
    responsible_unit = models.TextField(null=True)
    create_unit = models.TextField(null=True)
    closed = models.DateField(null=True)
    text = models.TextField(null=True)
    note = models.TextField(null=True)
    last_record = models.IntegerField(default=0)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["key"], name="casesystem_restricted_file", condition=models.Q(read_demand__isnull=False)
            )
        ]


class FileContact(Entity):
    """A case party."""

    file = models.ForeignKey(File, models.CASCADE, related_name="parties")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="file_parties")
    address = models.ForeignKey(Address, models.PROTECT, related_name="+")
    role = models.TextField(null=True)


class FileInfo(Entity):
    """A row of case information. reference_digest is set on reference rows, which are unique within their case."""

    file = models.ForeignKey(File, models.CASCADE, related_name="infos")
    label = models.TextField(null=True)
    info = models.TextField(null=True)
    reference_digest = models.CharField(max_length=64, null=True)

    class Meta:
        indexes: ClassVar = [HashIndex(fields=["info"], name="casesystem_file_info")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["file", "reference_digest"], name="casesystem_one_reference_per_case")
        ]


class FileDate(Entity):
    """A case date."""

    file = models.ForeignKey(File, models.CASCADE, related_name="dates")
    label = models.TextField(null=True)
    date_stamp = models.DateField(null=True)


class FileFile(Entity):
    """A reference from one case to another."""

    file = models.ForeignKey(File, models.CASCADE, related_name="references")
    referred = models.ForeignKey(File, models.CASCADE, related_name="referring")
    label = models.TextField(null=True)
    created = models.DateTimeField(default=timezone.now)


class Record(Guarded):
    """A document. number counts within its case."""

    file = models.ForeignKey(File, models.PROTECT, null=True, related_name="records")
    main = models.ForeignKey("self", models.PROTECT, null=True, related_name="supplements")
    number = models.IntegerField(null=True)
    title = models.TextField()
    record_type = models.TextField()
    state = models.TextField()
    officer = models.TextField(null=True, db_index=True)
    responsible_unit = models.TextField(null=True)
    create_unit = models.TextField(null=True)
    text = models.TextField(null=True)
    note = models.TextField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["key"], name="casesystem_restricted_record", condition=models.Q(read_demand__isnull=False)
            )
        ]


class RecordContact(Entity):
    """A document party."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="parties")
    contact = models.ForeignKey(Contact, models.PROTECT, related_name="record_parties")
    address = models.ForeignKey(Address, models.PROTECT, related_name="+")
    role = models.TextField(null=True)
    date_stamp = models.DateField(null=True)


class RecordInfo(Entity):
    """A row of document information."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="infos")
    label = models.TextField(null=True)
    info = models.TextField(null=True)


class RecordDate(Entity):
    """A document date."""

    record = models.ForeignKey(Record, models.CASCADE, related_name="dates")
    label = models.TextField(null=True)
    date_stamp = models.DateField(null=True)


class FileRecord(Entity):
    """A link between a document and another case than its own."""

    file = models.ForeignKey(File, models.CASCADE, related_name="linked_records")
    record = models.ForeignKey(Record, models.CASCADE, related_name="linked_files")
    role = models.TextField(null=True)


class Document(Entity):
    """A file's bytes: where they lie, and which record took them up. Until one does, only the uploader reaches it.

    complete is false while the bytes still arrive.
    """

    record = models.OneToOneField(Record, models.PROTECT, null=True, related_name="document")
    uploader = models.TextField()
    complete = models.BooleanField(default=False)
    storage_name = models.TextField()
    file_name = models.TextField(null=True)
    extension = models.TextField(null=True)
    content_type = models.TextField()
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, null=True)
    updated = models.DateTimeField(default=timezone.now)


class Code(models.Model):
    """A row of a code table: a case group, a state, a role, a unit, an employee, a postcode …

    kind is the domain or label type. properties are the entity's other properties by their names.
    """

    id = models.BigAutoField(primary_key=True)
    entity_set = models.TextField()
    key = models.TextField(db_collation="C")
    kind = models.TextField(null=True)
    value = models.TextField()
    text = models.TextField(null=True)
    start_date = models.DateField(null=True)
    end_date = models.DateField(null=True)
    hidden = models.BooleanField(default=False)
    properties = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entity_set", "key"], name="casesystem_one_code_per_key")
        ]
        indexes: ClassVar = [models.Index(fields=["entity_set", "kind", "value"], name="casesystem_code_by_value")]


class User(models.Model):
    """Somebody who acts. holds_all_codes: every access code there is, also future ones. administrator: may set the case
    system up; that gives no right to any case."""

    key = models.TextField(primary_key=True, db_collation="C")
    name = models.TextField()
    security_code = models.SmallIntegerField()
    unit = models.TextField(null=True)
    group_code = models.TextField(default="ALLEEMNER")
    holds_all_codes = models.BooleanField(default=False)
    administrator = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)


class HeldCode(models.Model):
    """A user holds an access code."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="held_codes")
    code = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "code"], name="casesystem_held_once")]


class SecurityRight(models.Model):
    """What a security code may do with one table. Lock and unlock are for cases only."""

    key = models.TextField(primary_key=True, db_collation="C")
    security_code = models.SmallIntegerField()
    table = models.TextField()
    may_search = models.BooleanField()
    may_create = models.BooleanField()
    may_update = models.BooleanField()
    may_delete = models.BooleanField()
    may_lock = models.BooleanField(null=True)
    may_unlock = models.BooleanField(null=True)


class CustomFieldRow(models.Model):
    """A property that the installation added to a type."""

    id = models.BigAutoField(primary_key=True)
    entity = models.TextField()
    name = models.TextField()
    kind = models.TextField()
    domain = models.TextField(null=True)
    text = models.TextField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["entity", "name"], name="casesystem_one_custom_field")]


class InstallationSetting(models.Model):
    """A setting of the installation that may be changed while it runs, e.g. `corporate access`."""

    name = models.TextField(primary_key=True)
    value = models.JSONField()


class Revision(models.Model):
    """One row whose value changes, by triggers, with every change of the tables that processes keep in memory."""

    id = models.SmallIntegerField(primary_key=True)
    value = models.UUIDField()


class Account(models.Model):
    """A login: of an integration, or of a user. secret is a password hash. time_zone: that the pages show times in;
    empty for the service's own."""

    name = models.TextField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="accounts")
    secret = models.TextField(null=True)
    certificate = models.TextField(null=True)  # PEM, for assertions as RFC 7523
    may_impersonate = models.BooleanField(default=False)
    must_change_secret = models.BooleanField(default=False)
    time_zone = models.TextField(default="")
    last_login = models.DateTimeField(null=True)


class Login(models.Model):
    """Somebody is logged in to the pages, in one browser: the digest of what its cookie holds."""

    digest = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, models.CASCADE, related_name="logins")
    begun = models.DateTimeField(default=timezone.now)
    last_used = models.DateTimeField(default=timezone.now, db_index=True)


class LoginAttempt(models.Model):
    """Somebody tried to log in and did not succeed (yet). The name is kept as its digest: people mistype passwords
    into that field."""

    id = models.BigAutoField(primary_key=True)
    name_digest = models.CharField(max_length=64)
    address = models.TextField()
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["name_digest", "at"], name="casesystem_attempts_on_name"),
            models.Index(fields=["address", "at"], name="casesystem_attempts_from"),
        ]


class HistoryEntry(models.Model):
    """One thing that was done with a case, a document, a contact or a row of theirs.

    file_key, record_key, contact_key: whose history it belongs to · changes: property path → value before and after,
    links left out · gone: the thing was deleted since; demands are then what had to be met to see it.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    user = models.TextField()
    account = models.TextField()
    entity_set = models.TextField()
    key = models.CharField(max_length=20, db_collation="C", db_index=True)
    file_key = models.CharField(max_length=20, db_collation="C", null=True)
    record_key = models.CharField(max_length=20, db_collation="C", null=True)
    contact_key = models.CharField(max_length=20, db_collation="C", null=True)
    action = models.TextField()
    changes = models.JSONField(default=dict)
    gone = models.BooleanField(default=False)
    demands = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["file_key", "id"], name="casesystem_history_of_file"),
            models.Index(fields=["record_key", "id"], name="casesystem_history_of_record"),
            models.Index(fields=["contact_key", "id"], name="casesystem_history_of_contact"),
        ]


class AdministrationEntry(models.Model):
    """One change of the set-up: who, when, what about. Secrets are never in it."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(default=timezone.now)
    account = models.TextField()
    table = models.TextField()
    key = models.TextField()
    action = models.TextField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)


class Token(models.Model):
    """An access token that was given out, as its digest."""

    digest = models.CharField(primary_key=True, max_length=64)
    account = models.ForeignKey(Account, models.CASCADE, related_name="tokens")
    expires = models.DateTimeField(db_index=True)


class UsedAssertion(models.Model):
    """An assertion that was used: none is taken twice."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, models.CASCADE, related_name="assertions")
    identifier = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "identifier"], name="casesystem_assertion_once")
        ]


class Counter(models.Model):
    """The last number that was given out under a name, e.g. `file 2026 02.15`."""

    name = models.TextField(primary_key=True)
    value = models.BigIntegerField()


class RememberedRequest(models.Model):
    """A request that was answered, so that its repetition gets the same answer.

    group holds together what was answered together: all parts of one change set. In a refused change set every part
    remembers the one refusal, and which part it was about.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.TextField()
    request_id = models.TextField()
    first_sent = models.DateTimeField(db_index=True)
    method = models.TextField()
    path = models.TextField()
    group = models.UUIDField()
    group_size = models.IntegerField()
    refused_position = models.IntegerField(null=True)
    status = models.SmallIntegerField()
    headers = models.JSONField()
    body = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "request_id"], name="casesystem_request_once")
        ]
