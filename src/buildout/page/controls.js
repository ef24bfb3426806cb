// Levers and uncertainties: a slider and a field each, what it means, where the pathway has it.

import {make, say, unseen} from "./elements.js";
import {exact, grouped, number} from "./numbers.js";
import {isOwn, ownValues, pathwayOf, refusal, typedNumber} from "./state.js";

// All groups of controls; `move(control, value)` is called with a good value, or null for a reset.
export function openControls(host, content, move) {
  const rows = new Map();
  for (const group of content.groups) {
    const members = content.controls.filter((control) => control.group === group.id);
    if (!members.length) continue;
    const section = make("section", {class: "group", "aria-labelledby": `group-${group.id}`});
    section.append(make("h3", {id: `group-${group.id}`}, group.title));
    for (const control of members) {
      const row = control.choices ? choiceRow(control, content, move) : sliderRow(control, content, move);
      rows.set(control.id, row);
      section.append(row.element);
    }
    host.append(section);
  }
  return {
    // Shows the values of a state; a field that somebody types in is left alone.
    show(state) {
      const pathway = pathwayOf(content, state.pathway);
      for (const control of content.controls) {
        rows.get(control.id)?.show(state.moved.get(control.id), pathway);
      }
    },
  };
}

function frame(control, content, ...parts) {
  const reset = make("button", {type: "button", class: "reset", hidden: true});
  const fold = whyFold(control, content);
  const idle = make("p", {class: "quiet idle"});
  const under = make("div", {class: "under"}, fold.element, reset);
  const element = make("div", {class: "control", id: `control-${control.id}`}, ...parts, idle, under);
  return {element, reset, fold, idle};
}

// What is shown of a value: enough digits to tell it from its neighbours, as typed beyond that.
export function shownValue(value) {
  const text = exact(Number(value.toPrecision(6)));
  return Math.abs(value) >= 1000 && /^-?\d+$/.test(text) ? grouped(text) : text;
}

function ownInWords(control, own) {
  if (own.low === own.high) return number(own.low, 4);
  return `${number(own.low, 4)} to ${number(own.high, 4)}`;
}

function sliderRow(control, content, move) {
  const {id, low, high, step, title, unit_words: unit} = control;
  const label = make("label", {for: `slide-${id}`}, title);
  const field = make("input", {
    type: "text", inputmode: "decimal", id: `field-${id}`, autocomplete: "off", spellcheck: "false",
    "aria-label": `${title}, as a number`, "aria-describedby": `refused-${id}`,
  });
  const unitWords = make("span", {class: "unit"}, unit);
  const slider = make("input", {type: "range", id: `slide-${id}`, min: low, max: high, step: step || "any"});
  const mark = make("span", {class: "mark"});
  const track = make("div", {class: "track"}, slider, mark);
  const refused = make("p", {class: "refused", id: `refused-${id}`, "aria-live": "polite"});
  const top = make("div", {class: "top"}, label, make("span", {class: "value"}, field, unitWords));
  const {element, reset, fold, idle} = frame(control, content, top, track, refused);
  let now = NaN;
  let inField = "";
  let own = {low: NaN, high: NaN};

  const accept = (value) => {
    refuse("");
    // A slider has no place between its steps: near its mark it is at the mark.
    const atMark = own.low === own.high && value === own.low;
    move(control, atMark ? null : value);
  };
  const refuse = (why, text = "") => {
    say(refused, why && `${text || "Nothing"} is not taken: ${why}.`);
    if (!why && field.hasAttribute("aria-invalid")) field.value = inField;
    field.toggleAttribute("aria-invalid", false);
    if (why) field.setAttribute("aria-invalid", "true");
  };
  const snapped = (value) => (own.low === own.high && Math.abs(value - own.low) < step / 2 ? own.low : value);
  slider.addEventListener("input", () => accept(snapped(Number(slider.value))));
  field.addEventListener("change", () => {
    const value = typedNumber(field.value);
    const why = refusal(control, value);
    // What was good stays in force; what was typed stays there to be put right.
    if (why) refuse(why, field.value.trim().slice(0, 20));
    else accept(value);
  });
  field.addEventListener("keydown", (event) => {
    const direction = {ArrowUp: 1, ArrowDown: -1}[event.key];
    if (event.key === "Escape") {
      refuse("");
      field.value = inField;
    } else if (direction && step) {
      event.preventDefault();
      const next = Math.min(Math.max(now + direction * step, low), high);
      accept(snapped(Number(next.toPrecision(12))));
      field.value = inField;
    }
  });
  reset.addEventListener("click", () => {
    refuse("");
    move(control, null);
    slider.focus();
  });

  let shownPathway = null;
  const showOwn = (pathway) => {
    own = ownValues(control, pathway);
    shownPathway = pathway;
    now = NaN;
    const place = (value) => Math.min(Math.max((value - low) / (high - low), 0), 1);
    mark.style.setProperty("--from", place(own.low));
    mark.style.setProperty("--to", place(own.high));
    mark.title = `${pathway.label ?? pathway.title}: ${ownInWords(control, own)}`;
    say(reset, own.low === own.high ? `Back to ${ownInWords(control, own)}` : "Back to the pathway\u2019s own");
    reset.append(unseen(`, ${title}`));
    say(idle, pathway.idle[control.id] ?? "");
    fold.showOwn(pathway, ownInWords(control, own));
  };
  return {
    element,
    show(value, pathway) {
      if (pathway !== shownPathway) showOwn(pathway);
      const moved = value !== undefined;
      const shown = moved ? value : (own.low + own.high) / 2;
      if (shown === now && element.classList.contains("moved") === moved) return;
      now = shown;
      slider.value = shown;
      const between = !moved && own.low !== own.high;
      inField = between ? "" : shownValue(shown);
      refuse("");
      field.value = inField;
      field.placeholder = between ? ownInWords(control, own) : "";
      slider.setAttribute("aria-valuetext", `${between ? ownInWords(control, own) : shownValue(shown)} ${unit}`.trim());
      element.classList.toggle("moved", moved);
      reset.hidden = !moved;
    },
  };
}

function choiceRow(control, content, move) {
  const {id, title} = control;
  const select = make("select", {id: `slide-${id}`});
  const label = make("label", {for: `slide-${id}`}, title);
  const {element, reset, fold, idle} = frame(control, content, make("div", {class: "top"}, label), select);
  let shownPathway = null;
  const showOwn = (pathway) => {
    const own = ownValues(control, pathway);
    shownPathway = pathway;
    select.replaceChildren();
    for (const choice of control.choices) {
      select.append(make("option", {value: exact(choice.value)}, choice.title));
    }
    // A pathway may have what none of the choices is.
    if (!control.choices.some((choice) => choice.value === own.low)) {
      select.append(make("option", {value: exact(own.low)}, ownInWords(control, own)));
    }
    say(reset, `Back to the pathway\u2019s own`);
    reset.append(unseen(`, ${title}`));
    const titled = control.choices.find((choice) => choice.value === own.low)?.title;
    say(idle, pathway.idle[control.id] ?? "");
    fold.showOwn(pathway, titled ?? ownInWords(control, own));
  };
  select.addEventListener("change", () => {
    const value = Number(select.value);
    move(control, isOwn(control, shownPathway, value) ? null : value);
  });
  reset.addEventListener("click", () => {
    move(control, null);
    select.focus();
  });
  return {
    element,
    show(value, pathway) {
      if (pathway !== shownPathway) showOwn(pathway);
      const moved = value !== undefined;
      select.value = exact(moved ? value : ownValues(control, pathway).low);
      element.classList.toggle("moved", moved);
      reset.hidden = !moved;
    },
  };
}

// Meaning, range, source and grade, on demand: built when it is first opened.
function whyFold(control, content) {
  const summary = make("summary", {}, "What this is", unseen(`: ${control.title}`));
  const details = make("details", {class: "why"}, summary);
  const own = make("dd");
  const reason = make("span", {class: "quiet"});
  let list = null;
  details.addEventListener("toggle", () => {
    if (list) return;
    const range = control.choices ? "" : `${number(control.low, 4)} to ${number(control.high, 4)} ${control.unit_words}`.trim() + ". ";
    list = make("dl", {}, make("div", {}, make("dt", {}, "Meaning"), make("dd", {}, control.meaning)));
    list.append(make("div", {}, make("dt", {}, "In this pathway"), own));
    list.append(make("div", {}, make("dt", {}, "Range"), make("dd", {}, `${range}${sentence(control.range_why)} ${sentence(control.why)}`.trim())));
    const said = control.sources.map((id) => sourceInWords(content.sources[id])).filter(Boolean);
    if (said.length) {
      const items = said.map((words) => make("li", {}, words));
      list.append(make("div", {}, make("dt", {}, "Sources"), make("dd", {}, make("ul", {}, ...items))));
    }
    const grades = [...control.grade].map((letter) => `${letter}, ${content.grades[letter]}`).join("; ");
    if (grades) list.append(make("div", {}, make("dt", {}, "Grade of evidence"), make("dd", {}, grades)));
    details.append(list);
  });
  return {
    element: details,
    showOwn(pathway, words) {
      own.replaceChildren(`${words} ${control.choices ? "" : control.unit_words}`.trim());
      const why = control.scalars.map((scalar) => pathway.why?.[scalar]).find(Boolean);
      const source = why?.source.split(";").map((id) => sourceInWords(content.sources[id.trim()]) || id.trim()).join("; ");
      reason.textContent = why ? ` (${[source, why.note].filter(Boolean).join("; ")})` : " (the model\u2019s own value)";
      own.append(reason);
    },
  };
}

function sentence(text) {
  const plain = (text ?? "").trim();
  return plain && !/[.!?]$/.test(plain) ? `${plain}.` : plain;
}

function sourceInWords(source) {
  if (!source) return "";
  return [source.title, source.publisher, source.date].filter(Boolean).join(", ");
}
