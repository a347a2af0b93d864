"""Django settings. Every value that may differ between machines comes from `env`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from core.bounded_connection import BoundedConnection
from superschedules import env

BASE_DIR = env.ROOT
DATA_DIR = env.path("DATA_DIR", ".data")

DEBUG = env.boolean("DEBUG", default=False)
SECRET_KEY = env.kept_secret("SECRET_KEY", DATA_DIR / "secret_key")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

ROOT_URLCONF = "superschedules.urls"
ASGI_APPLICATION = "superschedules.asgi.application"
APPEND_SLASH = False
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "corsheaders",
    "ninja",
    "ninja_jwt.token_blacklist",
    "accounts",
    "events",
    "rag",
    "chat_service",
    "api",
    "web",
    "superschedules",
]

MIDDLEWARE = [
    "superschedules.server.middleware.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "api.http.middleware.ApiPathMiddleware",
    "superschedules.server.middleware.SessionMiddleware",
    "superschedules.server.middleware.CommonMiddleware",
    "superschedules.server.middleware.CsrfViewMiddleware",
    "superschedules.server.middleware.AuthenticationMiddleware",
    "superschedules.server.middleware.MessageMiddleware",
    "superschedules.server.middleware.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database -------------------------------------------------------------------

# The pool bounds both the connections and, in `core.database`, the threads
# that visit the database from asynchronous code.
DB_POOL_SIZE = env.integer("DB_POOL_SIZE", 8, minimum=3)
DB_POOL_TIMEOUT = env.seconds("DB_POOL_TIMEOUT", 5)
DB_CONNECT_TIMEOUT = env.integer("DB_CONNECT_TIMEOUT", 3, minimum=1)
# Of one statement of the service; commands take as long as they need.
DB_STATEMENT_TIMEOUT = env.seconds("DB_STATEMENT_TIMEOUT", 5)

_parameters = env.database_parameters()
_options: dict[str, Any] = {
    key: value
    for key, value in _parameters.items()
    if key not in {"dbname", "user", "password", "host", "port"}
}
# Over TCP a peer that is gone without a word is noticed; what DATABASE_URL says wins.
_alive: dict[str, Any] = {
    "connect_timeout": DB_CONNECT_TIMEOUT,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _parameters.get("dbname", "superschedules"),
        "USER": _parameters.get("user", ""),
        "PASSWORD": _parameters.get("password", ""),
        "HOST": _parameters.get("host", ""),
        "PORT": _parameters.get("port", ""),
        "OPTIONS": {
            **_alive,
            **_options,
            "pool": {
                "connection_class": BoundedConnection,
                "min_size": 1,
                "max_size": DB_POOL_SIZE,
                "timeout": DB_POOL_TIMEOUT,
                # Else attempts to connect are soon minutes apart, and an outage longer than it was.
                "reconnect_timeout": 2,
            },
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Language and time ------------------------------------------------------------

LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
# The zone of a conversation that names no place and no zone of its own.
TIME_ZONE = env.text("TIME_ZONE", "UTC")

# Web ----------------------------------------------------------------------------

PORT = env.integer("PORT", 8000, minimum=1, maximum=65535)
HOST = env.text("HOST", "127.0.0.1")
# What links in files and mails begin with; by default the address that a request came to.
PUBLIC_URL = env.text("PUBLIC_URL", "").rstrip("/")
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
CORS_ALLOWED_ORIGINS = env.words("CORS_ORIGINS")
CORS_URLS_REGEX = r"^/api/.*$"
CORS_EXPOSE_HEADERS = [
    *("ETag", "Link", "Location", "X-Total-Count", "Retry-After"),
    *("Content-Disposition", "Idempotency-Replayed"),
]
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "last-event-id",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

NINJA_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=env.integer("ACCESS_TOKEN_MINUTES", 60, minimum=1)),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=env.integer("REFRESH_TOKEN_DAYS", 14, minimum=1)),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "UPDATE_LAST_LOGIN": True,
}

# Mail (docs/feeds.md) ---------------------------------------------------------------

_mail = env.email("EMAIL_URL", default="console:" if DEBUG else "none:")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_FILE_PATH = _mail.get("EMAIL_FILE_PATH")
EMAIL_HOST, EMAIL_PORT = _mail.get("EMAIL_HOST", ""), _mail.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.get("EMAIL_USE_SSL", False), _mail.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = _mail.get("EMAIL_TIMEOUT")
DEFAULT_FROM_EMAIL = env.text("EMAIL_FROM", "Superschedules <noreply@localhost>")

# Understanding and retrieval ------------------------------------------------------

# "onnx-minilm" (built in) or "ollama:<model>".
EMBEDDING_BACKEND = env.text("EMBEDDING_BACKEND", "onnx-minilm")
EMBEDDING_THREADS = env.integer("EMBEDDING_THREADS", 0)
# How far ahead a search looks when neither words nor context name a date.
DEFAULT_WINDOW_DAYS = env.integer("DEFAULT_WINDOW_DAYS", 365, minimum=1)

# Geocoding ------------------------------------------------------------------------

# A geocoder of geopy ("nominatim", "photon", …) for addresses and landmarks; "" is off.
GEOCODER = env.text("GEOCODER", "").lower()
# What its class takes, such as {"user_agent": "…", "domain": "…", "scheme": "…", "api_key": "…"}.
GEOCODER_OPTIONS = env.json_object("GEOCODER_OPTIONS")
# Waiting for its turn included.
GEOCODER_TIMEOUT_SECONDS = env.seconds("GEOCODER_TIMEOUT_SECONDS", 3)
# Between the end of one request and the next one, over all processes of one database.
GEOCODER_MIN_INTERVAL_SECONDS = env.seconds("GEOCODER_MIN_INTERVAL_SECONDS", 1, or_zero=True)
GEOCODER_CACHE_DAYS = env.integer("GEOCODER_CACHE_DAYS", 90, minimum=1)

# Imports and feeds (docs/sources.md) --------------------------------------------------

IMPORT_DIR = env.path("IMPORT_DIR", str(DATA_DIR / "imports"))
IMPORT_MAX_MEGABYTES = env.integer("IMPORT_MAX_MEGABYTES", 20, minimum=1)
# How long an import's worker counts as alive without a sign of life.
IMPORT_LEASE_SECONDS = env.seconds("IMPORT_LEASE_SECONDS", 60)
# Calendars within one's own network ("intranet:8080"); whoever may import can then read there.
FEEDS_PRIVATE_HOSTS = env.host_ports("FEEDS_PRIVATE_HOSTS")

# Language model -----------------------------------------------------------------------

OLLAMA_HOST = env.text("OLLAMA_HOST", "http://127.0.0.1:11434")
LLM_MODEL = env.text("LLM_MODEL", "llama3.2:3b")
LLM_CONNECT_TIMEOUT = env.seconds("LLM_CONNECT_TIMEOUT", 2)
LLM_FIRST_TOKEN_TIMEOUT = env.seconds("LLM_FIRST_TOKEN_TIMEOUT", 60)
LLM_BETWEEN_TOKENS_TIMEOUT = env.seconds("LLM_BETWEEN_TOKENS_TIMEOUT", 20)
LLM_RETRY_AFTER = env.seconds("LLM_RETRY_AFTER", 10, or_zero=True)
LLM_MAX_TOKENS = env.integer("LLM_MAX_TOKENS", 800, minimum=16)
LLM_CONTEXT_TOKENS = env.integer("LLM_CONTEXT_TOKENS", 8192, minimum=1024)
# A model reads messages of which the rules are less sure than so many percent
# (docs/understanding.md).
READ_BY_MODEL_BELOW = env.integer("READ_BY_MODEL_BELOW", 60, maximum=101)
# The time that it has; 0 leaves all reading to the rules.
READ_TIMEOUT_MS = env.integer("READ_TIMEOUT_MS", 1500, minimum=0)
# How often a model may call a tool for one answer; 0 offers it none.
LLM_MAX_ITERATIONS = env.integer("LLM_MAX_ITERATIONS", 4, minimum=0)

# Tools (docs/writing-a-tool.md) ---------------------------------------------------------

# Further tools by dotted path; installed packages add theirs by an entry point.
CHAT_TOOLS = env.words("SUPERSCHEDULES_TOOLS")
# Both are for staff alone, even when they are on.
ENABLE_FILE_RETRIEVAL = env.boolean("ENABLE_FILE_RETRIEVAL", default=False)
FILE_RETRIEVAL_DIR = env.path("FILE_RETRIEVAL_DIR", str(DATA_DIR / "files"))
FILE_RETRIEVAL_MAX_BYTES = env.integer("FILE_RETRIEVAL_MAX_BYTES", 200_000, minimum=1)
ENABLE_SCRIPT_EXECUTION = env.boolean("ENABLE_SCRIPT_EXECUTION", default=False)
SCRIPT_WALL_SECONDS = env.seconds("SCRIPT_WALL_SECONDS", 10)
SCRIPT_CPU_SECONDS = env.integer("SCRIPT_CPU_SECONDS", 5, minimum=1)
SCRIPT_MEMORY_MEGABYTES = env.integer("SCRIPT_MEMORY_MEGABYTES", 256, minimum=64)
CALENDAR_DAYS = env.integer("CALENDAR_DAYS", 90, minimum=1)

# Answers in the making (docs/streams.md) ---------------------------------------------

SPOOL_DIR = env.path("SPOOL_DIR", str(DATA_DIR / "spool"))
SPOOL_MAX_MEGABYTES = env.integer("SPOOL_MAX_MEGABYTES", 256, minimum=1)
GENERATION_MAX_SECONDS = env.seconds("GENERATION_MAX_SECONDS", 300)
GENERATION_KEEP_HOURS = env.integer("GENERATION_KEEP_HOURS", 24, minimum=1)
# How long a worker counts as alive without a sign of life; orphans end that much later.
WORKER_LEASE_SECONDS = env.seconds("WORKER_LEASE_SECONDS", 15)
# How long a final chunk waits for its commit while the database is away.
FINAL_COMMIT_SECONDS = env.seconds("FINAL_COMMIT_SECONDS", 20)
SEND_TIMEOUT = env.seconds("SEND_TIMEOUT", 30)
# From SIGTERM to the end of the process.
DRAIN_SECONDS = env.seconds("DRAIN_SECONDS", 10)

# Logging ---------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "httpx": {"level": "WARNING"},
        "geopy": {"level": "WARNING"},  # it would log the words asked for
        "django.request": {"level": "ERROR"},
    },
}
