// Tests of web/static/web/reading.js, which stands beside this file as reading.mjs.

import assert from "node:assert/strict";
import test from "node:test";

import {
  distanceText,
  createEventParser,
  milesBetween,
  priceText,
  readBlocks,
  readerTimeText,
  safeUrl,
  splitAnswer,
  whenText,
  wishTexts,
} from "./reading.mjs";

const bytes = (text) => new TextEncoder().encode(text);

function parseIn(parts) {
  const parser = createEventParser();
  return parts.flatMap((part) => parser.feed(part));
}

const STREAM = 'id: g:1\ndata: {"token":"Café "}\n\n: keepalive\n\nid: g:2\ndata: {"token":"🎷–"}\n\n';
const EVENTS = [
  { id: "g:1", name: "", data: '{"token":"Café "}' },
  { id: "g:2", name: "", data: '{"token":"🎷–"}' },
];

test("events are the same wherever the bytes are split", () => {
  for (const stream of [STREAM, STREAM.replaceAll("\n", "\r\n"), STREAM.replaceAll("\n", "\r")]) {
    const all = bytes(stream);
    for (let first = 0; first <= all.length; first++) {
      for (const second of [first, Math.min(first + 1, all.length), Math.min(first + 7, all.length)]) {
        const parts = [all.slice(0, first), all.slice(first, second), all.slice(second)];
        assert.deepEqual(parseIn(parts), EVENTS);
      }
    }
    assert.deepEqual(parseIn([...all].map((byte) => Uint8Array.of(byte))), EVENTS);
  }
});

test("data of several lines is joined, and an unfinished event waits", () => {
  assert.deepEqual(parseIn([bytes("data: a\ndata:b\n\ndata: c\n")]), [{ id: "", name: "", data: "a\nb" }]);
});

test("an event's name is its own, not the next one's", () => {
  const sentAway = "event: reconnect\nretry: 500\ndata: {}\n\ndata: b\n\n";
  assert.deepEqual(parseIn([bytes(sentAway)]), [
    { id: "", name: "reconnect", data: "{}" },
    { id: "", name: "", data: "b" },
  ]);
});

test("comments and unknown fields give no event", () => {
  assert.deepEqual(parseIn([bytes(": keepalive\n\nretry: 5\n\nevent\n\n")]), []);
});

test("citations are cut out singly, in lists and in ranges", () => {
  assert.deepEqual(splitAnswer("Go [1] or [2, 4] or [2–3].", 4), [
    { text: "Go " },
    { cite: [1] },
    { text: " or " },
    { cite: [2, 4] },
    { text: " or " },
    { cite: [2, 3] },
    { text: "." },
  ]);
});

test("numbers beyond the events are no citations", () => {
  assert.deepEqual(splitAnswer("In [2026], [0] and [9999]", 5), [
    { text: "In [2026], [0] and [9999]" },
  ]);
  assert.deepEqual(splitAnswer("[4-9999]", 5), [{ cite: [4, 5] }]);
});

test("bold words are strong, and markup stays text", () => {
  assert.deepEqual(splitAnswer("**Jazz** <b>now</b>", 0), [
    { strong: "Jazz" },
    { text: " <b>now</b>" },
  ]);
});

test("words between single asterisks are stressed, other asterisks stay", () => {
  assert.deepEqual(splitAnswer("*free* or 5*3*2 * x", 0), [{ em: "free" }, { text: " or 5*3*2 * x" }]);
});

test("an answer is read as paragraphs and lists", () => {
  const answer = "Hello\nyou\n\n## Jazz\n1. One [1]\n   Why: near.\n\n2) Two\n- a\n* b\nEnd";
  assert.deepEqual(readBlocks(answer, 1), [
    { pieces: [{ text: "Hello\nyou" }] },
    { pieces: [{ strong: "Jazz" }] },
    {
      list: "ol",
      items: [
        { value: 1, pieces: [{ text: "One " }, { cite: [1] }, { text: "\nWhy: near." }] },
        { value: 2, pieces: [{ text: "Two" }] },
      ],
    },
    { list: "ul", items: [{ value: null, pieces: [{ text: "a" }] }, { value: null, pieces: [{ text: "b" }] }] },
    { pieces: [{ text: "End" }] },
  ]);
  assert.deepEqual(readBlocks("", 0), []);
});

test("bold words are bold before their end has come", () => {
  const only = (answer) => readBlocks(answer, 0)[0]?.pieces;
  assert.deepEqual(only("the **Jazz Ni"), [{ text: "the " }, { strong: "Jazz Ni" }]);
  assert.deepEqual(only("the **"), [{ text: "the " }]);
  assert.deepEqual(only("the **Jazz** night"), [{ text: "the " }, { strong: "Jazz" }, { text: " night" }]);
});

test("only web addresses become links", () => {
  assert.equal(safeUrl("https://example.org/a?b=1"), "https://example.org/a?b=1");
  for (const address of ["javascript:alert(1)", " https://x", "data:text/html,x", "", null, "http://["]) {
    assert.equal(safeUrl(address), null);
  }
});

test("times are shown in the event's own zone", () => {
  const event = {
    start_time: "2026-11-21T00:30:00Z",
    end_time: "2026-11-21T02:00:00Z",
    timezone: "America/New_York",
  };
  const plain = (text) => text.replace(/\s/g, " ");
  const here = { locale: "en-US", readerZone: "America/New_York", now: new Date("2026-11-01") };
  const away = { ...here, readerZone: "Europe/Berlin" };
  assert.equal(plain(whenText(event, here)), "Fri, Nov 20, 7:30 – 9:00 PM");
  assert.equal(plain(whenText(event, away)), "Fri, Nov 20, 7:30 – 9:00 PM EST");
  assert.equal(plain(whenText(event, { ...here, readerZone: "America/Toronto" })), "Fri, Nov 20, 7:30 – 9:00 PM");
  assert.equal(plain(whenText({ ...event, end_time: null }, here)), "Fri, Nov 20, 7:30 PM");
  const yearBefore = { ...here, now: new Date("2025-11-01") };
  assert.equal(plain(whenText(event, yearBefore)), "Fri, Nov 20, 2026, 7:30 – 9:00 PM");
});

test("the reader's own time is told of what can be joined from anywhere", () => {
  const event = { start_time: "2026-11-21T00:30:00Z", timezone: "America/New_York", event_attendance_mode: "online" };
  const told = (change, readerZone) => readerTimeText({ ...event, ...change }, { locale: "en-US", readerZone }).replace(/\s/g, " ");
  assert.equal(told({}, "Europe/Berlin"), "Sat 1:30 AM your time");
  assert.equal(told({ event_attendance_mode: "mixed" }, "Europe/Berlin"), "Sat 1:30 AM your time");
  assert.equal(told({}, "America/New_York"), "");
  assert.equal(told({ event_attendance_mode: "offline" }, "Europe/Berlin"), "");
  assert.equal(told({ all_day: true }, "Europe/Berlin"), "");
});

test("all-day events end on their last day", () => {
  const day = (start_time, end_time) =>
    whenText({ start_time, end_time, all_day: true, timezone: "Europe/Paris" }, { locale: "en-US", now: new Date("2026-11-01") });
  const start = "2026-11-20T00:00:00+01:00";
  assert.equal(day(start, "2026-11-21T00:00:00+01:00"), "Fri, Nov 20, all day");
  assert.equal(day(start, null), "Fri, Nov 20, all day");
  assert.match(day(start, "2026-11-23T00:00:00+01:00"), /^Fri, Nov 20.–.Sun, Nov 22, all day$/);
});

test("miles are great-circle miles, or unknown", () => {
  const newton = { lat: 42.33704, lng: -71.20922 };
  const boston = { latitude: 42.35843, longitude: -71.05977 };
  assert.ok(Math.abs(milesBetween(newton, boston) - 7.77) < 0.02);
  assert.equal(milesBetween(null, boston), null);
  assert.equal(milesBetween(newton, { latitude: null, longitude: null }), null);
});

test("a distance is told as far as it is known", () => {
  assert.equal(distanceText(null), "");
  assert.equal(distanceText(1.26, "venue"), "1.3 mi");
  assert.equal(distanceText(12.6, "venue"), "13 mi");
  assert.equal(distanceText(0.4, "place"), "");
  assert.equal(distanceText(7.2, "place"), "about 7 mi");
});

test("a price is told as it was written, else as the least that is known", () => {
  assert.equal(priceText({ price: "$5, kids free", min_price: 0 }), "$5, kids free");
  assert.equal(priceText({ price: "", min_price: 0 }), "Free");
  assert.equal(priceText({ price: "", min_price: 10 }), "from 10");
  assert.equal(priceText({ price: "", min_price: 7.5 }), "from 7.50");
  assert.equal(priceText({ price: "", min_price: null }), "");
});

test("wishes are told in words, and absent ones not at all", () => {
  const wishes = {
    place: { label: "Newton, MA" },
    date_from: "2026-11-20T17:00:00-05:00",
    date_to: "2026-11-23T00:00:00-05:00",
    is_virtual: false,
    max_distance_miles: 10,
    max_price: 0,
    age: null,
    audience: "kids",
    query: "",
  };
  const texts = wishTexts(wishes, "en-US").map((text) => text.replace(/\s/g, " "));
  assert.deepEqual(texts, [
    "near Newton, MA",
    "within 10 mi",
    "Fri, Nov 20 – Sun, Nov 22",
    "in person",
    "free",
    "for kids",
  ]);
  assert.deepEqual(wishTexts(null), []);
  const limit = (max_price, currency) => wishTexts({ max_price, currency }, "en-US");
  assert.deepEqual(limit(15, "EUR"), ["up to €15"]);
  assert.deepEqual(limit(7.5, "EUR"), ["up to €7.50"]);
  assert.deepEqual(limit(15, null), ["up to 15"]);
  const dates = (date_from, date_to) => wishTexts({ date_from, date_to }, "en-US").map((text) => text.replace(/\s/g, " "));
  assert.deepEqual(dates("2026-11-21T17:00:00-05:00", "2026-11-22T00:00:00-05:00"), ["Sat, Nov 21, 5:00 – 11:59 PM"]);
  assert.deepEqual(dates("2026-11-21T09:12:31.5-05:00", "2026-11-23T00:00:00-05:00"), ["Sat, Nov 21 – Sun, Nov 22"]);
  assert.deepEqual(dates("2026-11-21T00:00:00-05:00", "2026-11-22T00:00:00-05:00"), ["Sat, Nov 21"]);
  assert.deepEqual(dates(null, "2026-11-22T12:00:00-05:00"), ["until Sun, Nov 22, 12:00 PM"]);
  assert.deepEqual(dates("2026-11-21T18:00:00-05:00", null), ["from Sat, Nov 21, 6:00 PM"]);
  const topic = (query) => wishTexts({ audience: "kids", query });
  assert.deepEqual(topic("kids"), ["for kids"]);
  assert.deepEqual(topic("puppets"), ["for kids", "“puppets”"]);
});
