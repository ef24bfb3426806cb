// Where values lie on a chart, and the ticks of its axes.

import {number} from "./numbers.js";

// A straight scale from a domain to pixels.
export function straight(low, high, from, to) {
  const slope = (to - from) / (high - low);
  return (value) => from + slope * (value - low);
}

// A scale of equal ratios; what lies beyond it is drawn at its edge.
export function ratio(low, high, from, to) {
  const slope = (to - from) / Math.log(high / low);
  return (value) => from + slope * Math.log(Math.min(Math.max(value, low), high) / low);
}

// Some round steps from 0 up to a value or just beyond it.
export function roundSteps(high, most) {
  if (!(high > 0)) return [0, 1];
  const rough = high / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((times) => times * power).find((size) => size >= rough * (1 - 1e-9));
  const count = Math.ceil(high / step - 1e-9);
  return Array.from({length: count + 1}, (_, i) => Number((i * step).toPrecision(12)));
}

// Years to write below a chart of some width.
export function yearTicks(times, width) {
  const first = times[0];
  const last = times[times.length - 1];
  const step = width / ((last - first) / 5) >= 38 ? 5 : 10;
  const ticks = [];
  for (let year = Math.ceil(first / 5) * 5; year <= last; year += step) ticks.push(year);
  return ticks;
}

// A value of an axis in words: two digits are enough to find one's way.
export function tickWords(value) {
  return number(value, 2, false);
}

// A curve through points; where a value is missing the pen is lifted.
export function curve(xs, ys) {
  let path = "";
  let down = false;
  for (let i = 0; i < xs.length; i += 1) {
    const y = ys[i];
    if (!Number.isFinite(y)) {
      down = false;
      continue;
    }
    path += `${down ? "L" : "M"}${xs[i]} ${Math.round(10 * y) / 10}`;
    down = true;
  }
  return path;
}

// The area between two curves.
export function area(xs, lows, highs) {
  if (![...lows, ...highs].every(Number.isFinite)) return "";
  const back = curve([...xs].reverse(), [...lows].reverse());
  return `${curve(xs, highs)}L${back.slice(1)}Z`;
}
