// Small charts with a reading beside each, and every chart's numbers on demand.

import {coverageChart, viewChart} from "./charts.js";
import {draw, make, say} from "./elements.js";
import {number, signed} from "./numbers.js";
import {bandInWords} from "./odds.js";
import {placeOf} from "./verdict.js";

const READING_YEAR = 2035;
const TABLE_YEARS = 5;
// As in explore.css: from here down levers stand below the answer.
const STACKED = "(max-width: 66rem)";
const NARROW = 560;
const [LOWEST, HIGHEST] = [190, 330];
const WORDS_BELOW = 52;
const SMALLEST_SHARE = 0.001;
const SHOWN_DIGITS = 3;

// The other charts below the answer.
export function openViews(host, content) {
  const views = content.views.filter((view) => view.id !== "coverage");
  const cards = views.map((view) => viewCard(view, content));
  host.append(...cards.map((card) => card.element));
  return {show: (lines) => cards.forEach((card) => card.show(lines))};
}

// A chart with a name, a description and its table.
export function openCoverage(svg, foldHost, content) {
  const named = nameOf(svg, "coverage", "Magnets that US defense may use over its need, by class");
  const chart = coverageChart(svg, content, (width) => coverageHeight(svg, width));
  const series = content.verdict.classes.map((kind) => ({id: `coverage/${kind.name}`, title: kind.title}));
  const most = content.verdict.most_times;
  const said = (share) => (share > most ? `>${number(most)} times` : inUnit(share, "Dmnl"));
  const table = tableFold({title: "Coverage by class, share of the need", unit: "Dmnl"}, series, content, said);
  foldHost.append(table.element);
  return {
    show(lines) {
      chart.show(lines);
      table.show(lines);
    },
    refit: () => chart.refit(),
    describe: (words) => say(named, words),
    panelLefts: () => chart.panels.map((panel) => panel.left),
  };
}

// Beside the levers as high as the screen leaves room for, so that the first screen holds it; above
// them as low as can be read, as it stays in view.
function coverageHeight(svg, width) {
  if (width < NARROW) return 168;
  if (matchMedia(STACKED).matches) return LOWEST;
  const top = svg.getBoundingClientRect().top + scrollY;
  return Math.round(Math.min(Math.max(innerHeight - top - WORDS_BELOW, LOWEST), HIGHEST));
}

function nameOf(svg, id, words) {
  const title = draw("title", {id: `title-${id}`}, words);
  const description = draw("desc", {id: `desc-${id}`});
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-labelledby", `title-${id} desc-${id}`);
  svg.prepend(title, description);
  return description;
}

function viewCard(view, content) {
  const times = content.kernel.times;
  const at = placeOf(times, READING_YEAR, content.verdict);
  const series = view.series.map((line) => ({id: `${view.id}/${line.id}`, title: line.title, need: line.need}));
  const svg = draw("svg", {});
  const description = nameOf(svg, view.id, view.title);
  const readings = series.map((line, place) => reading(line, place));
  readings[0].element.querySelector(".swatch").classList.add("banded");
  const chart = viewChart(svg, content, view, (width) => (width > 600 ? 250 : 190));
  const table = tableFold(view, series, content);
  const element = make("figure", {class: `view view-${view.id}`}, make("h3", {}, view.title), readingTable(view, readings, content), svg, table.element);
  return {
    element,
    show(lines) {
      const own = {};
      for (const {id} of series) {
        for (const kind of ["line", "own", "pinned", "band", "middle"]) own[`${id}/${kind}`] = lines[`${id}/${kind}`];
      }
      // Two bands on each other cannot be told apart: the first line has one.
      for (const {id} of series.slice(1)) delete own[`${id}/band`], delete own[`${id}/middle`];
      chart.show(own);
      for (const row of readings) showReading(row, lines, at, view.unit);
      say(description, readings.map(({line, value}) => `${line.title} in ${READING_YEAR}: ${value.textContent}`).join("; "));
      table.show(lines);
    },
  };
}

function reading(line, place) {
  const swatch = make("i", {class: `swatch of-${place + 1}${line.need ? " need" : ""}`});
  const [value, band, delta] = ["number", "number quiet", "number delta"].map((kind) => make("td", {class: kind}));
  const element = make("tr", {}, make("th", {scope: "row"}, swatch, line.title), value, band, delta);
  return {line, value, band, delta, element};
}

function readingTable(view, readings, {draws}) {
  const unit = isShare(view.unit) ? "" : `, ${view.unit_words}`;
  const heads = [`In ${READING_YEAR}${unit}`, "line", `${bandInWords(draws)} futures`, "against pinned"];
  const cells = heads.map((words, i) => make("th", {scope: "col", class: i ? "number" : null}, words));
  const head = make("thead", {}, make("tr", {}, ...cells));
  return make("table", {class: "readings"}, head, make("tbody", {}, ...readings.map((row) => row.element)));
}

function showReading({line: {id}, value, band, delta}, lines, at, unit) {
  const line = lines[`${id}/line`];
  const ends = lines[`${id}/band`];
  const pinned = lines[`${id}/pinned`];
  say(value, inUnit(line?.[at], unit));
  say(band, ends ? `${inUnit(ends[0][at], unit, 2)} to ${inUnit(ends[ends.length - 1][at], unit, 2)}` : "");
  say(delta, pinned ? differenceInWords(line[at], pinned[at], unit) : "");
}

// To the last digit that is shown of the values, as what lies behind it is not known of either.
function differenceInWords(value, pinned, unit) {
  const difference = value - pinned;
  if (isShare(unit)) return `${signed(100 * difference, 2)} points`;
  if (!difference) return "0";
  const last = 10 ** (Math.floor(Math.log10(Math.max(Math.abs(value), Math.abs(pinned)))) - SHOWN_DIGITS + 1);
  if (Math.abs(difference) >= last) return signed(Math.round(difference / last) * last);
  return `under ${number(last)} ${difference > 0 ? "more" : "less"}`;
}

// Shares are said in percent.
function isShare(unit) {
  return unit === "Dmnl";
}

function inUnit(value, unit, digits = SHOWN_DIGITS) {
  if (!Number.isFinite(value)) return "-";
  if (!isShare(unit)) return number(value, digits, false);
  // Less than a thousandth of the whole cannot be told from nothing.
  return value > 0 && value < SMALLEST_SHARE ? `<${100 * SMALLEST_SHARE}%` : `${number(100 * value, 2, false)}%`;
}

// The numbers of a chart: built when opened, kept up to date while open.
function tableFold({title, unit, unit_words: unitWords}, series, content, said = (value) => inUnit(value, unit)) {
  const {times} = content.kernel;
  const {band} = content.draws;
  const titled = isShare(unit) ? title : `${title}, ${unitWords}`;
  const summary = make("summary", {}, "Numbers", make("span", {class: "unseen"}, `: ${title}`));
  const details = make("details", {class: "numbers"}, summary);
  let latest = null;
  const rebuild = () => {
    details.querySelector("table")?.remove();
    const shares = band.map((share) => `${number(100 * share)}%`);
    const heads = ["Year", "Line", ...shares];
    const head = make("thead", {}, make("tr", {}, ...heads.map((words) => make("th", {scope: "col", class: "number"}, words))));
    const bodies = series.map(({id, title: name}) => {
      const rows = [make("tr", {}, make("th", {scope: "rowgroup", colspan: heads.length}, name))];
      times.forEach((time, i) => {
        const shown = time === content.verdict.rule_date || time % TABLE_YEARS === 0;
        if (!shown) return;
        const values = [latest[`${id}/line`]?.[i], ...band.map((_, end) => latest[`${id}/band`]?.[end]?.[i])];
        const cells = values.map((value) => make("td", {class: "number"}, said(value)));
        rows.push(make("tr", {}, make("th", {scope: "row", class: "number"}, String(time)), ...cells));
      });
      return make("tbody", {}, ...rows);
    });
    details.append(make("table", {}, make("caption", {}, `${titled}; columns ${shares[0]} to ${shares[shares.length - 1]}: below it lies that share of draws`), head, ...bodies));
  };
  details.addEventListener("toggle", () => details.open && latest && rebuild());
  return {
    element: details,
    show(lines) {
      latest = lines;
      if (details.open) rebuild();
    },
  };
}
