"""The words that the synthetic calendars are made of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """What some events are about: its tags, and the subjects that titles name."""

    tags: tuple[str, ...]
    subjects: tuple[str, ...]


def _topic(tags: str, subjects: str) -> Topic:
    return Topic(tuple(tags.split(", ")), tuple(subjects.split(", ")))


TOPICS: tuple[Topic, ...] = (
    _topic("jazz, live music", "jazz jam, swing night, bebop quartet, big band, blue note session"),
    _topic("classical, concert", "string quartet, piano recital, symphony, chamber music, opera"),
    _topic(
        "rock, live music", "indie rock gig, punk show, garage bands, metal night, tribute band"
    ),
    _topic("folk, live music", "fiddle session, bluegrass, folk songs, ceilidh, acoustic evening"),
    _topic("electronic, dance", "techno night, DJ set, house party, synth workshop, silent disco"),
    _topic("choir, singing", "community choir, gospel singing, sea shanties, karaoke, sing-along"),
    _topic("kids, story time", "toddler story time, puppet show, nursery rhymes, picture books"),
    _topic("kids, crafts", "lego club, kids crafts, slime making, paper planes, face painting"),
    _topic("teens, games", "teen gaming, manga club, dungeon quest, cosplay, chess for teens"),
    _topic("theatre, stage", "new play, Shakespeare, improv theatre, musical, pantomime"),
    _topic("comedy, stand-up", "stand-up comedy, open mic comedy, sketch show, roast battle"),
    _topic("film, cinema", "silent film, documentary, outdoor cinema, short films, horror double"),
    _topic("art, exhibition", "watercolours, sculpture show, photo exhibition, gallery opening"),
    _topic("pottery, workshop", "wheel throwing, clay bowls, raku firing, ceramic tiles, glazing"),
    _topic("textiles, workshop", "knitting circle, quilting, weaving, sewing repair, crochet"),
    _topic(
        "woodwork, workshop", "spoon carving, joinery, furniture repair, whittling, boat building"
    ),
    _topic(
        "painting, class", "life drawing, oil painting, sketching walk, calligraphy, printmaking"
    ),
    _topic(
        "photography, class", "street photography, darkroom, portrait lighting, night sky photos"
    ),
    _topic("yoga, wellness", "sunrise yoga, vinyasa, yin yoga, chair yoga, breathwork"),
    _topic("meditation, wellness", "mindfulness, sound bath, zen sitting, forest bathing, qigong"),
    _topic("running, sport", "5k run, trail race, couch to 5k, half marathon, interval training"),
    _topic("cycling, sport", "gravel ride, bike repair, family cycling, night ride, velodrome"),
    _topic("football, sport", "five-a-side, youth football, derby viewing, walking football"),
    _topic("swimming, sport", "open water swim, aqua aerobics, learn to swim, water polo"),
    _topic("climbing, outdoors", "bouldering, top rope, crag day, route setting, climbing film"),
    _topic("hiking, outdoors", "ridge hike, waterfall walk, night hike, wildflower ramble"),
    _topic("birds, nature", "bird walk, owl prowl, nest boxes, migration count, bat evening"),
    _topic("gardening, nature", "seed swap, composting, rose pruning, bee keeping, allotment day"),
    _topic(
        "astronomy, science", "star party, telescope night, planet talk, meteor watch, moon map"
    ),
    _topic("science, lecture", "quantum talk, ocean science, brain lecture, fossil day, chemistry"),
    _topic(
        "history, lecture", "local history, castle tour, war letters, archive visit, ghost walk"
    ),
    _topic("politics, debate", "town hall, climate debate, candidate forum, budget meeting"),
    _topic("books, reading", "book club, author signing, poetry slam, crime fiction, zine fair"),
    _topic("writing, class", "novel writing, memoir class, poetry workshop, screenwriting"),
    _topic("languages, class", "Spanish conversation, French table, sign language, Italian class"),
    _topic("programming, tech", "Python meetup, web development, Rust night, data science"),
    _topic("startups, business", "founders breakfast, pitch night, investor talk, small business"),
    _topic("careers, networking", "job fair, CV clinic, interview practice, women in tech"),
    _topic("electronics, makers", "Arduino lab, 3D printing, robot build, soldering, drones"),
    _topic("food, market", "farmers market, street food, cheese fair, night market, bake sale"),
    _topic("cooking, class", "sourdough, sushi rolling, curry class, pasta making, knife skills"),
    _topic("wine, tasting", "wine tasting, natural wines, whisky flight, sherry, cocktail class"),
    _topic("beer, tasting", "craft beer, brewery tour, homebrew club, cider day, beer festival"),
    _topic("trivia, games", "trivia night, pub quiz, bingo, board games, bridge club"),
    _topic("dance, class", "salsa class, tango, ballet basics, line dance, hip hop dance"),
    _topic("family, festival", "harvest fair, lantern parade, carnival, winter lights, fun day"),
    _topic("volunteering, community", "beach clean, food bank, tree planting, repair café"),
    _topic("health, support", "blood drive, grief group, new parents, first aid, diabetes talk"),
)

FORMS: tuple[str, ...] = (
    "{subject}", "{subject} for beginners", "{mood} {subject}", "{subject} with {guest}",
    "{subject}: {mood} edition", "{occasion} {subject}", "{subject} and {treat}",
    "introduction to {subject}", "{mood} {occasion} {subject}", "{subject}, part {number}",
    "{guest} presents {subject}", "{subject} {number}",
)  # fmt: skip

MOODS: tuple[str, ...] = (
    "gentle", "wild", "cosy", "late", "early", "big", "small", "secret", "bright", "slow", "loud",
    "quiet", "grand", "friendly", "bold", "open", "free", "hands-on", "weekly", "annual", "rainy",
    "sunny", "golden", "winter", "midnight", "candlelit", "accessible", "advanced", "classic",
)  # fmt: skip

OCCASIONS: tuple[str, ...] = (
    "Friday", "Sunday", "lunchtime", "after work", "holiday", "harbour", "rooftop", "riverside",
    "village", "downtown", "campus", "charity", "anniversary", "farewell", "first", "spring",
    "autumn", "members'", "neighbourhood", "twilight",
)  # fmt: skip

GUESTS: tuple[str, ...] = (
    "Anna", "Ben", "Clara", "David", "Elena", "Frank", "Grace", "Hugo", "Iris", "James", "Kate",
    "Leo", "Maria", "Nina", "Oscar", "Paul", "Ruth", "Sam", "Tara", "Victor", "Maya", "Omar",
    "the Hill family", "Dr. King", "Professor Stone", "Chef Rossi", "the old boys", "friends",
)  # fmt: skip

TREATS: tuple[str, ...] = (
    "cake", "coffee", "soup", "tea", "pizza", "pancakes", "a walk", "a talk", "games", "prizes",
    "a film", "music", "questions", "a picnic",
)  # fmt: skip

VENUE_NAMES: tuple[str, ...] = (
    "Heron", "Copper", "Lantern", "Maple", "Harbor", "Union", "Mill", "Granite", "Velvet", "Willow",
    "Station", "Castle", "Anchor", "Orchard", "Summit", "River", "Temple", "Market", "Garden",
    "Falcon", "Cedar", "Iron", "Silver", "Meadow", "Bridge", "Victoria", "Lincoln", "Central",
    "North", "Southside", "Eagle", "Fox", "Juniper", "Kings", "Liberty", "Moon", "Ocean", "Park",
    "Queens", "Rose",
)  # fmt: skip

VENUE_SORTS: tuple[str, ...] = (
    "Hall", "Library", "Studio", "Theatre", "Café", "Club", "Arms", "Park", "Museum", "Center",
    "School", "Church", "Gallery", "Works", "Barn", "House", "Room", "Square", "Gardens", "Gym",
)  # fmt: skip

AUDIENCES: tuple[str, ...] = (
    "adults", "families", "all ages", "seniors", "teens", "beginners", "students", "everyone",
)  # fmt: skip

LINES: tuple[str, ...] = (
    "Bring a friend.", "Tickets at the door.", "No experience needed.", "Drinks included.",
    "Please register.", "Donations welcome.", "Doors open early.", "Places are limited.",
    "Materials provided.", "Rain or shine.", "Meet at the gate.", "Wear warm clothes.",
    "Ends with questions.", "Hosted by volunteers.", "Wheelchair accessible.",
    "Recorded for later.",
)  # fmt: skip

QUESTIONS: tuple[str, ...] = (
    "{subject} tonight", "somewhere to try {subject}", "I would love some {subject} with friends",
    "any {subject} coming up?", "{tag} things to do, maybe {subject}", "looking for {tag}",
)  # fmt: skip
