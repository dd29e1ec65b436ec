"""What of allauth is different here: nobody signs up, no mail is sent, second factors are kept encrypted."""

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.translation import gettext as _
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode

from formcase.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Users are made by administrators, and told nothing by mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The audit log has it; nobody is written to."""

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """A password that the user chose is one that needs no change."""
        if isinstance(user, User):
            user.must_change_password = False
        super().set_password(user, password)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keeps the secrets of second factors encrypted, and draws the code to scan without inline styles."""

    def encrypt(self, text: str) -> str:
        """Encrypted by the installation's key."""
        return _cipher().encrypt(text.encode()).decode("ascii")

    def decrypt(self, encrypted_text: str) -> str:
        """Raises `cryptography.fernet.InvalidToken` where the installation's key is another one now."""
        return _cipher().decrypt(encrypted_text.encode("ascii")).decode()

    def build_totp_svg(self, url: str) -> str:
        """The code to scan as a drawing."""
        code: QRCode[SvgPathImage] = QRCode(border=2)
        code.add_data(url)  # type: ignore[no-untyped-call]
        rows: list[list[bool]] = code.get_matrix()  # type: ignore[no-untyped-call]
        squares = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
        size = len(rows)
        return format_html(
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" role="img" aria-label="{1}" '
            'class="code-to-scan" shape-rendering="crispEdges"><path fill="#ffffff" d="M0 0h{0}v{0}H0z"/>'
            '<path d="{2}"/></svg>',
            size,
            _("The key as a code to scan"),
            squares,
        )


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Lets those in whom an administrator has named; the provider alone makes nobody a user."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Tie the person to the user that an administrator has given this login; from then on the provider's own
        key of the person counts, whatever the login becomes."""
        if sociallogin.is_existing:
            return
        user = User.objects.filter(provider_login=_claimed(sociallogin)).first()
        if user is None or user.pk in _tied_users():
            messages.error(request, _("You have no access here. Ask an administrator to make you a user."))
            raise ImmediateHttpResponse(redirect("account_login"))
        sociallogin.connect(request, user)


def _claimed(login: SocialLogin) -> str:
    """What the provider says in the claim that users are known by."""
    said = login.account.extra_data
    picked = said.get("userinfo") or said.get("id_token") or said
    return str(picked.get(settings.OIDC_CLAIM) or "")


def _tied_users() -> set[int]:
    from allauth.socialaccount.models import SocialAccount

    return set(SocialAccount.objects.values_list("user_id", flat=True))


def _cipher() -> Fernet:
    digest = hashlib.sha256(b"second factors:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
