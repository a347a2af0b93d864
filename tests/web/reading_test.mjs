// Tests of web/static/web/reading.js, which stands beside this file as reading.mjs.

import assert from "node:assert/strict";
import test from "node:test";

import {
  distanceText,
  createEventParser,
  milesBetween,
  priceText,
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
  const here = { locale: "en-US", readerZone: "America/New_York" };
  const away = { locale: "en-US", readerZone: "Europe/Berlin" };
  assert.equal(plain(whenText(event, here)), "Fri, Nov 20, 7:30 – 9:00 PM");
  assert.equal(plain(whenText(event, away)), "Fri, Nov 20, 7:30 – 9:00 PM EST");
});

test("all-day events end on their last day", () => {
  const day = (start_time, end_time) =>
    whenText({ start_time, end_time, all_day: true, timezone: "Europe/Paris" }, { locale: "en-US" });
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
  const topic = (query) => wishTexts({ audience: "kids", query });
  assert.deepEqual(topic("kids"), ["for kids"]);
  assert.deepEqual(topic("puppets"), ["for kids", "“puppets”"]);
});
