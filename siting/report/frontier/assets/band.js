// The band between plans and bounds as a chart, and the page of a frontier put together.

const BAND = DATA.band;
// Told apart with any kind of colour blindness (Okabe and Ito), as in the pictures.
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000"];
const UNITS = { zh: 10000, en: 1000000 };

const chart = (() => {
  const box = document.getElementById("band-box");
  box.style.height = "440px";
  const many = BAND.curves.length > 1;
  const shares = (value) => `${UP_TO_TWO.format(value * 100)}%`;
  const figure = (value) => (BAND.share ? shares(value) : UP_TO_TWO.format(value));
  // As in the table: a value is rounded down, a bound to the side on which it still is one.
  const whole = Math.round(1 / BAND.step);
  const near = (value, up) => figure((up ? Math.ceil(value * whole - 1e-6) : Math.floor(value * whole + 1e-6)) / whole);
  // Between two budgets the plan of the smaller holds, and the bound of the larger.
  const stairs = (points, first) => points.flatMap((point, k) => {
    const next = points[k + 1];
    if (!next) return [point];
    return [point, first === "keep" ? { x: next.x, y: point.y } : { x: point.x, y: next.y }];
  });
  const sets = BAND.curves.flatMap((curve, k) => {
    const colour = COLOURS[k % COLOURS.length];
    const known = curve.rows.filter((row) => row[1] !== null && row[2] !== null);
    const along = (rows, at) => rows.map((row) => ({ x: row[0], y: row[at] }));
    const planned = curve.rows.filter((row) => row[1] !== null);
    const knees = planned.map((row) => row[3] === 1);
    const inside = [
      ...stairs(along(known, 2), "change"), ...stairs(along(known, 1), "keep").reverse(),
    ];
    const without = curve.rows.filter((row) => row[1] === null).map((row) => ({ x: row[0], y: 0 }));
    const crosses = {
      data: without, showLine: false, borderColor: colour, borderWidth: 2, pointStyle: "crossRot",
      pointRadius: 5, curve: k, part: "curve_without",
    };
    return [
      ...(without.length ? [crosses] : []),
      { data: inside, fill: "shape", backgroundColor: `${colour}26`, borderWidth: 0, pointRadius: 0 },
      {
        data: along(known, 2), stepped: "after", fill: false, borderColor: colour, borderWidth: 1,
        borderDash: [5, 4], pointRadius: 0, pointStyle: "line", curve: k, part: "curve_bound",
      },
      {
        data: along(planned, 1), stepped: "before", fill: false, borderColor: colour, borderWidth: 2,
        pointBackgroundColor: colour, pointRadius: knees.map((knee) => (knee ? 8 : 3.5)),
        pointStyle: knees.map((knee) => (knee ? "rectRot" : "circle")),
        curve: k, part: "curve_value", knees,
      },
    ];
  });
  // The sign of the knee stands in the legend too.
  if (BAND.curves.some((curve) => curve.rows.some((row) => row[3] === 1))) {
    sets.push({
      data: [], showLine: false, borderColor: many ? "#1d2733" : COLOURS[0], borderWidth: 2,
      pointBackgroundColor: many ? "#1d2733" : COLOURS[0], pointStyle: "rectRot", pointRadius: 8,
      part: "curve_knee",
    });
  }
  const made = new Chart(document.getElementById("band"), {
    type: "line",
    data: { datasets: sets },
    options: {
      animation: false, responsive: true, maintainAspectRatio: false,
      interaction: { mode: "nearest", axis: "x", intersect: false },
      scales: {
        x: {
          type: "linear", title: { display: true },
          ticks: { callback: (value) => UP_TO_TWO.format(value / UNITS[lang]) },
        },
        y: { beginAtZero: true, title: { display: true }, ticks: { callback: figure } },
      },
      plugins: {
        legend: {
          position: "top", align: "start",
          labels: {
            usePointStyle: true,
            boxHeight: 6,
            filter: (item, data) => {
              const part = data.datasets[item.datasetIndex].part;
              return part === "curve_value" || part === "curve_knee" || (!many && Boolean(part));
            },
          },
        },
        tooltip: {
          filter: (item) => Boolean(item.dataset.part),
          callbacks: {
            title: (items) => items.length ? money(items[0].parsed.x) : "",
            label: (item) => {
              const knee = item.dataset.knees?.[item.dataIndex] ? ` (${word("curve_knee")})` : "";
              if (item.dataset.part === "curve_without") return item.dataset.label;
              const up = item.dataset.part === "curve_bound" && !BAND.least;
              return `${item.dataset.label}: ${near(item.parsed.y, up)}${knee}`;
            },
          },
        },
      },
    },
  });

  function draw() {
    for (const set of sets.filter((one) => one.part)) {
      const name = word(set.part);
      set.label = many && set.part !== "curve_knee" ? `${say(BAND.curves[set.curve].name)}, ${name}` : name;
    }
    const { x, y } = made.options.scales;
    x.title.text = word("with_unit", { name: say(BAND.axis), unit: word("unit") });
    y.title.text = say(BAND.measure);
    made.update();
  }
  return { draw };
})();

assemble(null, [chart]);
