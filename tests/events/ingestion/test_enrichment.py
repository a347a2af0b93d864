from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.ingestion.enrich.ages import Ages, read_ages
from events.ingestion.enrich.evidence import excerpt
from events.ingestion.enrich.prices import read_price
from events.ingestion.enrich.registration import read_registration
from events.ingestion.enrich.tags import (
    TOPICS,
    Subject,
    find_audience,
    find_topics,
    read_audience,
    read_topics,
)
from events.models.event_fields import EVIDENCE_LIMIT


@pytest.mark.parametrize(
    ("text", "lowest", "written"),
    [
        ("$10 advance/$15 door. Doors at 6:30.", "10", "$10 advance, $15 door"),
        ("Cost: $5 to $20. Born in the dive bars", "5", "$5 to $20"),
        ("Electronic | $15.00-$35.00 | 21+", "15.00", "$15.00-$35.00"),
        ("Standard ticket price: $39.", "39", "$39"),
        ("Registration Cost:\n\n$295\n\nExplore paperclay", "295", "$295"),
        ("Fee: $45.00 (materials $20)", "45.00", "$45.00"),
        ("Saturday September 19 | 1 – 3 pm, $40", "40", "$40"),
        ("Tickets are $1,250 each", "1250", "$1,250"),
        ("Free for members / $5 per class for non-members", "5", "$5 per class"),
        ("Music starts @8pm!\n$10 cover!", "10", "$10 cover"),
        ("Free admission, 21+", "0", "Free"),
        ("This event is free and open to the public.", "0", "Free"),
        ("Cost: Free | Recurring weekly", "0", "Free"),
        ("No cover, free popcorn", "0", "Free"),
        ("A free outdoor concert on the lawn", "0", "Free"),
        ("Storytime is always FREE!", "0", "Free"),
        ("Free parking at the bank", None, ""),
        ("Access free Wi-Fi", None, ""),
        ("Feel free to join us", None, ""),
        ("a judgment-free evening", None, ""),
        ("Free to play with purchase of food", None, ""),
        ("Win a free class", None, ""),
        ("The winning team gets a $50 gift card", None, ""),
        ("Golden hour 5-7 | $6 beers & $2 off wine", None, ""),
        ("over $500 in prizes", None, ""),
        ("They raised $2 million", None, ""),
        ("plus a $20 materials fee", None, ""),
        ("An evening of song", None, ""),
    ],
)
def test_read_price_takes_prices_and_nothing_else(
    text: str, lowest: str | None, written: str
) -> None:
    price = read_price("An event", text)
    assert price.lowest == (None if lowest is None else Decimal(lowest))
    assert price.text == written


@pytest.mark.parametrize(
    ("stated", "lowest"),
    [("$12", "12"), ("12.50 EUR", "12.50"), ("Free", "0"), ("0", "0"), ("donation", None)],
)
def test_read_price_trusts_a_field_of_its_own(stated: str, lowest: str | None) -> None:
    price = read_price("An event", "Cost: $99", stated)
    assert price.lowest == (None if lowest is None else Decimal(lowest))


def test_read_price_free_in_a_title_is_a_mark_not_a_name() -> None:
    assert read_price("Movies in the Park - FREE", "").lowest == 0
    assert read_price("Free | Sunday Afternoon with Cara", "").lowest == 0
    assert read_price("Free Planet Radio", "").lowest is None
    assert read_price("FREE SPIRIT CHOIR", "").lowest is None


@pytest.mark.parametrize(
    ("text", "lowest", "highest"),
    [
        ("Ages 5-12", 5, 12),
        ("for children ages 2 to 5", 2, 5),
        ("Toddler - (ages 18 mos.-2 yrs.)", 1, 2),
        ("Baby - (ages 4 mos.-18 mos.)", 0, 1),
        ("babies ages 0 to 18 months", 0, 1),
        ("families and children 18 to 36 months", 1, 3),
        ("Babytime (birth-23 months)", 0, 1),
        ("Hip Hop - Ages 4,5,6", 4, 6),
        ("ages 13+", 13, None),
        ("Ages 16 and up", 16, None),
        ("Doors 7pm/ Show 8pmAges: 12+Critics agree", 12, None),
        ("Full bar. 21+", 21, None),
        ("18 and over", 18, None),
        ("You must be 21 to enter", 21, None),
        ("Club (age 55+)", 55, None),
        ("socialization among children up to 4 years old", 0, 4),
        ("ages 15 years and younger", 0, 15),
        ("Grades K-5", 5, 11),
        ("Teens in grades 6-12 are welcome", 11, 18),
        ("Open to all ages!", 0, None),
        ("200+ community members", None, None),
        ("For over 30 years", None, None),
        ("It took 2-3 months of work", None, None),
        ("$5 / adults; free for kids 12 and under", None, None),
        ("Children ages 8 and under must be accompanied", None, None),
        ("the tribute of the ages", None, None),
    ],
)
def test_read_ages_takes_limits_and_nothing_else(
    text: str, lowest: int | None, highest: int | None
) -> None:
    ages = read_ages("An event", text)
    assert (ages.lowest, ages.highest) == (lowest, highest)


@pytest.mark.parametrize(
    ("stated", "lowest", "highest"),
    [("5-12", 5, 12), ("18+", 18, None), ("18-", 18, None), ("grown-ups", None, None)],
)
def test_read_ages_trusts_a_field_of_its_own(
    stated: str, lowest: int | None, highest: int | None
) -> None:
    assert read_ages("Ages 1-2", "", stated) == Ages(stated, lowest, highest)


@pytest.mark.parametrize(
    ("title", "description", "tags"),
    [
        ("Toddler Story Time", "", ("toddlers", "kids")),
        ("Teen Tuesdays", "", ("teens",)),
        ("Book Buddies", "For children in grades K-3", ("kids",)),
        ("Salsa night", "21+", ("adults",)),
        ("Kids' Night Out for Grown-ups", "Ages 21+", ("adults",)),
        ("Virtual Senior Zumba", "", ("seniors",)),
        ("Women's Soccer vs. Sweet Briar - Senior Day", "", ()),
        ("Planning Commission", "", ()),
    ],
)
def test_read_audience_names_who_it_is_for(
    title: str, description: str, tags: tuple[str, ...]
) -> None:
    assert read_audience(title, description, read_ages(title, description)) == tags


@pytest.mark.parametrize(
    ("subject", "topics"),
    [
        (Subject("BLUEGRASS JAM"), ("music",)),
        (Subject("The Collective", organizer="City Music Listings"), ("music",)),
        (Subject("Colin Miller", venue="AyurPrana Listening Room"), ("music",)),
        (Subject("Sessions at Priest Ranch", "Live music 11 am – 1 pm"), ("music",)),
        (Subject("Dope Lemon", "Indie | $20.00 | 21+"), ("music",)),
        (Subject("Tailgate Market", "live music, fresh food"), ("market",)),
        (Subject("Monday Trivia", organizer="City Music Listings"), ("games",)),
        (Subject("Family Music and Movement"), ()),
        (Subject("Bro Comedy Open Mic"), ("comedy",)),
        (Subject("Men's Soccer vs Utah Tech"), ("sports",)),
        (Subject("Drop-In Tech Help"), ("tech",)),
        (Subject("Exhibition on Screen: John Singer Sargent"), ("art",)),
        (Subject("Morning Minyan"), ("religion",)),
        (Subject("Blood Drive", organizer="First Church"), ("health", "volunteering")),
        (Subject("Office Hours", organizer="First Church"), ("religion",)),
        (Subject("Craft Beer Fest"), ("drinks", "festival")),
        (Subject("Yoga in the Garden"), ("garden", "wellness")),
        (Subject("Planning Commission Meeting"), ("government",)),
        (Subject("It's Not You"), ()),
    ],
)
def test_read_topics_tells_what_it_is_about(subject: Subject, topics: tuple[str, ...]) -> None:
    assert read_topics(subject) == topics


def test_read_topics_keeps_the_feeds_own_words_first() -> None:
    assert read_topics(Subject("Jazz night"), ("PHP", "php", " ")) == ("php", "music", "tech")


def test_topics_have_no_duplicates() -> None:
    assert len(set(TOPICS)) == len(TOPICS)


@pytest.mark.parametrize(
    ("text", "required"),
    [
        ("Registration is required. Call us.", True),
        ("Cost: Free, RSVP Required", True),
        ("You must register here to attend", True),
        ("Family Storytime (Tickets Required)", True),
        ("No registration required.", False),
        ("No pre-registration or sign-up needed.", False),
        ("Registration encouraged but not required", False),
        ("No need to register, just come", False),
        ("Please RSVP to Rabbi Koas", None),
        ("Register here", None),
        ("led by a registered art therapist", None),
        ("Sign up for a library card!", None),
        ("Registration required for the class; no registration required for the talk.", None),
        ("An evening of song", None),
    ],
)
def test_read_registration_takes_a_duty_and_nothing_else(text: str, required: bool | None) -> None:
    found = read_registration("An event", text)
    assert found.required is required
    assert bool(found.evidence) == (required is not None)


@given(st.text(max_size=400), st.text(max_size=1500))
def test_evidence_is_bounded_and_never_without_a_value(title: str, description: str) -> None:
    price, ages = read_price(title, description), read_ages(title, description)
    audience = find_audience(title, description, ages)
    topics = find_topics(Subject(title, description))
    registration = read_registration(title, description)
    found = [
        (price.evidence, price.text),
        (ages.evidence, ages.text),
        (audience.evidence, audience.tags),
        (topics.evidence, topics.tags),
        (registration.evidence, registration.required is not None),
    ]
    assert [bool(evidence) for evidence, _ in found] == [bool(value) for _, value in found]
    assert max(len(evidence) for evidence, _ in found) <= EVIDENCE_LIMIT


@given(st.text(min_size=1, max_size=900), st.data())
def test_excerpt_holds_the_passage_on_one_line(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start, min(len(text), start + 50)))
    found = excerpt(text, start, end)
    assert len(found) <= EVIDENCE_LIMIT
    assert " ".join(text[start:end].split()) in found


def test_evidence_is_the_sentence_around_the_value() -> None:
    price = read_price("A concert", "Doors at seven. Tickets are $12 at the door! Come early.")
    assert price.evidence == "Tickets are $12 at the door!"
    assert find_topics(Subject("Bluegrass brunch")).evidence == "music: Bluegrass; food: brunch"
