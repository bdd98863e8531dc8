// Tables that sort, filter and search; each is made anew where anything changes.

const PAGE = 50;
const NUMERIC = new Set(["people", "share", "exact", "money", "number", "change", "money_change", "money_least"]);

/** Make the section of a sheet; returns { section, draw }. `onRow` gets the index of a row. */
function sheetSection(sheet, onRow) {
  const state = { query: "", filters: {}, sort: null, descending: false, most: PAGE };
  const section = make("section", null, { id: `s-${sheet.id}` });
  if (sheet.wide) section.classList.add("wide");
  const heading = section.appendChild(make("h2"));
  const notes = section.appendChild(make("div"));
  section.extra = section.appendChild(make("div"));
  const tools = section.appendChild(make("div", null, { class: "sheet-tools" }));
  const box = section.appendChild(make("div", null, { class: "scroll", tabindex: "0", role: "region" }));
  box.classList.add(sheet.cards ? "cards" : "matrix");
  const more = section.appendChild(make("p", null, { class: "more" }));
  const rest = section.appendChild(make("p", null, { class: "note print-rest" }));
  const search = make("input", null, { type: "search" });
  const count = make("output", null, { "aria-live": "polite" });
  search.addEventListener("input", () => {
    state.query = search.value.trim().toLowerCase();
    state.most = PAGE;
    drawBody();
  });
  const body = make("tbody");
  let heads = [];

  function matching() {
    const wanted = Object.entries(state.filters).filter(([, value]) => value !== "");
    let found = sheet.rows.map((_, k) => k);
    found = found.filter((k) => wanted.every(([c, value]) => sheet.rows[k][c] === Number(value)));
    if (state.query) {
      const parts = state.query.split(/\s+/);
      found = found.filter((k) => {
        const text = sheet.columns.map((c, i) => shown(sheet.rows[k][i], c)).join(" ").toLowerCase();
        return parts.every((part) => text.includes(part));
      });
    }
    if (state.sort !== null) {
      const column = sheet.columns[state.sort];
      const collate = new Intl.Collator(lang === "zh" ? "zh" : "en", { numeric: true });
      const keys = new Map(found.map((k) => [k, sortable(sheet.rows[k][state.sort], column)]));
      found.sort((a, b) => {
        const [x, y] = [keys.get(a), keys.get(b)];
        if (x === null || y === null) return (x === null) - (y === null);
        const order = typeof x === "number" && typeof y === "number" ? x - y : collate.compare(x, y);
        return state.descending ? -order : order;
      });
    }
    return found;
  }

  function cell(value, column, k, c) {
    const text = shown(value, column);
    const element = make("td", null, { "data-name": say(column.label) });
    if (column.kind === "has") {
      element.classList.add("has");
      if (value !== null) {
        element.classList.add(["lacks", "gains", "had"][value[0]]);
        element.append(["○", "＋", "●"][value[0]], make("small", `${value[2]}`));
        element.title = `${say(column.label)}: ${value[1]}% → ${value[2]}%`;
      }
      return element;
    }
    if (NUMERIC.has(column.kind)) element.classList.add("number");
    else element.classList.add(...(text.length > 40 ? ["words", "long"] : [text.length > 16 ? "words" : "short"]));
    if (onRow && c === 0) {
      const go = make("button", text, { type: "button", class: "go", title: word("on_map") });
      go.setAttribute("aria-label", `${text}: ${word("on_map")}`);
      go.addEventListener("click", () => onRow(k));
      element.append(go);
    } else {
      element.textContent = text;
    }
    return element;
  }

  function drawBody(most = state.most) {
    const found = matching();
    const rows = found.slice(0, most).map((k) => {
      const row = make("tr");
      row.append(...sheet.columns.map((column, c) => cell(sheet.rows[k][c], column, k, c)));
      return row;
    });
    body.replaceChildren(...rows);
    count.textContent = word("rows", { shown: WHOLE.format(rows.length), total: WHOLE.format(sheet.rows.length) });
    more.replaceChildren();
    if (found.length > rows.length) {
      const button = make("button", word("more_rows"), { type: "button" });
      button.addEventListener("click", () => {
        state.most += 10 * PAGE;
        drawBody();
      });
      more.append(button);
    }
    rest.textContent = found.length > rows.length ? word("print_rest", { count: WHOLE.format(found.length - rows.length) }) : "";
    heads.forEach((head, c) => {
      head.setAttribute("aria-sort", state.sort !== c ? "none" : state.descending ? "descending" : "ascending");
    });
  }

  function head(column, c) {
    const element = make("th", null, { scope: "col", "data-name": say(column.label) });
    if (NUMERIC.has(column.kind)) element.classList.add("number");
    if (column.kind === "has") element.classList.add("upright");
    const button = make("button", say(column.label), { type: "button" });
    button.title = word("sort_by", { name: say(column.label) });
    button.addEventListener("click", () => {
      state.descending = state.sort === c ? !state.descending : NUMERIC.has(column.kind) && c > 0;
      state.sort = c;
      drawBody();
    });
    element.append(button);
    return element;
  }

  function filter(column, c) {
    const label = make("label", `${say(column.label)} `);
    const select = make("select");
    select.append(make("option", word("all"), { value: "" }));
    const used = [...new Set(sheet.rows.map((row) => row[c]))];
    for (const code of used.sort((a, b) => a - b)) {
      if (code !== null) select.append(make("option", say(column.codes[code]), { value: code }));
    }
    select.value = state.filters[c] ?? "";
    select.addEventListener("change", () => {
      state.filters[c] = select.value;
      state.most = PAGE;
      drawBody();
    });
    label.append(select);
    return label;
  }

  function draw() {
    heading.textContent = say(sheet.title);
    box.setAttribute("aria-label", say(sheet.title));
    notes.replaceChildren(...sheet.notes.map((note) => make("p", say(note), { class: "note" })));
    if (!sheet.rows.length) {
      tools.replaceChildren();
      box.replaceChildren(make("p", word("nothing"), { class: "note" }));
      return;
    }
    search.placeholder = word("search");
    search.setAttribute("aria-label", `${word("search")}: ${say(sheet.title)}`);
    tools.replaceChildren();
    if (sheet.rows.length > 5) {
      const coded = sheet.columns.map((column, c) => [column, c]).filter(([column]) => column.kind === "code");
      tools.append(search, ...coded.map(([column, c]) => filter(column, c)), count);
    }
    heads = sheet.columns.map(head);
    const top = make("thead");
    top.appendChild(make("tr")).append(...heads);
    const table = make("table");
    table.append(top, body);
    box.replaceChildren(table);
    drawBody();
  }

  return { id: sheet.id, section, draw, print: () => drawBody(sheet.printed), screen: () => drawBody() };
}
