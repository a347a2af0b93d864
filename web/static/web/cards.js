// The cards of an answer: the events that it names first, the others when they are asked for.

import { ApiError, getJson } from "./api.js";
import { el, readerZone } from "./drawing.js";
import {
  distanceText,
  milesBetween,
  priceText,
  readerTimeText,
  safeUrl,
  whenText,
} from "./reading.js";

const FIRST_LOADED = 10; // as many as an answer may recommend
const FIRST_SHOWN = 6;
const LEAST_NAMED = 3; // an answer that names fewer is shown with the first cards
const MOST_LOADED = 100; // as many ids as one request may name

function drawCard(event, number, cardId, place) {
  const url = safeUrl(event.url);
  const title = url
    ? el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, event.title)
    : event.title;
  const venue = event.venue ? [event.venue.name, event.venue.city] : [event.location];
  const miles = event.distance_miles ?? milesBetween(place, event.venue);
  const online = event.event_attendance_mode === "online";
  const mode = online ? "Online" : event.event_attendance_mode === "mixed" && "In person or online";
  const where = online && !event.venue ? [] : [event.room_name, ...venue].filter(Boolean);
  const away = online ? "" : distanceText(miles, event.venue?.precision);
  const price = priceText(event);
  const [when, yours] = timesOf(event);
  return el("li", { className: "card", id: cardId, tabIndex: -1 },
    el("span", { className: "number" }, el("span", { className: "unseen" }, "Event "), String(number)),
    el("h3", { dir: "auto" }, title),
    el("p", { className: "when" }, el("time", { dateTime: event.start_time }, when),
      yours && el("span", { className: "yours" }, ` (${yours})`)),
    where.length > 0 && el("p", { className: "where" }, ...listed(where)),
    el("p", { className: "facts" },
      ...offTexts(event).map((off) => el("span", { className: "off" }, off)),
      price && el("span", { className: event.min_price === 0 ? "free" : "" }, price),
      away && el("span", {}, away),
      mode && el("span", {}, mode),
      event.age_range && el("span", {}, event.age_range),
      el("a", { href: `/events/${event.id}`, ariaLabel: `Details of ${event.title}` }, "Details")));
}

/** Texts side by side, each in its own direction of writing. */
function listed(texts) {
  return texts.flatMap((text, at) => (at ? [", ", el("bdi", {}, text)] : [el("bdi", {}, text)]));
}

/** What a reader must know before going there. */
function offTexts(event) {
  const isOver = new Date(event.end_time ?? event.start_time) < new Date();
  return [
    event.event_status !== "scheduled" && event.event_status,
    event.withdrawn && "no longer listed",
    isOver && "over",
  ].filter(Boolean);
}

/** The time in the event's zone, and in the reader's. */
function timesOf(event) {
  const here = { readerZone: readerZone() };
  try {
    return [whenText(event, here), readerTimeText(event, here)];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [event.start_time, ""]; // a zone that this browser does not know
  }
}

/** The list of an answer's cards; `prefix` begins their ids, `onTrouble` tells what could not be loaded. */
export function createCards(prefix, onTrouble) {
  const list = el("ol", { className: "cards", ariaLabel: "Events" });
  const more = el("p", { className: "more" });
  const root = el("div", { className: "found" }, list, more);
  const drawn = new Map(); // event id → card
  let ids = [], place = null, shown = new Set();

  function show() {
    const cards = ids.filter((id) => shown.has(id) && drawn.has(id)).map((id) => drawn.get(id));
    list.replaceChildren(...cards);
  }

  function draw(events) {
    for (const event of events) {
      const number = ids.indexOf(event.id) + 1;
      drawn.set(event.id, drawCard(event, number, `${prefix}-${number}`, place));
    }
  }

  async function load(wanted, signal) {
    const missing = wanted.filter((id) => !drawn.has(id)).slice(0, MOST_LOADED);
    if (!missing.length) return true;
    try {
      draw(await getJson(`/events?${new URLSearchParams(missing.map((id) => ["ids", id]))}`, { signal }));
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      onTrouble("The events could not be loaded; please try again.");
      return false;
    }
  }

  async function reveal(wanted) {
    if (!(await load(wanted))) return;
    const first = wanted.find((id) => drawn.has(id) && !shown.has(id));
    wanted.forEach((id) => shown.add(id));
    show();
    if (first) drawn.get(first).focus();
  }

  /** A button for the events that fit, then one for those that are merely there, too. */
  function offer(listed) {
    const hidden = listed.filter((id) => !shown.has(id));
    const others = ids.filter((id) => !listed.includes(id) && !shown.has(id));
    const [wanted, text] = hidden.length
      ? [hidden, `Show ${hidden.length} more`]
      : [others, `Show ${others.length} that fit less well`];
    more.replaceChildren();
    if (!wanted.length) return;
    const button = el("button", { type: "button", className: "quiet" }, text);
    button.addEventListener("click", () => reveal(wanted).then(() => offer(listed)));
    more.append(button);
  }

  return {
    root,
    /** All events that were found, the best first, and where distances are measured from. */
    know(allIds, centre) { [ids, place] = [allIds, centre]; },
    /** The first cards, while the answer is written. */
    async begin(signal) {
      shown = new Set(ids.slice(0, FIRST_SHOWN));
      await load(ids.slice(0, FIRST_LOADED), signal);
      show();
    },
    /** The cards as they stay: those that the answer names. `listed` are the ids that fit what
     *  was asked, null when that is not known; `events` those that are here already. */
    settle({ named, listed, events = [] }) {
      draw(events);
      const fitting = listed ?? ids;
      const few = named.length < LEAST_NAMED && !events.length;
      const chosen = few ? fitting.slice(0, FIRST_SHOWN) : named;
      shown = new Set(chosen.filter((id) => drawn.has(id)));
      show();
      if (listed) offer(listed);
    },
    /** Brings the card of a number into view. */
    async light(number) {
      const id = ids[number - 1];
      if (id && !shown.has(id)) await reveal([id]);
      const card = drawn.get(id);
      if (!card) return;
      document.querySelectorAll(".card.lit").forEach((lit) => lit.classList.remove("lit"));
      card.classList.add("lit");
      card.scrollIntoView({ block: "nearest" });
      card.focus({ preventScroll: true });
    },
  };
}
