// What readers take along: the numbers as CSV, the chart as PNG, the run as a pathway file.

import {draw, make} from "./elements.js";
import {exact} from "./numbers.js";
import {placeAmong} from "./odds.js";
import {addressOf, onTop, pathwayOf} from "./state.js";

const NOTE = "set on the page of sliders";
const SOURCE = "judgement";
const STYLES = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
  "stroke-opacity", "opacity", "paint-order", "font-family", "font-size", "font-weight", "text-anchor", "display",
];
const MARGIN = 24;
const LETTERS = 15;
const LINE = 1.45;

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
  const before = beforeOf(pathway, set);
  if (before.length) {
    lines.push("", "[[set]]", `source = "${SOURCE}"`, 'note = "set when the page of sliders was made"', "[set.levers]");
    lines.push(...before.map(([name, value]) => `${quotedToml(name)} = ${tomlNumber(value)}`));
  }
  for (const [value, names] of byValue(content, state, set)) {
    const quoted = names.map(quotedToml);
    const lever = quoted.length === 1 ? quoted[0] : `[${quoted.join(", ")}]`;
    lines.push("", "[[set]]", `lever = ${lever}`, `value = ${tomlNumber(value)}`);
    lines.push(`source = "${SOURCE}"`, `note = "${NOTE}"`);
  }
  return `${lines.join("\n")}\n`;
}

// What was set on top of a pathway when the page was made, and is not set anew.
function beforeOf(pathway, set) {
  const taken = new Set(Object.keys(set).map(alike));
  return Object.entries(pathway.on_top).filter(([name]) => !taken.has(alike(name)));
}

// What is set, lever by lever, by the model's names; each stands once, with the value of the run.
function byValue(content, state, set) {
  const controls = content.controls.filter((control) => state.moved.has(control.id));
  const taken = new Set(controls.flatMap((control) => control.scalars));
  const groups = controls.map((control) => [state.moved.get(control.id), control.names]);
  for (const [scalar, name] of controls.flatMap((control) => Object.entries(control.also_names))) {
    if (taken.has(scalar) || !(scalar in set)) continue;
    taken.add(scalar);
    groups.push([set[scalar], [name]]);
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
      ["lost again; empty: not before the end", name, "Year", "", ...runs.map((row) => row?.until)],
      ["what holds it up", name, "", date, ...runs.map((row) => row?.binding)],
      ["share of draws covered", name, "share of draws", date, drawn?.share],
      ["its 95% interval, low", name, "share of draws", date, drawn?.interval[0]],
      ["its 95% interval, high", name, "share of draws", date, drawn?.interval[1]],
      ["percentile of the run among its draws", name, "", date, drawn && placeAmong(verdict[i], drawn)],
    ];
  });
}

function notesOf(content, state) {
  const {size, seed, design} = content.draws;
  const told = (run) => {
    const set = onTop(content, run);
    const all = [...beforeOf(pathwayOf(content, run.pathway), set), ...Object.entries(set)];
    const words = all.map(([name, value]) => `${name} = ${exact(value)}`);
    return `pathway ${run.pathway}; set on top of it: ${words.join("; ") || "nothing"}`;
  };
  const notes = [
    `buildout ${content.version}, ${content.date}; model ${content.model}`,
    `this run: ${told(state)}`,
    state.pin && `pinned run: ${told(state.pin)}`,
    `bands: ${size} draws, ${design}, seed ${seed}`,
    `this run on the page of sliders, behind its name: ${addressOf(content, state)}`,
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

// A chart as it looks on the page, with title, a head for each panel, and a foot.
export async function pngOf(svg, {title, heads, foot}, scale = 2) {
  const width = svg.clientWidth;
  const page = getComputedStyle(document.body);
  const look = {fill: page.color, "font-family": page.fontFamily};
  const small = 0.8 * LETTERS;
  const titled = wrapped(title, width / (0.56 * LETTERS));
  const said = foot.flatMap((words) => wrapped(words, width / (0.52 * small)));
  const top = MARGIN + LINE * LETTERS * (titled.length + 1.7);
  const bottom = top + svg.clientHeight + LETTERS;
  const size = {width: width + 2 * MARGIN, height: bottom + LINE * small * said.length + MARGIN};
  const line = (words, x, y, more) => draw("text", {...look, x, y, ...more}, words);
  const bold = {"font-size": LETTERS, "font-weight": "bold"};
  // A narrow panel has a narrow head.
  const headed = {"font-size": Math.min(LETTERS, width / heads.length / 13)};
  const whole = draw(
    "svg",
    {xmlns: "http://www.w3.org/2000/svg", ...size, viewBox: `0 0 ${size.width} ${size.height}`},
    draw("rect", {width: size.width, height: size.height, fill: page.backgroundColor}),
    ...titled.map((words, i) => line(words, MARGIN, MARGIN + LINE * LETTERS * (i + 0.5), bold)),
    ...heads.map(({words, left}) => line(words, MARGIN + left, top - LETTERS, headed)),
    ...said.map((words, i) => line(words, MARGIN, bottom + LINE * small * (i + 1), {"font-size": small})),
  );
  const chart = styledCopy(svg);
  for (const [key, value] of Object.entries({x: MARGIN, y: top, width, height: svg.clientHeight})) {
    chart.setAttribute(key, value);
  }
  whole.append(chart);
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(whole))}`;
  await picture.decode();
  const canvas = make("canvas", {width: scale * size.width, height: scale * size.height});
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

// Words in lines of at most so many signs, by the usual width of letters.
function wrapped(text, most) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1];
    if (last && last.length + word.length >= most) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines;
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
