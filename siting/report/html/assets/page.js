// The card beside the map, and the page of a plan put together.

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

const map = makeMap(card);

assemble(map, [card, map], {
  onRow: { projects: map.choose },
  extra(sheet, made) {
    if (sheet.id === "coverage" && sheet.rows.length) return [makeChart(sheet, made.section.extra)];
    if (sheet.id !== "money") return [];
    const price = make("section", null, { id: "s-price" });
    price.append(make("h2", null, { "data-word": "price" }), make("p"));
    made.section.after(price);
    return [{ draw: () => { price.lastChild.textContent = DATA.price.map(say).join(" "); } }];
  },
});
