// The conversation that is on the page: asking, reading along, opening one, its branches.

import { ApiError, call, getJson } from "./api.js";
import { createAnswer } from "./answers.js";
import { answerTools, createQuestion } from "./branches.js";
import { $, actionButton, el, readerZone } from "./drawing.js";
import { followButton } from "./following.js";
import { createReading, readTurn, stopTurn } from "./turns.js";

const state = { sessionId: null, reading: null, model: null };
// What would begin another answer, or leave the branch, while one is being written.
const ASKING = ".chips button, #conversation .tools button, .pane button, .again";
const PAGE_OF_MESSAGES = 50; // as many as an opened conversation comes with
const ENDINGS = { stopped: "You stopped this answer.", interrupted: "This answer broke off." };
let onChange = () => {};

/** Sets what happens when conversations came, went or changed. */
export function whenChanged(action) { onChange = action; }
export const currentSession = () => state.sessionId;
export const isReading = () => Boolean(state.reading);
/** The model that two answers can be compared with, or null. */
export function setModel(model) { state.model = model; }

// ---------------------------------------------------------------- one turn

/** Asks a question in this conversation, or in a new one. */
export function ask(message) {
  if (state.reading || !message.trim()) return;
  const question = createQuestion(message);
  $("conversation").append(question.root);
  const body = { message, session_id: state.sessionId, context: here(), client_message_id: newId() };
  const again = () => { question.root.remove(); ask(message); };
  return read({ path: "/chat/stream", body }, { question, message, again });
}

const here = () => ({ timezone: readerZone() });

/** A random UUID; `crypto.randomUUID` is not there on an insecure page. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Reads a turn into a new answer under its question; `again` repeats what was refused. */
async function read(request, { question, message, again, reading = createReading() }) {
  const answer = createAnswer(ask);
  const turn = { question, answer, reading, ids: null };
  reading.onBroken = (isBroken) => {
    $("status").textContent = isBroken ? "The connection broke. Trying again…" : "";
    $("status").classList.toggle("unseen", !isBroken);
  };
  setReading(reading);
  $("conversation").append(answer.root);
  scrollTo(question.root);
  try {
    await readTurn(request, reading, (chunk) => takeChunk(chunk, turn));
    onChange();
  } catch (error) {
    fail(error, turn, { message, again });
  } finally {
    reading.onBroken(false);
    answer.finish();
    if (state.reading === reading) {
      setReading(null);
      if (turn.ids) await offerTools(turn);
    }
  }
}

function fail(error, { answer, reading }, { message, again }) {
  if (error.name === "AbortError") return answer.note(ENDINGS.stopped);
  if (!(error instanceof ApiError)) {
    answer.fail("Something went wrong on this page. Please reload it.");
    throw error;
  }
  answer.fail(error.message);
  const isUnwelcome = error.status === 401 || error.status === 422;
  if (isUnwelcome && message && !$("message").value) $("message").value = message; // nothing typed is lost
  else if (reading.lastId) answer.retry(() => open(state.sessionId)); // it goes on at the server
  else if (again) answer.retry(() => { answer.root.remove(); again(); });
}

/** Draws one chunk; true when it was the last. */
async function takeChunk(chunk, turn) {
  const { answer, reading } = turn;
  const { signal } = reading.controller;
  if (signal.aborted) throw new DOMException("", "AbortError");
  if (chunk.session_id && chunk.session_id !== state.sessionId) {
    setSession(chunk.session_id);
    onChange();
  }
  if (chunk.constraints) answer.wish(chunk.constraints);
  const last = chunk.model === "SYSTEM" && chunk.done;
  if (chunk.all_event_ids) answer.know(chunk.all_event_ids, chunk.constraints);
  if (chunk.model === "SYSTEM" && !last && chunk.all_event_ids?.length) await answer.begin(signal);
  if (chunk.token) answer.write(chunk.token, chunk.model);
  if (last && reading.stopped) answer.note(ENDINGS.stopped);
  else if (chunk.error && last) answer.fail(chunk.error);
  else if (chunk.error) answer.failIn(chunk.model, chunk.error);
  if (last) conclude(chunk, turn);
  return last;
}

function conclude(chunk, turn) {
  const { answer } = turn;
  const found = chunk.event_metadata ?? {};
  const ids = chunk.all_event_ids ?? [];
  const tierOf = (id) => found[id]?.tier;
  if (ids.length) {
    answer.settle({
      named: ids.filter((id) => found[id]?.cited),
      listed: tierOf(ids[0]) ? ids.filter((id) => tierOf(id) !== "context") : null,
    });
  }
  answer.suggest(chunk.follow_up_questions ?? []);
  if (chunk.message_id && ids.length) answer.add(followButton(chunk.message_id));
  if (chunk.message_id) turn.ids = chunk.message_ids ?? { A: chunk.message_id };
}

/** Ends the answer that is being written. */
export function stop() {
  if (state.reading) stopTurn(state.reading);
}

function setReading(reading) {
  state.reading = reading;
  $("send").hidden = Boolean(reading);
  $("stop").hidden = !reading;
  for (const button of document.querySelectorAll(ASKING)) {
    if (reading && !button.disabled) button.disabled = button.waits = true;
    else if (!reading && button.waits) button.disabled = button.waits = false;
  }
  $("start").hidden = Boolean(reading) || $("conversation").childElementCount > 0;
  $("status").textContent = reading ? "Looking for events…" : "";
}

function scrollTo(element) {
  $("conversation").scrollTop = element.offsetTop - 16;
}

// ---------------------------------------------------------------- branches

/** What can be done with a turn that has just been saved. */
async function offerTools({ question, answer, ids }) {
  const sessionId = state.sessionId;
  const latest = await getJson(`/chat/sessions/${sessionId}/messages?limit=2`).catch(() => []);
  if (state.sessionId !== sessionId || state.reading) return;
  const asked = latest.find(({ role }) => role === "user");
  const given = latest.find(({ id }) => id === ids.A);
  if (asked) question.offer(asked, questionActions(asked.id, question));
  if (!given) return;
  if (ids.B) namePair(answer, ids);
  answer.add(answerTools(given, answerActions(given.id, question)));
}

function namePair(answer, ids) {
  for (const variant of ["A", "B"]) {
    const name = variant === "A" ? state.model : "built-in";
    const like = actionButton("I like this one better", () => prefer(ids[variant]), { className: "again" });
    answer.name(variant, [variant, name].filter(Boolean).join(": "), like);
  }
}

function questionActions(id, question) {
  return {
    onSwitch: (sibling) => change(`/chat/messages/${sibling}/switch`),
    onEdit(content) {
      cutFrom(question.root);
      const edited = createQuestion(content);
      $("conversation").append(edited.root);
      const body = { content, context: here(), client_message_id: newId() };
      read({ path: `/chat/messages/${id}/edit`, body }, { question: edited, message: content, again: reopen });
    },
  };
}

function answerActions(id, question) {
  const again = (body) => {
    cutFrom(question.root.nextElementSibling);
    read({ path: `/chat/messages/${id}/regenerate`, body }, { question, again: reopen });
  };
  const compared = { single_model_mode: false, model_a: state.model, model_b: "builtin" };
  return {
    onSwitch: (sibling) => change(`/chat/messages/${sibling}/switch`),
    onAgain: () => again({}),
    onCompare: state.model && (() => again(compared)),
  };
}

const prefer = (id) => change(`/chat/messages/${id}/prefer`);
const reopen = () => open(state.sessionId);

async function change(path) {
  const at = $("conversation").scrollTop;
  try {
    await call(path, { method: "POST" });
    await open(state.sessionId);
    $("conversation").scrollTop = at;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    $("conversation").append(el("p", { className: "error", role: "alert" }, error.message));
  }
}

/** Takes an element and all after it off the page: the branch ends before it. */
function cutFrom(element) {
  while (element) {
    const next = element.nextElementSibling;
    element.remove();
    element = next;
  }
}

// ---------------------------------------------------------------- whole conversations

/** An empty page for a new conversation, or for the one that is about to be opened. */
export function startOver(sessionId = null) {
  state.reading?.controller.abort();
  setSession(sessionId);
  $("conversation").replaceChildren();
  setReading(null);
}

function setSession(id) {
  state.sessionId = id;
  const address = id ? `/?chat=${id}` : "/";
  if (location.pathname + location.search !== address) history.replaceState(null, "", address);
}

/** Shows a saved conversation; an answer that is still being written is read along. */
export async function open(id) {
  startOver(id);
  $("start").hidden = true;
  try {
    const { messages, running_generation_id: running } = await getJson(`/chat/sessions/${id}`);
    if (state.sessionId !== id) return; // another one was opened meanwhile
    const { question, elements } = drawMessages(messages);
    $("conversation").append(...earlierButton(messages), ...elements);
    setReading(null);
    if (question) scrollTo(question.root);
    onChange();
    if (running && question) read({}, { question, reading: createReading(running) });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) return startOver();
    $("conversation").append(el("p", { className: "error", role: "alert" }, error.message));
  }
}

/** A button that brings what was said before these messages, if that may be something. */
function earlierButton(messages) {
  if (messages.length < PAGE_OF_MESSAGES) return [];
  const path = `/chat/sessions/${state.sessionId}/messages?limit=${PAGE_OF_MESSAGES}&before_id=${messages[0].id}`;
  const button = actionButton("Earlier messages", async () => {
    button.disabled = true;
    const before = await getJson(path).catch(() => null);
    button.disabled = false;
    if (!before) return;
    const { elements } = drawMessages(before, null);
    button.replaceWith(...earlierButton(before), ...elements);
    elements.at(-1)?.scrollIntoView({ block: "start" });
  }, { className: "quiet earlier" });
  return [button];
}

/** Messages of a branch as elements, and the last question among them; `end` is the branch's. */
function drawMessages(messages, end = messages.at(-1)) {
  let question = null;
  const elements = [];
  for (const message of messages) {
    if (message.role === "user") {
      question = createQuestion(message.content);
      question.offer(message, questionActions(message.id, question));
      elements.push(question.root);
    } else if (message.role === "assistant") {
      elements.push(drawAnswer(message, question, message === end));
    }
  }
  return { question, elements };
}

function drawAnswer(message, question, isLast) {
  const { metadata, status, referenced_events: events } = message;
  const answer = createAnswer(ask);
  answer.know(metadata.all_event_ids ?? events.map((event) => event.id), metadata.constraints);
  answer.wish(metadata.constraints);
  answer.write(message.content);
  answer.settle({ events, named: events.map(({ id }) => id), listed: metadata.listed_event_ids });
  if (status === "failed") answer.fail("This answer could not be completed.");
  else if (ENDINGS[status]) answer.note(ENDINGS[status]);
  if (isLast) answer.suggest(metadata.follow_up_questions ?? []);
  if (events.length && metadata.constraints) answer.add(followButton(message.id));
  if (question) answer.add(answerTools(message, answerActions(message.id, question)));
  answer.finish();
  return answer.root;
}
