// Reading one turn: from its first byte to its last chunk, over as many connections as it takes.

import { ApiError, call } from "./api.js";
import { createEventParser } from "./reading.js";

const MOST_RESUMES = 6; // the last one after 16 s of silence

/** What is being read: `lastId` is that of the last event, `<generation>:<offset>`; `onBroken`
 *  is told when the line breaks, and when it is there again. */
export function createReading(generation = null) {
  const lastId = generation && `${generation}:0`;
  return { controller: new AbortController(), lastId, stopped: false, onBroken: () => {} };
}

/** Gives each chunk of a turn to `take` until that returns true. `path` and `body` begin
 *  the turn; without them the generation of `reading` is taken up from its first chunk. */
export async function readTurn({ path, body }, reading, take) {
  const { signal } = reading.controller;
  let response = path ? await call(path, { body, signal }) : await resume(reading, 0);
  for (let broken = 0; ; ) {
    const before = reading.lastId;
    if (await readResponse(response, reading, take)) return;
    broken = reading.lastId === before ? broken + 1 : 1;
    reading.onBroken(true);
    response = await resume(reading, broken);
    reading.onBroken(false);
  }
}

/** Reads what one response brings; true when the turn is over, false when the line broke. */
async function readResponse(response, reading, take) {
  const parser = createEventParser();
  const reader = response.body.getReader();
  for (;;) {
    const { value, done } = await reader.read().catch((error) => {
      if (error.name === "AbortError") throw error;
      return { done: true };
    });
    if (done) return false;
    for (const { id, name, data } of parser.feed(value)) {
      if (name === "reconnect") return false;
      const before = reading.lastId;
      reading.lastId = id || before;
      if (reading.stopped && !before) sendStop(reading);
      if (await take(JSON.parse(data))) return true;
    }
  }
}

/** The rest of a turn, from this worker or another; waits longer each time that nothing came. */
async function resume(reading, broken) {
  const { signal } = reading.controller;
  const [generation, offset] = (reading.lastId ?? "").split(":");
  for (let tries = broken; generation && tries <= MOST_RESUMES; tries++) {
    if (tries) await new Promise((wake) => setTimeout(wake, 250 * 2 ** tries));
    if (signal.aborted) throw new DOMException("", "AbortError");
    try {
      return await call(`/chat/generations/${generation}/stream?after=${offset}`, { signal });
    } catch (error) {
      if (error.name === "AbortError" || (error.status && error.status < 500)) throw error;
    }
  }
  throw new ApiError("broken_off", "The connection broke off before the answer was complete.", 0);
}

/** Ends the answer itself, as soon as it is known which one it is. */
export function stopTurn(reading) {
  reading.stopped = true;
  if (reading.lastId) sendStop(reading);
}

function sendStop(reading) {
  const [generation] = reading.lastId.split(":");
  call(`/chat/generations/${generation}/stop`, { method: "POST" }).catch(() =>
    reading.controller.abort());
}
