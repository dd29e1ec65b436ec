"""The addresses of signing in and of a user's own account: those of allauth that are wanted here, and no others (no
sign-up, no mail)."""

from allauth.account import views as account
from allauth.socialaccount import views as provider
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

urlpatterns: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/", account.password_change, name="account_change_password"),
    path("second-factor/", include("allauth.mfa.urls")),
    # allauth asks for these by name; nobody signs up and nobody without a password sets one
    path("signup/", RedirectView.as_view(pattern_name="account_login"), name="account_signup"),
    path("password/set/", RedirectView.as_view(pattern_name="account_login"), name="account_set_password"),
    # they lead nowhere where no OpenID Connect provider is set
    path("provider/cancelled/", provider.login_cancelled, name="socialaccount_login_cancelled"),
    path("provider/error/", provider.login_error, name="socialaccount_login_error"),
    path("provider/signup/", RedirectView.as_view(pattern_name="account_login"), name="socialaccount_signup"),
    path("provider/connections/", RedirectView.as_view(pattern_name="account_login"), name="socialaccount_connections"),
    path("", include("allauth.socialaccount.providers.openid_connect.urls")),
]
