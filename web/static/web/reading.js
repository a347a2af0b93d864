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

/** An answer as blocks: {pieces} is a paragraph, {list, items: [{value, pieces}]} a list ("ul" or
 *  "ol"), pieces as `splitAnswer` cuts them. An indented line belongs to the item before it. */
export function readBlocks(answer, count) {
  const blocks = [];
  let last = null; // the block that the next line may go on with

  function take(line) {
    const [, mark, text] = line.match(/^ {0,3}([-*•]|\d{1,3}[.)])\s+(.*)$/) ?? [];
    const kind = mark && (/^\d/.test(mark) ? "ol" : "ul");
    if (kind) {
      if (blocks.at(-1)?.list !== kind) blocks.push({ list: kind, items: [] });
      last = { value: kind === "ol" ? parseInt(mark, 10) : null, lines: [text] };
      blocks.at(-1).items.push(last);
    } else if (!line.trim()) last = null;
    else if (last && (blocks.at(-1) === last || /^\s/.test(line))) last.lines.push(line.trim());
    else blocks.push((last = { lines: [line.replace(/^#{1,6}\s+(.*)$/, "**$1**")] }));
  }

  const cut = (lines) => splitAnswer(lines.join("\n"), count);
  closeStrong(answer).split("\n").forEach(take);
  return blocks.map(({ lines, list, items }) =>
    lines
      ? { pieces: cut(lines) }
      : { list, items: items.map((item) => ({ value: item.value, pieces: cut(item.lines) })) });
}

/** The answer with its last bold words closed: the rest of them may still be on its way. */
function closeStrong(answer) {
  const line = answer.slice(answer.lastIndexOf("\n") + 1);
  if (line.split("**").length % 2) return answer;
  return /\*\*\s*$/.test(line) ? answer.replace(/\*\*\s*$/, "") : `${answer.trimEnd()}**`;
}

/** Cuts an answer into {text}, {strong}, {em} and {cite: [numbers]}; numbers beyond `count` cite nothing. */
export function splitAnswer(answer, count) {
  const pieces = [];
  const bold = /\*\*([^*\n]+)\*\*/, stressed = /(?<![\w*])\*(?=\S)([^*\n]*[^*\s])\*(?![\w*])/;
  const cited = /\[\s*(\d{1,4}(?:\s*[-–—,;]\s*\d{1,4})*)\s*\]/;
  const pattern = new RegExp([bold, stressed, cited].map(({ source }) => source).join("|"), "g");
  let end = 0;
  for (const match of answer.matchAll(pattern)) {
    const [, strong, em, list] = match;
    const numbers = list ? citedNumbers(list, count) : [];
    if (!strong && !em && !numbers.length) continue;
    if (match.index > end) pieces.push({ text: answer.slice(end, match.index) });
    pieces.push(strong ? { strong } : em ? { em } : { cite: numbers });
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

/** When an event is, in its own zone; the zone is named when the reader's clock shows another
 *  time, the year when it is not this one. */
export function whenText(event, { locale, readerZone, now = new Date() } = {}) {
  const start = new Date(event.start_time);
  const end = event.end_time ? new Date(event.end_time) : start;
  const day = { weekday: "short", month: "short", day: "numeric", timeZone: event.timezone };
  if ([start, end].some((moment) => !isSameYear(moment, now, event.timezone))) day.year = "numeric";
  if (event.all_day) {
    const last = new Date(Math.max(end - 1, start)); // the end is the midnight after
    return `${new Intl.DateTimeFormat(locale, day).formatRange(start, last)}, all day`;
  }
  const clock = { ...day, hour: "numeric", minute: "2-digit" };
  if (!isSameClock(start, event.timezone, readerZone)) clock.timeZoneName = "short";
  return new Intl.DateTimeFormat(locale, clock).formatRange(start, end);
}

/** When an event begins by the reader's clock, where that shows another time and one can join
 *  from anywhere; else "". */
export function readerTimeText(event, { locale, readerZone } = {}) {
  const start = new Date(event.start_time);
  if (event.event_attendance_mode === "offline" || event.all_day) return "";
  if (isSameClock(start, event.timezone, readerZone)) return "";
  const clock = { weekday: "short", hour: "numeric", minute: "2-digit", timeZone: readerZone };
  return `${new Intl.DateTimeFormat(locale, clock).format(start)} your time`;
}

function isSameClock(moment, zone, otherZone) {
  const wall = (timeZone) => moment.toLocaleString("en-GB", { timeZone });
  return wall(zone) === wall(otherZone);
}

function isSameYear(moment, other, timeZone) {
  const year = (time) => time.toLocaleString("en-GB", { timeZone, year: "numeric" });
  return year(moment) === year(other);
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

function agesOf({ min, max }) {
  if (min === max) return `age ${min}`;
  return max == null ? `ages ${min}+` : `ages ${min ?? 0}–${max}`;
}

/** The wishes that a search followed, each as a few words. */
export function wishTexts(wishes, locale) {
  if (!wishes) return [];
  return [
    wishes.place && `near ${wishes.place.label}`,
    wishes.max_distance_miles != null && `within ${+wishes.max_distance_miles.toFixed(1)} mi`,
    datesText(wishes.date_from, wishes.date_to, locale),
    wishes.is_virtual != null && (wishes.is_virtual ? "online" : "in person"),
    wishes.max_price != null && (wishes.max_price === 0 ? "free" : `up to ${amountText(wishes, locale)}`),
    wishes.age && agesOf(wishes.age),
    wishes.audience && `for ${wishes.audience}`,
    // What the words were, unless that has just been said.
    wishes.query && wishes.query !== wishes.audience && `“${wishes.query}”`,
  ].filter(Boolean);
}

/** The highest price with its currency, where the words named one: "€15". */
function amountText({ max_price: amount, currency }, locale) {
  if (!currency) return `${amount}`;
  const cents = Number.isInteger(amount) ? 0 : 2;
  const style = { style: "currency", currency, currencyDisplay: "narrowSymbol" };
  return new Intl.NumberFormat(locale, { ...style, minimumFractionDigits: cents }).format(amount);
}

/** A half-open range in words, read from the local times that it is written in: days, and
 *  within one day the hours, too. The end of a day is told as that day. */
function datesText(from, to, locale) {
  const wall = (time) => time && new Date(`${time.slice(0, 19)}Z`);
  const start = wall(from);
  const end = to && new Date(wall(to) - (/T00:00:00/.test(to) ? 1 : 0));
  // What has seconds is no hour that anybody named, but the moment of asking.
  const namesHour = [from, to].some((time) => /T(?!00:00)\d\d:\d\d:00(?!\.\d*[1-9])/.test(time ?? ""));
  const isOneDay = !start || !end || from.slice(0, 10) === end.toISOString().slice(0, 10);
  const options = { weekday: "short", month: "short", day: "numeric", timeZone: "UTC" };
  if (namesHour && isOneDay) Object.assign(options, { hour: "numeric", minute: "2-digit" });
  const words = new Intl.DateTimeFormat(locale, options);
  if (start && end) return words.formatRange(start, new Date(Math.max(end, start)));
  if (start) return `from ${words.format(start)}`;
  return end ? `until ${words.format(end)}` : null;
}
