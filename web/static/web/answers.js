// One answer on the page: its words, wishes, cards and follow-ups, as they come.

import { createCards } from "./cards.js";
import { actionButton, el } from "./drawing.js";
import { readBlocks, wishTexts } from "./reading.js";

let answersDrawn = 0;

/** An empty answer; `onAsk` takes a follow-up question that was clicked. */
export function createAnswer(onAsk) {
  const prefix = `answer-${++answersDrawn}`;
  const wishes = el("ul", { className: "chips wishes", ariaLabel: "What was understood", hidden: true });
  const texts = el("div", { className: "texts" });
  const words = el("div", { className: "words" }, wishes, texts);
  const cards = createCards(prefix, fail);
  const root = el("article", { className: "answer" }, words, cards.root);
  const panes = new Map(); // variant → {text, written}
  let count = 0;

  function paneOf(variant) {
    if (panes.has(variant)) return panes.get(variant);
    const text = el("div", { className: "text", ariaBusy: "true", dir: "auto" });
    const head = el("h3", { className: "variant", hidden: true });
    const box = el("section", { className: "pane" }, head, text);
    const pane = { box, head, text, written: "" };
    panes.set(variant, pane);
    texts.append(box);
    texts.classList.toggle("two", panes.size > 1);
    return pane;
  }

  function cite(number) {
    const link = el("a", { className: "cite", href: `#${prefix}-${number}`, ariaLabel: `event ${number}` });
    link.append(String(number));
    link.addEventListener("click", (click) => {
      click.preventDefault();
      cards.light(number);
    });
    return link;
  }

  const drawPieces = (pieces) => pieces.flatMap(({ text, strong, em, cite: numbers }) => {
    if (numbers) return numbers.map(cite);
    return strong ? [el("strong", {}, strong)] : em ? [el("em", {}, em)] : [text];
  });

  function redraw({ text, written }) {
    text.replaceChildren(...readBlocks(written, count).map(({ pieces, list, items }) =>
      pieces
        ? el("p", {}, ...drawPieces(pieces))
        : el(list, {}, ...items.map((item) =>
          el("li", item.value == null ? {} : { value: item.value }, ...drawPieces(item.pieces))))));
  }

  function fail(detail) {
    words.querySelector(":scope > .error")?.remove();
    const error = el("p", { className: "error", role: "alert" }, detail);
    words.append(error);
    return error;
  }

  paneOf("A");
  return {
    root,
    fail,
    write(token, variant = "A") {
      const pane = paneOf(variant);
      pane.written += token;
      redraw(pane);
    },
    know(eventIds, constraints) {
      count = eventIds.length;
      cards.know(eventIds, constraints?.place);
      panes.forEach(redraw);
    },
    wish(constraints) {
      wishes.replaceChildren(...wishTexts(constraints).map((wish) => el("li", { dir: "auto" }, wish)));
      wishes.hidden = !wishes.childElementCount;
    },
    begin: (signal) => cards.begin(signal),
    settle: (found) => cards.settle(found),
    suggest(questions) {
      const chips = questions.map((question) => actionButton(question, () => onAsk(question)));
      if (chips.length) words.append(el("div", { className: "chips" }, ...chips));
    },
    add(element) { words.append(element); },
    /** Names one of two answers, with what can be done with it. */
    name(variant, title, ...actions) {
      const { box, head } = paneOf(variant);
      head.textContent = title;
      head.hidden = false;
      box.append(...actions);
    },
    failIn(variant, detail) {
      paneOf(variant).box.append(el("p", { className: "error", role: "alert" }, detail));
    },
    note(text) { words.append(el("p", { className: "soft", role: "status" }, text)); },
    /** Offers to try again after a failure. */
    retry(action) {
      const button = actionButton("Try again", action, { className: "again" });
      words.append(button);
    },
    finish() {
      for (const { text, written } of panes.values()) {
        text.ariaBusy = "false";
        if (!written) text.remove();
      }
    },
  };
}
