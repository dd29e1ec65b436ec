"""What is kept of service workflows, of the submissions they file, and of everything that happened.

The journal's hot statements are SQL of their own (`sql/`); these models define the tables and serve pages and set-up.
"""

from django.db import models
from django.db.models import F, Q
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
    client_id = models.CharField(max_length=200, blank=True, default="")
    certificate_thumbprint = models.CharField(max_length=200, blank=True, default="")
    form_ids = models.TextField(blank=True, default="")
    executing_user = models.CharField(max_length=200, blank=True, default="")
    error_case_group = models.CharField(max_length=200, blank=True, default="")
    error_access_code = models.CharField(max_length=200, blank=True, default="")
    block_after = models.PositiveIntegerField(default=600)
    settle = models.PositiveIntegerField(default=60)
    language = models.CharField(max_length=10, default="en")

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


class SubmissionRecord(models.Model):
    """The journal's row of one submission: (source, submission_id) stands once, for ever."""

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
    error_case = models.JSONField(null=True, blank=True)
    plan = models.JSONField(null=True, blank=True)  # the last plan, for people
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
            models.Index(F("recorded_at").desc(), F("id").desc(), name="submission_newest"),
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
    """One line of the workflow log. Its message carries nothing that a person wrote in a form."""

    at = models.DateTimeField()
    workflow = models.ForeignKey(ServiceWorkflow, null=True, on_delete=models.SET_NULL, related_name="log")
    submission = models.ForeignKey(SubmissionRecord, null=True, on_delete=models.SET_NULL, related_name="log")
    attempt = models.PositiveIntegerField(null=True, blank=True)
    level = models.CharField(max_length=10)
    event = models.CharField(max_length=60)
    message = models.JSONField()
    duration = models.FloatField(null=True, blank=True)  # seconds

    class Meta:
        verbose_name = _("workflow log entry")
        indexes = [
            models.Index(F("workflow"), F("id").desc(), name="log_by_workflow"),
            models.Index(F("submission"), F("id"), name="log_by_submission"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.event}"


class KnownCaseSystem(models.Model):
    """What was learnt about a case system and must be known after a restart."""

    url = models.CharField(max_length=2000, primary_key=True)
    answers_repeatability = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.url
