// The map: places or cells by needs met, communities, streets, outlets, spaces, projects.

const MAP = DATA.map;
const NOBODY = 255;
// From brown (nothing) to teal (all): told apart with any kind of colour blindness and in grey.
const STEPS = ["#8c510a", "#d8b365", "#efe6c8", "#5ab4ac", "#01665e"];
const GREY = "#c9ccd0";
// The same as in style.css, for signs that are painted.
const CLASS_COLOURS = ["#0057a4", "#b3005e", "#3d3d3d", "#6a3d9a"];
const SHAPES = CLASS_COLOURS.length;
const LEVELS = ["#f2f0f7", "#cbc9e2", "#9e9ac8", "#6a51a3", "#54278f"];

function bytes(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function makeMap(card) {
  const marks = MAP.marks;
  const size = marks.x.length;
  const have = { before: bytes(marks.before), after: bytes(marks.after) };
  let when = "after";
  let chosenTypes = MAP.types.map((_, t) => t);
  const element = document.getElementById("map");
  const { map, canvases, zoom } = baseMap(element, ["areas", "streets", "marks"]);

  // Layers come onto the map at the end, when it knows what it shows.
  const layers = {
    areas: L.layerGroup(), streets: L.layerGroup(), marks: L.layerGroup(),
    outlets: L.layerGroup(), spaces: L.layerGroup(), projects: L.layerGroup(),
  };

  /** Share (0 to 1) of the chosen types that a mark has; null where nobody of them lives. */
  function met(k, at = when) {
    let sum = 0;
    let count = 0;
    for (const t of chosenTypes) {
      const share = have[at][t * size + k];
      if (share !== NOBODY) {
        sum += share;
        count += 1;
      }
    }
    return count ? sum / (100 * count) : null;
  }

  function colour(share) {
    return share === null ? GREY : STEPS[Math.min(STEPS.length - 1, Math.floor(share * STEPS.length))];
  }

  function number(share) {
    return share === null ? word("legend_nobody") : percent(share);
  }

  // Places or cells
  const drawn = [];
  const largest = Math.max(1, ...marks.residents);
  for (let k = 0; k < size; k += 1) {
    const style = { renderer: canvases.marks, pane: "marks", weight: 0.6, color: "#0005", fillOpacity: 0.85 };
    const half = marks.metres / 2;
    const shape = marks.metres
      ? L.rectangle([position(marks.x[k] - half, marks.y[k] - half), position(marks.x[k] + half, marks.y[k] + half)], { ...style, weight: 0.3 })
      : L.circleMarker(position(marks.x[k], marks.y[k]), { ...style, radius: 2.5 + 4.5 * Math.sqrt(marks.residents[k] / largest) });
    shape.bindTooltip(() => tip(k), { sticky: true });
    shape.on("click", () => card.showPlace(k, facts(k)));
    drawn.push(shape);
    layers.marks.addLayer(shape);
  }

  function named(k) {
    return marks.metres ? word("card_cell", { count: marks.count[k] }) : word("card_place", { id: marks.id[k] });
  }

  function tip(k) {
    const share = number(met(k));
    const box = make("div", named(k));
    box.append(make("br"), MAP.communities[marks.community[k]], make("br"), word("legend_share_said", { share }));
    return box;
  }

  function facts(k) {
    const gained = [];
    const lacking = [];
    MAP.types.forEach((type, t) => {
      const [before, after] = [have.before[t * size + k], have.after[t * size + k]];
      if (before === NOBODY) return;
      if (after > before) gained.push(type);
      if (after < 100) lacking.push(type);
    });
    return {
      title: named(k), community: MAP.communities[marks.community[k]], residents: marks.residents[k],
      before: number(met(k, "before")), after: number(met(k, "after")), gained, lacking,
    };
  }

  // Streets and communities
  const streets = streetLines(MAP.streets, { renderer: canvases.streets, pane: "streets" });
  if (streets) layers.streets.addLayer(streets);
  const areas = (MAP.areas ?? []).map((rings, c) => {
    const shape = L.polygon(rings.map(points), { renderer: canvases.areas, pane: "areas", interactive: false, weight: 1.5, color: "#54278f" });
    shape.bindTooltip(() => make("span", grade(c)), { pane: "names", className: "area-name", permanent: MAP.areas.length <= 40, direction: "center" });
    layers.areas.addLayer(shape);
    return shape;
  });

  function grade(c) {
    const level = MAP.grades[when][c];
    const name = level ? say(MAP.grades.names[level - 1]) : word("legend_grade_none");
    return MAP.grades.names.length ? `${MAP.communities[c]} · ${name}` : MAP.communities[c];
  }

  // Outlets and spaces
  const outlets = MAP.outlets ?? { x: [], y: [], types: [] };
  let outletShapes = [];
  /** Outlets are many and not shown at first: their signs are made when somebody asks for them. */
  function makeOutlets() {
    outletShapes = outlets.x.map((x, k) => {
      const shape = L.circleMarker(position(x, outlets.y[k]), { renderer: canvases.marks, pane: "marks", radius: 2.2, weight: 0, fillColor: "#333", fillOpacity: 0.8 });
      shape.bindTooltip(() => make("span", outlets.types[k].map((t) => say(MAP.types[t])).join(", ")));
      return shape;
    });
    grow();
    sortOutlets();
  }
  function sortOutlets() {
    const chosen = new Set(chosenTypes);
    layers.outlets.clearLayers();
    outletShapes.forEach((shape, k) => {
      if (outlets.types[k].some((t) => chosen.has(t))) layers.outlets.addLayer(shape);
    });
  }
  MAP.spaces.x.forEach((x, k) => {
    const shape = L.circleMarker(position(x, MAP.spaces.y[k]), { renderer: canvases.marks, pane: "marks", radius: 4, weight: 1.5, color: "#444", fillColor: "#fff", fillOpacity: 1 });
    shape.bindTooltip(() => make("span", `${MAP.spaces.id[k]}, ${UP_TO_TWO.format(MAP.spaces.area[k])} m²`));
    layers.spaces.addLayer(shape);
  });

  // Projects: one pin a space; its shape and colour say the class
  const bySpace = new Map();
  MAP.projects.space.forEach((space, k) => {
    if (!bySpace.has(space)) bySpace.set(space, []);
    bySpace.get(space).push(k);
  });
  const crowded = bySpace.size > 600;
  const pins = [...bySpace.values()].map((rows) => {
    const [first] = rows;
    const shape = Math.min(SHAPES - 1, MAP.type_class[MAP.projects.type[first]]);
    const where = position(MAP.projects.x[first], MAP.projects.y[first]);
    const pin = crowded ? dot(where, shape) : marker(where, shape, rows.length);
    pin.rows = rows;
    pin.bindTooltip(() => make("span", rows.map((k) => `${k + 1}. ${say(MAP.types[MAP.projects.type[k]])}`).join("; ")));
    pin.on("click", () => choose(rows, false));
    return pin;
  });
  const pinOf = new Map(pins.flatMap((pin) => pin.rows.map((k) => [k, pin])));

  function marker(where, shape, count) {
    const label = make("b", count > 1 ? count : "");
    const wide = bySpace.size > 150 ? 14 : 20;
    const icon = L.divIcon({ html: label, className: `pin shape-${shape} colour-${shape}`, iconSize: [wide, wide] });
    return L.marker(where, { icon, keyboard: true, riseOnHover: true });
  }

  /** Thousands of pins are painted; with the keyboard they are reached through the table. */
  function dot(where, shape) {
    return L.circleMarker(where, { renderer: canvases.marks, pane: "marks", weight: 0.8, color: "#fff", fillColor: CLASS_COLOURS[shape], fillOpacity: 1 });
  }

  /** Painted signs grow as one comes nearer. */
  function grow() {
    const radius = Math.max(1.8, Math.min(7, 12 * 2 ** (map.getZoom() / 2)));
    if (crowded) pins.forEach((pin) => pin.setRadius(radius));
    layers.spaces.eachLayer((shape) => shape.setRadius(Math.min(4, radius)));
    outletShapes.forEach((shape) => shape.setRadius(Math.min(2.2, radius)));
  }
  map.on("zoomend", grow);

  let chosenPin = null;

  function choose(rows, pan) {
    const pin = pinOf.get(rows[0]);
    for (const [one, on] of [[chosenPin, false], [pin, true]]) {
      if (crowded) one?.setStyle({ weight: on ? 3 : 0.8, color: on ? "#111" : "#fff" });
      else one?.getElement()?.classList.toggle("chosen", on);
    }
    if (crowded) pin.bringToFront();
    chosenPin = pin;
    if (pan) {
      element.scrollIntoView({ block: "center" });
      map.setView(pin.getLatLng(), Math.max(map.getZoom(), -1.5));
    }
    card.showProjects(pin.rows);
  }

  function repaint() {
    const chosen = new Set(chosenTypes);
    drawn.forEach((shape, k) => shape.setStyle({ fillColor: colour(met(k)) }));
    areas.forEach((shape, c) => {
      const level = MAP.grades[when][c];
      const fill = LEVELS[Math.min(LEVELS.length - 1, level)];
      shape.setStyle({ fillColor: fill, fillOpacity: level ? 0.55 : 0.15 });
      shape.getTooltip().setContent(make("span", grade(c)));
    });
    sortOutlets();
    layers.projects.clearLayers();
    if (when === "after") {
      for (const pin of pins) {
        if (pin.rows.some((k) => chosen.has(MAP.projects.type[k]))) layers.projects.addLayer(pin);
      }
    }
    for (const pin of crowded ? [] : pins) {
      const said = pin.rows.map((k) => `${k + 1}. ${say(MAP.types[MAP.projects.type[k]])}, ${MAP.projects.space[k]}`);
      pin.getElement()?.setAttribute("aria-label", said.join("; "));
    }
    legend();
  }

  function legend() {
    const box = document.getElementById("legend");
    const entry = (sign, text) => {
      const item = make("span");
      item.append(sign, text);
      return item;
    };
    const swatch = (fill) => {
      const sign = make("i");
      sign.style.background = fill;
      return sign;
    };
    const coloured = select.selectedOptions[0]?.textContent ?? word("map_all");
    const entries = [make("b", word("legend_title", { types: coloured, when: word(when) }))];
    STEPS.forEach((fill, k) => {
      const [low, high] = [(100 * k) / STEPS.length, (100 * (k + 1)) / STEPS.length];
      entries.push(entry(swatch(fill), `${low}–${high}%`));
    });
    entries.push(entry(swatch(GREY), word("legend_nobody")));
    const classes = [...new Set(MAP.projects.type.map((t) => MAP.type_class[t]))].sort();
    for (const c of classes) {
      const shape = crowded ? 0 : Math.min(SHAPES - 1, c);
      const tint = Math.min(SHAPES - 1, c);
      entries.push(entry(make("i", null, { class: `shape-${shape} colour-${tint}` }), word("legend_projects", { name: say(MAP.classes[c]) })));
    }
    entries.push(entry(make("i", null, { class: "space shape-0" }), word("layer_spaces")));
    if (map.hasLayer(layers.outlets)) entries.push(entry(make("i", null, { class: "outlet" }), word("layer_outlets")));
    if (areas.length) MAP.grades.names.forEach((name, k) => entries.push(entry(swatch(LEVELS[Math.min(LEVELS.length - 1, k + 1)]), say(name))));
    box.replaceChildren(...entries);
  }

  // Controls
  const select = document.getElementById("map-colour");
  select.addEventListener("change", () => {
    const [kind, index] = select.value.split(":");
    chosenTypes = MAP.types.map((_, t) => t).filter((t) =>
      kind === "all" || (kind === "class" ? MAP.type_class[t] === Number(index) : t === Number(index)));
    repaint();
  });
  for (const input of document.querySelectorAll("input[name=when]")) {
    input.addEventListener("change", () => {
      when = input.value;
      repaint();
    });
  }
  const has = { areas: areas.length, streets: streets ? 1 : 0, marks: size, outlets: outlets.x.length, spaces: MAP.spaces.x.length, projects: pins.length };
  const names = ["projects", "marks", "areas", "spaces", "outlets", "streets"].filter((name) => has[name]);
  const { boxes, first } = layerBoxes(map, layers, names, {
    off: ["outlets"],
    before(name) {
      if (name === "outlets" && !outletShapes.length) makeOutlets();
    },
    after(name, on) {
      if (name === "marks" && on) drawn.forEach((shape) => shape.bringToBack());
      legend();
    },
  });

  const whole = showWhole(map, [...marks.x, ...MAP.spaces.x, ...MAP.projects.x], [...marks.y, ...MAP.spaces.y, ...MAP.projects.y]);
  whole();
  grow();
  for (const layer of first.reverse()) layer.addTo(map);

  function draw() {
    const value = select.value || "all";
    select.replaceChildren(make("option", word("map_all"), { value: "all" }));
    MAP.classes.forEach((name, c) => select.append(make("option", word("map_class", { name: say(name) }), { value: `class:${c}` })));
    MAP.types.forEach((name, t) => select.append(make("option", say(name), { value: `type:${t}` })));
    select.value = value;
    for (const [name, text] of boxes) {
      text.textContent = name === "marks" ? (marks.metres ? word("layer_cells", { metres: marks.metres }) : word("layer_places")) : word(`layer_${name}`);
    }
    document.getElementById("map-notes").textContent = [[word("map_north")], ...MAP.notes.map((note) => [say(note)])].join(" · ");
    nameZoom(zoom);
    repaint();
  }

  /** Paint what the map shows onto one canvas of a page's width: its moving panes do not print. */
  function paint(canvas) {
    const [centre, zoomed, seen] = [map.getCenter(), map.getZoom(), map.getBounds()];
    element.classList.add("paper");
    map.invalidateSize({ animate: false });
    if (seen.contains(whole.bounds)) whole();
    else map.fitBounds(seen, { animate: false });
    paintShown(canvas);
    element.classList.remove("paper");
    map.invalidateSize({ animate: false });
    map.setView(centre, zoomed, { animate: false });
  }

  function paintShown(canvas) {
    const ink = paintLayers(map, canvases, canvas);
    ink.textAlign = "center";
    ink.textBaseline = "middle";
    for (const pin of pins) {
      if (!crowded && layers.projects.hasLayer(pin) && map.hasLayer(layers.projects)) paintPin(ink, pin);
    }
    ink.font = "12px sans-serif";
    ink.fillStyle = "#111";
    if (map.hasLayer(layers.areas) && areas.length <= 40) {
      areas.forEach((shape, c) => {
        const { x, y } = map.latLngToContainerPoint(shape.getCenter());
        ink.fillText(grade(c), x, y);
      });
    }
    paintScale(ink, map);
  }

  function paintPin(ink, pin) {
    const { x, y } = map.latLngToContainerPoint(pin.getLatLng());
    const look = getComputedStyle(pin.getElement().querySelector("b"));
    const half = pin.options.icon.options.iconSize[0] / 2;
    const corners = look.borderRadius.split(" ").map((part) => part.endsWith("%") ? half * parseFloat(part) / 50 : parseFloat(part));
    ink.beginPath();
    ink.roundRect(x - half, y - half, 2 * half, 2 * half, corners);
    ink.fillStyle = look.backgroundColor;
    ink.fill();
    ink.lineWidth = 1.5;
    ink.strokeStyle = "#fff";
    ink.stroke();
    if (pin.rows.length > 1) {
      ink.font = "bold 11px sans-serif";
      ink.fillStyle = "#fff";
      ink.fillText(String(pin.rows.length), x, y);
    }
  }

  return { draw, paint, choose: (k) => choose([k], true) };
}
