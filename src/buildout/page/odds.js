// What a fan of draws says: bands of all that is shown, and the odds of `outcomes/odds.py`.

import {fixed} from "./numbers.js";
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
  const dates = sound.map((run) => firstSustained(times, run.series[kind.coverage], rules).start);
  const draws = sound.length;
  const count = coverage.filter((share) => reaches(share, rules)).length;
  const ordered = sorted(coverage);
  return {
    name: kind.name,
    share: draws ? count / draws : NaN,
    interval: wilson(count, draws, rules.z),
    coverage: shares.map((share) => (draws ? linearQuantile(ordered, share) : NaN)),
    dates: shares.map((share) => (draws ? datedQuantile(dates, share) : NaN)),
    drawn: coverage,
  };
}

// Where a run's coverage lies among its draws, 0 to 100.
export function placeAmong(verdict, odds) {
  return percentileAmong(verdict.coverage, odds.drawn);
}

// That a run lies outside the middle of its draws; empty where it does not.
export function placeInWords(verdict, odds, rules) {
  const place = placeAmong(verdict, odds);
  const [low, high] = rules.middle;
  if (!(place < low || place > high)) return "";
  // Never at an end where some draw lies beyond it.
  const shown = place === 0 || place === 100 ? place : Math.min(Math.max(place, 1), 99);
  return `${place < low ? "below" : "above"} their middle (percentile ${fixed(shown, 0)})`;
}

// Of a hundred futures those between the ends of the band.
export function bandInWords({band}) {
  return `${fixed(100 * (band[band.length - 1] - band[0]), 0)} of 100`;
}
