// The fan of draws, off the page's own thread: the worker's side and the page's side.
//
// Page to worker: {kind: "open", bytes, content}, then {kind: "fan", id, settings} when a lever rests
// and {kind: "stop"} when it moves on. Worker to page: {kind: "fan", id, odds} or
// {kind: "failed", message}. What is newer is looked for after every few draws.

import {openKernel} from "./kernel.js";
import {oddsOf} from "./odds.js";

// On the page a slice of draws holds up the hand on the slider: one full register of the processor.
// The worker takes as many as the kernel runs at once.
function sliceOf({lanes, groups}, onPage) {
  return onPage ? lanes : lanes * groups;
}

// The draws as settings: what a pathway or a reader sets stays as it is set.
export function readDraws({size, scalars, values}) {
  const text = atob(values);
  const bytes = Uint8Array.from(text, (sign) => sign.charCodeAt(0));
  const numbers = new DataView(bytes.buffer);
  const value = (draw, i) => numbers.getFloat64(8 * (draw * scalars.length + i), true);
  return Array.from({length: size}, (_, draw) =>
    Object.fromEntries(scalars.map((scalar, i) => [scalar, value(draw, i)])),
  );
}

// Runs all draws of some settings; null when `alive` says that nobody waits any more.
export async function runDraws(kernel, draws, settings, alive, most) {
  const runs = [];
  for (let first = 0; first < draws.length; first += most) {
    const slice = draws.slice(first, first + most);
    runs.push(...kernel.run(slice.map((draw) => ({...draw, ...settings}))));
    await breath();
    if (!alive()) return null;
  }
  return runs;
}

// Lets messages and clicks in. A timer would wait 4 ms each time.
function breath() {
  return new Promise((resume) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resume();
    };
    channel.port2.postMessage(0);
  });
}

// What the worker does; the same script as the page's, started without a document.
export function startWorker(scope) {
  let newest = 0;
  let opened = null;
  scope.onmessage = async ({data}) => {
    try {
      if (data.kind === "open") {
        opened = openFan(data.bytes, data.content);
        await opened;
        return;
      }
      newest = data.id;
      if (data.kind === "stop") return;
      const odds = await (await opened)(data.settings, () => newest === data.id);
      if (odds) scope.postMessage({kind: "fan", id: data.id, odds});
    } catch (error) {
      scope.postMessage({kind: "failed", message: String(error?.message ?? error)});
    }
  };
}

async function openFan(bytes, content) {
  const kernel = await openKernel(bytes, content.kernel);
  return fanOf(kernel, content);
}

// From settings to odds: the same for worker and page.
export function fanOf(kernel, content, onPage = false) {
  const most = sliceOf(content.kernel, onPage);
  const draws = readDraws(content.draws);
  return async (settings, alive) => {
    const runs = await runDraws(kernel, draws, settings, alive, most);
    return runs && oddsOf(runs, content.kernel.times, content);
  };
}

// The page's side: `ask(settings, then)` replaces what was asked before. Without workers the same
// is computed here, in slices.
export function openFans({script, bytes, content, kernel, onFailure}) {
  let newest = 0;
  let waiting = null;
  let compute = null;
  let worker = null;
  const answer = (id, odds) => {
    if (id === newest && waiting) {
      const then = waiting;
      waiting = null;
      then(odds);
    }
  };
  const onPage = async (id, settings) => {
    compute ??= fanOf(kernel, content, true);
    const odds = await compute(settings, () => id === newest);
    if (odds) answer(id, odds);
  };
  let last = null;
  const fallBack = () => {
    worker?.terminate();
    worker = null;
    if (waiting) onPage(newest, last).catch(onFailure);
  };
  try {
    const address = URL.createObjectURL(new Blob([script], {type: "text/javascript"}));
    worker = new Worker(address);
    worker.onmessage = ({data}) => {
      if (data.kind === "fan") answer(data.id, data.odds);
      else if (data.kind === "failed") fallBack();
    };
    worker.onerror = fallBack;
    const {sources, pathways, ...needed} = content;
    worker.postMessage({kind: "open", bytes, content: needed});
  } catch {
    worker = null;
  }
  return {
    // Nobody waits any more: the processor is free for the line.
    stop() {
      if (!waiting) return;
      newest += 1;
      waiting = null;
      worker?.postMessage({kind: "stop", id: newest});
    },
    ask(settings, then) {
      newest += 1;
      waiting = then;
      last = settings;
      if (worker) worker.postMessage({kind: "fan", id: newest, settings});
      else onPage(newest, settings).catch(onFailure);
    },
  };
}
