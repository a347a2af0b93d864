from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.ingestion.cleaning import clean_line, clean_text


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("<p>Music &amp; <b>dance</b></p>", "Music & dance"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("a<br/>b", "a\nb"),
        ("safe<script>alert(1)</script>", "safe"),
        ("&lt;p&gt;escaped twice&lt;/p&gt;", "escaped twice"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;x", "x"),
        ("3 < 4 and 5 > 2", "3 < 4 and 5 > 2"),
        ("nul\x00 and bell\x07", "nul and bell"),
        ("half \ud800 a pair", "half a pair"),
        ("zero\u200bwidth \ufeff", "zerowidth"),
        ("  many \t blanks \n\n\n\n lines ", "many blanks\n\nlines"),
        (r"Ages 17\+ \(all levels\)", "Ages 17+ (all levels)"),
        ("Story Time for KidsAge Group: Baby", "Story Time for Kids\nAge Group: Baby"),
        ("An iPhone: basics", "An iPhone: basics"),
    ],
)
def test_clean_text_keeps_the_words_alone(raw: str, clean: str) -> None:
    assert clean_text(raw) == clean


def test_clean_text_has_a_limit() -> None:
    assert len(clean_text("word " * 100_000)) <= 20_000


def test_clean_line_is_one_line() -> None:
    assert clean_line("<h1>Big</h1>\n\nnight &amp; day", 50) == "Big night & day"


@given(st.text(max_size=300))
def test_clean_text_can_always_be_stored(text: str) -> None:
    clean = clean_text(text)
    assert "\x00" not in clean
    assert clean.encode("utf-8").decode("utf-8") == clean
    assert clean == clean.strip()
