"""What is kept of each change. The database itself refuses to change or remove an entry (`migrations/sql/`)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One change. before and after hold what was changed, as JSON; no secrets and nothing out of a form."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=200)  # a user's name, or what acted where no person did
    action = models.CharField(max_length=100)  # such as “workflow changed”: the kind of the object, and what was done
    kind = models.CharField(max_length=100)  # of the object
    key = models.CharField(max_length=200, blank=True, default="")  # of the object, where it has one
    name = models.CharField(max_length=500, blank=True, default="")  # of the object, as it was called at the time
    before = models.JSONField(null=True, blank=True)
    after = models.JSONField(null=True, blank=True)

    class Meta:
        verbose_name = _("audit log entry")
        indexes = [
            models.Index(fields=["actor", "-id"], name="audit_by_actor"),
            models.Index(fields=["kind", "key", "-id"], name="audit_by_object"),
            models.Index(
                fields=["-id"], name="audit_looks", condition=Q(action__in=["submission looked at", "person looked up"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.actor}: {self.action}"
