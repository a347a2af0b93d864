// Following a search: the button under an answer, and the address of its calendar.

import { ApiError, getJson } from "./api.js";
import { el } from "./drawing.js";

/** A button that makes a calendar of the search behind a message. */
export function followButton(messageId) {
  const button = el("button", { type: "button", className: "quiet" }, "Subscribe to this search");
  const box = el("div", { className: "follow" }, button);
  button.addEventListener("click", () => follow(messageId, box, button));
  return box;
}

async function follow(messageId, box, button) {
  button.disabled = true;
  box.querySelector(".error")?.remove();
  try {
    const feed = await getJson("/feeds", { body: { message_id: messageId } });
    box.replaceChildren(...drawFeed(feed));
    box.querySelector("input").select();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    button.disabled = false;
    box.append(el("span", { className: "error", role: "alert" }, error.message));
  }
}

function drawFeed({ title, url }) {
  const address = el("input", { readOnly: true, value: url, ariaLabel: "Address of the calendar" });
  const copy = el("button", { type: "button" }, "Copy");
  const open = el("a", { href: url.replace(/^https?:/, "webcal:") }, "Open in calendar");
  copy.addEventListener("click", () => copyText(address, copy));
  return [el("span", {}, `${title}:`), address, copy, open];
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
