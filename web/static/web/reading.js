// Pure functions: from bytes and data to values and texts. They know no page, so
// that tests can import them.

/** A parser of server-sent events; `feed` takes bytes, split anywhere, and
 *  returns the events {id, name, data} that they complete. Comments are dropped. */
export function createEventParser() {
  const decoder = new TextDecoder();
  let pending = "", id = "", name = "", lines = [], skipLineFeed = false;

  function readLine(line, events) {
    if (line === "") {
      if (lines.length) events.push({ id, name, data: lines.join("\n") });
      lines = [];
      name = "";
      return;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") lines.push(value);
    if (field === "id") id = value;
    if (field === "event") name = value;
  }

  return {
    feed(bytes) {
      const events = [];
      for (const part of decoder.decode(bytes, { stream: true }).split(/(\r\n|\r|\n)/)) {
        if (part === "\n" && skipLineFeed && pending === "") skipLineFeed = false;
        else if (/^[\r\n]/.test(part)) {
          readLine(pending, events);
          pending = "";
          skipLineFeed = part === "\r"; // its "\n" may come with the next bytes
        } else if (part !== "") {
          pending += part;
          skipLineFeed = false;
        }
      }
      return events;
    },
  };
}

/** Cuts an answer into {text}, {strong} and {cite: [numbers]}; numbers beyond `count` cite nothing. */
export function splitAnswer(answer, count) {
  const pieces = [];
  const pattern = /\*\*([^*\n]+)\*\*|\[\s*(\d{1,4}(?:\s*[-–—,;]\s*\d{1,4})*)\s*\]/g;
  let end = 0;
  for (const match of answer.matchAll(pattern)) {
    const numbers = match[2] ? citedNumbers(match[2], count) : [];
    if (!match[1] && !numbers.length) continue;
    if (match.index > end) pieces.push({ text: answer.slice(end, match.index) });
    pieces.push(match[1] ? { strong: match[1] } : { cite: numbers });
    end = match.index + match[0].length;
  }
  if (end < answer.length) pieces.push({ text: answer.slice(end) });
  return pieces;
}

function citedNumbers(list, count) {
  const numbers = new Set();
  for (const part of list.split(/[,;]/)) {
    const ends = part.match(/\d+/g).map(Number);
    const last = Math.min(Math.max(...ends), count);
    for (let number = Math.max(Math.min(...ends), 1); number <= last; number++) numbers.add(number);
  }
  return [...numbers];
}

/** The address, when it is one that a link may lead to; else null. */
export function safeUrl(address) {
  if (!/^https?:\/\//i.test(address ?? "")) return null;
  return URL.canParse(address) ? new URL(address).href : null;
}

/** When an event is, in its own zone; the zone is named when the reader's is another. */
export function whenText(event, { locale, readerZone } = {}) {
  const start = new Date(event.start_time);
  const end = event.end_time ? new Date(event.end_time) : start;
  const day = { weekday: "short", month: "short", day: "numeric", timeZone: event.timezone };
  if (event.all_day) {
    const last = new Date(Math.max(end - 1, start)); // the end is the midnight after
    return `${new Intl.DateTimeFormat(locale, day).formatRange(start, last)}, all day`;
  }
  const clock = { ...day, hour: "numeric", minute: "2-digit" };
  if (event.timezone !== readerZone) clock.timeZoneName = "short";
  return new Intl.DateTimeFormat(locale, clock).formatRange(start, end);
}

/** Great-circle miles from the search's place to an event's venue, or null. */
export function milesBetween(place, venue) {
  if (place?.lat == null || venue?.latitude == null) return null;
  const [a, b] = [place.lat, venue.latitude].map((degrees) => (degrees * Math.PI) / 180);
  const east = ((venue.longitude - place.lng) * Math.PI) / 180;
  const half = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(east / 2) ** 2;
  return 2 * 3958.7613 * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** Miles in words. The middle of a town is no venue: it is told only of another town, and roughly. */
export function distanceText(miles, precision) {
  if (miles == null) return "";
  if (precision === "place") return miles < 3 ? "" : `about ${Math.round(miles)} mi`;
  return `${miles < 10 ? miles.toFixed(1) : Math.round(miles)} mi`;
}

/** The price as it was written, else as it is known; its currency is not. */
export function priceText(event) {
  if (event.price || event.min_price == null) return event.price;
  return event.min_price === 0 ? "Free" : `from ${event.min_price.toFixed(2).replace(/\.00$/, "")}`;
}

/** The wishes that a search followed, each as a few words. */
export function wishTexts(wishes, locale) {
  if (!wishes) return [];
  return [
    wishes.place && `near ${wishes.place.label}`,
    wishes.max_distance_miles != null && `within ${+wishes.max_distance_miles.toFixed(1)} mi`,
    datesText(wishes.date_from, wishes.date_to, locale),
    wishes.is_virtual != null && (wishes.is_virtual ? "online" : "in person"),
    wishes.max_price != null && (wishes.max_price === 0 ? "free" : `up to ${wishes.max_price}`),
    wishes.age != null && `age ${wishes.age}`,
    wishes.audience && `for ${wishes.audience}`,
    // What the words were, unless that has just been said.
    wishes.query && wishes.query !== wishes.audience && `“${wishes.query}”`,
  ].filter(Boolean);
}

/** A half-open range as days, read from the local times that it is written in. */
function datesText(from, to, locale) {
  const wall = (time) => new Date(`${time.slice(0, 19)}Z`);
  const day = new Intl.DateTimeFormat(locale, {
    weekday: "short", month: "short", day: "numeric", timeZone: "UTC",
  });
  if (from && to) return day.formatRange(wall(from), new Date(Math.max(wall(to) - 1, wall(from))));
  if (from) return `from ${day.format(wall(from))}`;
  return to ? `until ${day.format(new Date(wall(to) - 1))}` : null;
}
