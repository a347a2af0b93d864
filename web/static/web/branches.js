// Under a question and its answer: say it in other words, answer it again, and go
// from one alternative to the next.

import { actionButton, el } from "./drawing.js";

// What is longer is scrolled in its box: the keyboard must get there, too.
const LONG = 500, LONG_LINES = 8;

/** A question on the page. */
export function createQuestion(content) {
  const isLong = content.length > LONG || content.split("\n").length > LONG_LINES;
  const text = el("h2", { className: "question", dir: "auto", tabIndex: isLong ? 0 : -1 },
    el("span", { className: "unseen" }, "You: "), content);
  const tools = el("div", { className: "tools" });
  const root = el("div", { className: "asked" }, text, tools);
  return {
    root,
    /** What can be done with it, once it is saved as `message`: see `alternatives`. */
    offer(message, { onEdit, onSwitch }) {
      const edit = actionButton("Edit", () => root.replaceChildren(editor(content, leave, onEdit)),
        { className: "quiet" });
      const leave = () => {
        root.replaceChildren(text, tools);
        edit.focus();
      };
      tools.replaceChildren(...alternatives(message, "wording", onSwitch), edit);
    },
  };
}

function editor(content, onCancel, onSave) {
  const box = el("textarea", { value: content, maxLength: 4000, required: true });
  box.setAttribute("aria-label", "Your question in other words");
  const form = el("form", { className: "editor" }, box,
    el("div", { className: "tools" },
      actionButton("Cancel", onCancel, { className: "quiet" }),
      el("button", {}, "Ask again")));
  const save = (event) => {
    event.preventDefault();
    if (box.value.trim()) onSave(box.value);
  };
  form.addEventListener("submit", save);
  form.addEventListener("keydown", (key) => {
    if (key.key === "Escape") onCancel();
    if (key.key === "Enter" && !key.shiftKey && !key.isComposing && key.target === box) save(key);
  });
  setTimeout(() => box.focus());
  return form;
}

/** "‹ 2 of 3 ›" for a message with `id` and `sibling_ids`; nothing when it is the only one. */
export function alternatives({ id, sibling_ids: ids }, noun, onSwitch) {
  const at = ids.indexOf(id);
  if (ids.length < 2) return [];
  const arrow = (sign, name, target) => actionButton(sign, () => onSwitch(target),
    { className: "quiet", ariaLabel: `${name} ${noun}`, disabled: target === undefined });
  return [el("span", { className: "alternatives", role: "group", ariaLabel: `Alternatives of this ${noun}` },
    arrow("‹", "Previous", ids[at - 1]),
    el("span", {}, `${at + 1} of ${ids.length}`),
    arrow("›", "Next", ids[at + 1]))];
}

/** What can be done with a saved answer. */
export function answerTools(message, { onAgain, onCompare, onSwitch }) {
  return el("div", { className: "tools" },
    ...alternatives(message, "answer", onSwitch),
    actionButton("Answer again", onAgain, { className: "quiet" }),
    onCompare && actionButton("Compare two answers", onCompare, { className: "quiet" }));
}
