// Small charts with a reading beside each, and every chart's numbers on demand.

import {coverageChart, viewChart} from "./charts.js";
import {draw, make, say} from "./elements.js";
import {number, signed} from "./numbers.js";
import {placeOf} from "./verdict.js";

const READING_YEAR = 2035;
const TABLE_YEARS = 5;

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
  const chart = coverageChart(svg, content, (width) => (width < 560 ? 168 : 300));
  const series = content.verdict.classes.map((kind) => ({id: `coverage/${kind.name}`, title: kind.title}));
  const table = tableFold("Coverage by class, as a share of the need", series, content);
  foldHost.append(table.element);
  return {
    show(lines) {
      chart.show(lines);
      table.show(lines);
    },
    describe: (words) => say(named, words),
  };
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
  const readings = series.map((line, place) => {
    const words = make("span", {});
    const swatch = make("i", {class: `swatch of-${place + 1}${line.need ? " need" : ""}`});
    return {line, words, element: make("li", {}, swatch, `${line.title}, ${READING_YEAR}: `, words)};
  });
  const list = make("ul", {class: "readings"}, ...readings.map((reading) => reading.element));
  const chart = viewChart(svg, content, view, () => 190);
  const table = tableFold(`${view.title}, ${view.unit}`, series, content);
  const element = make("figure", {class: "view"}, make("h3", {}, view.title), list, svg, table.element);
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
      for (const {line, words} of readings) say(words, readingInWords(line.id, lines, at, view.unit));
      say(description, readings.map((reading) => reading.element.textContent).join("; "));
      table.show(lines);
    },
  };
}

function readingInWords(id, lines, at, unit) {
  const line = lines[`${id}/line`];
  if (!line) return "-";
  const band = lines[`${id}/band`];
  const pinned = lines[`${id}/pinned`];
  const futures = band ? ` (90 of 100 futures: ${number(band[0][at], 2, false)} to ${number(band[2][at], 2, false)})` : "";
  const delta = pinned ? `; ${signed(line[at] - pinned[at])} against the pinned run` : "";
  return `${number(line[at], 3, false)} ${unit}${futures}${delta}`;
}

// The numbers of a chart: built when opened, kept up to date while open.
function tableFold(title, series, content) {
  const {times, band} = {times: content.kernel.times, band: content.draws.band};
  const summary = make("summary", {}, "Numbers", make("span", {class: "unseen"}, `: ${title}`));
  const details = make("details", {class: "numbers"}, summary);
  let latest = null;
  const rebuild = () => {
    details.querySelector("table")?.remove();
    const heads = ["Year", "Line", ...band.map((share) => `${100 * share}%`)];
    const head = make("thead", {}, make("tr", {}, ...heads.map((words) => make("th", {scope: "col", class: "number"}, words))));
    const bodies = series.map(({id, title: name}) => {
      const rows = [make("tr", {}, make("th", {scope: "rowgroup", colspan: heads.length}, name))];
      times.forEach((time, i) => {
        const shown = time === content.verdict.rule_date || time % TABLE_YEARS === 0;
        if (!shown) return;
        const values = [latest[`${id}/line`]?.[i], ...band.map((_, end) => latest[`${id}/band`]?.[end]?.[i])];
        const cells = values.map((value) => make("td", {class: "number"}, number(value ?? NaN, 3, false)));
        rows.push(make("tr", {}, make("th", {scope: "row", class: "number"}, String(time)), ...cells));
      });
      return make("tbody", {}, ...rows);
    });
    details.append(make("table", {}, make("caption", {}, `${title}; percentages: share of draws below`), head, ...bodies));
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
