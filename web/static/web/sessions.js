// The list of past conversations: finding, renaming, archiving and deleting them.

import { ApiError, call, getJson } from "./api.js";
import { currentSession, open, startOver } from "./conversation.js";
import { $, actionButton, el } from "./drawing.js";

const MOST_LISTED = 100;
const SEARCHED_FROM = 8; // with fewer there is nothing to look for

/** Draws the list as it is now; it is a convenience: without it the conversation goes on. */
export async function refreshSessions() {
  const words = $("find-session").value.trim();
  const query = new URLSearchParams({ limit: MOST_LISTED, ...(words && { q: words }) });
  const sessions = await getJson(`/chat/sessions?${query}`).catch(() => null);
  if (!sessions || words !== $("find-session").value.trim()) return;
  if (!words) $("find-box").hidden = sessions.length < SEARCHED_FROM;
  $("session-list").replaceChildren(...sessions.map(drawSession));
  $("no-session").hidden = !words || sessions.length > 0;
}

function drawSession(session) {
  const title = session.title || "Untitled";
  const button = actionButton(title, () => { toggleSessions(false); open(session.id); },
    { className: "title", title, dir: "auto" });
  const item = el("li", {}, button);
  if (session.id === currentSession()) button.setAttribute("aria-current", "true");
  const more = actionButton("⋯", () => toggleTools(item, more, session),
    { className: "quiet more", ariaLabel: `More for ${title}`, ariaExpanded: "false" });
  item.append(more);
  return item;
}

function toggleTools(item, more, session) {
  const there = item.querySelector(".tools, form");
  more.setAttribute("aria-expanded", String(!there));
  if (there) return there.remove();
  const remove = actionButton("Delete", () => {
    if (!remove.classList.contains("sure")) {
      remove.classList.add("sure");
      remove.textContent = "Delete for good";
    } else change(session, item, { method: "DELETE" });
  }, { className: "quiet" });
  item.append(el("div", { className: "tools" },
    actionButton("Rename", () => rename(session, item), { className: "quiet" }),
    actionButton("Archive", () => change(session, item, { path: "/archive", method: "POST" }),
      { className: "quiet" }),
    remove));
}

function rename(session, item) {
  const input = el("input", { value: session.title, maxLength: 200, ariaLabel: "New title", required: true });
  const form = el("form", {}, input, el("button", {}, "Save"));
  form.addEventListener("submit", (submit) => {
    submit.preventDefault();
    change(session, item, { method: "PATCH", body: { title: input.value.trim() } });
  });
  item.querySelector(".tools").replaceWith(form);
  input.select();
}

async function change(session, item, { path = "", method, body }) {
  try {
    await call(`/chat/sessions/${session.id}${path}`, { method, body });
    if (method !== "PATCH" && session.id === currentSession()) startOver();
    await refreshSessions();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    item.append(el("p", { className: "error", role: "alert" }, error.message));
  }
}

/** Shows or hides the list on a narrow screen. */
export function toggleSessions(isOpen) {
  $("sessions").classList.toggle("open", isOpen);
  $("toggle-sessions").setAttribute("aria-expanded", String(isOpen));
}
