"""Django settings, read from the data folder and a few environment variables.

BIHUAN_HOME      data folder (default: var/ beside the project)
BIHUAN_DATABASE  empty for SQLite in the data folder, or postgresql://user:password@host:port/name
BIHUAN_DATABASE_OWNER  on PostgreSQL the owner's URL, for `init` and `restore` alone
BIHUAN_MODE      live (default), demo or test: only demo and test may run the clock ahead
BIHUAN_HTTPS, BIHUAN_CERTIFICATE, BIHUAN_KEY: see `https.py`
BIHUAN_MAIL_FROM, BIHUAN_MAIL_HOST and others: see `mail.py`
BIHUAN_WECOM_URL, BIHUAN_DESK_URL and others: see `webhooks.py`
BIHUAN_METRICS_TOKEN  lets another machine read /metrics; without it only this one may
BIHUAN_DISK_RESERVE_MB  what stays free of the data folder's disk, default 500: see `disk.py`
BIHUAN_TELEMETRY_FILE_MB, BIHUAN_TELEMETRY_SPOOL_MB: see `telemetry_limits.py`
BIHUAN_TIME_SOURCE    an SNTP server to compare the clock with, host or host:port; empty for none
"""

import os
import sys
from pathlib import Path
from typing import Any

from django.utils.csp import CSP

from bihuan.config.databases import APP_ROLE_IS, database_of
from bihuan.config.disk import reserve_from
from bihuan.config.https import HSTS_S, PROXY_HEADER, https_from, trusted_origins
from bihuan.config.mail import mail_options
from bihuan.config.secrets import secret_text
from bihuan.config.telemetry_limits import file_bytes_from, spool_bytes_from
from bihuan.config.webhooks import desk_url_from, robots_from

PROJECT = Path(__file__).resolve().parents[3]
HOME = Path(os.environ.get("BIHUAN_HOME") or PROJECT / "var").resolve()
HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
DATA = PROJECT / "data"
MODE = os.environ.get("BIHUAN_MODE", "live")
if MODE == "demo":
    ROLES_WITH_CODE: frozenset[str] = frozenset()  # a demonstration is signed in with a password
BIHUAN_CATALOG = "bihuan.catalog.CATALOG"
BIHUAN_SPEC = os.environ.get("BIHUAN_SPEC", "")

SECRET_KEY = secret_text(HOME / "secrets" / "django")
DEBUG = False
ALLOWED_HOSTS = os.environ.get("BIHUAN_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
HTTPS = https_from(os.environ)
METRICS_TOKEN = os.environ.get("BIHUAN_METRICS_TOKEN", "")
DISK_RESERVE_BYTES = reserve_from(os.environ)
TELEMETRY_FILE_BYTES_MAX = file_bytes_from(os.environ)
TELEMETRY_SPOOL_BYTES_MAX = spool_bytes_from(os.environ)
TIME_SOURCE = os.environ.get("BIHUAN_TIME_SOURCE", "")
ROOT_URLCONF = "bihuan.config.urls"
WSGI_APPLICATION = "bihuan.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "bihuan.ui",
    "bihuan.places",
    "bihuan.accounts",
    "bihuan.regulations",
    "bihuan.matters",
    "bihuan.jobs",
    "bihuan.leads",
    "bihuan.monitoring",
    "bihuan.disclosure",
    "bihuan.exchange",
    "bihuan.desk",
    "bihuan.portal",
    "bihuan.api",
    "bihuan.reports",
    "bihuan.config",
]
MIDDLEWARE = [
    "bihuan.config.request_log.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bihuan.accounts.middleware.SessionLimits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bihuan.config.export_log.ExportLog",
    "bihuan.config.endings.WordyRefusals",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": False,
        "DIRS": [
            PROJECT / "src" / "bihuan" / app / "templates"
            for app in (
                "ui",
                "accounts",
                "leads",
                "monitoring",
                "exchange",
                "desk",
                "portal",
                "reports",
            )
        ],
        "OPTIONS": {
            "environment": "bihuan.ui.environment.environment",
            "context_processors": ["bihuan.desk.shell.shell"],
        },
    },
]


DATABASES = {"default": database_of(os.environ.get("BIHUAN_DATABASE", ""), home=HOME)}
APP_ROLE = os.environ.get(APP_ROLE_IS, "")  # set where the owner works, see `databases.py`

TALLIES_KEPT_S = 0 if MODE == "test" else 15  # tests look again at once
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["bihuan.accounts.known_accounts.KnownAccounts"]
PASSWORD_HASHERS = ["bihuan.accounts.hashing.StatedArgon2"]
PASSWORD_RESET_TIMEOUT = 24 * 3600
TOTP_KEY = secret_text(HOME / "secrets" / "totp")
LOGIN_URL = "/desk/sign-in"
LOGIN_REDIRECT_URL = "/desk/"
SESSION_ENGINE = "bihuan.accounts.session_store"
SESSION_COOKIE_NAME = "bihuan"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = HTTPS.is_on
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SECURE = HTTPS.is_on
CSRF_USE_SESSIONS = False
CSRF_TRUSTED_ORIGINS = trusted_origins(HTTPS, hosts=ALLOWED_HOSTS)
SECURE_PROXY_SSL_HEADER = PROXY_HEADER if HTTPS.by == "proxy" else None
SECURE_HSTS_SECONDS = HSTS_S if HTTPS.is_on else 0
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DEFAULT_FROM_EMAIL = os.environ.get("BIHUAN_MAIL_FROM", "bihuan@localhost")
MAILERS: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": mail_options(os.environ),
    }
}
ROBOTS = robots_from(os.environ)
DESK_URL = desk_url_from(os.environ)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "bihuan.config.logs.PlainFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "stream": sys.stderr, "formatter": "plain"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # Django's own set-up mails errors with what was typed to ADMINS; this one doesn't.
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},
        "bihuan": {"level": "INFO"},
        "django.request": {"level": "ERROR"},  # an answer of 404 is no news, its address may be
    },
}
