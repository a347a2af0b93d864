"""Words that tell whether a name means a town: the lists of `vocabulary.toml`."""

from __future__ import annotations

from rag.understanding.word_lists import read_toml

_FILE = read_toml(__file__, "vocabulary.toml")


def _words(name: str) -> frozenset[str]:
    return frozenset(_FILE[name].split())


ORDINARY_WORDS = _words("ordinary_words")
NAMES_OF_PEOPLE = _words("names_of_people")
OFTEN_A_TOWN = _words("often_a_town")
NOT_A_TOWN = frozenset(_FILE["not_a_town"])
LANGUAGES = _words("languages")
PREPOSITIONS = _words("prepositions")
BEFORE_TO = _words("before_to")
BEFORE_OF = _words("before_of")
SUBJECT_BEFORE = _words("subject_before")
BEFORE_NAME = _words("before_name")
EVENT_NOUNS = _words("event_nouns")
COMPANIES = _words("companies")
NO_BARE_AFTER = _words("no_bare_after")
CONNECTIVES = _words("connectives")
NEVER_UNKNOWN = _words("never_unknown")
LANDMARK_NOUNS = _words("landmark_nouns")
LANDMARK_NOUNS_FIRST = _words("landmark_nouns_first")
JOINING = _words("joining")
ANY_LANDMARK = _words("any_landmark")
WELL_KNOWN_LANDMARKS = frozenset(_FILE["well_known_landmarks"])
NICKNAMES: dict[str, tuple[str, str]] = {
    nickname: (name, state)
    for nickname, (name, state) in (_FILE["airports"] | _FILE["nicknames"]).items()
}
# Nicknames that are also words of other languages must be written large.
LARGE_NICKNAMES = frozenset({"la", "sf", "dc", "jp", "atl", "slc", *_FILE["airports"]})
DISTANCE_ENDS = (" of", " from", " around")
SPELLED_OUT = {"st": "saint", "ft": "fort", "mt": "mount", "saint": "st"}
