// Elements of the page. Text goes in as text, never as markup: titles may come from anybody's file.

const SVG = "http://www.w3.org/2000/svg";

// An element of HTML: `make("p", {class: "quiet"}, "words", child)`.
export function make(name, attributes = {}, ...children) {
  return filled(document.createElement(name), attributes, children);
}

// An element of SVG.
export function draw(name, attributes = {}, ...children) {
  return filled(document.createElementNS(SVG, name), attributes, children);
}

function filled(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

// Words for readers of screens alone.
export function unseen(words) {
  return make("span", {class: "unseen"}, words);
}

export function byId(id) {
  return document.getElementById(id);
}

// Changes text only where it differs: screen readers and layouts are left in peace.
export function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// Marks each term of the glossary once on the page, where it first stands: a button that opens
// its meaning, by mouse, keyboard and touch.
export function explainer(glossary) {
  const entries = new Map(glossary.flatMap((entry) => entry.forms.map((form) => [form, entry])));
  const forms = [...entries.keys()].sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  const escaped = forms.map((form) => form.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = forms.length ? new RegExp(`(?<![\\w-])(?:${escaped.join("|")})(?![\\w-])`, "g") : null;
  const seen = new Set();
  return (text) => {
    const pieces = document.createDocumentFragment();
    let end = 0;
    for (const match of pattern ? text.matchAll(pattern) : []) {
      const entry = entries.get(match[0]);
      if (seen.has(entry.term)) continue;
      seen.add(entry.term);
      pieces.append(text.slice(end, match.index), ...termButton(entry, match[0], seen.size));
      end = match.index + match[0].length;
    }
    pieces.append(text.slice(end));
    return pieces;
  };
}

function termButton(entry, form, place) {
  const id = `term-${place}`;
  return [
    make("button", {type: "button", class: "term", popovertarget: id}, form),
    make("span", {popover: true, id, class: "meaning"}, entry.meaning),
  ];
}
