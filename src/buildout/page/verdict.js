// The verdict read off series of a run: the dates of `outcomes/dates.py` and the words of
// `outcomes/deadline.py`. Every constant comes with the page (`content.verdict`).

import {fixed, grouped, quarter} from "./numbers.js";

// Whether a value is at a level or above it, rounding apart; NaN never is.
export function reaches(value, rules) {
  return value - rules.full >= -rules.rounding * Math.abs(rules.full);
}

// The first date from which a level is held for long enough, and when it is lost again.
// Between saved dates a value moves in a straight line.
export function firstSustained(times, values, rules) {
  const {rule_date: since, full: level, rounding, sustained, same_date: same} = rules;
  const [dates, excess] = from(times, values, since, level, same);
  const none = {start: NaN, end: NaN, known: false};
  if (!dates.length) return none;
  const holds = excess.map((more) => more >= -rounding * Math.abs(level));
  const last = dates.length - 1;
  let began = holds[0] ? dates[0] : NaN;
  let start = NaN;
  let end = NaN;
  for (let i = 1; i <= last; i += 1) {
    if (holds[i] === holds[i - 1]) continue;
    const date = crossing(dates[i - 1], dates[i], excess[i - 1], excess[i], holds[i]);
    if (!holds[i] && Number.isNaN(start) && date - began >= sustained - same) {
      start = began;
      end = date;
    }
    began = holds[i] ? date : NaN;
  }
  if (Number.isNaN(start) && dates[last] - began >= sustained - same) start = began;
  const short = dates[last] - dates[0] < sustained - same;
  return {start, end, known: !Number.isNaN(start) || !(holds[last] || short)};
}

// What lies on or after a date, beginning on it where it is between saved ones.
function from(times, values, since, level, same) {
  let first = 0;
  while (first < times.length && times[first] < since - same) first += 1;
  const dates = Array.from(times).slice(first);
  const excess = Array.from(values, (value) => value - level).slice(first);
  if (first === 0 || first === times.length || times[first] <= since + same) return [dates, excess];
  const share = (since - times[first - 1]) / (times[first] - times[first - 1]);
  const before = values[first - 1] - level;
  return [[since, ...dates], [before + share * (excess[0] - before), ...excess]];
}

function crossing(left, right, before, after, held) {
  const share = before / (before - after);
  const date = left + Math.min(Math.max(share, 0), 1) * (right - left);
  // Beside a value that is not finite there is no line: the saved date inside counts.
  return Number.isFinite(date) ? date : held ? right : left;
}

// The place of a date among the saved ones.
export function placeOf(times, date, rules) {
  return times.findIndex((time) => Math.abs(time - date) <= rules.same_date);
}

// The verdict on each class of magnets in one run.
export function verdictOf(series, times, rules) {
  const now = placeOf(times, rules.rule_date, rules);
  return rules.classes.map((kind) => {
    const coverage = series[kind.coverage];
    const spell = firstSustained(times, coverage, rules);
    return {
      name: kind.name,
      coverage: coverage[now],
      shortfall: series[kind.shortfall][now],
      from: spell.start,
      until: spell.end,
      known: spell.known,
      binding: bindingOf(kind, series, now, rules),
    };
  });
}

// What holds a class up, such as `not made: DyTb separation under construction`.
export function bindingOf(kind, series, now, rules) {
  if (reaches(series[kind.coverage][now], rules)) return "none";
  const value = (scalar) => series[scalar][now];
  const cause = largest(kind.causes, value);
  if (!rules.causes_with_a_line.includes(cause)) return cause;
  const lines = kind.lines.filter(
    (line) => cause === "not made" || !rules.magnet_lines.includes(line),
  );
  const own = Object.fromEntries(lines.map((line) => [line, rules.self_sufficiency[line]]));
  const line = largest(own, (scalar) => -value(scalar));
  const missing = rules.missing[line];
  const total = Object.values(missing).reduce((sum, scalar) => sum + value(scalar), 0);
  if (total <= 0) return `${cause}: ${line}`;
  const constraint = largest(missing, value);
  return `${cause}: ${line} ${rules.constraints[constraint] ?? constraint}`;
}

// The first name whose value is the largest.
function largest(scalars, value) {
  let best = null;
  for (const [name, scalar] of Object.entries(scalars)) {
    if (best === null || value(scalar) > value(scalars[best])) best = name;
  }
  return best;
}

// A shortfall in whole tonnes; never 0 where some are short.
export function shortTonnes(tonnes, rules) {
  const whole = fixed(tonnes, 0);
  return tonnes > rules.no_tonnes && Number(whole) === 0 ? "<1" : grouped(whole);
}

// Since when a need is covered, and until when where that is over before the run.
export function coveredFrom(from, until, known, rules) {
  if (Number.isNaN(from)) return known ? `not before ${rules.end}` : rules.too_short;
  const since = from <= rules.rule_date ? rules.on_the_date : quarter(from);
  return Number.isNaN(until) ? since : `${since} to ${quarter(until)}`;
}

// The short answer by the share of draws that are covered.
export function answerOf(share, rules) {
  const [, words] = rules.answers.find(([least]) => share >= least) ?? [0, rules.otherwise];
  return words;
}
