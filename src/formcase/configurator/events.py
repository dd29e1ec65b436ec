"""The words for the steps of the workflow log. What is not here is shown as it was recorded."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

EVENTS: dict[str, Promise] = {
    "adopted": _("found as filed"),
    "broke off": _("broke off"),
    "can't be filed again": _("can't be filed again"),
    "can't be filed as it is": _("can't be filed as it is"),
    "can't be read": _("can't be read"),
    "check got worse": _("check got worse"),
    "check is well again": _("check is well again"),
    "checked": _("checked"),
    "delivered": _("delivered"),
    "error case not noted": _("error case not noted"),
    "fetched": _("fetched"),
    "filed": _("filed"),
    "filed again": _("filed again"),
    "form refused": _("form refused"),
    "handled by hand": _("handled by hand"),
    "imported": _("imported"),
    "imported elsewhere": _("imported elsewhere"),
    "left alone": _("left alone"),
    "moved": _("moved"),
    "not reported yet": _("not reported yet"),
    "outdated": _("outdated"),
    "planned": _("planned"),
    "planned anew": _("planned anew"),
    "read back": _("read back from the error case"),
    "recorded": _("found"),
    "refused": _("refused"),
    "repeated": _("repeated"),
    "retried": _("tried again"),
    "sent to error case": _("sent to error case"),
    "settles": _("waits for certainty"),
    "still an error case": _("still an error case"),
    "taken over": _("taken over"),
    "taken up again": _("taken up again"),
    "temporary blocked": _("temporary blocked"),
    "uploaded": _("uploaded"),
    "waits": _("waits"),
    "watch failed": _("watch failed"),
    "watch works again": _("watch works again"),
    "withdrawn": _("withdrawn"),
    "works again": _("works again"),
}

LEVELS: dict[str, Promise] = {
    "debug": _("Detail"),
    "info": _("Information"),
    "warning": _("Warning"),
    "error": _("Error"),
}
