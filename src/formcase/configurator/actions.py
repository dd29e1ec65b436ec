"""The words for what was done, as the audit log shows them."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Promise] = {
    "signed in": _("signed in"),
    "signed out": _("signed out"),
    "sign-in refused": _("sign-in refused"),
    "password changed": _("password changed"),
    "password set": _("password set"),
    "second factor added": _("second factor added"),
    "second factor removed": _("second factor removed"),
    "second factor made anew": _("second factor made anew"),
    "second factor refused": _("second factor refused"),
    "second factor reset": _("second factor reset"),
    "user created": _("user created"),
    "user changed": _("user changed"),
    "workflow created": _("workflow created"),
    "workflow changed": _("workflow changed"),
    "workflow enabled": _("workflow enabled"),
    "workflow disabled": _("workflow disabled"),
    "workflow deleted": _("workflow deleted"),
    "submission tried again": _("submission tried again"),
    "submission handled by hand": _("submission handled by hand"),
}
