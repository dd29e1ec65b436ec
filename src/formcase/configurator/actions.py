"""The words for what was done to what, as the audit log shows them. What is not here is shown as it was recorded."""

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
    "mapping draft saved": _("mapping draft saved"),
    "mapping draft discarded": _("mapping draft discarded"),
    "mapping published": _("mapping published"),
    "mapping withdrawn": _("mapping withdrawn"),
    "transform draft saved": _("transform draft saved"),
    "transform draft discarded": _("transform draft discarded"),
    "transform published": _("transform published"),
    "transform withdrawn": _("transform withdrawn"),
    "submission tried again": _("submission tried again"),
    "submission handled by hand": _("submission handled by hand"),
    "submission looked at": _("submission looked at"),
    "submission sent to error case": _("submission sent to error case"),
    "error case filed again": _("error case filed again"),
    "group of error cases filed again": _("group of error cases filed again"),
    "person looked up": _("person looked up by number"),
    "reconciliation asked for": _("comparison asked for"),
    "content keys rotated": _("content key changed"),
    "content key dropped": _("content key dropped"),
}

KINDS: dict[str, Promise] = {
    "user": _("User"),
    "service workflow": _("Service workflow"),
    "submission": _("Submission"),
    "error cases": _("Error cases"),
    "person": _("Person"),
    "content key": _("Content key"),
    "reconciliation": _("Reconciliation"),
}

# Who acted where no user did; users are shown by their user names.
ACTORS: dict[str, Promise] = {
    "command line": _("command line"),
    "first start": _("first start"),
    "demo": _("demonstration"),
}

# Parameters of service workflows have names of their own, which are not translated.
VALUES: dict[str, Promise] = {
    "username": _("user name"),
    "full_name": _("name"),
    "name": _("name"),
    "description": _("description"),
    "role": _("role"),
    "is_active": _("may sign in"),
    "provider_login": _("login at the provider"),
    "type": _("type"),
    "types": _("types"),
    "change": _("change"),
    "version": _("version"),
    "comment": _("comment"),
    "state": _("state"),
    "case": _("case"),
    "count": _("number"),
    "form": _("form"),
}
