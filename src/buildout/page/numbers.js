// Numbers and dates as the report writes them: the same digits here as in `_util/numbers.py` and
// `outcomes/chances.py`, so that page and command line can be laid side by side.

const PLACES = 9;
const LEAST_PERCENT = 0.01;

// A number to some decimal places as Python rounds it: exact ties go to the even neighbour.
export function fixed(value, places) {
  const scaled = value * 10 ** places;
  // Only a fraction of a power of two can lie exactly between two decimals.
  const tie = Math.abs(scaled - Math.trunc(scaled)) === 0.5 && Number.isInteger(value * 2 ** (places + 1));
  if (!tie) return value.toFixed(places);
  const even = 2 * Math.round(scaled / 2);
  return (even / 10 ** places).toFixed(places);
}

export function grouped(digits) {
  const [whole, fraction] = digits.split(".");
  const apart = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return fraction === undefined ? apart : `${apart}.${fraction}`;
}

// Some significant digits, without zeros that say nothing; `whole` writes the whole part in full.
export function number(value, digits = 3, whole = true) {
  if (!Number.isFinite(value)) return "-";
  if (value === 0) return "0";
  const places = digits - 1 - exponent(value);
  if (places > PLACES) return value.toPrecision(digits);
  const shown = Math.max(places, 0);
  const rounded = whole || places >= 0 ? value : Number(value.toPrecision(digits));
  let text = fixed(rounded, shown);
  if (shown) text = text.replace(/\.?0+$/, "");
  if (Math.abs(Number(text)) >= 1000) text = grouped(text);
  return text === "-0" ? "0" : text;
}

// The power of ten of the first digit, free of the rounding of a logarithm.
function exponent(value) {
  return Number(value.toExponential().split("e")[1]);
}

// A difference with its sign.
export function signed(value, digits = 3) {
  const text = Math.abs(value) < 1e-5 ? "0" : number(value, digits, false).replace("-", "\u2212");
  return value > 0 && text !== "0" ? `+${text}` : text;
}

// A share in percent, without the sign: never 100 for less than the whole, never 0 for some.
export function roughPercent(share, rounding) {
  if (!Number.isFinite(share)) return "-";
  if (share > 0 && 100 * share < LEAST_PERCENT) return `<${LEAST_PERCENT}`;
  const words = number(100 * share, 2, false);
  const short = share - 1 < -rounding;
  return words === "100" && short ? fixed(Math.floor(1000 * share) / 10, 1) : words;
}

// How much of a need is there, as people say it; of a need of almost nothing only that it is beyond
// a cap.
export function timesTheNeed(share, {rounding, most_times: most}) {
  if (share > most) return `over ${number(most)} times the need`;
  if (share < 2) return `${roughPercent(share, rounding)}% of the need`;
  return `${number(share, 2)} times the need`;
}

export function quarter(year) {
  const whole = Math.floor(year);
  return `${whole} Q${Math.min(4, 1 + Math.trunc(4 * (year - whole)))}`;
}

// In how many of a hundred; no rounding makes a chance none, or sure.
export function hundredths(share) {
  if (share > 0 && share < 0.01) return "under 1";
  return share > 0.99 && share < 1 ? "over 99" : fixed(100 * share, 0);
}

// The shortest decimals that give the number again: what the address and files hold.
export function exact(value) {
  return String(value);
}
