// Following searches: the button under an answer, and the list of all that are followed.

import { ApiError, call, getJson } from "./api.js";
import { $, actionButton, el } from "./drawing.js";

const MAILS = [
  ["", "No mails"],
  ["daily", "Mail what is new, daily"],
  ["weekly", "Mail what is new, weekly"],
];

/** A button that makes a calendar of the search behind a message. */
export function followButton(messageId) {
  const box = el("div", { className: "follow" });
  const button = actionButton("Subscribe to this search", () => follow(messageId, box, button),
    { className: "quiet" });
  box.append(button);
  return box;
}

async function follow(messageId, box, button) {
  button.disabled = true;
  await telling(box, async () => {
    const feed = await getJson("/feeds", { body: { message_id: messageId } });
    box.replaceChildren(drawFeed(feed, () => box.replaceChildren(button)));
    box.querySelector("input").select();
  });
  button.disabled = false;
}

/** Does something; what goes wrong is told in the box. */
async function telling(box, action) {
  box.querySelector(".error")?.remove();
  try {
    await action();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    box.append(el("p", { className: "error", role: "alert" }, error.message));
  }
}

function drawFeed({ id, title, when, url, digest }, onGone) {
  const address = el("input", { readOnly: true, value: url, ariaLabel: "Address of the calendar" });
  const copy = actionButton("Copy", () => copyText(address, copy));
  const mails = el("select", { ariaLabel: `Mails about ${title}` },
    ...MAILS.map(([value, text]) => el("option", { value, selected: value === (digest ?? "") }, text)));
  const box = el("div", { className: "feed", role: "group", ariaLabel: title },
    el("p", { dir: "auto" }, el("strong", {}, title), !title.includes(when) && el("span", {}, ` (${when})`)),
    el("div", { className: "row" }, address, copy),
    el("div", { className: "row" },
      el("a", { href: url.replace(/^https?:/, "webcal:") }, "Open in calendar"),
      mails,
      actionButton("Stop following", () => telling(box, async () => {
        await call(`/feeds/${id}`, { method: "DELETE" });
        onGone();
      }), { className: "quiet" })));
  const saved = el("span", { role: "status" });
  mails.after(saved);
  mails.addEventListener("change", () => telling(box, async () => {
    saved.textContent = "";
    await call(`/feeds/${id}`, { method: "PATCH", body: { digest: mails.value || null } });
    saved.textContent = "Saved";
  }));
  return box;
}

/** Without the clipboard, which needs a secure page, the address is marked for copying by hand. */
async function copyText(address, button) {
  address.select();
  try {
    await navigator.clipboard.writeText(address.value);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Press Ctrl+C";
  }
}

/** Opens the list of the searches that are followed. */
export async function showFollowing() {
  const list = $("followed");
  list.replaceChildren(el("p", {}, "One moment…"));
  $("following").showModal();
  await telling(list, async () => {
    const feeds = await getJson("/feeds?limit=100");
    list.replaceChildren(...feeds.map((feed) => {
      const item = el("li", {}, drawFeed(feed, () => { item.remove(); tellNone(list); }));
      return item;
    }));
    tellNone(list);
  });
}

function tellNone(list) {
  $("none-followed").hidden = Boolean(list.querySelector("li"));
  if (!list.querySelector("li")) list.replaceChildren();
}
