// What readers take along: the numbers as CSV, the chart as PNG, the run as a pathway file.

import {draw, make} from "./elements.js";
import {exact} from "./numbers.js";
import {addressOf, onTop, pathwayOf} from "./state.js";

const NOTE = "set on the page of sliders";
const SOURCE = "judgement";
const STYLES = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
  "stroke-opacity", "opacity", "paint-order", "font-family", "font-size", "font-weight", "text-anchor", "display",
];
const MARGIN = 24;
const LETTERS = 15;

// A pathway file that `buildout run` and `buildout deadline` accept.
export function tomlOf(content, state) {
  const pathway = pathwayOf(content, state.pathway);
  const set = onTop(content, state);
  const lines = [
    `# Made on the page of sliders of buildout ${content.version}, ${content.date}.`,
    `# ${commandOf(content, state)}`,
    `title = ${quotedToml(`${pathway.label ?? pathway.name}, as set on the page of sliders`)}`,
    `extends = [${quotedToml(pathway.extends ?? pathway.name)}]`,
  ];
  for (const [value, scalars] of byValue(content, state, set)) {
    const names = scalars.map(quotedToml);
    const lever = names.length === 1 ? names[0] : `[${names.join(", ")}]`;
    lines.push("", "[[set]]", `lever = ${lever}`, `value = ${tomlNumber(value)}`);
    lines.push(`source = "${SOURCE}"`, `note = "${NOTE}"`);
  }
  return `${lines.join("\n")}\n`;
}

// What is set, lever by lever; a scalar stands once, with the value that the run has.
function byValue(content, state, set) {
  const left = new Map(Object.entries(set));
  const groups = [];
  for (const control of content.controls.filter((candidate) => state.moved.has(candidate.id))) {
    for (const scalar of [...control.scalars, ...Object.keys(control.also ?? {})]) {
      if (!left.has(scalar)) continue;
      const value = left.get(scalar);
      left.delete(scalar);
      const last = groups[groups.length - 1];
      if (last && last[0] === value && control.scalars.includes(scalar) && last[2] === control) last[1].push(scalar);
      else groups.push([value, [scalar], control]);
    }
  }
  return groups;
}

// JSON's string is one of TOML, but for a sign that TOML does not take as it is.
function quotedToml(text) {
  return JSON.stringify(text).replace(/\x7f/g, "\\u007f");
}

function tomlNumber(value) {
  const text = exact(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

export function fileNameOf(state, ending) {
  return `${state.pathway.replace(/[^\w-]/g, "-")}-as-set.${ending}`;
}

// The command that gives the page's verdict and odds.
export function commandOf(content, state) {
  const {size, seed} = content.draws;
  return `buildout deadline ${fileNameOf(state, "toml")} --draws ${size} --seed ${seed}`;
}

// All series: this run, the pathway as it is, the pinned run, and the band of the draws.
export function csvOf(content, state, lines, where) {
  const ends = content.draws.band.map((share) => `${exact(100 * share)}% of draws below`);
  const head = ["quantity", "series", "unit", "year", "this run", "pathway as it is", "pinned run", ...ends];
  const rows = [head.map(quotedCsv).join(",")];
  for (const {id, quantity, title, unit} of where) {
    const band = lines[`${id}/band`];
    content.kernel.times.forEach((year, i) => {
      const values = ["line", "own", "pinned"].map((kind) => lines[`${id}/${kind}`]?.[i]);
      const numbers = [...values, ...content.draws.band.map((_, end) => band?.[end]?.[i])];
      const text = [quantity, title, unit].map(quotedCsv);
      rows.push([...text, exact(year), ...numbers.map((value) => (Number.isFinite(value) ? exact(value) : ""))].join(","));
    });
  }
  return `${notesOf(content, state).map((note) => `# ${note}\n`).join("")}${rows.join("\r\n")}\r\n`;
}

function notesOf(content, state) {
  const set = Object.entries(onTop(content, state)).map(([scalar, value]) => `${scalar} = ${exact(value)}`);
  const {size, seed, design} = content.draws;
  const notes = [
    `buildout ${content.version}, ${content.date}; model ${content.model}`,
    `pathway ${state.pathway}; set on top of it: ${set.join("; ") || "nothing"}`,
    `bands: ${size} draws, ${design}, seed ${seed}`,
    `this run on the page: explore.html${addressOf(content, state)}`,
    content.cite,
  ];
  // Each note is one line, whatever the name of somebody's file holds.
  return notes.filter(Boolean).map((note) => note.replace(/\s+/g, " "));
}

// A cell as text: quoted where it must be, and no formula to a spreadsheet.
function quotedCsv(text) {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replace(/"/g, '""')}"` : plain;
}

// A chart with its title and source as it looks on the page, as a picture.
export async function pngOf(svg, title, foot, scale = 2) {
  const wide = svg.clientWidth + 2 * MARGIN;
  const top = MARGIN + 2 * LETTERS;
  const high = top + svg.clientHeight + 2 * MARGIN;
  const page = getComputedStyle(document.body);
  const text = {fill: page.color, "font-family": page.fontFamily, "font-size": LETTERS};
  const whole = draw(
    "svg",
    {xmlns: "http://www.w3.org/2000/svg", width: wide, height: high, viewBox: `0 0 ${wide} ${high}`},
    draw("rect", {width: wide, height: high, fill: page.backgroundColor}),
    draw("text", {...text, x: MARGIN, y: MARGIN + LETTERS / 2, "font-weight": "bold"}, title),
    draw("text", {...text, x: MARGIN, y: high - LETTERS, "font-size": 0.75 * LETTERS}, foot),
  );
  const chart = styledCopy(svg);
  for (const [key, value] of Object.entries({x: MARGIN, y: top, width: svg.clientWidth, height: svg.clientHeight})) {
    chart.setAttribute(key, value);
  }
  whole.append(chart);
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(whole))}`;
  await picture.decode();
  const canvas = make("canvas", {width: scale * wide, height: scale * high});
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

// A copy that carries its looks: the page's rules do not reach into a picture.
function styledCopy(svg) {
  const copy = svg.cloneNode(true);
  const originals = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, i) => {
    const looks = getComputedStyle(originals[i]);
    element.setAttribute("style", STYLES.map((style) => `${style}:${looks.getPropertyValue(style)}`).join(";"));
  });
  copy.removeAttribute("style");
  return copy;
}

// Gives a file to the reader.
export function saveFile(name, parts, type) {
  const address = URL.createObjectURL(parts instanceof Blob ? parts : new Blob([parts], {type}));
  const link = make("a", {href: address, download: name});
  document.body.append(link);
  link.click();
  link.remove();
  // The browser reads it after this; a minute is long enough.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
