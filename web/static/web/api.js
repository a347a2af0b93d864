// The API: requests with a bearer token that is renewed when it has expired.

const API = "/api/v1";

/** What a person is told (`message`), the machine's `code`, and the HTTP status (0: no answer). */
export class ApiError extends Error {
  constructor(code, detail, status) {
    super(detail);
    Object.assign(this, { code, status });
  }
}

export const tokens = {
  get: () => JSON.parse(sessionStorage.getItem("tokens") ?? "null"),
  set: (pair) => sessionStorage.setItem("tokens", JSON.stringify(pair)),
  clear: () => sessionStorage.removeItem("tokens"),
  /** Whose tokens they are, as the access token says. */
  user() {
    const payload = this.get()?.access.split(".")[1];
    return payload && JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))).user_id;
  },
};
let onSignedOut = () => {};
let refreshing = null; // a refresh token works once: callers at the same time share one renewal

/** Sets what happens when the server no longer accepts the tokens. */
export function whenSignedOut(action) {
  onSignedOut = action;
}

/** One request as it is; the answer's error becomes an `ApiError`. */
export async function send(path, { body, signal, method = body ? "POST" : "GET" } = {}) {
  const headers = { Accept: "application/json" };
  if (body) headers["Content-Type"] = "application/json";
  if (tokens.get()) headers.Authorization = `Bearer ${tokens.get().access}`;
  let response;
  try {
    response = await fetch(API + path, { method, headers, signal, body: body && JSON.stringify(body) });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("offline", "The server cannot be reached. Please try again.", 0);
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  const detail = problem.detail ?? `The server answered with status ${response.status}.`;
  throw new ApiError(problem.code ?? "server_error", detail, response.status);
}

/** A request that renews an expired token once, and signs out when it cannot. */
export async function call(path, options) {
  try {
    return await send(path, options);
  } catch (error) {
    if (error.status !== 401) throw error;
    if (error.code === "token_expired" && tokens.get()) {
      refreshing ??= renewTokens().finally(() => (refreshing = null));
      if (await refreshing) return send(path, options);
    }
    onSignedOut();
    throw error;
  }
}

async function renewTokens() {
  const { refresh } = tokens.get();
  try {
    tokens.set(await (await send("/token/refresh", { body: { refresh } })).json());
    return true;
  } catch (error) {
    if (error.status === 401) return false;
    throw error;
  }
}

export const getJson = async (path, options) => (await call(path, options)).json();
