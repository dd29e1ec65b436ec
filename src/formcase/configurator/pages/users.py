"""Users, for administrators: make them, change their roles, disable them, give new passwords, reset second factors."""

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from formcase.accounts import managing
from formcase.accounts.models import User
from formcase.accounts.roles import EXPLANATIONS, Role
from formcase.appearance.navigation import Link
from formcase.configurator.page import Page, Section
from formcase.configurator.showing import ask, show


class UserForm(forms.ModelForm):  # type: ignore[type-arg]  # a ModelForm takes no parameter while Django runs
    """What an administrator says of a user."""

    class Meta:
        model = User
        fields = ("username", "full_name", "role", "provider_login")
        help_texts = {
            "username": gettext_lazy("What the user signs in with, such as lone.bruun."),
            "provider_login": gettext_lazy(
                "How the OpenID Connect provider knows the person. Leave it empty where the user signs in here alone."
            ),
        }
        widgets = {"role": forms.RadioSelect}

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)  # type: ignore[arg-type]
        self.fields["username"].widget.attrs.update(autocomplete="off", autocapitalize="none", spellcheck="false")
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, f"{role.label} – {EXPLANATIONS[role]}") for role in Role
        ]

    def clean_provider_login(self) -> str | None:
        """Empty is none: two users may both have none."""
        return self.cleaned_data["provider_login"] or None


def users(request: HttpRequest) -> HttpResponse:
    """List them."""
    protected = set(Authenticator.objects.values_list("user_id", flat=True))
    rows = [(user, user.pk in protected) for user in User.objects.order_by("username")]
    return show(request, "configurator/users.html", {"rows": rows})


def create(request: HttpRequest) -> HttpResponse:
    """Make a user with a password that is shown once."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        password = managing.new_password()
        try:
            user = managing.create(request, form.cleaned_data, password)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _password(request, user, password)
    return show(request, "configurator/user_form.html", {"form": form, "action": _("Create user")})


def edit(request: HttpRequest, key: int) -> HttpResponse:
    """Change what is said of a user."""
    user = get_object_or_404(User, pk=key)
    form = UserForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        try:
            managing.change(request, user, form.cleaned_data)
        except (ValidationError, managing.LastAdministrator) as error:
            form.add_error(None, error if isinstance(error, ValidationError) else str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("configurator:users")
    context: dict[str, object] = {"form": form, "action": _("Save"), "edited": get_object_or_404(User, pk=key)}
    return show(request, "configurator/user_form.html", context, title=_name(key))


def switch(request: HttpRequest, key: int) -> HttpResponse:
    """Disable a user, or let a disabled one in again."""
    user = get_object_or_404(User, pk=key)
    if request.method == "POST":
        try:
            managing.change(request, user, {"is_active": not user.is_active})
        except managing.LastAdministrator as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Saved."))
        return redirect("configurator:users")
    return ask(
        request,
        (_("Disable {user}?") if user.is_active else _("Let {user} sign in again?")).format(user=user),
        explanation=_("A disabled user can't sign in, and is signed out at once.") if user.is_active else "",
        action=_("Disable") if user.is_active else _("Enable"),
        back=reverse("configurator:user_edit", args=[key]),
        dangerous=user.is_active,
        between=_between(user),
    )


def password(request: HttpRequest, key: int) -> HttpResponse:
    """Give a user a new password, which is shown once."""
    user = get_object_or_404(User, pk=key)
    if request.method == "POST":
        made = managing.new_password()
        managing.set_password(request, user, made)
        return _password(request, user, made)
    return ask(
        request,
        _("Give {user} a new password?").format(user=user),
        explanation=_("The old password is void at once, and the user is signed out everywhere."),
        action=_("Make a new password"),
        back=reverse("configurator:user_edit", args=[key]),
        between=_between(user),
    )


def second_factor(request: HttpRequest, key: int) -> HttpResponse:
    """Take away the second factors of a user who has lost them."""
    user = get_object_or_404(User, pk=key)
    if request.method == "POST":
        managing.reset_second_factor(request, user)
        messages.success(
            request, _("The user now signs in by the password alone, and can set up a second factor anew.")
        )
        return redirect("configurator:users")
    return ask(
        request,
        _("Reset the second factor of {user}?").format(user=user),
        explanation=_("Do this only when you are sure who asks for it: the password alone will then let this user in."),
        action=_("Reset"),
        back=reverse("configurator:user_edit", args=[key]),
        dangerous=True,
        between=_between(user),
    )


def _password(request: HttpRequest, user: User, made: str) -> HttpResponse:
    context: dict[str, object] = {"made_for": user, "password": made}
    return show(
        request, "configurator/user_password.html", context, title=_("The password of {user}").format(user=user)
    )


def _name(key: int) -> str:
    """As it is kept, not as it was just typed."""
    return str(get_object_or_404(User, pk=key))


def _between(user: User) -> tuple[Link, ...]:
    return (Link(str(user), reverse("configurator:user_edit", args=[user.pk])),)


_ADMINISTRATORS = Role.ADMINISTRATOR
PAGES = (
    Page(
        "users",
        "users/",
        users,
        gettext_lazy("Users"),
        role=_ADMINISTRATORS,
        section=Section.ADMINISTRATION,
        place=10,
    ),
    Page("user_create", "users/create/", create, gettext_lazy("Create user"), role=_ADMINISTRATORS, parent="users"),
    Page("user_edit", "users/<int:key>/", edit, gettext_lazy("User"), role=_ADMINISTRATORS, parent="users"),
    Page(
        "user_switch", "users/<int:key>/switch/", switch, gettext_lazy("Disable"), role=_ADMINISTRATORS, parent="users"
    ),
    Page(
        "user_password",
        "users/<int:key>/password/",
        password,
        gettext_lazy("Password"),
        role=_ADMINISTRATORS,
        parent="users",
    ),
    Page(
        "user_second_factor",
        "users/<int:key>/second-factor/",
        second_factor,
        gettext_lazy("Second factor"),
        role=_ADMINISTRATORS,
        parent="users",
    ),
)
