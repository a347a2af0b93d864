"""The language that a message is written in, among those that have a file of words.

Two witnesses are heard: a library that knows languages by their letters, and the words of the
files. Names, places and loan words deceive the first ("concert in San José"), words that two
languages share the second. English stays English when they do not agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path

import fasttext

from rag.understanding.languages.translation import share_known
from rag.understanding.languages.vocabulary import (
    Language,
    fold_letters,
    languages_in,
    tokens_of,
)

ENGLISH = "en"
FOLDER = Path(__file__).parent
