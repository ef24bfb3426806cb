// The answer for each class of magnets: its odds, the run on the line, what a pinned run changes.

import {draw, make, say} from "./elements.js";
import {fixed, hundredths, number, quarter, signed, timesTheNeed} from "./numbers.js";
import {placeInWords} from "./odds.js";
import {answerOf, coveredFrom, reaches, shortTonnes} from "./verdict.js";

const HUNDRED = 100;
const DOTS = HUNDRED;
const ACROSS = 25;
const STEP = 10;
const RADIUS = 3.6;
const MONTHS = 12;

export function openAnswers(host, strip, content, explained) {
  const rules = content.verdict;
  const cards = rules.classes.map((kind) => card(kind, explained));
  const tags = rules.classes.map((kind) => {
    const odds = make("b", {});
    strip.append(make("span", {}, make("span", {}, `${kind.title.split(" ")[0]} `), odds));
    return odds;
  });
  host.append(...cards.map((row) => row.element));
  return {
    // What the run on the line says: at once. `pinned` is null or {verdict, odds}.
    showRun(verdict, odds, pinned) {
      verdict.forEach((row, i) => {
        say(cards[i].run, runInWords(row, rules));
        const counted = odds && pinned?.odds ? [odds.classes[i].share, pinned.odds.classes[i].share] : null;
        // Until the draws of this run are counted the words of before stand there, grey.
        if (odds) {
          const place = placeInWords(row, odds.classes[i], rules);
          say(cards[i].place, place && `, ${place}`);
        }
        say(cards[i].delta, pinned ? deltaInWords(row, pinned.verdict[i], counted, rules) : "");
      });
    },
    // What the draws say: when they are done.
    showOdds(odds) {
      odds.classes.forEach((row, i) => {
        const {answer, count, sure, half, dots} = cards[i];
        say(answer, `${answerOf(row.share, rules)}.`);
        say(count, `${hundredths(row.share)} of 100`);
        say(sure, `futures (${intervalInWords(row)})`);
        say(tags[i], hundredths(row.share));
        say(half, halfInWords(row, rules));
        const filled = Math.round(DOTS * row.share);
        dots.forEach((dot, place) => dot.setAttribute("class", place < filled ? "yes" : "no"));
      });
    },
  };
}

function card(kind, explained) {
  const answer = make("strong", {}, "\u2026");
  const count = make("span", {class: "odds"}, "\u2026");
  const sure = make("span", {class: "sure"});
  const half = make("span", {});
  const halved = make("span", {class: "half"}, "Half", make("span", {class: "roomy"}, " of the futures"), half);
  const run = make("span", {});
  const place = make("span", {class: "place"});
  const delta = make("p", {class: "delta"});
  const dots = Array.from({length: DOTS}, (_, place) =>
    draw("circle", {
      class: "no", r: RADIUS,
      cx: STEP * (place % ACROSS) + STEP / 2, cy: STEP * Math.floor(place / ACROSS) + STEP / 2,
    }),
  );
  // The number beside it says the same in words.
  const picture = draw("svg", {viewBox: `0 0 ${STEP * ACROSS} ${(STEP * DOTS) / ACROSS}`, "aria-hidden": "true"}, ...dots);
  const meaning = make("p", {class: "meaning-of-class"}, explained(kind.meaning));
  const says = make("p", {class: "says"}, answer, " ", halved);
  const words = make("div", {class: "words"}, says, " ", make("p", {class: "run"}, "The line", place, run));
  const element = make("li", {}, make("h2", {}, kind.title), meaning, make("p", {class: "counted"}, count, " ", sure), picture, words, delta);
  return {element, answer, count, sure, half, run, place, delta, dots};
}

// What is said of a class in the run at expected values, behind its name.
function runInWords(row, rules) {
  const times = timesTheNeed(row.coverage, rules);
  const dates = coveredFrom(row.from, row.until, row.known, rules);
  const enough = Number.isNaN(row.from) ? `enough to last: ${dates}` : `enough from ${dates}`;
  if (reaches(row.coverage, rules)) {
    const whole = Number.isNaN(row.until) && row.from <= rules.rule_date;
    return `: ${times} on the day${whole ? " and enough from then on" : `; ${enough}`}.`;
  }
  const short = shortTonnes(row.shortfall, rules);
  return `: ${times} on the day, ${short} t a year short; ${enough}. What holds it up: ${row.binding}.`;
}

function halfInWords(row, rules) {
  const middle = row.coverage[1];
  return ` have ${timesTheNeed(middle, rules)} or ${middle >= 1 ? "more" : "less"}.`;
}

// What a run has more or less than a pinned one.
export function deltaInWords(row, pinned, counted, rules) {
  const futures = counted ? Math.round(HUNDRED * (counted[0] - counted[1])) : 0;
  const parts = futures ? [`${signed(futures)} of 100 futures`] : [];
  if (Math.abs(row.coverage - pinned.coverage) >= rules.rounding) parts.push(moreOfNeed(row, pinned, rules));
  const months = MONTHS * (row.from - pinned.from);
  if (Number.isNaN(row.from) !== Number.isNaN(pinned.from)) {
    parts.push(Number.isNaN(row.from) ? "no longer covered for good" : "now covered");
  } else if (Math.abs(months) > MONTHS * rules.same_date) {
    const apart = fixed(Math.abs(months), Math.abs(months) < 10 ? 1 : 0);
    parts.push(`enough ${apart} months ${months < 0 ? "earlier" : "later"}`);
  }
  const lost = !Number.isNaN(row.until);
  if (lost && !(Math.abs(row.until - pinned.until) <= rules.same_date)) parts.push(`lost again in ${quarter(row.until)}`);
  else if (!lost && !Number.isNaN(pinned.until) && !Number.isNaN(row.from)) parts.push("not lost again");
  return `Against the pinned run: ${parts.join(", ") || "the same"}.`;
}

function moreOfNeed(row, pinned, rules) {
  const more = row.coverage - pinned.coverage;
  const beyond = [row, pinned].map((run) => run.coverage > rules.most_times);
  if (beyond[0] || beyond[1]) {
    const still = beyond[0] === beyond[1] ? "still" : beyond[0] ? "now" : "no longer";
    return `${still} over ${number(rules.most_times)} times the need`;
  }
  const large = Math.max(row.coverage, pinned.coverage) >= 2;
  return large ? `${signed(more, 2)} times the need` : `${signed(HUNDRED * more, 2)} points`;
}

// Within which the odds would lie if very many futures were counted.
export function intervalInWords({interval}) {
  return interval.map(hundredths).join(" to ");
}

// The answer for those who hear it.
export function answerAloud(verdict, odds, rules) {
  return rules.classes
    .map((kind, i) => {
      const {share} = odds.classes[i];
      return `${kind.title}: ${answerOf(share, rules)}, ${hundredths(share)} of 100 futures.`;
    })
    .join(" ");
}
