// What is drawn. Data only ever becomes text nodes and checked attributes: no
// string is turned into markup anywhere.

import {
  distanceText,
  milesBetween,
  priceText,
  safeUrl,
  splitAnswer,
  whenText,
  wishTexts,
} from "./reading.js";

const FOLD_AFTER = 6; // the style sheet hides the cards after as many

export const $ = (id) => document.getElementById(id);
export const readerZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** An element with properties and children; strings become text, never markup. */
export function el(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

function drawCard(event, number, cardId, place) {
  const url = safeUrl(event.url);
  const title = url
    ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, event.title)
    : event.title;
  const venue = event.venue ? [event.venue.name, event.venue.city] : [event.location];
  const miles = event.distance_miles ?? milesBetween(place, event.venue);
  const away = distanceText(miles, event.venue?.precision);
  const price = priceText(event);
  const mode = { online: "Online", mixed: "In person or online" }[event.event_attendance_mode];
  return el("li", { className: "card", id: cardId, tabIndex: -1 },
    el("span", { className: "number" }, el("span", { className: "unseen" }, "Event "), String(number)),
    el("h3", {}, title),
    el("p", { className: "when" }, el("time", { dateTime: event.start_time }, when(event))),
    el("p", { className: "where" }, [event.room_name, ...venue].filter(Boolean).join(", ")),
    el("p", { className: "facts" },
      event.event_status !== "scheduled" && el("span", { className: "off" }, event.event_status),
      price && el("span", { className: event.min_price === 0 ? "free" : "" }, price),
      away && el("span", {}, away),
      mode && el("span", {}, mode),
      event.age_range && el("span", {}, event.age_range),
      el("a", { href: `/events/${event.id}` }, "Details")));
}

function when(event) {
  try {
    return whenText(event, { readerZone: readerZone() });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return event.start_time; // a zone that this browser does not know
  }
}

let answersDrawn = 0;

/** One answer on the page: its words, wishes, cards and follow-ups, as they come;
 *  `onAsk` takes a follow-up question that was clicked. */
export function createAnswer(onAsk) {
  const prefix = `answer-${++answersDrawn}`;
  const wishes = el("ul", { className: "chips wishes", ariaLabel: "What was understood", hidden: true });
  const text = el("div", { className: "text", ariaBusy: "true" });
  const words = el("div", { className: "words" }, wishes, text);
  const cards = el("ol", { className: "cards folded", ariaLabel: "Events" });
  const root = el("article", { className: "answer" }, words, cards);
  let ids = [], written = "";

  function cite(number) {
    const link = el("a", { className: "cite", href: `#${prefix}-${number}` }, String(number));
    link.setAttribute("aria-label", `event ${number}`);
    link.addEventListener("click", (click) => {
      click.preventDefault();
      light(`${prefix}-${number}`, cards);
    });
    return link;
  }

  function redraw() {
    const pieces = splitAnswer(written.replace(/^[-*] /gm, "• "), ids.length);
    text.replaceChildren(...pieces.flatMap(({ text: plain, strong, cite: numbers }) =>
      numbers ? numbers.map(cite) : strong ? [el("strong", {}, strong)] : [plain]));
  }

  return {
    root,
    write(token) { written += token; redraw(); },
    know(eventIds) { ids = eventIds; redraw(); },
    wish(constraints) {
      wishes.replaceChildren(...wishTexts(constraints).map((wish) => el("li", {}, wish)));
      wishes.hidden = !wishes.childElementCount;
    },
    show(events, place) {
      const numbered = events.map((event) => [event, ids.indexOf(event.id) + 1]);
      cards.replaceChildren(...numbered.map(([event, number]) =>
        drawCard(event, number, `${prefix}-${number}`, place)));
      if (events.length <= FOLD_AFTER) return;
      const more = el("button", { type: "button", className: "quiet" }, `Show all ${events.length}`);
      more.addEventListener("click", () => unfold(cards));
      cards.append(el("li", { className: "more" }, more));
    },
    suggest(questions) {
      const chips = questions.map((question) => chip(question, onAsk));
      if (chips.length) words.append(el("div", { className: "chips" }, ...chips));
    },
    add(element) { words.append(element); },
    fail(detail) { words.append(el("p", { className: "error", role: "alert" }, detail)); },
    finish() { text.ariaBusy = "false"; if (!written) text.remove(); },
  };
}

function unfold(cards) {
  cards.classList.remove("folded");
  cards.querySelector(".more")?.remove();
}

function light(cardId, cards) {
  const card = $(cardId);
  if (!card) return;
  if (getComputedStyle(card).display === "none") unfold(cards);
  document.querySelectorAll(".card.lit").forEach((lit) => lit.classList.remove("lit"));
  card.classList.add("lit");
  card.scrollIntoView({ block: "nearest" });
  card.focus({ preventScroll: true });
}

function chip(question, onAsk) {
  const button = el("button", { type: "button" }, question);
  button.addEventListener("click", () => onAsk(question));
  return button;
}

export function drawQuestion(text) {
  const question = el("p", { className: "question" }, el("span", { className: "unseen" }, "You: "), text);
  $("conversation").append(question);
  return question;
}
