// Put the page together, and keep it in the language chosen.

const card = (() => {
  const box = document.getElementById("card");
  let last = null;

  function facts(rows) {
    const list = make("dl");
    for (const [name, value] of rows) {
      if (value !== "") list.append(make("dt", name), make("dd", value));
    }
    return list;
  }

  function fill(children) {
    box.classList.toggle("empty", !children.length);
    if (!children.length) {
      box.replaceChildren(make("p", word("card_hint"), { class: "note hint" }));
      return;
    }
    const close = make("button", word("close"), { type: "button" });
    close.addEventListener("click", () => show(null));
    box.replaceChildren(...children, close);
  }

  function show(what) {
    last = what;
    fill(what === null ? [] : what());
  }

  function project(k) {
    const sheet = DATA.sheets[0];
    const row = sheet.rows[k];
    const pairs = sheet.columns.map((column, c) => [say(column.label), shown(row[c], column)]);
    const title = make("h3", `${k + 1}. ${say(MAP.types[MAP.projects.type[k]])}`);
    return [title, facts(pairs.slice(1))];
  }

  function listed(title, types) {
    if (!types.length) return [];
    const list = make("ul");
    list.append(...types.map((type) => make("li", say(type))));
    return [make("h3", `${title}: ${types.length}`), list];
  }

  return {
    draw: () => show(last),
    showProjects(rows) {
      show(() => rows.flatMap(project));
      box.scrollTop = 0;
    },
    showPlace(k, found) {
      show(() => [
        make("h3", found.title),
        facts([
          [word("column_community"), found.community],
          [word("column_residents"), WHOLE.format(found.residents)],
          [`${word("legend_share")}, ${word("before")}`, found.before],
          [`${word("legend_share")}, ${word("after")}`, found.after],
        ]),
        ...listed(word("card_gained"), found.gained),
        ...listed(word("card_lacking"), found.lacking),
      ]);
      box.scrollTop = 0;
    },
  };
})();

const drawings = [card];
const map = makeMap(card);
drawings.push(map);

const sections = DATA.sheets.map((sheet) => {
  const made = sheetSection(sheet, sheet.id === "projects" ? map.choose : null);
  document.getElementById("sheets").append(made.section);
  drawings.push(made);
  if (sheet.id === "coverage" && sheet.rows.length) drawings.push(makeChart(sheet, made.section.extra));
  if (sheet.id === "money") {
    const price = make("section", null, { id: "s-price" });
    price.append(make("h2", null, { "data-word": "price" }), make("p"));
    made.section.after(price);
    drawings.push({ draw: () => { price.lastChild.textContent = DATA.price.map(say).join(" "); } });
  }
  return made;
});

function drawAnswer() {
  document.getElementById("title").textContent = say(DATA.title);
  document.getElementById("answer").replaceChildren(...DATA.answer.map((pair) => make("li", say(pair))));
  document.getElementById("tiles").replaceChildren(...DATA.tiles.map((tile) => {
    const box = make("div", null, { class: "tile" });
    box.append(make("b", say(tile.value)), make("span", say(tile.label)));
    return box;
  }));
  const links = [...document.querySelectorAll("main section")].map((section) => {
    const title = section.querySelector("h2, summary");
    const item = make("li");
    item.append(make("a", title.textContent, { href: `#${section.id}` }));
    return item;
  });
  document.getElementById("contents").replaceChildren(...links);
}
drawings.push({ draw: drawAnswer });

function draw() {
  speak();
  for (const drawing of drawings) drawing.draw();
}

for (const button of document.querySelectorAll("[data-lang]")) {
  button.addEventListener("click", () => {
    lang = button.dataset.lang;
    draw();
  });
}
document.getElementById("print").addEventListener("click", () => window.print());
window.addEventListener("beforeprint", () => {
  map.paint(document.getElementById("map-picture"));
  for (const section of sections) section.print();
});
window.addEventListener("afterprint", () => {
  for (const section of sections) section.screen();
});
draw();
