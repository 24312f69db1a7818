"""Every setting of an installation. Values come from the environment or from .env; see .env.example.

What a company decides for itself (its name, country, limits on texts) is not here but in
"Company settings" in the admin: the row `locations.Company`.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from locations.values.languages import read_languages

from .kept import kept_folder, kept_secret
from .menu import UNFOLD  # noqa: F401 the admin's menu and colours

BASE_DIR = Path(__file__).resolve().parent.parent


class Environment(environ.Env):
    """What the environment says; a value that cannot be read is refused in a sentence."""

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_value(var, *args, **kwargs)
        except ValueError as error:
            raise ImproperlyConfigured(f"The setting {var} cannot be read: {error}. See .env.example.") from error


env = Environment()
env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))

# --- Where things are -------------------------------------------------------------------------------------------------
DATA_DIR = kept_folder(Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))))
LISTEN = env.str("LISTEN", default="127.0.0.1")  # the address `manage.py serve` listens at; 0.0.0.0: every one
PORT = env.int("PORT", default=8000)
WEB_CONNECTIONS = env.int("WEB_CONNECTIONS", default=1000)  # of visitors at a time, half-sent requests among them
REQUESTS_AT_ONCE = env.int("REQUESTS_AT_ONCE", default=16)  # worked on by a web process; as many database connections
DEMO = env.bool("DEMO", default=True)  # whether the first start loads the demo company
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret(DATA_DIR / "secret_key")
# The key that encrypts gateways' credentials; several, separated by commas: the first encrypts, all decrypt.
CREDENTIALS_KEYS = env.list("CREDENTIALS_KEYS", default=[]) or [kept_secret(DATA_DIR / "credentials_key")]
# Where customers and providers reach this site, e.g. https://gonets.example.com. Empty: not reachable from outside.
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/")
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", *filter(None, [urlsplit(PUBLIC_URL).hostname])]
)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL] if PUBLIC_URL else [])
HTTPS_ONLY = env.bool("HTTPS_ONLY", default=PUBLIC_URL.startswith("https://"))

# --- Applications, from the top floor to the bottom one ---------------------------------------------------------------
INSTALLED_APPS = [
    "notify_site",
    "messaging.robots",
    "messaging.inbox",
    "messaging.outbox",
    "messaging.texts",
    "messaging.gateways",
    "messaging.worker",  # before django_q: `manage.py qcluster` is ours
    "orders.imports",
    "orders",
    "locations",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_q",
    "ninja",
    "phonenumber_field",
    "axes",
]
MIDDLEWARE = [
    "notify_site.web.turns.let_go",
    "notify_site.web.answers.protect",
    "notify_site.web.answers.pack",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "notify_site.company_time.company_time",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "notify_site.web.odd_words.OddWords",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "notify_site.urls"
ASGI_APPLICATION = "notify_site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "notify_site.banners.banners",
            ]
        },
    }
]

# --- Database ---------------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
# Seconds. Under ASGI each request has a thread of its own, and would leave a connection in it; the worker, whose
# processes have one thread each, keeps its own (`manage.py qcluster`).
DATABASES["default"]["CONN_MAX_AGE"] = 0
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE takes the write lock at BEGIN, where the busy timeout (seconds) is honoured; a deferred one fails at
        # once when another process wrote meanwhile. FULL keeps a message's intent record through a loss of power.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA busy_timeout=20000;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "worker": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR / "cache"},
}

# --- Worker (django-q2) -----------------------------------------------------------------------------------------------
WORKERS = env.int("WORKERS", default=3)  # processes; at least 3, so that an import never holds up a message
Q_CLUSTER = {
    "name": "gonets",  # also the salt of the tasks' signatures: the same on every host
    "broker_class": "messaging.worker.dispatcher.Dispatcher",
    "orm": "default",
    "workers": WORKERS,
    "queue_limit": WORKERS,  # a longer queue lets tasks wait past `retry` and run twice
    "bulk": WORKERS,
    "poll": 0.05,  # seconds between two looks at the database
    "guard_cycle": 0.5,  # seconds; timeout + 3 must be a multiple of it
    "timeout": 60,  # seconds a task may take
    "retry": 180,  # seconds until an unacknowledged task is run again; more than timeout * (1 + queue_limit / workers)
    "max_attempts": 3,
    "ack_failures": False,
    "save_limit": -1,  # finished tasks are not kept; failures are
    "recycle": 500,
    "catch_up": False,
    "cache": "worker",
    "label": _("Background tasks"),
}
# Tasks that mostly wait for somebody's server: they have places of their own, so that imports never wait for them.
WAITING_TASKS = {
    "messaging.gateways.polling.poll",
    "messaging.gateways.balances.refresh",
    "messaging.inbox.inbound.media_download.fetch",
    "messaging.outbox.receipts.status_polling.ask",
}
HOST_NAME = env.str("HOST_NAME", default="")  # empty: the machine's own name; must differ between hosts

# --- Sending ----------------------------------------------------------------------------------------------------------
DRAIN_SLOTS = env.int("DRAIN_SLOTS", default=max(1, WORKERS - 2))  # workers that send at the same time
DRAIN_TASK = "messaging.outbox.sending.drain.drain"  # what the dispatcher starts when something is due
DRAIN_SECONDS = 5  # how long one drain goes on while there is work
DRAIN_WINDOW = 200  # messages claimed in one transaction
SLOWED_HOURS = env.int("SLOWED_HOURS", default=24)  # how long a slowed message waits if it has no validity
RETRY_DELAYS = env.list("RETRY_DELAYS", cast=int, default=[30, 120, 600, 1800, 3600])  # seconds before each next try
# Seconds after a doubt, and between two questions, when a provider is asked what became of a message: only what it has
# not at two of them goes again. A request that was cut may still be worked on, and providers' lists lag behind.
LOOK_UP_DELAYS = env.list("LOOK_UP_DELAYS", cast=int, default=[]) or [60, 120, 600, 3600, 21_600]

# --- Periodic jobs: name -> (function, every so many minutes) ---------------------------------------------------------
PERIODIC_JOBS = {
    "retention": ("notify_site.serving.retention.prune", 24 * 60),
    "statistics": ("notify_site.serving.upkeep.refresh_statistics", 24 * 60),  # SQLite's, of how its indexes are filled
    "receipts": ("messaging.outbox.receipts.status_polling.ask_all", 1),  # of providers that cannot call us
    "polls": ("messaging.gateways.polling.arrange_polls", 1),  # begins and ends asking for what customers wrote
    "chat": ("messaging.inbox.tasks.look_after", 1),  # what was put aside comes back; nobody answered: an alarm
    "balances": ("messaging.gateways.balances.refresh_all", 10),
}

# --- How long things are kept, days; 0: for ever ----------------------------------------------------------------------
KEEP_MESSAGES_DAYS = env.int("KEEP_MESSAGES_DAYS", default=730)  # messages that are over, with their tries
KEEP_TRIES_DAYS = env.int("KEEP_TRIES_DAYS", default=180)  # what providers answered, try by try
KEEP_RECEIPTS_DAYS = env.int("KEEP_RECEIPTS_DAYS", default=180)  # what providers said afterwards
KEEP_CALLS_DAYS = env.int("KEEP_CALLS_DAYS", default=30)  # providers' calls as they came, once they are read
KEEP_TASKS_DAYS = env.int("KEEP_TASKS_DAYS", default=30)  # background tasks that failed
KEEP_LOGINS_DAYS = env.int("KEEP_LOGINS_DAYS", default=30)  # wrong passwords, and who came in when; ended sessions
KEEP_SANDBOX_DAYS = env.int("KEEP_SANDBOX_DAYS", default=30)  # what the sandbox's phone and mailbox show
KEEP_IMPORTED_ROWS_DAYS = env.int("KEEP_IMPORTED_ROWS_DAYS", default=90)  # the rows of imported files; reports stay
KEEP_CHATS_DAYS = env.int("KEEP_CHATS_DAYS", default=730)  # closed conversations' messages and files
KEEP_DRAFTS_DAYS = env.int("KEEP_DRAFTS_DAYS", default=30)  # replies that nobody finished
KEEP_CHAT_EVENTS_DAYS = env.int("KEEP_CHAT_EVENTS_DAYS", default=2)  # what open pages were told

# --- Languages, time --------------------------------------------------------------------------------------------------
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en").lower().replace("_", "-").partition("-")[0]  # pl-PL is pl
LANGUAGES_DIR = env.str("LANGUAGES_DIR", default="")  # a folder with more languages, made like `locale`
LOCALE_PATHS = [BASE_DIR / "locale", *map(Path, filter(None, [LANGUAGES_DIR]))]
SPOKEN_LANGUAGES = read_languages(LOCALE_PATHS)  # to customers: each is a folder there
MESSAGE_LANGUAGES = [(code, _(language.name)) for code, language in SPOKEN_LANGUAGES.items()]
LANGUAGES = MESSAGE_LANGUAGES  # of the pages
if LANGUAGE_CODE not in SPOKEN_LANGUAGES:
    raise ImproperlyConfigured(f"LANGUAGE_CODE is {LANGUAGE_CODE}: write one of {', '.join(SPOKEN_LANGUAGES)}.")
TIME_ZONE = env.str("TIME_ZONE", default="Europe/Warsaw")
USE_TZ = True
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"

# --- Files ------------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = kept_folder(DATA_DIR / "static")  # whitenoise wants it to be there, even empty
STATICFILES_DIRS = [BASE_DIR / "notify_site" / "assets"]
WHITENOISE_USE_FINDERS = True
IMPORT_MAX_MEGABYTES = env.int("IMPORT_MAX_MEGABYTES", default=50)
FILES_OF_CLIENT, FILES_OF_OPERATOR = 5, 10  # with one chat message
ATTACHMENT_MAX_MEGABYTES = env.int("ATTACHMENT_MAX_MEGABYTES", default=10)  # of a photo or file in the chat
ATTACHMENT_MAX_MEGAPIXELS = env.int("ATTACHMENT_MAX_MEGAPIXELS", default=50)  # of a JPEG; half of it else
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes; a larger upload goes to a temporary file

# --- Client's side of the chat ----------------------------------------------------------------------------------------
CHAT_LINK_DAYS = env.int("CHAT_LINK_DAYS", default=90)  # how long a link to a client's chat opens it
CHAT_MESSAGES_PER_MINUTE = env.int("CHAT_MESSAGES_PER_MINUTE", default=30)  # of one client
INBOUND_MESSAGES_PER_MINUTE = env.int("INBOUND_MESSAGES_PER_MINUTE", default=60)  # of one phone, address or Telegram
CHAT_FILES_PER_HOUR = env.int("CHAT_FILES_PER_HOUR", default=100)  # of one client
CHAT_POSTS_PER_MINUTE = env.int("CHAT_POSTS_PER_MINUTE", default=300)  # from one network address, which many may share
FEEDBACK_PER_HOUR = env.int("FEEDBACK_PER_HOUR", default=10)  # feedback forms from one network address

# --- Login and safety -------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = [
    "notify_site.web.guessing.OneAddress",
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "gonets/locked.html"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # monitors ask from inside, over plain HTTP
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
# Addresses of the proxies whose X-Forwarded-For is believed, separated by commas; *: everybody's.
FORWARDED_ALLOW_IPS = env.str("FORWARDED_ALLOW_IPS", default="127.0.0.1")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SESSION_COOKIE_AGE = 14 * 24 * 3600  # seconds

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {
        "short_refusals": {"()": "notify_site.serving.logs.ShortRefusals"},
        "hidden_tokens": {"()": "notify_site.serving.logs.HiddenTokens"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["short_refusals", "hidden_tokens"],
        }
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
}
