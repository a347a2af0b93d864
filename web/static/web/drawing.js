// What everything is drawn with. Data only ever becomes text nodes and checked
// attributes: no string is turned into markup anywhere.

export const $ = (id) => document.getElementById(id);
export const readerZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** An element with properties and children; strings become text, never markup. */
export function el(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child != null && child !== false && child !== ""));
  return element;
}

/** A button with its text and what a click does. */
export function actionButton(text, onClick, properties = {}) {
  const button = el("button", { type: "button", ...properties }, text);
  button.addEventListener("click", onClick);
  return button;
}
