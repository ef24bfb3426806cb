// The page of sliders: from a move of a lever to the line at once, and to the odds when the draws
// are done. The same script starts the worker, which has no document.

import {answerAloud, intervalInWords, openAnswers} from "./answers.js";
import {openControls, shownValue} from "./controls.js";
import {commandOf, csvOf, fileNameOf, pngOf, saveFile, tomlOf} from "./downloads.js";
import {byId, explainer, make, say} from "./elements.js";
import {openFans, startWorker} from "./fan.js";
import {openKernel} from "./kernel.js";
import {hundredths, number} from "./numbers.js";
import {bandInWords, bandedLines, placeInWords, summed} from "./odds.js";
import {addressOf, companionsOf, firstState, ignoredInWords, isOwn, ownValues, pathwayOf, settingsOf, stateOf} from "./state.js";
import {verdictOf} from "./verdict.js";
import {openCoverage, openViews} from "./views.js";

// A row of arrow keys is one step back in the browser's history; a reader of screens hears the end.
const SETTLED = 400;
// A lever that has rested so long gets its draws; until then the processor is left to the line.
const RESTED = 70;
const ODDS_KEPT = 40;
const NOT_SOUND = {
  non_finite: "a number in it is not finite",
  negative_stock: "a stock in it falls below zero",
  delay_order: "a delay in it is shorter than a time step",
};

if (typeof document === "undefined") startWorker(self);
else openPage().catch(tell);

// Says why the page cannot show anything, and where the same is told without it.
function tell(error) {
  say(byId("trouble"), `The levers cannot be moved here: ${String(error?.message ?? error).replace(/\.?$/, ".")}`);
  byId("trouble").hidden = false;
  document.body.classList.add("broken");
}

async function unpacked(base64) {
  if (typeof DecompressionStream === "undefined") {
    throw new Error("this browser cannot unpack the model; one of 2023 or later can");
  }
  const packed = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function openPage() {
  const content = JSON.parse(byId("content").textContent);
  say(byId("question"), content.question);
  const day = new Date(`${content.date}T00:00:00Z`).toLocaleDateString("en-GB", {dateStyle: "long", timeZone: "UTC"});
  say(byId("imprint"), `buildout ${content.version}, ${day}. An open simulation model of the US rare-earth magnet chain.`);
  for (const link of document.querySelectorAll(".to-report")) {
    link.hidden = !content.report;
    link.querySelector("a").href = content.report ?? "";
  }
  for (const count of document.querySelectorAll(".futures")) say(count, String(content.draws.size));
  for (const share of document.querySelectorAll(".share-of-band")) say(share, bandInWords(content.draws));
  const bytes = await unpacked(byId("kernel").textContent.trim());
  const kernel = await openKernel(bytes, content.kernel);
  const page = new Page(content, kernel);
  const script = byId("script").textContent;
  page.fans = openFans({script, bytes, content, kernel, onFailure: (error) => page.warn(String(error?.message ?? error))});
  page.open();
}

class Page {
  constructor(content, kernel) {
    this.content = content;
    this.kernel = kernel;
    this.state = firstState(content);
    this.runs = new Map();
    this.odds = new Map();
    this.lines = bandedLines(content);
    this.timer = null;
    const explained = explainer(content.glossary ?? []);
    this.explained = explained;
    this.answers = openAnswers(byId("answers"), byId("strip"), content, explained);
    this.coverage = openCoverage(byId("coverage"), byId("coverage-numbers"), content);
    this.views = openViews(byId("views"), content);
    this.controls = openControls(byId("groups"), content, (control, value) => this.move(control, value));
  }

  open() {
    const {content} = this;
    for (const pathway of content.pathways) {
      byId("pathway").append(make("option", {value: pathway.name}, pathway.title));
    }
    byId("pathway").addEventListener("change", () => this.choose(byId("pathway").value));
    byId("pin").addEventListener("click", () => this.pin());
    byId("reset").addEventListener("click", () => {
      // A button that is switched off keeps no focus.
      byId("pathway").focus();
      this.change({...this.state, moved: new Map()});
    });
    byId("copy").addEventListener("click", () => this.copy());
    byId("save-csv").addEventListener("click", () => this.whenCounted(() => this.saveCsv()));
    byId("save-png").addEventListener("click", () => this.whenCounted(() => this.savePng()));
    byId("save-toml").addEventListener("click", () => this.saveToml());
    for (const link of document.querySelectorAll(".skip")) {
      // The address holds the state, so a jump must not write itself there.
      link.addEventListener("click", (event) => {
        event.preventDefault();
        byId(link.hash.slice(1)).focus();
      });
    }
    addEventListener("hashchange", () => this.read());
    this.read();
    document.body.classList.add("ready");
  }

  // Takes the state from the address; what is wrong there is said, never guessed.
  read() {
    clearTimeout(this.timer);
    const {state, ignored, other} = stateOf(this.content, location.hash);
    const words = [ignoredInWords(ignored)];
    if (other) words.push("The link was made on a page with another version of the model or of the pathway, so its numbers may differ.");
    say(byId("ignored"), words.filter(Boolean).join(" "));
    byId("ignored").hidden = !byId("ignored").textContent;
    this.state = state;
    this.show();
  }

  move(control, value) {
    const moved = new Map(this.state.moved);
    if (value === null) moved.delete(control.id);
    else moved.set(control.id, value);
    this.change({...this.state, moved});
  }

  // Another pathway brings its own levers; what is not chosen but assumed stays as the reader set it.
  choose(name) {
    const pathway = pathwayOf(this.content, name);
    const moved = new Map();
    for (const control of this.content.controls) {
      const value = this.state.moved.get(control.id);
      // What the pathway has anyway is not moved, here as in an address.
      const kept = control.kind === "uncertainty" && value !== undefined && !isOwn(control, pathway, value);
      if (kept) moved.set(control.id, value);
    }
    this.change({...this.state, pathway: name, moved});
  }

  pin() {
    const {pathway, moved, pin} = this.state;
    this.change({...this.state, pin: pin ? null : {pathway, moved: new Map(moved)}});
  }

  change(state) {
    this.state = state;
    this.show();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), SETTLED);
  }

  write() {
    const address = addressOf(this.content, this.state);
    byId("ignored").hidden = true;
    byId("link").hidden = true;
    say(byId("copied"), "");
    try {
      if (address !== location.hash) history.pushState(null, "", address);
    } catch {
      // Some browsers allow only so many a minute; "Copy link" gives the address all the same.
    }
  }

  // Series of a run by its settings; the pathway's own and the pinned one are kept.
  run(run) {
    const key = keyOf(run);
    if (!this.runs.has(key)) {
      if (this.runs.size > ODDS_KEPT) this.runs.clear();
      const start = performance.now();
      const [answer] = this.kernel.run([settingsOf(this.content, run)]);
      performance.measure("kernel", {start});
      const {series, status} = answer;
      const sound = status === "ok";
      const drawn = sound ? new Map(this.lines.map(({id, scalars}) => [id, summed(series, scalars)])) : new Map();
      const verdict = sound ? verdictOf(series, this.content.kernel.times, this.content.verdict) : null;
      this.runs.set(key, {status, drawn, verdict});
    }
    return this.runs.get(key);
  }

  show() {
    const {state} = this;
    const run = this.run(state);
    const start = performance.now();
    this.controls.show(state);
    this.showFrame(run);
    if (run.verdict) this.draw(run, this.odds.get(keyOf(state)));
    else this.saving = null;
    performance.measure("draw", {start});
    this.fans.stop();
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.askOdds(), RESTED);
  }

  // What is chosen, changed and pinned, in words.
  showFrame(run) {
    const {state, content} = this;
    const pathway = pathwayOf(content, state.pathway);
    byId("pathway").value = state.pathway;
    say(byId("pathway-text"), pathway.text ?? "");
    byId("pathway-fold").hidden = !pathway.text;
    say(byId("changed"), changedInWords(content, state));
    say(byId("pinned"), state.pin ? `Pinned: ${runInShort(content, state.pin)}.` : "");
    say(byId("pin"), state.pin ? "Unpin" : "Pin to compare");
    byId("reset").disabled = !state.moved.size;
    say(byId("command"), commandOf(content, state));
    say(byId("beside"), pathway.file ? `It builds on ${pathway.file}, beside which it must lie.` : "");
    const reading = ruleReading(content, settingsOf(content, state));
    if (this.reading !== reading) {
      this.reading = reading;
      byId("rule").replaceChildren(this.explained(reading));
    }
    document.body.classList.toggle("changed", state.moved.size > 0);
    document.body.classList.toggle("compared", Boolean(state.pin));
    say(byId("paper"), `Pathway: ${runInShort(content, state)}.`);
    // What is not shown cannot be saved; a pathway file can, to look into it.
    for (const id of ["save-csv", "save-png"]) byId(id).disabled = !run.verdict;
    const why = run.verdict ? "" : `With these settings the run has no answer: ${NOT_SOUND[run.status] ?? run.status}. ${this.shown ? "What is shown is the run before." : "So there is nothing to show yet."}`;
    this.warn(why);
  }

  warn(words) {
    say(byId("unsound"), words);
    byId("unsound").hidden = !words;
  }

  // Lines, bands and answers; without odds those of before stand there, grey.
  draw(run, odds) {
    const {state} = this;
    const {pin} = state;
    const pinnedRun = pin ? this.run(pin) : null;
    const own = state.moved.size ? this.run({pathway: state.pathway, moved: new Map()}) : null;
    if (odds) this.latest = odds;
    const lines = {};
    for (const {id} of this.lines) {
      lines[`${id}/line`] = run.drawn.get(id);
      if (own?.verdict) lines[`${id}/own`] = own.drawn.get(id);
      if (pinnedRun?.verdict) lines[`${id}/pinned`] = pinnedRun.drawn.get(id);
      const band = this.latest?.bands[id];
      if (band) {
        lines[`${id}/band`] = band;
        lines[`${id}/middle`] = band[1];
      }
    }
    const pinned = pinnedRun?.verdict ? {verdict: pinnedRun.verdict, odds: this.odds.get(keyOf(pin))} : null;
    this.shown = {lines, odds, verdict: run.verdict, own: own?.verdict, pinned: pinned?.verdict};
    this.answers.showRun(run.verdict, odds, pinned);
    if (this.latest) this.answers.showOdds(this.latest);
    this.coverage.show(lines);
    this.views.show(lines);
    const lost = odds ? odds.asked - odds.draws : 0;
    if (lost) this.warn(`In ${lost} of ${odds.asked} futures the model has no answer here; the odds are those of the others.`);
    document.body.classList.toggle("counting", !odds);
    // The words above the chart are complete: its height is that of this state, however it was reached.
    if (odds) this.coverage.refit();
  }

  // Asks for the draws of what is shown, then of what is pinned; each only once.
  askOdds() {
    const {state} = this;
    const wanted = [state, state.pin].find((run) => run && !this.odds.has(keyOf(run)));
    if (!wanted) {
      this.settle();
      return;
    }
    const key = keyOf(wanted);
    const start = performance.now();
    this.fans.ask(settingsOf(this.content, wanted), (odds) => {
      performance.measure("fan", {start});
      if (this.odds.size > ODDS_KEPT) this.odds.clear();
      this.odds.set(key, odds);
      const run = this.run(this.state);
      if (run.verdict) this.draw(run, this.odds.get(keyOf(this.state)));
      const save = this.saving;
      if (save) this.whenCounted(save);
      this.askOdds();
    });
  }

  settle() {
    clearTimeout(this.spoken);
    this.spoken = setTimeout(() => {
      const {verdict, odds} = this.shown ?? {};
      if (!verdict || !odds) return;
      const words = answerAloud(verdict, odds, this.content.verdict);
      say(byId("aloud"), words);
      this.coverage.describe(words);
    }, SETTLED);
  }

  async copy() {
    const address = location.href.replace(/#.*$/, "") + addressOf(this.content, this.state);
    const field = byId("link");
    try {
      await navigator.clipboard.writeText(address);
      say(byId("copied"), "The link is copied.");
    } catch {
      say(byId("copied"), "Copy it from here:");
      field.hidden = false;
      field.value = address;
      field.focus();
      field.select();
    }
  }

  // Bands belong to numbers and chart: what is asked for before they are counted waits for them.
  whenCounted(save) {
    this.saving = this.shown?.odds ? null : save;
    if (!this.saving) save();
  }

  saveCsv() {
    const text = csvOf(this.content, this.state, this.shown);
    saveFile(fileNameOf(this.state, "csv"), text, "text/csv;charset=utf-8");
  }

  async savePng() {
    const {content, state} = this;
    const title = `Magnets that US defense may use over its need: ${runInShort(content, state)}`;
    const {odds, verdict} = this.shown;
    const lefts = this.coverage.panelLefts();
    const heads = content.verdict.classes.map((kind, i) => ({
      left: lefts[i],
      words: `${kind.title}: ${hundredths(odds.classes[i].share)} of 100`,
    }));
    const pinned = state.pin ? ` Dashed: ${runInShort(content, state.pin)}.` : "";
    const own = state.moved.size ? " Thin and grey: the pathway as it is." : "";
    const {classes, draws} = odds;
    const within = content.verdict.classes.map((kind, i) => `${kind.title} ${intervalInWords(classes[i])}`);
    const places = content.verdict.classes
      .map((kind, i) => [kind.title, placeInWords(verdict[i], classes[i], content.verdict)])
      .filter(([, place]) => place);
    const placed = places.length ? ` The line lies among the futures: ${places.map((words) => words.join(" ")).join(", ")}.` : "";
    const foot = [
      `Odds counted in ${draws} futures; many more would lie within: ${within.join(", ")}.${placed}`,
      `Line: a run at expected values. Band: ${bandInWords(content.draws)} futures, with the middle one in it.${own}${pinned} ${changedInWords(content, state)}`.trim(),
      `buildout ${content.version}, ${content.date}`,
    ];
    try {
      saveFile(fileNameOf(state, "png"), await pngOf(byId("coverage"), {title, heads, foot}), "image/png");
    } catch {
      this.warn("This browser does not make a picture of the chart; the numbers can be saved as CSV.");
    }
  }

  saveToml() {
    saveFile(fileNameOf(this.state, "toml"), tomlOf(this.content, this.state), "application/toml;charset=utf-8");
  }
}

function keyOf({pathway, moved}) {
  return JSON.stringify([pathway, [...moved].sort()]);
}

function ruleReading(content, settings) {
  const {rule} = content.verdict;
  return rule.readings[String(settings[rule.scalar] ?? content.kernel.defaults[rule.scalar])] ?? "";
}

function changedInWords(content, state) {
  const pathway = pathwayOf(content, state.pathway);
  const parts = content.controls.filter((control) => state.moved.has(control.id)).map((control) => {
    const own = ownValues(control, pathway);
    const titled = (value) => control.choices?.find((choice) => choice.value === value)?.title ?? shownValue(value);
    const was = own.low === own.high ? titled(own.low) : `${number(own.low, 3)} to ${number(own.high, 3)}`;
    const besides = companionsOf(control, pathway).map(([scalar, value]) => `, and with it ${control.also_names[scalar]} ${shownValue(value)}`);
    return `${control.title} ${titled(state.moved.get(control.id))} (${was}${besides.join("")})`;
  });
  return parts.length ? `Changed: ${parts.join("; ")}.` : "";
}

function runInShort(content, run) {
  const pathway = pathwayOf(content, run.pathway);
  const name = pathway.label ?? pathway.title;
  const count = run.moved.size;
  return count ? `${name} with ${count} ${count === 1 ? "change" : "changes"}` : name;
}
