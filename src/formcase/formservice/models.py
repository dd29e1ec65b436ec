"""What the form service keeps: forms, clients with their certificates, submissions with their files and statuses.

Only tables and their indexes. What may be done with them stands in the modules beside this one.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils import timezone


class FormVersion(models.Model):
    """One version of a form, as it was published. Never changed afterwards.

    updated_at: what the form says of itself to clients; published_by: the administrator's name, empty for a command.
    """

    form_id = models.CharField(max_length=64, db_collation="C")
    version = models.PositiveIntegerField()
    title = models.CharField(max_length=255)
    definition = models.JSONField()
    updated_at = models.DateTimeField()
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.CharField(max_length=150, default="")
    comment = models.TextField(default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form_id", "version"], name="formservice_form_version")]


class FormDraft(models.Model):
    """What a form is to become: one draft for each form, changed until it is published or thrown away.

    revision: grows with each change, so that nobody changes or publishes what they have not seen.
    """

    form_id = models.CharField(max_length=64, unique=True, db_collation="C")
    title = models.CharField(max_length=255)
    version = models.PositiveIntegerField()
    definition = models.JSONField()
    revision = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField()


class Client(models.Model):
    """Somebody who may fetch submissions. `form_ids` null: every form, also those that are published later.

    `last_call_at`: of the calls that were let in. A client that is disabled is refused whatever it comes with.
    """

    client_id = models.CharField(max_length=255, unique=True)
    name = models.CharField(max_length=255, default="")
    form_ids = ArrayField(models.CharField(max_length=64), null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    disabled_at = models.DateTimeField(null=True)
    last_call_at = models.DateTimeField(null=True)


class ClientCertificate(models.Model):
    """A certificate that a client may come with. One certificate is one client's.

    `warned_days`: the last of the thresholds of `expiry`, in days, at which the log has warned of its end.
    """

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="certificates")
    der = models.BinaryField()
    sha1 = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64, unique=True)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    registered_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)
    last_call_at = models.DateTimeField(null=True)
    warned_days = models.PositiveSmallIntegerField(null=True)


class UsedAssertion(models.Model):
    """An assertion that was accepted; kept for as long as it could be accepted again."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    jti = models.CharField(max_length=255)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client", "jti"], name="formservice_assertion_once")]


class IssuedIdentifiers(models.Model):
    """The ids that a submission was given. Stays when the submission is removed, so that none is given twice."""

    submission_id = models.CharField(max_length=64, unique=True)
    reference_id = models.CharField(max_length=64, unique=True)


class Status(models.TextChoices):
    """Where a submission is, in the words of the Interact API."""

    SUBMITTED = "Submitted"
    DELIVERED = "Delivered"
    TEMPORARY_BLOCKED = "TemporaryBlocked"
    IMPORTED = "Imported"


class Submission(models.Model):
    """One submitted form, as it is listed. What was answered stands in its XML only."""

    # byte order, so that the database and a reader in any language sort alike
    submission_id = models.CharField(max_length=64, unique=True, db_collation="C")
    reference_id = models.CharField(max_length=64, unique=True)
    form_id = models.CharField(max_length=64, db_collation="C")
    form_title = models.CharField(max_length=255)
    form_version = models.PositiveBigIntegerField()
    submitted_at = models.DateTimeField()
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.SUBMITTED)
    imported_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["submitted_at", "submission_id"], name="formservice_all"),
            models.Index(fields=["form_id", "submitted_at", "submission_id"], name="formservice_all_of_form"),
            models.Index(
                fields=["submitted_at", "submission_id"], name="formservice_open", condition=~Q(status="Imported")
            ),
            models.Index(
                fields=["form_id", "submitted_at", "submission_id"],
                name="formservice_open_of_form",
                condition=~Q(status="Imported"),
            ),
            models.Index(fields=["imported_at"], name="formservice_finished", condition=Q(status="Imported")),
            # for people: the newest of a status, and how many of each there are for each day
            models.Index(fields=["status", "submitted_at", "submission_id"], name="formservice_status"),
            models.Index(fields=["form_id", "status", "submitted_at", "submission_id"], name="formservice_form_status"),
            models.Index(fields=["submitted_at", "status"], name="formservice_days"),
        ]


class FileKind(models.TextChoices):
    """Which of a submission's files it is."""

    XML = "xml"
    PDF = "pdf"
    ATTACHMENT = "attachment"


class StoredFile(models.Model):
    """One file of a submission. `location` is where the storage keeps it, and has nothing of the name in it."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(max_length=10, choices=FileKind.choices)
    number = models.PositiveIntegerField(default=0)
    attachment_id = models.CharField(max_length=64, default="")
    name = models.CharField(max_length=255, default="")
    field = models.CharField(max_length=128, default="")
    media_type = models.CharField(max_length=600)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    location = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "kind", "attachment_id"], name="formservice_file_once")
        ]


class StatusEntry(models.Model):
    """One entry of a submission's status history. `at` is the client's clock; the order is that of recording."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="history")
    status = models.CharField(max_length=16, choices=Status.choices)
    message = models.TextField(null=True)
    cases = models.JSONField(default=list)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            GinIndex(fields=["cases"], opclasses=["jsonb_path_ops"], name="formservice_cases"),
            # for people: how many became what on each day
            models.Index(fields=["recorded_at", "status", "submission"], name="formservice_became"),
        ]


class Filling(models.Model):
    """A form that somebody is filling in, in one browser. `owner` is the digest of what that browser keeps.

    Answers are kept as they were typed, until they are sent; then only the submission is known here. With a
    `trial_definition` it is an administrator's trial of a form that need not be published: it has no owner, keeps its
    answers when it is sent, and never becomes a submission.
    """

    key = models.CharField(max_length=32, unique=True)
    owner = models.CharField(max_length=64)
    form_id = models.CharField(max_length=64)
    form_version = models.PositiveBigIntegerField()
    trial_definition = models.JSONField(null=True)
    trial_by = models.CharField(max_length=150, default="")
    trial_sent_at = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict)
    # the pages, by their numbers, of which it was said that they are filled in: what is wrong there is told
    checked = ArrayField(models.PositiveIntegerField(), default=list)
    started_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True, db_index=True)
    submission = models.ForeignKey(Submission, null=True, on_delete=models.SET_NULL)

    class Meta:
        indexes = [
            models.Index(
                fields=["form_id", "-started_at"],
                name="formservice_trials",
                condition=Q(trial_definition__isnull=False),
            )
        ]

    @property
    def is_trial(self) -> bool:
        """Whether it only tries the form."""
        return self.trial_definition is not None

    @property
    def is_sent(self) -> bool:
        """Whether it was sent, and so is changed no more."""
        return self.submission_id is not None or self.trial_sent_at is not None


class Upload(models.Model):
    """A file that was attached while a form is filled in. Its bytes become the submission's when that is sent."""

    filling = models.ForeignKey(Filling, on_delete=models.CASCADE, related_name="uploads")
    key = models.CharField(max_length=32, unique=True)
    field = models.CharField(max_length=128)
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=600)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    location = models.CharField(max_length=255)


class FormSettings(models.Model):
    """What is set for a form, in all its versions. keep_days: how long what is Imported stays; null as everywhere."""

    form_id = models.CharField(max_length=64, unique=True)
    keep_days = models.PositiveIntegerField(null=True)


class Administrator(models.Model):
    """Somebody who looks after the form service. The password is an Argon2 hash."""

    name = models.CharField(max_length=150, unique=True)
    password = models.CharField(max_length=255)
    must_change = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_sign_in = models.DateTimeField(null=True)


class AdministratorSession(models.Model):
    """An administrator signed in with one browser, which keeps what `digest` is the digest of."""

    digest = models.CharField(max_length=64, unique=True)
    administrator = models.ForeignKey(Administrator, on_delete=models.CASCADE)
    begun_at = models.DateTimeField()
    used_at = models.DateTimeField(db_index=True)


class SignInAttempt(models.Model):
    """An attempt to sign in that did not succeed, or not yet. Of the name only a digest is kept."""

    name_digest = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [
            models.Index(fields=["name_digest", "at"], name="formservice_attempt_name"),
            models.Index(fields=["address", "at"], name="formservice_attempt_address"),
        ]


class CallOutcome(models.TextChoices):
    """How a call to the Interact API ended, as far as it matters to those who look after the clients."""

    ANSWERED = "answered"
    REFUSED = "refused"
    MISTAKEN = "mistaken"
    FAILED = "failed"
    BROKEN_OFF = "broken off"


class ClientCall(models.Model):
    """One call to the Interact API, or an attempt that TLS refused; nothing of what was asked or answered.

    `client_id` is whom the caller is, or says to be, and stays when there is no such client. `status` is null where
    there was no answer, `duration` in milliseconds. `reason` is one of `refusals.Reason`, empty for what was answered.
    """

    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=CallOutcome.choices)
    client_id = models.CharField(max_length=255, default="")
    certificate = models.CharField(max_length=64, default="")
    method = models.CharField(max_length=10)
    kind = models.CharField(max_length=16)
    form_id = models.CharField(max_length=64, default="")
    reference_id = models.CharField(max_length=64, default="", db_collation="C")
    status = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=32, default="")
    detail = models.CharField(max_length=255, default="")
    duration = models.PositiveIntegerField()
    address = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["at", "id"], name="formservice_calls"),
            models.Index(fields=["client_id", "at", "id"], name="formservice_calls_client"),
            models.Index(fields=["outcome", "at", "id"], name="formservice_calls_outcome"),
            models.Index(fields=["client_id", "outcome", "at", "id"], name="formservice_calls_both"),
            # for the search, each by the whole of what is looked for
            models.Index(fields=["certificate", "at", "id"], name="formservice_calls_cert"),
            models.Index(fields=["address", "at", "id"], name="formservice_calls_address"),
            models.Index(
                fields=["reference_id", "at", "id"], name="formservice_calls_ref", condition=~Q(reference_id="")
            ),
            models.Index(fields=["form_id", "at", "id"], name="formservice_calls_form", condition=~Q(form_id="")),
        ]


class AdministrationEntry(models.Model):
    """What an administrator, or a command (without a name), has changed. Only ever added to; the database refuses the
    rest. about: the form, client or whatever it was; told: what belongs to it."""

    at = models.DateTimeField(auto_now_add=True)
    administrator = models.CharField(max_length=150, default="")
    action = models.CharField(max_length=64)
    about = models.CharField(max_length=255, db_collation="C")
    told = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["about", "-id"], name="formservice_administered")]
