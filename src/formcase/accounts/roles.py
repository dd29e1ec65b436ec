"""What a user may do: three roles, each of which may do all that the ones before it may."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """In the order of what they may do."""

    VIEWER = "viewer", _("Viewer")
    OPERATOR = "operator", _("Operator")
    ADMINISTRATOR = "administrator", _("Administrator")

    def includes(self, other: "Role") -> bool:
        """Whether this role may do what the other may."""
        order = list(Role)
        return order.index(self) >= order.index(other)


EXPLANATIONS = {
    Role.VIEWER: _("Sees service workflows, submissions and logs, and changes nothing."),
    Role.OPERATOR: _("Also tries submissions again, files error cases again, and takes submissions over by hand."),
    Role.ADMINISTRATOR: _("Also sets up service workflows, mappings, certificates and users."),
}
