"""Events without a place: anyone with a connection can come."""

from __future__ import annotations

from events.demo.kind import Kind

ONLINE = (
    Kind(
        key="python-meetup",
        slot="online",
        titles=("Python Meetup Online: {theme}", "Virtual Python Evening: {theme}"),
        about=(
            "An online meetup for Python programmers: a talk on {theme}, then breakout rooms.",
            "Pythonistas from everywhere discuss {theme} over video.",
        ),
        details=(
            "The link is sent after registration; talks are recorded.",
            "Beginners have a room of their own with two mentors.",
        ),
        themes=(
            "type hints in practice",
            "async without fear",
            "Django and Postgres",
            "data frames",
            "pytest",
        ),
        starts=("18:00", "18:30", "19:00"),
        minutes=(90, 120),
        ages=(16, None),
        audience=("adults", "teens"),
        tags=("technology", "python", "coding", "meetup"),
        host="Online Pythonistas",
        weekly=True,
    ),
    Kind(
        key="garden-webinar",
        slot="online",
        titles=("Webinar on Gardening: {theme}", "Online Garden School: {theme}"),
        about=(
            "A gardener answers your questions about {theme} in a live webinar.",
            "Forty minutes of slides and twenty of questions on {theme}.",
        ),
        details=(
            "A recording is sent to everyone who signs up.",
            "Show your own plants on camera.",
        ),
        themes=(
            "balcony tomatoes",
            "houseplants in winter",
            "starting seeds",
            "friendly insects",
            "compost",
        ),
        starts=("12:00", "17:00", "19:00"),
        minutes=(60,),
        fees=(0, 0, 10),
        audience=("adults", "seniors"),
        tags=("gardening", "webinar", "class"),
        host="Foxglove Garden School",
    ),
    Kind(
        key="virtual-book-club",
        slot="online",
        titles=("Virtual Book Club: {theme}", "Online Reading Group: {theme}"),
        about=(
            "Readers meet on video to talk about {theme}.",
            "An online book club for busy people; this time: {theme}.",
        ),
        details=(
            "Cameras are optional, spoilers are not.",
            "Groups of eight, so that everyone speaks.",
        ),
        themes=(
            "a ghost story",
            "a prize-winning debut",
            "essays on walking",
            "a classic you skipped",
        ),
        starts=("18:30", "19:30", "20:00"),
        minutes=(75, 90),
        audience=("adults",),
        tags=("books", "reading", "book club"),
        host="Second Chapter Books",
        weekly=True,
    ),
    Kind(
        key="career-webinar",
        slot="online",
        titles=("Career Webinar: {theme}", "Online Workshop: {theme}"),
        about=(
            "A practical webinar on {theme} with examples from real applications.",
            "Two recruiters talk openly about {theme}.",
        ),
        details=(
            "Slides and templates are shared afterwards.",
            "Questions can be asked anonymously.",
        ),
        themes=(
            "interviews",
            "changing careers at forty",
            "a portfolio that works",
            "asking for a raise",
        ),
        starts=("12:00", "13:00", "17:30"),
        minutes=(60, 75),
        fees=(0, 0, 15),
        ages=(16, None),
        audience=("adults",),
        tags=("career", "webinar", "workshop"),
        host="Brightloom Works",
    ),
    Kind(
        key="online-meditation",
        slot="online",
        titles=("Online Meditation: {theme}", "Virtual Calm: {theme}"),
        about=(
            "A guided half hour from your own chair: {theme}.",
            "Live-streamed meditation for beginners, with {theme}.",
        ),
        details=("Free; headphones recommended.", "Arrive muted, leave rested."),
        themes=(
            "breathing for busy days",
            "letting go of the week",
            "sleep well",
            "a walking practice",
        ),
        starts=("07:30", "12:30", "20:00"),
        minutes=(30, 45),
        audience=("adults", "seniors"),
        tags=("meditation", "wellness"),
        host="Open Sky Movement",
        weekly=True,
    ),
    Kind(
        key="online-kids-club",
        slot="online",
        titles=("Online Drawing Club for Kids: {theme}", "Draw Along: {theme}"),
        about=(
            "Children draw {theme} step by step with an illustrator on screen.",
            "A live draw-along for young artists: {theme}.",
        ),
        details=(
            "Paper and anything that leaves a mark.",
            "Drawings can be shown in the gallery at the end.",
        ),
        themes=("penguins", "your dream tree house", "monsters with manners", "flying machines"),
        starts=("10:00", "16:00", "16:30"),
        minutes=(45, 60),
        ages=(5, 11),
        audience=("kids", "families"),
        tags=("art", "drawing", "children"),
        host="Paper Moon Juniors",
    ),
)
