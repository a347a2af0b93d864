"""The figures as Markdown tables, and the verdicts beside their targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from benchmarks.figures import percentile, table
from benchmarks.stream.measuring import Load, Turns

OVERLOAD = "300 × 40"


@dataclass(slots=True)
class Results:
    """What a run has found. Keys of `loads` are "streams × tokens a second"."""

    machine: str
    gateway: str = ""
    turns: dict[int, dict[str, Turns]] = field(default_factory=dict)
    loads: dict[str, dict[str, Load]] = field(default_factory=dict)
    journalled: list[Load] = field(default_factory=list)
    unjournalled: list[Load] = field(default_factory=list)
    memory_per_stream: float | None = None


def print_results(results: Results) -> None:
    """Prints all tables; parts that were left out are missing."""
    print(f"{results.machine}. litellm: {results.gateway}.")
    if results.turns:
        print(f"\n{_first_tokens(results)}\n\n{_parts_of_a_turn(results)}")
    if results.loads:
        print(f"\n{_loads(results)}")
    if results.journalled:
        print(f"\n{_journal(results)}")
    print(f"\n{_verdicts(results)}")


def _first_tokens(results: Results) -> str:
    rows: list[list[object]] = []
    for streams, taken in results.turns.items():
        base = percentile(taken["direct"].tokens, 0.5)
        for name, turns in taken.items():
            tokens = turns.tokens
            over = percentile(tokens, 0.5) - base
            rows.append(
                [
                    streams, name, len(tokens), turns.refused,
                    percentile(tokens, 0.5), percentile(tokens, 0.95),
                    "" if name == "direct" else over,
                ]
            )  # fmt: skip
    header = ["streams", "first token of", "turns", "refused", "p50 ms", "p95 ms", "over direct"]
    return table(header, rows)


def _parts_of_a_turn(results: Results) -> str:
    rows: list[list[object]] = []
    for streams, taken in results.turns.items():
        for what, values in (
            ("sign in, history, save (to the response's head, without the next)", _opening(taken)),
            ("retrieval: understand", taken["service"].understood),
            ("retrieval: embed, search, rank, load (to the first chunk)", _finding(taken)),
            ("prompt, model, token (to the first token)", _telling(taken)),
        ):
            rows.append([streams, what, percentile(values, 0.5), percentile(values, 0.95)])
        rows.append([streams, "the whole way over direct", _whole(taken), ""])
        rows.append([streams, "the same without the retrieval", _without_retrieval(taken), ""])
    return table(["streams", "part of a turn", "p50 ms", "p95 ms"], rows)


def _opening(taken: dict[str, Turns]) -> list[float]:
    own = taken["service"]
    return [head - each for head, each in zip(own.heads, own.understood, strict=True)]


def _finding(taken: dict[str, Turns]) -> list[float]:
    own = taken["service"]
    return [chunk - head for chunk, head in zip(own.chunks, own.heads, strict=True)]


def _telling(taken: dict[str, Turns]) -> list[float]:
    own = taken["service"]
    return [token - chunk for token, chunk in zip(own.tokens, own.chunks, strict=True)]


def _whole(taken: dict[str, Turns]) -> float:
    return percentile(taken["service"].tokens, 0.5) - percentile(taken["direct"].tokens, 0.5)


def _without_retrieval(taken: dict[str, Turns]) -> float:
    """Opening and streaming of each turn, less what the model takes when it is asked directly."""
    parts = zip(_opening(taken), _telling(taken), strict=True)
    own = [opening + telling for opening, telling in parts]
    return percentile(own, 0.5) - percentile(taken["direct"].tokens, 0.5)


def _loads(results: Results) -> str:
    rows: list[list[object]] = []
    for what, loads in results.loads.items():
        for name, load in loads.items():
            rows.append(
                [
                    what, name, load.tokens_a_second, f"{100 * load.in_time:.2f} %",
                    load.delay(0.5), load.delay(0.95), load.delay(0.99),
                    load.cpu_per_token, load.tokens_a_chunk, load.connections,
                    percentile(load.listing, 0.95) if load.listing else "",
                ]
            )  # fmt: skip
    header = [
        "streams × tokens/s", "through", "tokens/s", "within 250 ms", "delay p50 ms", "p95", "p99",
        "CPU µs/token", "tokens/chunk", "connections", "list p95 ms",
    ]  # fmt: skip
    return table(header, rows)


def _journal(results: Results) -> str:
    rows = [
        [what, load.tokens_a_second, load.cpu_per_token, load.delay(0.95)]
        for what, loads in (
            ("with journal", results.journalled),
            ("without", results.unjournalled),
        )
        for load in loads
    ]
    return table(["200 × 40 tokens/s", "tokens/s", "CPU µs/token", "delay p95 ms"], rows)


def _verdicts(results: Results) -> str:
    found = [
        *_first_token_verdicts(results),
        *_load_verdicts(results),
        *_overload_verdicts(results),
        *_cost_verdicts(results),
    ]
    rows = [
        ["pass" if each.passes else "FAIL", each.what, each.limit, each.found] for each in found
    ]
    return table(["", "target", "limit", "found"], rows)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure beside its target; `least` is true where more is better."""

    what: str
    bound: float
    found: float
    least: bool = False

    @property
    def limit(self) -> str:
        return f"{'≥' if self.least else '≤'} {self.bound:g}"

    @property
    def passes(self) -> bool:
        return self.found >= self.bound if self.least else self.found <= self.bound


def _first_token_verdicts(results: Results) -> Iterator[Verdict]:
    for streams, most in ((1, 5), (50, 20)):
        if taken := results.turns.get(streams):
            what = f"first token at {streams} over direct, without the retrieval, median ms"
            yield Verdict(what, most, _without_retrieval(taken))


def _load_verdicts(results: Results) -> Iterator[Verdict]:
    for what, loads in results.loads.items():
        if what == OVERLOAD:
            continue
        own, bare = loads["service"], loads["pass-through"]
        yield Verdict(f"{what}: share of tokens within 250 ms", 0.95, own.in_time, least=True)
        yield Verdict(f"{what}: database connections", 4, own.connections)
        ratio = own.cpu_per_token / bare.cpu_per_token
        yield Verdict(f"{what}: CPU per token to the pass-through's", 1.5, ratio)
        ratio = _streaming_cpu(own, bare) / bare.cpu_per_token
        yield Verdict(
            f"{what}: CPU per token, the list not counted, to the pass-through's", 1.5, ratio
        )
        if what.startswith("150"):
            ratio = percentile(own.listing, 0.95) / percentile(bare.listing, 0.95)
            yield Verdict(f"{what}: list p95 to that under the pass-through's load", 1.5, ratio)


def _streaming_cpu(own: Load, bare: Load) -> float:
    """What a token costs the service apart from the lists that it answers meanwhile.

    What one of those costs is seen beside the pass-through, where it does nothing else.
    """
    listing = len(own.listing) * bare.listing_cpu / max(len(bare.listing), 1)
    return own.cpu_per_token * (1 - listing / own.cpu)


def _overload_verdicts(results: Results) -> Iterator[Verdict]:
    if OVERLOAD not in results.loads:
        return
    own = results.loads[OVERLOAD]["service"]
    yield Verdict(f"{OVERLOAD}: share of tokens within 250 ms", 0.95, own.in_time, least=True)
    if calm := results.loads.get("150 × 20"):
        growth = own.tokens_a_chunk / calm["service"].tokens_a_chunk
        yield Verdict(f"{OVERLOAD}: tokens a chunk to those at 150 × 20", 1.2, growth, least=True)


def _cost_verdicts(results: Results) -> Iterator[Verdict]:
    if results.journalled:
        cost = 1 - _throughput(results.journalled) / _throughput(results.unjournalled)
        yield Verdict("the journal's cost: share of the tokens a CPU second", 0.05, cost)
    if results.memory_per_stream is not None:
        yield Verdict("memory per idle stream, KB", 100, results.memory_per_stream / 1000)


def _throughput(loads: list[Load]) -> float:
    """Tokens for each second of the worker's processor time, of the median round."""
    return percentile([1e6 / load.cpu_per_token for load in loads], 0.5)
