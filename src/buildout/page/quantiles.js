// Quantiles and shares of draws, to the last bit those of `outcomes/odds.py`.

export function sorted(values) {
  return Float64Array.from(values).sort();
}

// NumPy's `linear` method, with its way of interpolating: from the nearer end.
export function linearQuantile(ordered, share) {
  const place = share * (ordered.length - 1);
  const low = Math.floor(place);
  const high = Math.min(low + 1, ordered.length - 1);
  const rest = place - low;
  const step = ordered[high] - ordered[low];
  return rest < 0.5 ? ordered[low] + step * rest : ordered[high] - step * (1 - rest);
}

// NumPy's `inverted_cdf`: a value that was seen. NaN is "never", later than any date.
export function datedQuantile(dates, share) {
  const ordered = sorted(Array.from(dates, (date) => (Number.isNaN(date) ? Infinity : date)));
  const place = share * ordered.length - 1;
  const up = Math.max(place > Math.floor(place) ? Math.floor(place) + 1 : place, 0);
  const date = ordered[Math.min(up, ordered.length - 1)];
  return date === Infinity ? NaN : date;
}

// The 95% interval of a share of which `count` of `draws` were seen (Wilson 1927).
export function wilson(count, draws, z) {
  if (!draws) return [NaN, NaN];
  const share = count / draws;
  const spread = z ** 2 / draws;
  const middle = share + spread / 2;
  const half = Math.sqrt(spread * (share * (1 - share) + spread / 4));
  return [
    count === 0 ? 0 : (middle - half) / (1 + spread),
    count === draws ? 1 : (middle + half) / (1 + spread),
  ];
}

// The mid-rank of a value among draws, 0 to 100; what is equal, rounding apart, counts by half.
export function percentileAmong(value, draws) {
  if (!draws.length || !Number.isFinite(value)) return NaN;
  let twice = 0;
  for (const drawn of draws) {
    if (Math.abs(drawn - value) <= 1e-9 * Math.abs(value)) twice += 1;
    else if (drawn < value) twice += 2;
  }
  return (50 * twice) / draws.length;
}
