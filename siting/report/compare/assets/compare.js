// The map of two plans: circles or places better and worse off, projects by what became of them.

const MAP = DATA.map;
const CHANGES = ["added", "dropped", "changed", "moved", "stayed"];
// Sign, shape and colour of each; the classes stand in style.css.
const SIGNS = ["+", "−", "≠", "→", ""];
const SHAPES = [0, 1, 2, 3, 0];
const TINTS = ["#0057a4", "#3d3d3d", "#b3005e", "#6a3d9a", "#ffffff"];
// Told apart with any kind of colour blindness and in grey: brown is less, teal is more.
const BETTER = "#01665e";
const WORSE = "#8c510a";
const ALIKE = "#d9dbde";
const MIXED = "#e9c46a";

function makeComparison() {
  const marks = MAP.marks;
  const { map, canvases, zoom } = baseMap(document.getElementById("map"), ["areas", "streets", "marks"]);
  const layers = { areas: L.layerGroup(), streets: L.layerGroup(), marks: L.layerGroup() };
  for (const change of CHANGES) layers[change] = L.layerGroup();
  let by = "circles";

  const verdict = (c) => word(`compare_${["worse", "alike", "better"][MAP.verdicts[c] + 1]}`);
  const tint = (sign) => [WORSE, ALIKE, BETTER][sign + 1];

  function circleTip(c) {
    const [a, b] = MAP.shares[c].map(percent);
    return word("compare_tip_circle", { name: MAP.communities[c], verdict: verdict(c), a, b });
  }

  function markTip(k) {
    const box = make("div", MAP.marks.metres ? word("card_cell", { count: marks.count[k] }) : word("card_place", { id: marks.id[k] }));
    const said = { more: WHOLE.format(marks.more[k]), fewer: WHOLE.format(marks.fewer[k]), residents: WHOLE.format(marks.residents[k]) };
    box.append(make("br"), word("compare_tip_place", said), make("br"), circleTip(marks.community[k]));
    return box;
  }

  function markColour(k) {
    if (by === "circles") return tint(MAP.verdicts[marks.community[k]]);
    const [more, fewer] = [marks.more[k], marks.fewer[k]];
    if (more === fewer) return more ? MIXED : ALIKE;
    return more > fewer ? BETTER : WORSE;
  }

  const largest = Math.max(1, ...marks.residents);
  const drawn = marks.x.map((x, k) => {
    const y = marks.y[k];
    const half = marks.metres / 2;
    const style = { renderer: canvases.marks, pane: "marks", weight: 0.5, color: "#0004", fillOpacity: 0.65 };
    const shape = marks.metres
      ? L.rectangle([position(x - half, y - half), position(x + half, y + half)], { ...style, weight: 0.3 })
      : L.circleMarker(position(x, y), { ...style, radius: 2.5 + 4.5 * Math.sqrt(marks.residents[k] / largest) });
    shape.bindTooltip(() => markTip(k), { sticky: true });
    layers.marks.addLayer(shape);
    return shape;
  });

  const streets = streetLines(MAP.streets, { renderer: canvases.streets, pane: "streets" });
  if (streets) layers.streets.addLayer(streets);
  const areas = (MAP.areas ?? []).map((rings, c) => {
    const fill = { fillColor: tint(MAP.verdicts[c]), fillOpacity: 0.35, color: "#555", weight: 1.2 };
    const shape = L.polygon(rings.map(points), { renderer: canvases.areas, pane: "areas", interactive: false, ...fill });
    shape.bindTooltip(() => make("span", circleName(c)), { pane: "names", className: "area-name", permanent: MAP.areas.length <= 40, direction: "center" });
    layers.areas.addLayer(shape);
    return shape;
  });
  const circleName = (c) => `${MAP.communities[c]} · ${verdict(c)}`;

  // Projects: one pin for what happens alike in a space
  const together = new Map();
  MAP.projects.change.forEach((change, k) => {
    const key = `${change} ${MAP.projects.x[k]} ${MAP.projects.y[k]}`;
    if (!together.has(key)) together.set(key, []);
    together.get(key).push(k);
  });
  const crowded = together.size > 400;
  const pinOf = new Map();
  const pins = [...together.values()].map((rows) => {
    const change = MAP.projects.change[rows[0]];
    const where = position(MAP.projects.x[rows[0]], MAP.projects.y[rows[0]]);
    const painted = crowded || change === 4;
    const pin = painted ? dot(where, change) : marker(where, change);
    pin.rows = rows;
    pin.painted = painted;
    pin.bindTooltip(() => projectTip(rows));
    for (const k of rows) {
      pinOf.set(k, pin);
      const from = MAP.projects.from[k];
      if (from) {
        const way = [position(...from), where];
        layers[CHANGES[change]].addLayer(L.polyline(way, { renderer: canvases.marks, pane: "marks", color: TINTS[change], weight: 2, dashArray: "4 4", interactive: false }));
      }
    }
    layers[CHANGES[change]].addLayer(pin);
    return pin;
  });

  function marker(where, change) {
    const icon = L.divIcon({ html: make("b", SIGNS[change]), className: `pin shape-${SHAPES[change]} sign-${CHANGES[change]}`, iconSize: [18, 18] });
    return L.marker(where, { icon, keyboard: true, riseOnHover: true });
  }

  function dot(where, change) {
    const plain = change === 4;
    return L.circleMarker(where, { renderer: canvases.marks, pane: "marks", radius: plain ? 3 : 4.5, weight: 1, color: plain ? "#444" : "#fff", fillColor: TINTS[change], fillOpacity: 1 });
  }

  function projectLine(k) {
    const change = word(`compare_${CHANGES[MAP.projects.change[k]]}`);
    return `${change}: ${say(MAP.projects.type[k])}, ${say(MAP.projects.space[k])}`;
  }

  function projectTip(rows) {
    const box = make("div");
    rows.forEach((k) => box.append(make("div", projectLine(k))));
    return box;
  }

  const select = document.getElementById("map-colour");
  select.addEventListener("change", () => {
    by = select.value;
    repaint();
  });
  const has = { areas: areas.length, streets: streets ? 1 : 0, marks: drawn.length };
  CHANGES.forEach((change, n) => { has[change] = MAP.projects.change.filter((one) => one === n).length; });
  const names = [...CHANGES, "marks", "areas", "streets"].filter((name) => has[name]);
  const { boxes, first } = layerBoxes(map, layers, names, {
    after(name, on) {
      if (name === "marks" && on) drawn.forEach((shape) => shape.bringToBack());
    },
  });

  showWhole(map, [...marks.x, ...MAP.projects.x], [...marks.y, ...MAP.projects.y])();
  for (const layer of first.reverse()) layer.addTo(map);
  // What changes lies above what stays, and both above the places
  drawn.forEach((shape) => shape.bringToBack());

  function repaint() {
    drawn.forEach((shape, k) => shape.setStyle({ fillColor: markColour(k) }));
    areas.forEach((shape, c) => shape.getTooltip().setContent(make("span", circleName(c))));
    for (const pin of pins) {
      if (!pin.painted) pin.getElement()?.setAttribute("aria-label", pin.rows.map(projectLine).join("; "));
    }
    legend();
  }

  function legend() {
    const entries = [];
    const entry = (sign, said) => {
      const item = make("span");
      item.append(sign, said);
      entries.push(item);
    };
    CHANGES.forEach((change, n) => {
      if (!has[change]) return;
      const sign = make("i", crowded ? "" : SIGNS[n], { class: `shape-${crowded ? 0 : SHAPES[n]} sign-${change}` });
      entry(sign, `${word(`compare_${change}`)} (${WHOLE.format(has[change])})`);
    });
    const swatch = (fill) => {
      const sign = make("i");
      sign.style.background = fill;
      return sign;
    };
    for (const [fill, key] of [[BETTER, "compare_better"], [ALIKE, "compare_alike"], [WORSE, "compare_worse"]]) entry(swatch(fill), word(key));
    if (by === "places") entry(swatch(MIXED), word("compare_legend_mixed"));
    document.getElementById("legend").replaceChildren(...entries);
  }

  function choose(k) {
    const pin = pinOf.get(k);
    document.getElementById("map").scrollIntoView({ block: "center" });
    map.setView(pin.getLatLng(), Math.max(map.getZoom(), -1.5));
    pin.openTooltip();
  }

  function draw() {
    const value = by;
    select.replaceChildren(...["circles", "places"].map((name) => make("option", word(`compare_colour_${name}`), { value: name })));
    select.value = value;
    for (const [name, text] of boxes) {
      if (name === "marks") text.textContent = marks.metres ? word("layer_cells", { metres: marks.metres }) : word("layer_places");
      else text.textContent = word(CHANGES.includes(name) ? `compare_${name}` : name === "areas" ? "compare_layer_areas" : `layer_${name}`);
    }
    document.getElementById("map-notes").textContent = word("map_north");
    nameZoom(zoom);
    repaint();
  }

  /** Paint the map as it is shown onto one canvas: the moving panes of the screen do not print. */
  function paint(canvas) {
    const ink = paintLayers(map, canvases, canvas);
    ink.textAlign = "center";
    ink.textBaseline = "middle";
    ink.font = "bold 12px sans-serif";
    for (const pin of pins) {
      const change = MAP.projects.change[pin.rows[0]];
      if (pin.painted || !map.hasLayer(layers[CHANGES[change]])) continue;
      const { x, y } = map.latLngToContainerPoint(pin.getLatLng());
      ink.beginPath();
      ink.arc(x, y, 8, 0, 2 * Math.PI);
      ink.fillStyle = TINTS[change];
      ink.fill();
      ink.fillStyle = "#fff";
      ink.fillText(SIGNS[change], x, y);
    }
    paintScale(ink, map);
  }

  return { draw, paint, choose };
}

const map = makeComparison();
assemble(map, [map], { onRow: { projects: map.choose } });
