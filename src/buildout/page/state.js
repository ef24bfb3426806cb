// What is shown: a pathway, what is set on top of it, and a pinned run; as settings of a run, and
// as an address that gives the same again. Maps, not objects: an address may hold any name.

import {exact, grouped} from "./numbers.js";

export const ADDRESS_VERSION = "1";
const LONGEST_ADDRESS = 8000;
const LONGEST_QUOTED = 40;

// The state in which the page opens.
export function firstState(content) {
  return {pathway: content.first, moved: new Map(), pin: null};
}

export function pathwayOf(content, name) {
  return content.pathways.find((pathway) => pathway.name === name);
}

// The lowest and highest value that a pathway has for a lever; the same where it sets one.
export function ownValues(control, pathway) {
  const values = control.scalars.map((scalar) => pathway.values[scalar] ?? control.default[scalar]);
  return {low: Math.min(...values), high: Math.max(...values)};
}

// Whether a value is what the pathway has anyway.
export function isOwn(control, pathway, value) {
  const own = ownValues(control, pathway);
  return own.low === own.high && own.low === value;
}

// What a lever needs to act and the pathway does not set, by scalar.
export function companionsOf(control, pathway) {
  return Object.entries(control.also).filter(([scalar]) => !(scalar in pathway.values));
}

// What is set on top of a pathway: scalar by scalar, with what a moved lever needs to act.
export function onTop(content, {pathway: name, moved}) {
  const pathway = pathwayOf(content, name);
  const set = {};
  const controls = content.controls.filter((control) => moved.has(control.id));
  for (const control of controls) {
    for (const [scalar, value] of companionsOf(control, pathway)) set[scalar] = value;
  }
  for (const control of controls) {
    for (const scalar of control.scalars) set[scalar] = moved.get(control.id);
  }
  return set;
}

// All that is set in a run of a state; draws give way to it.
export function settingsOf(content, run) {
  return {...pathwayOf(content, run.pathway).values, ...onTop(content, run)};
}

// Why a value is refused, with the range that is accepted; empty where it is good.
export function refusal(control, value) {
  if (control.choices && !control.choices.some((choice) => choice.value === value)) {
    return `one of ${control.choices.map((choice) => exact(choice.value)).join(", ")} is accepted`;
  }
  if (Number.isFinite(value) && value >= control.low && value <= control.high) return "";
  return `${grouped(exact(control.low))} to ${grouped(exact(control.high))} is accepted`;
}

// A number as people type it, thousands set apart or not; NaN for anything else.
export function typedNumber(text) {
  let plain = text.trim().replace("\u2212", "-");
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain)) plain = plain.replace(/,/g, "");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
}

// The address of a state, without what is as it opens.
export function addressOf(content, state) {
  const sign = (name) => pathwayOf(content, name).sign;
  const parts = [`v=${ADDRESS_VERSION}`, `m=${sign(state.pathway)}`, `p=${encodeURIComponent(state.pathway)}`];
  if (state.moved.size) parts.push(`set=${writtenSet(state.moved)}`);
  if (state.pin) {
    parts.push(`pinm=${sign(state.pin.pathway)}`, `pin=${encodeURIComponent(state.pin.pathway)}`);
    if (state.pin.moved.size) parts.push(`pinset=${writtenSet(state.pin.moved)}`);
  }
  return `#${parts.join("&")}`;
}

function writtenSet(moved) {
  return [...moved].map(([id, value]) => `${encodeURIComponent(id)}:${exact(value)}`).join(",");
}

// The state of an address, and what of it was ignored, in words.
export function stateOf(content, address) {
  const state = firstState(content);
  const ignored = [];
  const text = address.replace(/^#/, "");
  if (!text) return {state, ignored};
  if (text.length > LONGEST_ADDRESS) {
    return {state, ignored: [`all of it, as ${text.length} signs are more than an address has`]};
  }
  const parts = readParts(text, ignored);
  const version = parts.get("v");
  if (version !== ADDRESS_VERSION) {
    const why = version === undefined ? "it does not say its version" : `version ${quotedText(version)} is not known`;
    return {state, ignored: [`all of it, as ${why}`]};
  }
  const shown = readRun(content, parts, "p", "set", ignored);
  const pin = parts.has("pin") ? readRun(content, parts, "pin", "pinset", ignored) : null;
  if (!parts.has("pin") && parts.has("pinset")) ignored.push("what is set on a pinned run that it does not name");
  // The same name may stand for another run: of another model, or with more set on top.
  const differs = (run, key) => Boolean(run) && parts.has(key) && parts.get(key) !== pathwayOf(content, run.pathway).sign;
  const other = differs(shown, "m") || differs(pin, "pinm");
  return {state: {...(shown ?? firstState(content)), pin}, ignored, other};
}

const KNOWN_PARTS = ["v", "m", "p", "set", "pinm", "pin", "pinset"];

function readParts(text, ignored) {
  const parts = new Map();
  for (const part of text.split("&")) {
    const [name, ...rest] = part.split("=");
    if (!KNOWN_PARTS.includes(name)) ignored.push(quotedText(part));
    else if (parts.has(name)) ignored.push(`a second ${quotedText(name)}`);
    else parts.set(name, decoded(rest.join("=")) ?? rest.join("="));
  }
  return parts;
}

function readRun(content, parts, nameKey, setKey, ignored) {
  const name = parts.get(nameKey) ?? content.first;
  if (!pathwayOf(content, name)) {
    // What is set on top of a policy says nothing on top of another.
    ignored.push(`the pathway ${quotedText(name)}, which this page does not have, and what is set on it`);
    return null;
  }
  return {pathway: name, moved: readSet(content, name, parts.get(setKey) ?? "", ignored)};
}

function readSet(content, name, written, ignored) {
  const pathway = pathwayOf(content, name);
  const moved = new Map();
  const named = new Set();
  for (const part of written ? written.split(",") : []) {
    const [id, ...rest] = part.split(":");
    const control = content.controls.find((candidate) => candidate.id === id);
    const value = typedNumber(rest.join(":"));
    if (!control) ignored.push(`${quotedText(part)}, which no lever is called`);
    else if (refusal(control, value)) ignored.push(`${quotedText(part)}: ${refusal(control, value)}`);
    else if (named.has(id)) ignored.push(`a second value of ${quotedText(id)}`);
    else if (!isOwn(control, pathway, value)) moved.set(id, value);
    // One that the pathway has anyway counts too: of two values the last is not to win in silence.
    if (control) named.add(id);
  }
  return moved;
}

// Text between percent signs, or null where these are mangled.
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

// What somebody wrote, short and without signs that do not print or that turn the text around them.
export function quotedText(text) {
  const shown = String(text).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
  return `\u201c${shown.length > LONGEST_QUOTED ? `${shown.slice(0, LONGEST_QUOTED)}\u2026` : shown}\u201d`;
}

// One sentence for what an address held that the page could not use; empty for nothing.
export function ignoredInWords(ignored) {
  if (!ignored.length) return "";
  const shown = ignored.slice(0, 3).join("; ");
  const more = ignored.length > 3 ? `; and ${ignored.length - 3} more` : "";
  return `Of the address this was ignored: ${shown}${more}.`;
}
