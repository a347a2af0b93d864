// The chat page: asking, past conversations, signing in and out.

import { ApiError, call, getJson, send, tokens, whenSignedOut } from "./api.js";
import { $, createAnswer, drawQuestion, el, readerZone } from "./drawing.js";
import { followButton } from "./following.js";
import { createEventParser } from "./reading.js";

const MOST_CARDS = 100; // as many ids as one request may name
const MOST_RESUMES = 6; // the last one after 16 s of silence

// ---------------------------------------------------------------- one turn

const state = { sessionId: null, reading: null };

async function ask(message) {
  if (state.reading || !message.trim()) return;
  const reading = { controller: new AbortController(), lastId: null };
  setReading(reading);
  const question = drawQuestion(message);
  const answer = createAnswer(ask);
  $("conversation").append(answer.root);
  scrollToTop(question);
  try {
    await readTurn(message, answer, reading);
    if (!reading.controller.signal.aborted) refreshSessions();
  } catch (error) {
    if (error.name === "AbortError") answer.fail("Stopped.");
    else if (error instanceof ApiError) {
      answer.fail(error.message);
      if (!$("message").value) $("message").value = message; // nothing typed is lost
    } else {
      answer.fail("Something went wrong on this page. Please reload it.");
      throw error;
    }
  } finally {
    answer.finish();
    if (state.reading === reading) setReading(null);
  }
}

function scrollToTop(question) {
  $("conversation").scrollTop = question.offsetTop - 16;
}

/** Reads a turn to its last chunk; a line that breaks is taken up again where it was. */
async function readTurn(message, answer, reading) {
  const { signal } = reading.controller;
  const body = { message, session_id: state.sessionId, context: { timezone: readerZone() } };
  let response = await call("/chat/stream", { body, signal });
  for (let broken = 0; ; ) {
    const before = reading.lastId;
    if (await readResponse(response, answer, reading)) return;
    broken = reading.lastId === before ? broken + 1 : 1;
    response = await resume(reading, broken);
  }
}

/** Draws what one response brings; true when the turn is over, false when the line broke. */
async function readResponse(response, answer, reading) {
  const parser = createEventParser();
  const reader = response.body.getReader();
  for (;;) {
    const { value, done } = await reader.read().catch((error) => {
      if (error.name === "AbortError") throw error;
      return { done: true };
    });
    if (done) return false;
    for (const { id, name, data } of parser.feed(value)) {
      if (name === "reconnect") return false;
      reading.lastId = id || reading.lastId;
      if (await takeChunk(JSON.parse(data), answer, reading.controller.signal)) return true;
    }
  }
}

/** The rest of a turn, from this worker or another; waits longer each time that nothing came. */
async function resume(reading, broken) {
  const { signal } = reading.controller;
  const [generation, offset] = (reading.lastId ?? "").split(":");
  for (let tries = broken; generation && tries <= MOST_RESUMES; tries++) {
    await new Promise((wake) => setTimeout(wake, 250 * 2 ** tries));
    try {
      return await call(`/chat/generations/${generation}/stream?after=${offset}`, { signal });
    } catch (error) {
      if (error.name === "AbortError" || (error.status && error.status < 500)) throw error;
    }
  }
  throw new ApiError("broken_off", "The connection broke off before the answer was complete.", 0);
}

/** Ends the answer itself; before there is one, only the waiting for it. */
async function stopReading() {
  const generation = state.reading?.lastId?.split(":")[0];
  if (!generation) return state.reading?.controller.abort();
  await call(`/chat/generations/${generation}/stop`, { method: "POST" }).catch(() =>
    state.reading?.controller.abort());
}

/** Draws one chunk; true when it was the last. */
async function takeChunk(chunk, answer, signal) {
  if (signal.aborted) throw new DOMException("", "AbortError");
  if (chunk.session_id) state.sessionId = chunk.session_id;
  if (chunk.constraints) answer.wish(chunk.constraints);
  if (chunk.model === "SYSTEM" && !chunk.done && chunk.all_event_ids?.length) {
    await showCards(chunk, answer, signal);
  }
  if (chunk.token && chunk.model === "A") answer.write(chunk.token);
  if (chunk.error) answer.fail(chunk.error);
  const last = chunk.model === "SYSTEM" && chunk.done;
  if (last) answer.suggest(chunk.follow_up_questions ?? []);
  if (last && chunk.message_id && chunk.all_event_ids?.length) answer.add(followButton(chunk.message_id));
  return last;
}

async function showCards({ all_event_ids: ids, constraints }, answer, signal) {
  answer.know(ids);
  const query = new URLSearchParams(ids.slice(0, MOST_CARDS).map((id) => ["ids", id]));
  try {
    answer.show(await getJson(`/events?${query}`, { signal }), constraints?.place);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    answer.fail("The events could not be loaded; the answer goes on without them.");
  }
}

function setReading(reading) {
  state.reading = reading;
  $("send").hidden = Boolean(reading);
  $("stop").hidden = !reading;
  document.querySelectorAll(".chips button").forEach((button) => (button.disabled = Boolean(reading)));
  $("start").hidden = Boolean(reading) || $("conversation").childElementCount > 0;
  $("status").textContent = reading ? "Looking for events…" : "";
}

// ---------------------------------------------------------------- sessions

async function refreshSessions() {
  const sessions = await getJson("/chat/sessions?limit=50").catch(() => null);
  if (!sessions) return; // the list is a convenience: the conversation goes on without it
  $("session-list").replaceChildren(...sessions.map((session) => {
    const button = el("button", { type: "button" }, session.title || "Untitled");
    if (session.id === state.sessionId) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => openSession(session.id));
    return el("li", {}, button);
  }));
}

function startOver(sessionId = null) {
  state.reading?.controller.abort();
  state.sessionId = sessionId;
  $("conversation").replaceChildren();
  setReading(null);
  toggleSessions(false);
}

async function openSession(id) {
  startOver(id);
  try {
    const { messages } = await getJson(`/chat/sessions/${id}`);
    if (state.sessionId !== id) return; // another one was opened meanwhile
    messages.forEach(drawMessage);
    setReading(null);
    const question = [...document.querySelectorAll(".question")].at(-1);
    if (question) scrollToTop(question);
    refreshSessions();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    $("conversation").append(el("p", { className: "error", role: "alert" }, error.message));
  }
}

function drawMessage({ id, role, content, status, metadata, referenced_events: events }, index, all) {
  if (role === "user") drawQuestion(content);
  if (role !== "assistant") return;
  const answer = createAnswer(ask);
  answer.know(metadata.all_event_ids ?? events.map((event) => event.id));
  answer.wish(metadata.constraints);
  answer.show(events, metadata.constraints?.place);
  answer.write(content);
  if (status !== "completed") answer.fail(`This answer was not completed (${status}).`);
  if (index === all.length - 1) answer.suggest(metadata.follow_up_questions ?? []);
  if (events.length && metadata.constraints) answer.add(followButton(id));
  answer.finish();
  $("conversation").append(answer.root);
}

function toggleSessions(open) {
  $("sessions").classList.toggle("open", open);
  $("toggle-sessions").setAttribute("aria-expanded", String(open));
}

// ---------------------------------------------------------------- signing in and out

function showPage() {
  const signedIn = Boolean(tokens.get());
  $("welcome").hidden = signedIn;
  for (const id of ["chat", "sign-out", "toggle-sessions"]) $(id).hidden = !signedIn;
  if (signedIn) refreshSessions();
  $(signedIn ? "message" : "username").focus();
}

async function signIn(submit) {
  submit.preventDefault();
  const button = submit.target.querySelector("button");
  const { username, password } = Object.fromEntries(new FormData(submit.target));
  button.disabled = true;
  $("sign-in-error").hidden = true;
  try {
    tokens.set(await (await send("/token", { body: { username, password } })).json());
    submit.target.reset();
    showPage();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showSignInError(error.message);
  } finally {
    button.disabled = false;
  }
}

function showSignInError(detail) {
  $("sign-in-error").textContent = detail;
  $("sign-in-error").hidden = false;
}

function signOut(reason) {
  tokens.clear();
  startOver();
  $("session-list").replaceChildren();
  showPage();
  if (reason) showSignInError(reason);
}

function start() {
  $("sign-in").addEventListener("submit", signIn);
  $("sign-out").addEventListener("click", () => {
    const { refresh } = tokens.get();
    send("/token/revoke", { body: { refresh } }).catch(() => null); // else it expires by itself
    signOut();
  });
  $("new-chat").addEventListener("click", () => { startOver(); refreshSessions(); $("message").focus(); });
  $("toggle-sessions").addEventListener("click", () =>
    toggleSessions(!$("sessions").classList.contains("open")));
  $("stop").addEventListener("click", stopReading);
  $("examples").addEventListener("click", ({ target }) => target.closest("button") && ask(target.textContent));
  $("ask").addEventListener("submit", (submit) => {
    submit.preventDefault();
    const message = $("message").value;
    if (state.reading) return;
    $("message").value = "";
    ask(message);
  });
  $("message").addEventListener("keydown", (key) => {
    if (key.key !== "Enter" || key.shiftKey || key.isComposing) return;
    key.preventDefault();
    $("ask").requestSubmit();
  });
  whenSignedOut(() => signOut("Please sign in again."));
  showPage();
}

start();
