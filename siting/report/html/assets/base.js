// What every map has: panes, streets, the whole in sight, and a picture of it to print.

const position = (x, y) => [y, x];

/** An empty map in metres, and a canvas for each pane, the first of them lowest. */
function baseMap(element, panes) {
  const map = L.map(element, {
    crs: L.CRS.Simple, minZoom: -9, maxZoom: 3, zoomSnap: 0.25, zoomDelta: 0.75,
    attributionControl: false, zoomControl: false, preferCanvas: true, wheelPxPerZoomLevel: 100,
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  map.createPane("names").style.zIndex = 350; // beneath the pins
  // A canvas hides those beneath it from the pointer: what can be pointed at shares the top one.
  const canvases = {};
  panes.forEach((name, k) => {
    map.createPane(name).style.zIndex = 310 + 10 * k;
    canvases[name] = L.canvas({ pane: name, padding: 0.3 });
  });
  const zoom = L.control.zoom({ position: "topleft" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  return { map, canvases, zoom };
}

/** x, y, x, y in a row as positions. */
function points(flat) {
  const found = [];
  for (let k = 0; k < flat.length; k += 2) found.push(position(flat[k], flat[k + 1]));
  return found;
}

/** Streets as one faint line of many parts; null without any. */
function streetLines(flat, options) {
  const lines = [];
  for (let k = 0; k < flat.length; k += 4) {
    const [a, b, c, d] = flat.slice(k, k + 4);
    lines.push([position(a, b), position(c, d)]);
  }
  if (!lines.length) return null;
  return L.polyline(lines, { ...options, color: "#b4b9bf", weight: 1, interactive: false, smoothFactor: 0.5 });
}

/**
 * A box for each layer that has something, checked but for those in `off`; `before` and `after` are
 * told of a layer that is switched. Returns names with the elements for their words, and the layers
 * to show at first.
 */
function layerBoxes(map, layers, names, { off = [], before = () => {}, after = () => {} } = {}) {
  const boxes = [];
  const first = [];
  for (const name of names) {
    const label = make("label");
    const input = make("input", null, { type: "checkbox", "data-layer": name });
    input.checked = !off.includes(name);
    if (input.checked) first.push(layers[name]);
    input.addEventListener("change", () => {
      before(name);
      if (input.checked) layers[name].addTo(map);
      else layers[name].remove();
      after(name, input.checked);
    });
    const text = make("span");
    label.append(input, " ", text);
    document.getElementById("map-layers").append(label);
    boxes.push([name, text]);
  }
  return { boxes, first };
}

/** Show all positions, and keep to them; returns what shows them again, as the button does, with their bounds. */
function showWhole(map, xs, ys) {
  const least = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
  const corners = xs.length ? [position(least(xs), least(ys)), position(most(xs), most(ys))] : [position(0, 0), position(1, 1)];
  const bounds = L.latLngBounds(corners).pad(0.03);
  let fitted = null;
  const whole = () => {
    map.fitBounds(bounds, { animate: false });
    fitted = map.getZoom();
  };
  // A screen that is turned still shows all to who had not zoomed in.
  map.on("resize", () => {
    if (map.getZoom() === fitted) whole();
  });
  whole.bounds = L.latLngBounds(corners);
  document.getElementById("map-whole").addEventListener("click", whole);
  map.setMaxBounds(bounds.pad(0.5));
  return whole;
}

function nameZoom(zoom) {
  zoom.getContainer().querySelectorAll("a").forEach((a, k) => {
    a.title = k ? "−" : "+";
    a.setAttribute("aria-label", a.title);
  });
}

/** Paint the canvases of a map onto one, as they are shown; returns what paints on. */
function paintLayers(map, canvases, canvas) {
  const { x: width, y: height } = map.getSize();
  const sharp = 2;
  [canvas.width, canvas.height] = [sharp * width, sharp * height];
  const ink = canvas.getContext("2d");
  ink.scale(sharp, sharp);
  ink.fillStyle = "#fbfbf9";
  ink.fillRect(0, 0, width, height);
  const moved = L.DomUtil.getPosition(map.getPane("mapPane"));
  for (const renderer of Object.values(canvases)) {
    const source = renderer._container;
    if (!source) continue;
    const corner = L.DomUtil.getPosition(source).add(moved);
    ink.drawImage(source, corner.x, corner.y, parseFloat(source.style.width), parseFloat(source.style.height));
  }
  return ink;
}

function paintScale(ink, map) {
  const { y: height } = map.getSize();
  const bar = document.querySelector(".leaflet-control-scale-line");
  ink.fillStyle = "#111";
  ink.fillRect(12, height - 12, bar.offsetWidth, 2);
  ink.font = "12px sans-serif";
  ink.textAlign = "left";
  ink.fillText(bar.textContent, 14, height - 22);
}
