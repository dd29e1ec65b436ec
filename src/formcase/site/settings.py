"""Django's settings, made from the installation's configuration. What an installation may change stands there."""

import secrets as random
from datetime import timedelta
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from formcase.site.configuration import configuration
from formcase.site.identity_provider import form_targets, identity_provider
from formcase.site.logs import logging_settings
from formcase.site.secrets import PERSON_INDEX_KEY as PERSON_INDEX_KEY_NAME
from formcase.site.secrets import SECRET_KEY as SECRET_KEY_NAME
from formcase.site.secrets import known_secret

_configuration = configuration()
_package = Path(__file__).resolve().parent.parent

DATA_FOLDER = _configuration.data.resolve()


def _key(given: SecretStr | None, name: str) -> str:
    """`prepare()` makes the keys before anything is served; a tool that only reads the settings gets one that nobody
    keeps."""
    return given.get_secret_value() if given else known_secret(DATA_FOLDER, name) or random.token_urlsafe(48)


SECRET_KEY = _key(_configuration.secret_key, SECRET_KEY_NAME)
# numbers of persons are found by their digests with this key
PERSON_INDEX_KEY = _key(_configuration.person_index_key, PERSON_INDEX_KEY_NAME)
DEBUG = False
ALLOWED_HOSTS = list(_configuration.allowed_hosts)
ROOT_URLCONF = "formcase.site.urls"
WSGI_APPLICATION = "formcase.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "formcase.site",
    "formcase.appearance",
    "formcase.audit",
    "formcase.accounts",
    "formcase.configurator",  # before allauth, whose pages it gives its own look
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "formcase.casesystem",
    "formcase.formservice",
    "formcase.workflows",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "formcase.site.headers.security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "formcase.accounts.middleware.preferences",
    "allauth.account.middleware.AccountMiddleware",
    "formcase.accounts.middleware.password_change",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.i18n",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "formcase.appearance.context.surroundings",
                "formcase.configurator.context.surroundings",
            ]
        },
    }
]

_database = conninfo_to_dict(_configuration.database_url.get_secret_value() if _configuration.database_url else "")
# A server that is cut off answers nothing, not even that it is gone: by these a connection to it ends within half a
# minute, also one on which an answer is waited for. Without them that takes a quarter of an hour, or two hours.
_NOTICE_SILENCE: dict[str, str | int | None] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds
}
_connection_options = {
    name: value for name, value in _database.items() if name not in ("dbname", "user", "password", "host", "port")
}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.get("dbname", "formcase"),
        "USER": _database.get("user", ""),
        "PASSWORD": _database.get("password", ""),
        "HOST": _database.get("host", ""),
        "PORT": str(_database.get("port", "")),
        # A thread keeps its connection; one that the server closed is noticed before it is used again.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"application_name": "formcase"} | _NOTICE_SILENCE | _connection_options,
    }
}

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_FOLDER / "files"), "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
# The files of each app's `static` folder are served where they lie: there is nothing to collect.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = int(timedelta(hours=1).total_seconds())

# What comes with a form of a page lies here until it is looked at.
FILE_UPLOAD_TEMP_DIR = str(DATA_FOLDER / "uploads")
FILE_UPLOAD_HANDLERS = ["formcase.arriving_files.BoundedFiles"]

USE_TZ = True
TIME_ZONE = _configuration.time_zone
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("da", "Dansk")]
LOCALE_PATHS = [str(_package / "locale")]

# Who may come in, and how.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "formcase.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# Five wrong passwords lock a user name for a quarter of an hour; the limits are counted in the database, for all
# processes together.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/5m/ip,5/15m/key", "login": "60/m/ip"}
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(timedelta(minutes=10).total_seconds())
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _configuration.behind_https_proxy else 0
MFA_ADAPTER = "formcase.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Formcase"
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "formcase.accounts.adapters.ProviderAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = "provider"
SOCIALACCOUNT_PROVIDERS = identity_provider(_configuration)
FORM_TARGETS = form_targets(_configuration)
OIDC_CLAIM = _configuration.oidc_claim or "preferred_username"
SESSION_COOKIE_AGE = int(timedelta(hours=_configuration.session_hours).total_seconds())
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "accounts_cache"},
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if _configuration.behind_https_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds())
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

LOGGING_CONFIG = "formcase.site.logs.configure"
LOGGING = logging_settings(_configuration.log_format, _configuration.log_level)

CASE_SYSTEM = "formcase.site.case_system.settings"
CONTENT_KEYS = "formcase.site.content_keys.content_keys"
KEEP_IMPORTED_DAYS = _configuration.keep_imported_days
KEEP_ERROR_CASE_DAYS = _configuration.keep_error_case_days
KEEP_CONTENT_DAYS = _configuration.keep_content_days
REFERENCE_LABEL = _configuration.reference_label
UNREADABLE_WAITS = _configuration.unreadable_waits
HEARTBEAT = _configuration.heartbeat
INTERACT_CA_FILE = _configuration.interact_ca_file
INTERACT_NETWORKS = _configuration.interact_networks
INTERACT_ALLOW_LOOPBACK_HTTP = _configuration.interact_allow_loopback_http
FORMSERVICE_HOST_NAMES = _configuration.form_service_host_names
FORMSERVICE_URLS = _configuration.form_service_urls
FORMSERVICE_KEEP_DAYS = _configuration.form_service_keep_days
FORMSERVICE_KEEP_CALL_DAYS = _configuration.form_service_keep_call_days
CASESYSTEM_BEHIND_PROXY = _configuration.behind_https_proxy
FORMSERVICE_DRAFT_HOURS = _configuration.form_service_draft_hours
FORMSERVICE_BEHIND_PROXY = _configuration.behind_https_proxy
FORMSERVICE_LARGEST_FILE = _configuration.form_service_largest_file
FORMSERVICE_LARGEST_SUBMISSION = _configuration.form_service_largest_submission
if _configuration.case_number_mask:
    CASESYSTEM_NUMBER_MASK = _configuration.case_number_mask
# Jobs are registered by the worker alone: nothing else needs what they are made of.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
