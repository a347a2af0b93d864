"""Answers from a local Ollama, with its errors translated once."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import cache
from weakref import WeakKeyDictionary

import httpx
from ollama import ResponseError

from chat_service.llm.ollama.stream import ChatPart, StreamingClient
from chat_service.llm.ollama.transport import StreamTransport
from chat_service.llm.ollama.wire import (
    calls_of,
    chat_body,
    finish_of,
    refuses_tools,
    says_something,
)
from chat_service.llm.types import (
    AnswerPart,
    AnswerRequest,
    ModelHealth,
    ProviderDown,
    StartPart,
    TextPart,
    ToolCallPart,
    Traits,
)
from core.errors import LLMTimeout, LLMUnavailable

# What the client lets through while streaming: its own errors, httpx's raw
# ones, ValueError for lines that are no JSON or no chat part. Its list of models
# gives AttributeError or TypeError for JSON that is no object. TimeoutError is ours.
_VENDOR_ERRORS = (
    TimeoutError,
    ConnectionError,
    httpx.HTTPError,
    httpx.StreamError,
    ResponseError,
    ValueError,
    AttributeError,
    TypeError,
)
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds until the connection stands, until the first text, and from text to text.

    Of a model that thinks aloud, thoughts count as text here.
    A check of the health is given the first of them.
    """

    connect: float
    first_token: float
    between_tokens: float


@dataclass(frozen=True, slots=True)
class OllamaConfig:
    """Where Ollama is, which model answers by default, and how much it may read and write."""

    host: str
    model: str
    max_tokens: int
    context_tokens: int
    timeouts: Timeouts


class OllamaProvider:
    """Streams chat answers; one pooled client for each event loop.

    Whether a model has a form for tools is learnt from its first answer: one that has none is asked
    again without, and from then on at once.
    """

    name = "ollama"
    traits = Traits(tools=True, structured_output=True)

    def __init__(self, config: OllamaConfig) -> None:
        self._config = config
        self._clients = _ClientPerLoop(config)
        self._takes_tools: dict[str, bool] = {}

    def model_of(self, request: AnswerRequest) -> str:
        """The model that would answer this request."""
        return request.model or self._config.model

    async def stream(self, request: AnswerRequest) -> AsyncGenerator[AnswerPart, None]:
        """The model's answer as it is made.

        Raises `ProviderDown` when Ollama or the model is not there,
        `LLMTimeout` when it is silent for too long, and `LLMUnavailable` for
        every other failure: also an empty answer, and one that ends without
        saying that it is done.
        """
        model = self.model_of(request)
        started = False
        async with aclosing(self._reads(request, model)) as reads:
            del request  # the prompt is sent once, and then held by nobody
            async for parts in reads:
                for part in parts:
                    for said in _said(part, started=started):
                        if not started:
                            yield StartPart(self.name, model)
                            started = True
                        yield said
                    if part.done:
                        if not started:
                            raise LLMUnavailable("The language model gave an empty answer.")
                        yield finish_of(part, model)
                        return
        raise LLMUnavailable("The language model's answer broke off.")

    async def health(self) -> ModelHealth:
        """Whether Ollama answers and has the default model; it never raises for either."""
        model = self._config.model
        try:
            async with _translated(), asyncio.timeout(self._config.timeouts.connect):
                listed = await (await self._clients.get()).list()
        except (LLMUnavailable, LLMTimeout) as error:
            return ModelHealth(self.name, model, available=False, detail=error.detail)
        names = tuple(entry.model for entry in listed.models if entry.model)
        if _full_name(model) in names:
            return ModelHealth(self.name, model, available=True, models=names)
        detail = f"The model {model} is not installed. Get it with: ollama pull {model}"
        return ModelHealth(self.name, model, available=False, detail=detail, models=names)

    async def aclose(self) -> None:
        """Closes this loop's connections. The end of a loop does so too."""
        await self._clients.close()

    async def _reads(
        self, request: AnswerRequest, model: str
    ) -> AsyncGenerator[list[ChatPart], None]:
        """The parts as Ollama sends them; a model that refuses tools is asked again without."""
        is_known = not request.tools or model in self._takes_tools
        again = None if is_known else request
        opened = await self._open(request, model, tools=self._takes_tools.get(model, True))
        del request
        try:
            async with aclosing(self._timed(opened)) as reads:
                async for parts in reads:
                    if again is not None:
                        again, self._takes_tools[model] = None, True
                    yield parts
        except _ToolsRefused:
            self._takes_tools[model] = False
            if again is None:
                raise
            opened = await self._open(again, model, tools=False)
            del again
            async with aclosing(self._timed(opened)) as reads:
                async for parts in reads:
                    yield parts

    async def _timed(
        self, opened: AsyncGenerator[list[ChatPart], None]
    ) -> AsyncGenerator[list[ChatPart], None]:
        """The parts, those together that came together, under the timeouts.

        The time that our reader takes between two reads does not count.
        """
        timeouts, loop = self._config.timeouts, asyncio.get_running_loop()
        left = timeouts.first_token
        async with aclosing(opened) as reads:
            while True:
                asked_at = loop.time()
                # Translated here and not around the loop: an error of ours is no vendor's.
                try:
                    async with asyncio.timeout(left):
                        parts = await anext(reads, None)
                except _VENDOR_ERRORS as error:
                    raise _translation(error) from error
                if parts is None:
                    return
                left -= loop.time() - asked_at
                if says_something(parts):
                    left = timeouts.between_tokens
                if parts[-1].done:
                    await self._read_end(reads)
                yield parts

    async def _read_end(self, reads: AsyncGenerator[list[ChatPart], None]) -> None:
        """Reads the end of the response, which leaves the connection free for the next one.

        The answer is whole already: what happens to the connection now is no error.
        """
        with suppress(*_VENDOR_ERRORS):
            async with asyncio.timeout(self._config.timeouts.connect):
                await anext(reads, None)

    async def _open(
        self, request: AnswerRequest, model: str, *, tools: bool
    ) -> AsyncGenerator[list[ChatPart], None]:
        """The client's stream; it connects when the first part is asked for."""
        client = await self._clients.get()
        return client.stream_chat(
            chat_body(
                request,
                model,
                max_tokens=self._config.max_tokens,
                context_tokens=self._config.context_tokens,
                tools=tools,
            )
        )


class _ToolsRefused(LLMUnavailable):
    """The model has no form for tools."""


def _said(part: ChatPart, *, started: bool) -> Iterator[TextPart | ToolCallPart]:
    """The text and the calls of a line; blanks before the first word say nothing yet."""
    if part.text and (started or not part.text.isspace()):
        yield TextPart(part.text)
    yield from calls_of(part)


class _ClientPerLoop:
    """Connections belong to the event loop that opened them, so each loop has a client.

    The client lives inside an asynchronous generator: a loop closes its
    generators when it ends (`loop.shutdown_asyncgens`), and the connections
    with them, without anyone having to remember it.
    """

    def __init__(self, config: OllamaConfig) -> None:
        self._config = config
        self._open: WeakKeyDictionary[
            asyncio.AbstractEventLoop, tuple[StreamingClient, AsyncGenerator[StreamingClient, None]]
        ] = WeakKeyDictionary()

    async def get(self) -> StreamingClient:
        loop = asyncio.get_running_loop()
        if loop not in self._open:
            lifetime = self._lifetime()
            self._open[loop] = (await anext(lifetime), lifetime)
        return self._open[loop][0]

    async def close(self) -> None:
        held = self._open.get(asyncio.get_running_loop())
        if held:
            await held[1].aclose()

    async def _lifetime(self) -> AsyncGenerator[StreamingClient, None]:
        async with StreamingClient(
            self._config.host,
            timeout=httpx.Timeout(None, connect=self._config.timeouts.connect),
            # A proxy named in the environment would be asked for loopback too.
            trust_env=False,
            verify=_certificates(),
            mounts={"http://": StreamTransport()},
        ) as client:
            try:
                yield client
            finally:
                self._open.pop(asyncio.get_running_loop(), None)


@cache
def _certificates() -> ssl.SSLContext:
    """The trusted certificates: 25 ms of reading, so once for all loops."""
    return httpx.create_ssl_context(trust_env=False)


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """Ollama's, httpx's and the clock's errors as those of the application."""
    try:
        yield
    except _VENDOR_ERRORS as error:
        raise _translation(error) from error


def _translation(error: Exception) -> LLMUnavailable | LLMTimeout:
    if refuses_tools(error):
        return _ToolsRefused("The language model takes no tools.")
    # The client turns httpx's ConnectError into ConnectionError on plain calls.
    if isinstance(error, ConnectionError | httpx.ConnectError | httpx.ConnectTimeout):
        return ProviderDown("Ollama cannot be reached.")
    if isinstance(error, ResponseError) and error.status_code == _NOT_FOUND:
        return ProviderDown("The language model is not installed.")
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return LLMTimeout()
    return LLMUnavailable("The language model failed to answer.")


def _full_name(model: str) -> str:
    """Ollama's name with its tag: a bare name means the tag "latest"."""
    return model if ":" in model else f"{model}:latest"
