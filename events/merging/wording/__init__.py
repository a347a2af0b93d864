"""What titles say: their words, what they count by, and in what two of them contradict each other.

`words` reads the lists of `words.toml`; `markers` takes numbers, letters, ages, clocks and dates
out of a title; `titles` weighs the rest; `contrasts` finds what makes two events of two titles.
"""
