"""Users. What Django and allauth keep of them (passwords, sessions, second factors) is kept there."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from formcase.accounts.roles import Role

LONGEST_NAME = 150


class UserManager(BaseUserManager["User"]):
    """Finds users by the name they sign in with, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user who signs in with this name."""
        return self.get(username__iexact=username)


class User(AbstractBaseUser):
    """Somebody who may sign in. A user is disabled rather than removed: the audit log names it."""

    username = models.CharField(
        _("user name"),
        max_length=LONGEST_NAME,
        unique=True,
        error_messages={"unique": _("There is a user of this name already.")},
        validators=[RegexValidator(r"^[\w.@+-]+\Z", _("Letters, digits and . @ + - _ alone are possible."))],
    )
    full_name = models.CharField(_("name"), max_length=200, blank=True, default="")
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.VIEWER)
    is_active = models.BooleanField(_("may sign in"), default=True)
    must_change_password = models.BooleanField(default=False)
    # by which the OpenID Connect provider knows the person; null where the user signs in here alone
    provider_login = models.CharField(
        _("login at the provider"),
        max_length=200,
        unique=True,
        null=True,
        blank=True,
        error_messages={"unique": _("Another user has this login at the provider.")},
    )
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="one_user_per_name",
                violation_error_message=_("There is a user whose name differs by capitals alone."),
            )
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def may(self, role: Role) -> bool:
        """Whether the user's role includes this one."""
        return self.is_active and Role(self.role).includes(role)
