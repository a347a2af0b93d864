// The chat page: signing in and out, and what its parts have to do with each other.

import { ApiError, getJson, send, tokens, whenSignedOut } from "./api.js";
import { ask, isReading, open, setModel, startOver, stop, whenChanged } from "./conversation.js";
import { $ } from "./drawing.js";
import { showFollowing } from "./following.js";
import { refreshSessions, toggleSessions } from "./sessions.js";

let lastUser = null; // whose words are still on the page after the tokens have expired

function showPage() {
  const signedIn = Boolean(tokens.get());
  $("welcome").hidden = signedIn;
  for (const id of ["chat", "sign-out", "toggle-sessions", "show-following"]) $(id).hidden = !signedIn;
  $(signedIn ? "message" : "username").focus();
  if (!signedIn) return;
  refreshSessions();
  tellWriter();
  const chat = new URLSearchParams(location.search).get("chat");
  if (/^\d{1,15}$/.test(chat ?? "")) open(Number(chat));
  else startOver();
}

/** Says who writes the answers: a new user should know. */
async function tellWriter() {
  const health = await getJson("/chat/health").catch(() => null);
  if (!health) return;
  const { available, model } = health.model;
  setModel(available ? model : null);
  $("writer").textContent = available
    ? `Answers are written by ${model}, from events that exist.`
    : "Answers are put together from the events alone; no language model is at work.";
}

async function signIn(submit) {
  submit.preventDefault();
  const button = submit.target.querySelector("button");
  const { username, password } = Object.fromEntries(new FormData(submit.target));
  button.disabled = true;
  $("sign-in-error").hidden = true;
  try {
    tokens.set(await (await send("/token", { body: { username, password } })).json());
    if (lastUser && lastUser !== tokens.user()) forget();
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

/** Leaves nothing of this user on the page. */
function forget() {
  lastUser = null;
  $("message").value = $("find-session").value = "";
  startOver();
}

function signOut() {
  const { refresh } = tokens.get();
  send("/token/revoke", { body: { refresh } }).catch(() => null); // else it expires by itself
  tokens.clear();
  forget();
  $("session-list").replaceChildren();
  $("followed").replaceChildren();
  showPage();
}

/** The server no longer knows who this is: what is typed and which conversation is open stay. */
function askToSignInAgain() {
  lastUser = tokens.user();
  tokens.clear();
  $("following").close();
  showPage();
  showSignInError("Please sign in again. What you typed is kept.");
}

function start() {
  $("sign-in").addEventListener("submit", signIn);
  $("sign-out").addEventListener("click", signOut);
  $("show-following").addEventListener("click", showFollowing);
  $("close-following").addEventListener("click", () => $("following").close());
  $("new-chat").addEventListener("click", () => {
    toggleSessions(false);
    startOver();
    refreshSessions();
    $("message").focus();
  });
  $("toggle-sessions").addEventListener("click", () =>
    toggleSessions(!$("sessions").classList.contains("open")));
  $("sessions").addEventListener("keydown", ({ key }) => {
    if (key !== "Escape") return;
    toggleSessions(false);
    $("toggle-sessions").focus();
  });
  document.querySelector(".column").addEventListener("pointerdown", () => toggleSessions(false));
  $("find-session").addEventListener("input", refreshSessions);
  $("stop").addEventListener("click", stop);
  $("examples").addEventListener("click", ({ target }) => target.closest("button") && ask(target.textContent));
  $("ask").addEventListener("submit", (submit) => {
    submit.preventDefault();
    const message = $("message").value;
    if (isReading()) return;
    $("message").value = "";
    ask(message);
  });
  $("message").addEventListener("keydown", (key) => {
    if (key.key !== "Enter" || key.shiftKey || key.isComposing) return;
    key.preventDefault();
    $("ask").requestSubmit();
  });
  whenSignedOut(askToSignInAgain);
  whenChanged(refreshSessions);
  showPage();
}

start();
