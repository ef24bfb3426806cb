// What a fan of draws says: bands of all that is shown, and the odds of `outcomes/odds.py`.

import {datedQuantile, linearQuantile, percentileAmong, sorted, wilson} from "./quantiles.js";
import {firstSustained, placeOf, reaches} from "./verdict.js";

// The series of a chart's line: one scalar of the kernel, or the sum of several.
export function summed(series, scalars) {
  if (scalars.length === 1) return series[scalars[0]];
  const total = Float64Array.from(series[scalars[0]]);
  for (const scalar of scalars.slice(1)) series[scalar].forEach((value, i) => (total[i] += value));
  return total;
}

// Every line that has a band: the classes' coverage, then the lines of the charts.
export function bandedLines(content) {
  const classes = content.verdict.classes.map((kind) => ({id: `coverage/${kind.name}`, scalars: [kind.coverage]}));
  const views = content.views.filter((view) => view.id !== "coverage");
  const others = views.flatMap((view) =>
    view.series.map((line) => ({id: `${view.id}/${line.id}`, scalars: line.scalars})),
  );
  return [...classes, ...others];
}

// Bands and odds of finished draws; those that did not end well are counted and left out.
export function oddsOf(runs, times, content) {
  const sound = runs.filter((run) => run.status === "ok");
  const shares = content.draws.band;
  const bands = {};
  for (const {id, scalars} of bandedLines(content)) {
    const lines = sound.map((run) => summed(run.series, scalars));
    bands[id] = bandOf(lines, times.length, shares);
  }
  const rules = content.verdict;
  const classes = rules.classes.map((kind) => oddsOfClass(kind, sound, times, rules, shares));
  return {draws: sound.length, asked: runs.length, bands, classes};
}

function bandOf(lines, dates, shares) {
  const band = shares.map(() => new Float64Array(dates).fill(NaN));
  if (!lines.length) return band;
  const column = new Float64Array(lines.length);
  for (let i = 0; i < dates; i += 1) {
    lines.forEach((line, draw) => (column[draw] = line[i]));
    const ordered = sorted(column);
    shares.forEach((share, end) => (band[end][i] = linearQuantile(ordered, share)));
  }
  return band;
}

function oddsOfClass(kind, sound, times, rules, shares) {
  const now = placeOf(times, rules.rule_date, rules);
  const coverage = sound.map((run) => run.series[kind.coverage][now]);
  const spells = sound.map((run) => firstSustained(times, run.series[kind.coverage], rules));
  const dates = spells.map((spell) => spell.start);
  const draws = sound.length;
  const count = coverage.filter((share) => reaches(share, rules)).length;
  const ordered = sorted(coverage);
  return {
    name: kind.name,
    count,
    share: draws ? count / draws : NaN,
    interval: wilson(count, draws, rules.z),
    coverage: shares.map((share) => (draws ? linearQuantile(ordered, share) : NaN)),
    dates: shares.map((share) => (draws ? datedQuantile(dates, share) : NaN)),
    unknown: draws ? spells.filter((spell) => !spell.known).length / draws : NaN,
    drawn: coverage,
  };
}

// Where a run's coverage lies among its draws.
export function placeAmong(verdict, odds) {
  return percentileAmong(verdict.coverage, odds.drawn);
}
