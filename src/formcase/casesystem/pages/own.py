"""A visitor's own page: password and time zone."""

from zoneinfo import available_timezones

from django import forms
from django.contrib import messages
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from formcase.casesystem.login.attempts import LockedOutError, begin_attempt, succeeded
from formcase.casesystem.login.passwords import check_new_password, set_password
from formcase.casesystem.models import Account
from formcase.casesystem.pages.page import Page
from formcase.casesystem.pages.showing import show
from formcase.casesystem.pages.visitor import Visitor


class PasswordForm(forms.Form):
    """A new password for who knows the old one."""

    old = forms.CharField(
        label=pgettext_lazy("case system", "Present password"), widget=forms.PasswordInput, strip=False
    )
    new = forms.CharField(
        label=pgettext_lazy("log-in", "New password"),
        widget=forms.PasswordInput,
        strip=False,
        help_text=gettext_lazy("At least 12 characters. Several words in a row are good."),
    )
    again = forms.CharField(label=gettext_lazy("New password again"), widget=forms.PasswordInput, strip=False)

    def __init__(self, account: Account, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        self._account = account

    def clean_old(self) -> str:
        """The present password, which is guessed no oftener here than at the log-in."""
        old: str = self.cleaned_data["old"]
        try:
            begin_attempt(self._account.name)
        except LockedOutError:
            raise ValidationError(_("Too many attempts have failed. Try again later.")) from None
        if not check_password(old, self._account.secret or ""):
            raise ValidationError(_("That is not your present password."))
        succeeded(self._account.name)
        return old

    def clean_new(self) -> str:
        """A password that is strong enough."""
        new: str = self.cleaned_data["new"]
        check_new_password(self._account, new)
        return new

    def clean(self) -> None:
        """The two must be the same, and another than before."""
        new, again = self.cleaned_data.get("new"), self.cleaned_data.get("again")
        if new is not None and again is not None and new != again:
            self.add_error("again", pgettext("case system", "This is not the same as the new password."))
        if new is not None and new == self.cleaned_data.get("old"):
            self.add_error("new", _("This is your present password."))


class ZoneForm(forms.Form):
    """Which zone times are shown in."""

    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), required=False)

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        zones = [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())]
        self.fields["time_zone"].choices = [("", _("As the case system")), *zones]  # type: ignore[attr-defined]


def own(request: HttpRequest, visitor: Visitor) -> HttpResponseBase:
    """Show who the visitor is, and change password or time zone."""
    account = visitor.login.account
    password = PasswordForm(account, request.POST if request.POST.get("what") == "password" else None)
    zone = ZoneForm(
        request.POST if request.POST.get("what") == "zone" else None, initial={"time_zone": account.time_zone}
    )
    if password.is_valid():
        set_password(account, password.cleaned_data["new"], must_change=False, keep=visitor.login.digest)
        messages.success(request, _("The password is changed. Other browsers are logged out."))
        return redirect("casesystem:cases")
    if zone.is_valid():
        Account.objects.filter(pk=account.pk).update(time_zone=zone.cleaned_data["time_zone"])
        messages.success(request, _("The time zone is saved."))
        return redirect("casesystem:own")
    content = {
        "password": password,
        "zone_form": zone,
        "must_change": account.must_change_secret,
        "unit": visitor.reference.code("OuDomains", visitor.actor.unit) if visitor.actor.unit else None,
        "codes": sorted(visitor.actor.codes),
    }
    return show(request, visitor, "own.html", content)


PAGES = (Page("own", "case-system/own/", own, gettext_lazy("Your page"), parent="cases", free=True),)
