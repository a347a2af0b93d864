"""Django system checks of the settings of retrieval, before the server starts."""

from __future__ import annotations

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from events.models.search import EventSearchRow
from rag.embedding.minilm_files import INSTALL_HINT, model_folder
from rag.embedding.registry import NAMES_HINT, ONNX_NAMES, is_known
from rag.geocoding.geocoder import configured_geocoder


def check_embedding_backend(
    app_configs: Sequence[AppConfig] | None, **kwargs: object
) -> list[CheckMessage]:
    """The backend's name is known and fits its column, and the model is installed.

    Asks no server and loads no model: `registry.check_dimensions` does.
    """
    name: str = settings.EMBEDDING_BACKEND
    if not is_known(name):
        return [Error(f"Unknown embedding backend {name!r}.", hint=NAMES_HINT, id="rag.E001")]
    room = EventSearchRow._meta.get_field("embedding_model").max_length
    if room is not None and len(name) > room:
        return [
            Error(
                f"The embedding backend's name has {len(name)} characters.",
                hint=f"It is stored with each vector, in {room} characters: use a shorter tag.",
                id="rag.E002",
            )
        ]
    if name in ONNX_NAMES and model_folder() is None:
        return [Error("The embedding model is not installed.", hint=INSTALL_HINT, id="rag.E003")]
    return []


def check_geocoder(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """The geocoder's name is known and takes the options given; it is not asked."""
    try:
        configured_geocoder()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint="GEOCODER= turns geocoding off.", id="rag.E004")]
    return []
