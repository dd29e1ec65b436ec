"""What is kept of service workflows, of the submissions they file, and of everything that happened.

The journal's hot statements are SQL of their own (`sql/`); these models define the tables and serve pages and set-up.
"""

from uuid import uuid4

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from formcase.filing.journal import State


class ServiceWorkflow(models.Model):
    """A configured instance of a type, enabled or disabled. Waits are in seconds."""

    name = models.CharField(max_length=200)
    type = models.CharField(max_length=50, default="interact")
    description = models.TextField(blank=True, default="")
    enabled = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)  # grows with every change of a parameter

    watch_interval = models.PositiveIntegerField(default=60)
    url = models.CharField(max_length=2000, blank=True, default="")
    client_id = models.CharField(max_length=255, blank=True, default="")
    certificate_thumbprint = models.CharField(max_length=200, blank=True, default="")
    form_ids = models.TextField(blank=True, default="")
    executing_user = models.CharField(max_length=200, blank=True, default="")
    error_case_group = models.CharField(max_length=200, blank=True, default="")
    error_access_code = models.CharField(max_length=200, blank=True, default="")
    block_after = models.PositiveIntegerField(default=600)
    settle = models.PositiveIntegerField(default=60)
    language = models.CharField(max_length=10, default="en")

    # days that content is kept here; none: what the installation sets
    keep_imported_days = models.PositiveIntegerField(null=True, blank=True)
    keep_error_case_days = models.PositiveIntegerField(null=True, blank=True)
    keep_content_days = models.PositiveIntegerField(null=True, blank=True)

    # what is in force of what it carries; none where the forms' own pages and XML are taken as they are
    mapping = models.ForeignKey("MappingVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    transform = models.ForeignKey("TransformVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    # what blocks the whole workflow, and who probes next
    blocked_since = models.DateTimeField(null=True, blank=True)
    blocked_reason = models.JSONField(null=True, blank=True)
    probe_submission = models.BigIntegerField(null=True, blank=True)
    probe_due = models.DateTimeField(null=True, blank=True)
    probe_tries = models.PositiveIntegerField(default=0)
    suspects = models.PositiveIntegerField(default=0)  # suspicious blocks in a row, with none filed in between

    # the watch
    last_round_at = models.DateTimeField(null=True, blank=True)
    next_round_at = models.DateTimeField(null=True, blank=True)
    watch_problem = models.JSONField(null=True, blank=True)
    watch_problem_since = models.DateTimeField(null=True, blank=True)
    left_alone = models.JSONField(default=list, blank=True)  # forms that another workflow covers
    refused_forms = models.JSONField(default=list, blank=True)

    # the checks: what the newest run says, and which version of the parameters was looked at
    last_check_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    checked_version = models.PositiveIntegerField(null=True, blank=True)
    check_problem = models.JSONField(null=True, blank=True)  # the first no
    check_warning = models.JSONField(null=True, blank=True)  # the first warning

    next_reconciliation_at = models.DateTimeField(null=True, blank=True)

    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("service workflow")
        constraints = [
            models.UniqueConstraint(fields=["name"], condition=Q(deleted_at=None), name="one_living_workflow_per_name")
        ]

    def __str__(self) -> str:
        return self.name


class WorkflowVersion(models.Model):
    """What a workflow's parameters were, each time they were saved."""

    workflow = models.ForeignKey(ServiceWorkflow, on_delete=models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    settings = models.JSONField()
    enabled = models.BooleanField()
    saved_at = models.DateTimeField(auto_now_add=True)
    saved_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workflow", "version"], name="one_row_per_workflow_version")]

    def __str__(self) -> str:
        return f"{self.workflow_id} v{self.version}"


class CarriedVersion(models.Model):
    """A version of something that a workflow carries. The draft, of which there is at most one, has no number and may
    be changed; a published version never is, which the database itself sees to."""

    workflow = models.ForeignKey(ServiceWorkflow, on_delete=models.PROTECT, related_name="%(class)ss")
    number = models.PositiveIntegerField(null=True, blank=True)
    content = models.TextField()
    comment = models.TextField(blank=True, default="")
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["workflow", "number"], name="one_%(class)s_per_number"),
            models.UniqueConstraint(fields=["workflow"], condition=Q(number=None), name="one_%(class)s_draft"),
            models.CheckConstraint(
                condition=Q(number=None, published_at=None) | (~Q(number=None) & ~Q(published_at=None)),
                name="%(class)s_has_number_when_published",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.workflow_id} v{self.number or '-'}"


class MappingVersion(CarriedVersion):
    """A mapping of a workflow's own, as JSON text."""


class TransformVersion(CarriedVersion):
    """An XSLT stylesheet that turns XML of another shape into the submission's."""


class DataKey(models.Model):
    """A key that content is sealed with, wrapped. key_id: which key-encryption key has wrapped it, by its id."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    created_at = models.DateTimeField()
    key_id = models.CharField(max_length=16)
    wrapped = models.BinaryField()

    class Meta:
        indexes = [models.Index(F("created_at").desc(), F("id"), name="data_key_newest")]

    def __str__(self) -> str:
        return str(self.id)


# of a submission, what is large and shown in no listing
UNLISTED = (
    "intent", "documents", "sealed_plan", "sealed_reason", "sealed_filed", "sealed_error_case", "sealed_to_error_case",
)  # fmt: skip


class SubmissionRecord(models.Model):
    """The journal's row of one submission: (source, submission_id) stands once, for ever.

    What a person may have written lies in the sealed columns alone, all of one row sealed with one data key; `contents`
    reads and writes them. The columns beside them have the same without it, and stay when the content is removed.
    """

    STATES = [(state.value, state.value) for state in State]

    workflow = models.ForeignKey(ServiceWorkflow, on_delete=models.PROTECT, related_name="submissions")
    source = models.CharField(max_length=2000)
    submission_id = models.CharField(max_length=64)
    reference_id = models.CharField(max_length=64)
    owns_reference = models.BooleanField(default=True)
    form_id = models.CharField(max_length=64)
    form_title = models.CharField(max_length=255)
    form_version = models.PositiveBigIntegerField()
    submitted_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    state = models.CharField(max_length=20, choices=STATES, default=State.WAITING.value)
    attempt = models.PositiveIntegerField(default=0)
    attempt_open = models.BooleanField(default=False)
    attempt_started_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    unreadable_tries = models.PositiveIntegerField(default=0)
    passing_since = models.DateTimeField(null=True, blank=True)

    delivered_at = models.DateTimeField(null=True, blank=True)
    blocked_scope = models.CharField(max_length=20, blank=True, default="")
    blocked_since = models.DateTimeField(null=True, blank=True)
    blocked_reported = models.BooleanField(default=False)
    reason = models.JSONField(null=True, blank=True)

    intent = models.JSONField(null=True, blank=True)
    documents = models.JSONField(default=dict, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    doubt_since = models.DateTimeField(null=True, blank=True)
    filed = models.JSONField(null=True, blank=True)
    filed_at = models.DateTimeField(null=True, blank=True)
    filed_kind = models.GeneratedField(
        expression=KT("filed__kind"), output_field=models.CharField(max_length=20, null=True), db_persist=True
    )
    error_case = models.JSONField(null=True, blank=True)
    to_error_case = models.JSONField(
        null=True, blank=True
    )  # why a person wants an error case instead of what is mapped
    handled_case = models.CharField(max_length=200, blank=True, default="", db_default="")

    data_key = models.ForeignKey(DataKey, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sealed_plan = models.BinaryField(null=True, blank=True)  # the last plan, of the intent where there is one
    sealed_reason = models.BinaryField(null=True, blank=True)
    sealed_filed = models.BinaryField(null=True, blank=True)  # the reasons of filed
    sealed_error_case = models.BinaryField(null=True, blank=True)  # the reasons of error_case
    sealed_to_error_case = models.BinaryField(null=True, blank=True)
    content_removed_at = models.DateTimeField(null=True, blank=True)

    # the journal may be older than the ends: the case system is asked before anything is written
    look_first = models.BooleanField(default=False, db_default=False)

    # of what the workflow carries, the versions that the last plan was made with
    mapping_version = models.ForeignKey(
        MappingVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="submissions"
    )
    transform_version = models.ForeignKey(
        TransformVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="submissions"
    )

    reported_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("submission")
        constraints = [
            models.UniqueConstraint(fields=["source", "submission_id"], name="one_row_per_submission"),
            models.UniqueConstraint(
                fields=["reference_id"], condition=Q(owns_reference=True), name="one_owner_per_reference"
            ),
        ]
        indexes = [
            models.Index(fields=["reference_id"], name="submission_reference"),
            models.Index(fields=["workflow", "state"], name="submission_workflow_state"),
            models.Index(fields=["workflow", "filed_at"], name="submission_workflow_filed"),
            models.Index(
                F("due_at"), name="submission_open_due", condition=~Q(state__in=["imported", "withdrawn", "handled"])
            ),
            models.Index(
                F("recorded_at").desc(), F("id").desc(), name="submission_newest", include=["state", "filed_kind"]
            ),
            models.Index(F("state"), F("recorded_at").desc(), F("id").desc(), name="submission_by_state"),
            models.Index(F("form_id"), F("recorded_at").desc(), F("id").desc(), name="submission_by_form"),
            models.Index(F("workflow"), F("recorded_at").desc(), F("id").desc(), name="submission_by_workflow"),
            models.Index(fields=["submission_id"], name="submission_of_form_service"),
            models.Index(
                F("recorded_at").desc(),
                F("id").desc(),
                name="submission_error_cases",
                condition=Q(state="imported", filed_kind="error case"),
            ),
            models.Index(
                fields=["ended_at"],
                name="submission_ended",
                include=["workflow", "state", "filed_kind"],
                condition=~Q(ended_at=None),
            ),
            models.Index(fields=["handled_case"], name="submission_handled_case", condition=~Q(handled_case="")),
            models.Index(fields=["workflow", "ended_at"], name="submission_content_ended", condition=~Q(data_key=None)),
            models.Index(
                fields=["workflow", "recorded_at"], name="submission_content_found", condition=~Q(data_key=None)
            ),
        ]

    def __str__(self) -> str:
        return self.reference_id


class Claim(models.Model):
    """Who files something that touches this contact or case. A claim is void once its attempt is over."""

    name = models.CharField(max_length=300, primary_key=True)
    submission = models.ForeignKey(SubmissionRecord, on_delete=models.CASCADE, related_name="claims")
    attempt = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.submission_id}:{self.attempt}"


class LogEntry(models.Model):
    """One line of the workflow log. Its message carries nothing that a person wrote in a form.

    form_id: the submission's. search: the words of event and message, in every language. Newest first is by (at, id).
    """

    at = models.DateTimeField()
    workflow = models.ForeignKey(ServiceWorkflow, null=True, on_delete=models.SET_NULL, related_name="log")
    submission = models.ForeignKey(SubmissionRecord, null=True, on_delete=models.SET_NULL, related_name="log")
    attempt = models.PositiveIntegerField(null=True, blank=True)
    level = models.CharField(max_length=10)
    event = models.CharField(max_length=60)
    message = models.JSONField()
    duration = models.FloatField(null=True, blank=True)  # seconds
    form_id = models.CharField(max_length=64, blank=True, default="", db_default="")
    search = SearchVectorField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("workflow log entry")
        indexes = [
            models.Index(F("at").desc(), F("id").desc(), name="log_newest"),
            models.Index(F("workflow"), F("at").desc(), F("id").desc(), name="log_by_workflow"),
            models.Index(F("form_id"), F("at").desc(), F("id").desc(), name="log_by_form"),
            models.Index(F("submission"), F("id"), name="log_by_submission"),
            models.Index(
                F("at").desc(), F("id").desc(), name="log_warnings", condition=Q(level__in=["warning", "error"])
            ),
            models.Index(F("at").desc(), F("id").desc(), name="log_errors", condition=Q(level="error")),
            GinIndex(fields=["search"], name="log_words"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.event}"


class KnownCaseSystem(models.Model):
    """What was learnt about a case system and must be known after a restart."""

    url = models.CharField(max_length=2000, primary_key=True)
    answers_repeatability = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.url


class DatabaseHistory(models.Model):
    """A history of the database that workers have worked in, the newest one last; more than one where it was failed
    over or restored. system, database, timeline: as PostgreSQL counts them. begun_at: when the first worker met it."""

    system = models.BigIntegerField()
    database = models.BigIntegerField()
    timeline = models.BigIntegerField()
    begun_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"timeline {self.timeline} since {self.begun_at:%Y-%m-%d %H:%M:%S}"


class PersonIndex(models.Model):
    """Whose submissions these are: a keyed digest of each person's or company's number, never the number."""

    digest = models.BinaryField(max_length=32)
    submission = models.ForeignKey(SubmissionRecord, on_delete=models.CASCADE, related_name="persons", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest", "submission"], name="one_row_per_person_submission")]

    def __str__(self) -> str:
        return str(self.submission_id)


class FiledCase(models.Model):
    """Which submission made, updated or became which case."""

    number = models.CharField(max_length=200)
    submission = models.ForeignKey(SubmissionRecord, on_delete=models.CASCADE, related_name="cases", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "submission"], name="one_row_per_case_submission")]

    def __str__(self) -> str:
        return self.number


class Cause(models.Model):
    """Why submissions become error cases: one row for all that have the same cause. key: of its message."""

    key = models.CharField(max_length=64, unique=True)
    message = models.JSONField()

    def __str__(self) -> str:
        return self.key


class ErrorCause(models.Model):
    """A cause of one error case. mended_at: when the submission was filed as mapped, or taken care of by hand."""

    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, related_name="submissions", db_index=False)
    submission = models.ForeignKey(SubmissionRecord, on_delete=models.CASCADE, related_name="causes")
    form_id = models.CharField(max_length=64)
    filed_at = models.DateTimeField()
    mended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cause", "submission"], name="one_row_per_cause_submission")]
        indexes = [
            models.Index(
                fields=["cause", "form_id"], name="cause_unmended", include=["filed_at"], condition=Q(mended_at=None)
            )
        ]

    def __str__(self) -> str:
        return f"{self.cause_id}:{self.submission_id}"


class GroupFiling(models.Model):
    """All error cases of a cause, or those of one form, that a person wants filed again. total: how many they were
    then; last_key: the last submission that it has come to; refusals: the first of those that were left as they are."""

    cause = models.ForeignKey(Cause, on_delete=models.CASCADE, related_name="+", db_index=False)
    form_id = models.CharField(max_length=64, blank=True, default="")
    by = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    last_key = models.BigIntegerField(default=0)
    refusals = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cause", "form_id"], name="one_group_filing_at_a_time", condition=Q(ended_at=None)
            )
        ]
        indexes = [models.Index(fields=["ended_at"], name="group_filing_by_end")]

    def __str__(self) -> str:
        return f"{self.cause_id}: {self.done} of {self.total}"


class CheckRun(models.Model):
    """What the checks said of a workflow, once. why: what led to it; fingerprint: of all that the answers depend on."""

    workflow = models.ForeignKey(ServiceWorkflow, on_delete=models.CASCADE, related_name="check_runs", db_index=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    why = models.CharField(max_length=40)
    by = models.CharField(max_length=200, blank=True, default="")
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    verdict = models.CharField(max_length=10)
    results = models.JSONField()
    changes = models.JSONField(default=list)  # what it said otherwise than the run before

    class Meta:
        indexes = [models.Index(F("workflow"), F("id").desc(), name="check_run_by_workflow")]

    def __str__(self) -> str:
        return f"{self.workflow_id} {self.started_at:%Y-%m-%d %H:%M:%S} {self.verdict}"


class Reconciliation(models.Model):
    """One comparison of a workflow's three sides. workflow: none for the cases that belong to no known submission.
    findings: what was unaccounted for at its end; problem: why it could not be carried through."""

    workflow = models.ForeignKey(
        ServiceWorkflow, null=True, on_delete=models.CASCADE, related_name="reconciliations", db_index=False
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    by = models.CharField(max_length=200, blank=True, default="")
    at_form_service = models.PositiveIntegerField(default=0)
    in_journal = models.PositiveIntegerField(default=0)
    at_case_system = models.PositiveIntegerField(default=0)
    findings = models.PositiveIntegerField(default=0)
    repaired = models.PositiveIntegerField(default=0)
    problem = models.JSONField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(F("workflow"), F("id").desc(), name="reconciliation_by_workflow")]

    def __str__(self) -> str:
        return f"{self.workflow_id} {self.started_at:%Y-%m-%d %H:%M:%S} {self.findings}"


class Finding(models.Model):
    """One thing that is unaccounted for. kind: one of `reconciling.judging.Kind`."""

    run = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="found")
    kind = models.CharField(max_length=40)
    submission = models.ForeignKey(SubmissionRecord, null=True, on_delete=models.SET_NULL, related_name="+")
    submission_id_there = models.CharField(max_length=64, blank=True, default="")
    reference_id = models.CharField(max_length=200, blank=True, default="")
    form_id = models.CharField(max_length=64, blank=True, default="")
    cases = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"{self.reference_id}: {self.kind}"


class ForeignReference(models.Model):
    """A reference ID at the case system that belongs to no submission of ours, as somebody has said, or as it was there
    before the first comparison."""

    reference_id = models.CharField(max_length=200, primary_key=True)
    accepted_at = models.DateTimeField()
    by = models.CharField(max_length=200, blank=True, default="")

    def __str__(self) -> str:
        return self.reference_id
