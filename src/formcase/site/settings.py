"""Django's settings, made from the installation's configuration."""

from psycopg.conninfo import conninfo_to_dict

from formcase.site.configuration import configuration

_configuration = configuration()

DATA_FOLDER = _configuration.data.resolve()
SECRET_KEY = _configuration.secret_key.get_secret_value() if _configuration.secret_key else "set at start"
DEBUG = _configuration.debug
ALLOWED_HOSTS = list(_configuration.allowed_hosts)
ROOT_URLCONF = "formcase.site.urls"
USE_TZ = True
TIME_ZONE = _configuration.time_zone
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("da", "Dansk")]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
APPEND_SLASH = False

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "procrastinate.contrib.django",
    "formcase.casesystem",
    "formcase.formservice",
    "formcase.workflows",
]

_connection = conninfo_to_dict(_configuration.database_url or "")
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _connection.get("dbname", "formcase"),
        "USER": _connection.get("user", ""),
        "PASSWORD": _connection.get("password", ""),
        "HOST": _connection.get("host", ""),
        "PORT": str(_connection.get("port", "")),
        "CONN_MAX_AGE": 600,
    }
}

STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_FOLDER / "files")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
