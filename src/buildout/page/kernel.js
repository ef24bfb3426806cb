// The compiled model: loads the WebAssembly module and runs it for given values of constants.
//
// The module knows no names. kernel.json says at which place in its memory each constant and each
// output lies; `drive` is handed a table of addresses and counts (`fields`), all in memory that
// is laid out here once.

const LIBRARY = Object.fromEntries(
  ["pow", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"].map((name) =>
    [name, Math[name]]));
const NUMBER = 8; // bytes of a number, and of an integer in the table

export class NoKernel extends Error {}

/** Whether a browser has WebAssembly with vectors: the smallest module that uses one. */
export function browserRuns() {
  const smallest = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8,
    0, 65, 0, 253, 15, 253, 98, 11];
  return typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(smallest));
}

/**
 * Load the module.
 *
 * @param {BufferSource} bytes  kernel.wasm
 * @param {object} info  kernel.json
 * @returns {Promise<Kernel>}
 * @throws {NoKernel} with a sentence for people where the browser cannot.
 */
export async function openKernel(bytes, info) {
  if (!browserRuns()) {
    throw new NoKernel("This browser cannot run the model: it lacks WebAssembly with vectors, " +
      "which Chrome and Edge have since version 91, Firefox since 89 and Safari since 16.4.");
  }
  // What LLVM leaves to a library, such as powers of zero, is left to the page.
  const env = { ...LIBRARY, fmod: (a, b) => a % b };
  const { instance } = await WebAssembly.instantiate(bytes, { env });
  return new Kernel(instance.exports, info);
}

/** The model, to be run for one to many sets of constants at once. */
export class Kernel {
  constructor(exports, info) {
    this.info = info;
    this.names = Object.keys(info.parameters);
    this.place = new Map(this.names.map((name, place) => [name, place]));
    this.outputs = Object.keys(info.outputs);
    this.rows = new Map(this.outputs.map((name, row) => [name, row]));
    this._exports = exports;
    this._lay();
  }

  /** Memory: what every run shares first, then what grows with their number (one batch). */
  _lay() {
    const { info } = this, batch = info.lanes * info.groups;
    const sizes = {
      p_values: batch * info.size,
      p_final: batch * (info.states.length + 1),
      p_past: batch * info.pipes.length * info.steps.length,
      p_first: batch * info.pipes.length,
      p_out: this.outputs.length * info.times.length * batch,
      p_status: batch,
      p_varying: this.names.length * batch,
      p_uniform: 0,
      p_steps: info.steps.length,
      p_uniform_slots: 0,
      p_varying_slots: this.names.length,
      p_places: info.steps.length,
      p_out_slots: this.outputs.length,
      p_states: info.states.length,
      p_floors: info.floors.length,
      p_pipes: 3 * info.pipes.length,
      table: info.fields.length,
    };
    const at = {};
    // Vectors lie on multiples of their size.
    let end = this._exports.__heap_base.value;
    for (const [name, count] of Object.entries(sizes)) {
      end = Math.ceil(end / 64) * 64;
      at[name] = end;
      end += NUMBER * count;
    }
    const { memory } = this._exports;
    const missing = end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    const numbers = (name) => new Float64Array(memory.buffer, at[name], sizes[name]);
    const integers = (name, values) =>
      new BigInt64Array(memory.buffer, at[name], sizes[name]).set(values.map(BigInt));
    numbers("p_steps").set(info.steps);
    integers("p_varying_slots", this.names.map((name) => info.parameters[name]));
    integers("p_places", info.places);
    integers("p_out_slots", this.outputs.map((name) => info.outputs[name]));
    integers("p_states", info.states);
    integers("p_floors", info.floors);
    integers("p_pipes", info.pipes.flat());
    this._at = at;
    this._table = new BigInt64Array(memory.buffer, at.table, sizes.table);
    this._varying = numbers("p_varying");
    this._out = numbers("p_out");
    this._status = numbers("p_status");
    this._defaults = Float64Array.from(this.names, (name) => info.defaults[name]);
  }

  /**
   * Run the model.
   *
   * @param {object[]} runs  of each the constants that differ from the model's own, by scalar id
   * @param {string[]} [wanted]  outputs to give back; all by default
   * @returns {{status: string, series: Object<string, Float64Array>}[]}  one for each run; `series`
   *   at `info.times`, NaN or infinite where arithmetic broke down
   * @throws {NoKernel} for a constant that this kernel has as a fixed number, or no such output
   */
  run(runs, wanted = this.outputs) {
    for (const name of wanted) {
      if (!this.rows.has(name)) throw new NoKernel(`No output ${name}.`);
    }
    const batch = this.info.lanes * this.info.groups, results = [];
    for (let first = 0; first < runs.length; first += batch) {
      results.push(...this._batch(runs.slice(first, first + batch), wanted));
    }
    return results;
  }

  _batch(runs, wanted) {
    const { info } = this, { lanes } = info;
    const groups = Math.ceil(runs.length / lanes), stride = groups * lanes;
    for (let lane = 0; lane < stride; lane++) {
      // Lanes that only fill up the last group repeat the last run.
      this._fill(lane, stride, runs[Math.min(lane, runs.length - 1)]);
    }
    this._call(groups, stride);
    const dates = info.times.length;
    return runs.map((_, lane) => {
      const series = {};
      for (const name of wanted) {
        const row = this.rows.get(name) * dates * stride + lane, values = new Float64Array(dates);
        for (let k = 0; k < dates; k++) values[k] = this._out[row + k * stride];
        series[name] = values;
      }
      return { status: info.statuses[this._status[lane]], series };
    });
  }

  _fill(lane, stride, values) {
    for (let j = 0; j < this._defaults.length; j++) {
      this._varying[j * stride + lane] = this._defaults[j];
    }
    for (const [name, value] of Object.entries(values)) {
      const j = this.place.get(name);
      if (j === undefined) throw new NoKernel(`The kernel of this page cannot vary ${name}.`);
      this._varying[j * stride + lane] = value;
    }
  }

  _call(groups, stride) {
    const { info, _at: at } = this, bytes = NUMBER * info.lanes;
    const known = {
      ...at,
      n_homes: bytes * info.homes,
      n_group: bytes * info.size,
      n_uniform: 0,
      n_varying: this.names.length,
      n_stride: stride,
      n_steps: info.steps.length,
      n_out: this.outputs.length,
      n_out_size: info.times.length * stride,
      n_states: info.states.length,
      n_floors: info.floors.length,
      n_pipes: info.pipes.length,
      n_first_group: 0,
      n_last_group: groups,
    };
    info.fields.forEach((name, place) => { this._table[place] = BigInt(known[name]); });
    this._exports.drive(at.table);
  }
}
