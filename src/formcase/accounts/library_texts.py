"""Texts of Django and of allauth that people see here, and that Formcase translates itself: in Danish both call a
password an “adgangskode”, which is what a case system calls an access code. Nothing imports this module; a text that
stands here is in Formcase's own catalogue, which goes before those of the libraries.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

TEXTS = (
    # signing in
    _("Password"),
    _("The username and/or password you specified are not correct."),
    _("Enter your password:"),
    _("Use your password"),
    _("Incorrect password."),
    # another password
    _("Current Password"),
    _("New Password"),
    _("New Password (again)"),
    _("Change Password"),
    _("Please type your current password."),
    _("You must type the same password each time."),
    _("Password successfully changed."),
    # what a password must be
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        "min_length",
    ),
    ngettext_lazy(
        "Your password must contain at least %(min_length)d character.",
        "Your password must contain at least %(min_length)d characters.",
        "min_length",
    ),
    _("The password is too similar to the %(verbose_name)s."),
    _("Your password can’t be too similar to your other personal information."),
    _("This password is too common."),
    _("Your password can’t be a commonly used password."),
    _("This password is entirely numeric."),
    _("Your password can’t be entirely numeric."),
    # security keys
    _("Passwordless"),
    _(
        "Enabling passwordless operation allows you to sign in using just this key, but imposes additional "
        "requirements such as biometrics or PIN protection."
    ),
)
