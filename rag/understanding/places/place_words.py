"""The words around the names of places, and the nicknames of cities."""

from __future__ import annotations

PREPOSITIONS = frozenset(
    {"in", "near", "around", "outside", "at", "nearby", "visiting", "visit", "by", "towards"}
)
# "to" names a place only after one of these: "close to", "going to", "trip to".
_TO_TEXT = """
close next going traveling travelling travel trip trips heading coming moving moved flying driving
drive visit visits getaway
"""
TO_AFTER = frozenset(_TO_TEXT.split())
# "interested in reading", "classes in art": what follows is a subject.
_SUBJECT_BEFORE_TEXT = """
interested interest class classes lesson lessons course courses workshop workshops degree help
participate engage beginner intro introduction training specializing experts skills improve
"""
SUBJECT_BEFORE = frozenset(_SUBJECT_BEFORE_TEXT.split())
BEFORE_NAME = frozenset({"the", "downtown", "greater", "central", "old", "metro", "uptown"})
# Words after a bare town at the start: "boston concerts", "seattle free museums".
_EVENT_NOUNS_TEXT = """
activities area art arts author bands bars beer book books brunches carnival carnivals classes
classical club clubs comedy concert concerts conferences craft crafts cruises dance dj drag events
event exhibit exhibits exhibition exhibitions fairs family farmers fest fests festival festivals
film films fireworks food free fringe galleries gig gigs hikes holiday improv indie jazz karaoke
kids konzert konzerte lectures live local market markets meetup meetups movies museum museums music
networking nightlife open opera outdoor parades parks parties party poetry pubs rave raves
restaurants rodeo salsa shows sports standup street talks tech theater theatre things tours trivia
volunteering weekend weihnachtsmarkt weihnachtsmärkte wine workshops yoga
"""
EVENT_NOUNS = frozenset(_EVENT_NOUNS_TEXT.split())
# A town begins the name of many a company, and says then not where it plays.
_COMPANIES_TEXT = """
symphony philharmonic orchestra choir chorus chorale ballet opera boys pops quartet trio ensemble
project tribute style band cover terrier marathon red sox bruins celtics football basketball fc
united city county street avenue road hotel university college school
"""
COMPANIES = frozenset(_COMPANIES_TEXT.split())
# "North of Boston", "the outskirts of Leeds".
_OF_AFTER_TEXT = """
outside city north south east west outskirts suburbs heart centre center middle edge side part
"""
OF_AFTER = frozenset(_OF_AFTER_TEXT.split())
# A name may not be glued to what comes before it by one of these: "tribute to jackson".
_NO_BARE_AFTER_TEXT = """
to by of the with and like about for de von from a an or feat vs versus against
"""
NO_BARE_AFTER = frozenset(_NO_BARE_AFTER_TEXT.split())
_CONNECTIVES_TEXT = """
with for this on and near next tomorrow tonight today that or under within during between from
to before after please instead at in around which who where if but the area is free by any
soon later because so
"""
CONNECTIVES = frozenset(_CONNECTIVES_TEXT.split())
ALIASES = {
    "nyc": ("new york city", "NY"),
    "new york": ("new york city", "NY"),
    "big apple": ("new york city", "NY"),
    "la": ("los angeles", "CA"),
    "sf": ("san francisco", "CA"),
    "san fran": ("san francisco", "CA"),
    "frisco": ("san francisco", "CA"),
    "bay area": ("san francisco", "CA"),
    "sf bay area": ("san francisco", "CA"),
    "dc": ("washington", "DC"),
    "d c": ("washington", "DC"),
    "washington dc": ("washington", "DC"),
    "washington d c": ("washington", "DC"),
    "philly": ("philadelphia", "PA"),
    "vegas": ("las vegas", "NV"),
    "nola": ("new orleans", "LA"),
    "atl": ("atlanta", "GA"),
    "slc": ("salt lake city", "UT"),
    "jp": ("jamaica plain", "MA"),
    "bronx": ("the bronx", "NY"),
}
# Nicknames that are also words of other languages must be written large.
LARGE_ALIASES = frozenset({"la", "sf", "dc", "jp", "atl", "slc"})
DISTANCE_ENDS = (" of", " from", " around")
SPELLED_OUT = {"st": "saint", "ft": "fort", "mt": "mount", "saint": "st"}
