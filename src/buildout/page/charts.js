// The charts, in a few lines of SVG. Axes are drawn when the size or the scale changes; at a move of
// a lever only the paths of the lines do.

import {draw, say} from "./elements.js";
import {area, curve, ratio, roundSteps, straight, tickWords, yearTicks} from "./scales.js";
import {placeOf} from "./verdict.js";

// Magnets of one class lie at both ends; what lies beyond runs along the edge, which is then said.
const [COVERAGE_LOW, LOW_WORDS] = [0.05, "a twentieth"];
const [COVERAGE_HIGH, HIGH_WORDS] = [100, "100 times"];
const COVERAGE_TICKS = [
  [0.1, "a tenth"],
  [1, "the whole need"],
  [10, "10 times"],
];
const FOOT = 22;
const GAP = 22;
// Pixels of a digit on an axis.
const LETTER = 7;
const ROOM_FOR_WORDS = 280;
const LINES = ["band", "middle", "own", "pinned", "line"];

// A chart in a figure: `show` takes lines by id, and redraws the axes when they no longer fit.
function chartIn(svg, axes, heightOf) {
  const chart = {svg, width: 0, panels: [], shown: null};
  chart.fit = () => {
    const width = Math.round(svg.clientWidth || svg.parentElement.clientWidth);
    if (!width) return;
    chart.width = width;
    chart.height = heightOf(width);
    svg.setAttribute("viewBox", `0 0 ${width} ${chart.height}`);
    svg.style.height = `${chart.height}px`;
    // Title and description stay.
    svg.querySelectorAll(":scope > g").forEach((group) => group.remove());
    chart.panels = axes(chart).map((panel) => ({...panel, drawn: new Map()}));
    svg.append(...chart.panels.map((panel) => panel.group));
    if (chart.shown) paint(chart, chart.shown);
  };
  chart.show = (lines) => {
    chart.shown = lines;
    if (chart.stale?.(lines)) chart.fit();
    else paint(chart, lines);
  };
  const refit = () => {
    const width = Math.round(svg.clientWidth);
    if (width && (width !== chart.width || heightOf(width) !== chart.height)) chart.fit();
  };
  new ResizeObserver(refit).observe(svg);
  addEventListener("resize", refit);
  chart.refit = refit;
  return chart;
}

// Lines are {values} or {low, middle, high}; what is not there is not drawn.
function paint(chart, lines) {
  for (const panel of chart.panels) {
    for (const [key, path] of panel.paths) {
      const values = lines[key];
      // While a lever moves only its line does: bands wait for the draws.
      if (panel.drawn.get(key) === values) continue;
      panel.drawn.set(key, values);
      let d = "";
      if (values && key.endsWith("band")) {
        const [low, , high] = values;
        d = area(panel.xs, Array.from(low, panel.y), Array.from(high, panel.y));
      } else if (values) {
        d = curve(panel.xs, Array.from(values, panel.y));
      }
      path.setAttribute("d", d);
    }
    panel.after?.(lines);
  }
}

// Paths of a panel for some lines, in the order in which they lie on each other.
function pathsOf(ids) {
  const paths = new Map();
  for (const kind of LINES) {
    ids.forEach((id, place) => {
      const path = draw("path", {class: `${kind} of-${place + 1}`});
      paths.set(`${id}/${kind}`, path);
    });
  }
  return paths;
}

function roundedXs(times, x) {
  return Array.from(times, (time) => Math.round(10 * x(time)) / 10);
}

function yearAxis(group, times, x, left, right, bottom) {
  group.append(draw("line", {class: "base", x1: left, x2: right, y1: bottom, y2: bottom}));
  for (const year of yearTicks(times, right - left)) {
    const at = x(year);
    const anchor = year === times[0] ? "start" : year === times[times.length - 1] ? "end" : "middle";
    group.append(
      draw("line", {class: "tick", x1: at, x2: at, y1: bottom, y2: bottom + 4}),
      draw("text", {class: "axis", x: at, y: bottom + 17, "text-anchor": anchor}, String(year)),
    );
  }
}

// Three panels, one for each class: coverage on a scale of ratios, the rule's date, the whole need.
export function coverageChart(svg, content, heightOf) {
  const {classes, rule_date: date, on_the_date: dateWords} = content.verdict;
  const times = content.kernel.times;
  const axes = (chart) => {
    const narrow = chart.width < 560;
    const gap = narrow ? 10 : GAP;
    const wide = (chart.width - gap * (classes.length - 1)) / classes.length;
    return classes.map((kind, place) => {
      const left = place * (wide + gap);
      const right = left + wide;
      const top = 18;
      const bottom = chart.height - FOOT;
      const x = straight(times[0], times[times.length - 1], left, right);
      const y = ratio(COVERAGE_LOW, COVERAGE_HIGH, bottom, top);
      const group = draw("g", {class: "panel"});
      const words = draw("g", {class: "words"});
      const whole = y(1);
      group.append(draw("rect", {class: "short", x: left, y: whole, width: wide, height: bottom - whole}));
      const short = (said) => (narrow ? said.replace("the whole need", "the need").replace(" times", "\u00d7") : said);
      const worded = (y, said) => draw("text", {class: "axis on", x: right, y: y - 4, "text-anchor": "end"}, said);
      group.append(draw("line", {class: "grid", x1: left, x2: right, y1: top, y2: top}));
      for (const [value, tick] of COVERAGE_TICKS) {
        const line = {class: value === 1 ? "whole" : "grid", x1: left, x2: right, y1: y(value), y2: y(value)};
        group.append(draw("line", line));
        const shown = short(tick);
        if (place === 0 || value === 1) words.append(worded(y(value), shown));
      }
      yearAxis(group, times, x, left, right, bottom);
      const at = x(date);
      group.append(draw("line", {class: "date", x1: at, x2: at, y1: top - 6, y2: bottom}));
      const dated = narrow ? String(date) : dateWords;
      group.append(draw("text", {class: "axis dated", x: at + 4, y: top - 7}, dated));
      const id = `coverage/${kind.name}`;
      const paths = pathsOf([id]);
      const dot = draw("circle", {class: "dot", r: narrow ? 3.5 : 4.5, cx: at, cy: -9});
      // Words lie on the lines, to be read.
      group.append(...paths.values(), words, dot);
      const now = placeOf(times, date, content.verdict);
      // An arrow where there is no room for words beside the date.
      const off = wide < ROOM_FOR_WORDS ? null : "off the scale:";
      const [under, over] = [worded(bottom, ""), worded(top, "")];
      words.append(under, over);
      const after = (lines) => {
        const beyond = beyondEdges(paths, lines);
        say(under, beyond.under ? `${off ?? "\u2193"} under ${LOW_WORDS}` : "");
        const usual = place === 0 ? short(HIGH_WORDS) : "";
        say(over, beyond.over ? `${off ?? "\u2191"} over ${short(HIGH_WORDS)}` : usual);
        const values = lines[`${id}/line`];
        if (values) dot.setAttribute("cy", Math.round(10 * y(values[now])) / 10);
      };
      return {group, paths, xs: roundedXs(times, x), y, after, left};
    });
  };
  return chartIn(svg, axes, heightOf);
}

const ends = new WeakMap();

// Whether lines that are drawn leave the scale of coverage, below or above.
function beyondEdges(paths, lines) {
  const beyond = {under: false, over: false};
  for (const key of paths.keys()) {
    const values = lines[key];
    if (!values) continue;
    if (!ends.has(values)) ends.set(values, endsOf(key.endsWith("band") ? values.flatMap((end) => [...end]) : values));
    const [low, high] = ends.get(values);
    if (low < COVERAGE_LOW) beyond.under = true;
    if (high > COVERAGE_HIGH) beyond.over = true;
  }
  return beyond;
}

function endsOf(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}

// One panel of a quantity from 0 up; the scale grows and shrinks in round steps.
export function viewChart(svg, content, view, heightOf) {
  const times = content.kernel.times;
  const ids = view.series.map((line) => `${view.id}/${line.id}`);
  let steps = [0, 1];
  const axes = (chart) => {
    steps = chart.shown ? roundSteps(highest(chart.shown), 4) : steps;
    const labels = steps.map((value) => (view.unit === "Dmnl" ? `${tickWords(100 * value)}%` : tickWords(value)));
    const left = LETTER * Math.max(...labels.map((label) => label.length)) + LETTER;
    const top = 8;
    const bottom = chart.height - FOOT;
    const x = straight(times[0], times[times.length - 1], left, chart.width);
    const y = straight(0, steps[steps.length - 1], bottom, top);
    const group = draw("g", {class: "panel"});
    steps.forEach((value, i) => {
      if (i) group.append(draw("line", {class: "grid", x1: left, x2: chart.width, y1: y(value), y2: y(value)}));
      group.append(draw("text", {class: "axis", x: left - LETTER, y: y(value) + 4, "text-anchor": "end"}, labels[i]));
    });
    yearAxis(group, times, x, left, chart.width, bottom);
    const at = x(content.verdict.rule_date);
    group.append(draw("line", {class: "date", x1: at, x2: at, y1: top, y2: bottom}));
    const paths = pathsOf(ids);
    view.series.forEach((line, place) => {
      if (line.need) for (const kind of ["own", "pinned", "line"]) paths.get(`${ids[place]}/${kind}`).classList.add("need");
    });
    group.append(...paths.values());
    return [{group, paths, xs: roundedXs(times, x), y}];
  };
  const chart = chartIn(svg, axes, heightOf);
  chart.stale = (lines) => {
    const fresh = roundSteps(highest(lines), 4);
    return fresh.length !== steps.length || fresh.some((value, i) => value !== steps[i]);
  };
  return chart;
}

function highest(lines) {
  let high = 0;
  for (const [key, values] of Object.entries(lines)) {
    const drawn = values && key.endsWith("band") ? values[2] : values;
    for (const value of drawn ?? []) if (value > high) high = value;
  }
  return high;
}
