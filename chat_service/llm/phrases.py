"""The sentences of the built-in answerer, from one data file a language.

English is the reference: another language's file must have its keys, with the same names in
braces. A key that ends in `_one` or `_other` is chosen by a number.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from string import Formatter

REFERENCE = "en"
_FOLDER = Path(__file__).parent / "builtin" / "sentences"


class SentencesError(ValueError):
    """A language's file lacks a sentence, has one too many, or names what is not filled in."""


class Phrases:
    """One language's sentences, each under "section.key"."""

    def __init__(self, language: str, templates: Mapping[str, str]) -> None:
        self.language = language
        self.templates = templates

    def __call__(self, key: str, **values: object) -> str:
        """A sentence with its names filled in; an abbreviation's point ends it too ("4. Dez.")."""
        template = self.templates[key]
        text = template.format(**values)
        is_doubled = template.endswith("}.") and text.endswith("..") and not text.endswith("...")
        return text[:-1] if is_doubled else text

    def counted(self, key: str, number: int, **values: object) -> str:
        """The sentence of one or of many; `count` is the number."""
        form = "one" if number == 1 else "other"
        return self(f"{key}_{form}", count=number, **values)

    def words(self, key: str) -> Sequence[str]:
        """The words of a list, such as the names of the months."""
        return self.templates[key].split()

    def joined(self, words: Sequence[str], conjunction: str = "and") -> str:
        """A list in a sentence: "a", "a and b", "a, b and c"."""
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} {self(f'join.{conjunction}')} {words[-1]}"


def languages() -> list[str]:
    """The languages that there are sentences in."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


@lru_cache(maxsize=32)
def phrases_of(language: str = REFERENCE) -> Phrases:
    """The sentences of a language, those of the reference where there are none.

    Raises:
        SentencesError: its file has a sentence that the reference has not, or other names in one.
    """
    if language != REFERENCE and not _file_of(language).is_file():
        return phrases_of(REFERENCE)
    templates = own_sentences(language)
    if language != REFERENCE:
        reference = phrases_of(REFERENCE).templates
        templates = {**reference, **templates}
        check_sentences(templates, reference)
    return Phrases(language, templates)


def own_sentences(language: str) -> dict[str, str]:
    """What the language's file holds, by "section.key"."""
    return read_sentences(_file_of(language).read_text(encoding="utf-8"))


def _file_of(language: str) -> Path:
    return _FOLDER / f"{language}.toml"


def read_sentences(text: str) -> dict[str, str]:
    """The sentences of a file by "section.key"."""
    sections = tomllib.loads(text)
    return {
        f"{section}.{key}": sentence
        for section, sentences in sections.items()
        for key, sentence in sentences.items()
    }


def check_sentences(templates: Mapping[str, str], reference: Mapping[str, str]) -> None:
    """Compares the keys and the names in braces with those of the reference.

    Raises:
        SentencesError: they differ.
    """
    problems = [f"{key} is missing" for key in reference.keys() - templates.keys()]
    problems += [f"{key} is not known" for key in templates.keys() - reference.keys()]
    for key in templates.keys() & reference.keys():
        named, wanted = names_in(templates[key]), names_in(reference[key])
        if named != wanted:
            problems.append(f"{key} names {sorted(named)} instead of {sorted(wanted)}")
    if problems:
        raise SentencesError("; ".join(sorted(problems)))


def names_in(template: str) -> frozenset[str]:
    """The names that a sentence is filled in with."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)
