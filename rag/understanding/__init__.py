"""Query understanding: from the words of a message to the constraints of a search.

Each recogniser (dates, times of day, distances, prices, ages, audiences,
attendance, places) claims the words that it understands; the topic for the
semantic search is what nobody claimed. Its doors are `read`, which also tells what a
message wants done, and `understand`, which reads every message as a search.
"""

from rag.understanding.places.lookup import Namesake, PlaceLookup
from rag.understanding.read import Turn, read
from rag.understanding.serialise import constraints_from_json, constraints_to_json
from rag.understanding.understand import understand

__all__ = [
    "Namesake",
    "PlaceLookup",
    "Turn",
    "constraints_from_json",
    "constraints_to_json",
    "read",
    "understand",
]
