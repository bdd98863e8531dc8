// What every page has: tables, the answer, the switch of languages, printing.

/**
 * Put a page together around its map (null: it has none), and draw it.
 * onRow names, by sheet, what is called with the index of a row whose first cell is pressed;
 * extra(sheet, made) may add to a section what it returns to be drawn with it.
 */
function assemble(map, drawings, { onRow = {}, extra = () => [] } = {}) {
  const sections = DATA.sheets.map((sheet) => {
    const made = sheetSection(sheet, onRow[sheet.id] ?? null);
    document.getElementById("sheets").append(made.section);
    drawings.push(made, ...extra(sheet, made));
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
    map?.paint(document.getElementById("map-picture"));
    for (const section of sections) section.print();
  });
  window.addEventListener("afterprint", () => {
    for (const section of sections) section.screen();
  });
  draw();
}
