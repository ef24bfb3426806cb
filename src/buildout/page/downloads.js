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
    ...(pathway.extends === null ? [] : [`extends = [${quotedToml(pathway.extends)}]`]),
  ];
  const taken = new Set(Object.keys(set).map(alike));
  const before = Object.entries(pathway.on_top).filter(([name]) => !taken.has(alike(name)));
  if (before.length) {
    // What was set on top of the pathway when the page was made.
    lines.push("", "[[set]]", `source = "${SOURCE}"`, 'note = "set when the page of sliders was made"', "[set.levers]");
    lines.push(...before.map(([name, value]) => `${quotedToml(name)} = ${tomlNumber(value)}`));
  }
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

// One spelling for a name with its subscripts, as `_util/names.py` has it.
function alike(name) {
  const key = (part) => part.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "_").replace(/^_|_$/g, "");
  const [base, inner] = name.replace(/\]\s*$/, "").split("[");
  return inner === undefined ? key(base) : `${key(base)}[${inner.split(",").map(key).join(",")}]`;
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

// All series of this run, the pathway as it is and the pinned run, with the band of the draws; then
// the verdict, date by date and class by class.
export function csvOf(content, state, shown) {
  const ends = content.draws.band.map((share) => `${exact(100 * share)}% of draws below`);
  const head = ["quantity", "series", "unit", "year", "this run", "pathway as it is", "pinned run", ...ends];
  const rows = [head, ...seriesRows(content, shown), ...verdictRows(content, shown)];
  const text = rows.map((row) => head.map((_, i) => cellOf(row[i])).join(",")).join("\r\n");
  return `${notesOf(content, state).map((note) => `# ${note}\r\n`).join("")}${text}\r\n`;
}

function seriesRows(content, {lines, odds}) {
  const classes = content.verdict.classes.map(({name}) => ["coverage", `coverage/${name}`, name, "share of the need"]);
  const views = content.views.filter((view) => view.id !== "coverage");
  const others = views.flatMap((view) => view.series.map((line) => [view.title, `${view.id}/${line.id}`, line.title, view.unit]));
  return [...classes, ...others].flatMap(([quantity, id, title, unit]) =>
    content.kernel.times.map((year, i) => {
      const values = ["line", "own", "pinned"].map((kind) => lines[`${id}/${kind}`]?.[i]);
      // Bands of another run are not this run's.
      const band = content.draws.band.map((_, end) => odds?.bands[id][end][i]);
      return [quantity, title, unit, year, ...values, ...band];
    }),
  );
}

function verdictRows(content, {verdict, own, pinned, odds}) {
  const {rule_date: date} = content.verdict;
  return content.verdict.classes.flatMap(({name}, i) => {
    const runs = [verdict, own, pinned].map((rows) => rows?.[i]);
    const drawn = odds?.classes[i];
    return [
      ["shortfall", name, "t/Year", date, ...runs.map((row) => row?.shortfall)],
      ["full coverage from; empty: not before the end", name, "Year", "", ...runs.map((row) => row?.from), ...(drawn?.dates ?? [])],
      ["share of draws covered", name, "share of draws", date, drawn?.share],
    ];
  });
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

// A cell: a number with all its digits; text quoted where it must be, and no formula to a spreadsheet.
function cellOf(cell) {
  if (typeof cell !== "string") return Number.isFinite(cell) ? exact(cell) : "";
  const text = cell;
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
