"""Streams: time to the first token, delay under load, cost per token, beside what people use."""
