"""A user's own account: language, time zone, and the ways to password and second factor."""

from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from formcase.accounts.models import User
from formcase.accounts.roles import EXPLANATIONS, Role
from formcase.configurator.page import Page, signed_in_user
from formcase.configurator.showing import show


class PreferencesForm(forms.Form):
    """What a user may choose."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), required=False, help_text=gettext_lazy("All times are shown in it.")
    )

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        of_the_installation = _("As the installation: {zone}").format(zone=settings.TIME_ZONE)
        self.fields["time_zone"].choices = [  # type: ignore[attr-defined]
            ("", of_the_installation),
            *((zone, zone) for zone in sorted(available_timezones()) if "/" in zone and not zone.startswith("Etc/")),
            ("UTC", "UTC"),
        ]


def own_account(request: HttpRequest) -> HttpResponse:
    """Show it, and save what the user chose."""
    user = signed_in_user(request)
    chosen = {"language": user.language or request.LANGUAGE_CODE, "time_zone": user.time_zone}
    form = PreferencesForm(request.POST or None, initial=chosen)
    if request.method == "POST" and form.is_valid():
        return _save(request, user, form.cleaned_data)
    context: dict[str, object] = {
        "form": form,
        "role": Role(user.role).label,
        "may": EXPLANATIONS[Role(user.role)],
        "has_password": user.has_usable_password(),
    }
    return show(request, "configurator/own_account.html", context)


def _save(request: HttpRequest, user: User, chosen: dict[str, str]) -> HttpResponse:
    User.objects.filter(pk=user.pk).update(language=chosen["language"], time_zone=chosen["time_zone"])
    with override(chosen["language"]):
        messages.success(request, _("Saved."))
    response = redirect("configurator:own_account")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen["language"], samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
    return response


PAGES = (Page("own_account", "account/", own_account, gettext_lazy("Your account"), change=Role.VIEWER),)
