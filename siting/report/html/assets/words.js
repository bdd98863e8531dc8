"use strict";
// Words and numbers in the language that is shown. Texts reach the page through textContent only.

const DATA = JSON.parse(document.getElementById("data").textContent);
const LANGS = ["zh", "en"];
let lang = DATA.lang;

const at = () => LANGS.indexOf(lang);

/** The form of a pair [zh, en] in the language shown; a plain text is itself. */
function say(words) {
  return Array.isArray(words) ? words[at()] : String(words);
}

/** The word `key`, its blanks filled. */
function word(key, values = {}) {
  return say(DATA.words[key]).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** A new element with a text and attributes. */
function make(tag, text, attributes = {}) {
  const element = document.createElement(tag);
  if (text !== undefined && text !== null) element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0, roundingMode: "halfEven" });
const UP_TO_TWO = new Intl.NumberFormat("en-US", { maximumFractionDigits: 2 });
const TWO = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Whole per cent, rounded down: 79.9% is not yet 80%. */
function percent(share) {
  return `${Math.floor(share * 100 + 1e-7)}%`;
}

function short(amount) {
  return TWO.format(amount).replace(/\.00$/, "");
}

/** An amount that is no more than it is, to two decimals. */
function least(amount) {
  return Math.floor(amount * 100 + 1e-6) / 100;
}

/** Yuan, or 万元 in Chinese from 10,000 yuan. */
function money(yuan, cut = (amount) => amount) {
  if (lang === "zh" && Math.abs(yuan) >= 10000) {
    return word("wan_yuan", { amount: short(cut(yuan / 10000)) });
  }
  return word("yuan", { amount: short(cut(yuan)) });
}

/** More than nothing has its sign too. */
function signed(text, value) {
  return value > 0 ? `+${text}` : text;
}

/** A cell as text, by the kind of its column; see sheet.py. */
function shown(value, column) {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value) && column.kind !== "has") return say(value);
  switch (column.kind) {
    case "code": return say(column.codes[value]);
    case "people": return WHOLE.format(value);
    case "share": return percent(value);
    case "exact": return `${(Math.ceil(value * 10000 - 1e-7) / 100).toFixed(2)}%`;
    case "money": return money(value);
    case "money_least": return money(value, least);
    case "change": return signed(WHOLE.format(value), value);
    case "money_change": return signed(money(value), value);
    case "number": return UP_TO_TWO.format(value);
    case "has": return `${["○", "＋", "●"][value[0]]} ${value[2]}%`;
    default: return String(value);
  }
}

/** What a cell is sorted by: a number, or a text in the language shown. */
function sortable(value, column) {
  if (value === null || value === undefined) return null;
  if (column.kind === "has") return value[0] * 1000 + value[2];
  if (column.kind === "code") return say(column.codes[value]);
  return Array.isArray(value) ? say(value) : value;
}

/** Put the words of the language shown into everything that names one. */
function speak() {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  document.title = say(DATA.title);
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = word(element.dataset.word);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(element.dataset.label));
  }
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.setAttribute("aria-pressed", String(button.dataset.lang === lang));
  }
}
