// Coverage by type before and after, as bars.

function makeChart(sheet, parent) {
  // The counting group stands first among the rows of a type.
  const counted = sheet.rows.filter((row) => sheet.rows.find((other) => other[0] === row[0]) === row);
  const box = parent.appendChild(make("div", null, { class: "chart" }));
  const canvas = box.appendChild(make("canvas", null, { role: "img", "data-label": "coverage_chart" }));
  const names = () => counted.map((row) => shown(row[0], sheet.columns[0]));
  box.style.height = `${70 + 22 * counted.length}px`;
  const whole = (share) => Math.floor(share * 1000 + 1e-6) / 10;
  const chart = new Chart(canvas, {
    type: "bar",
    data: {
      labels: names(),
      datasets: [
        { data: counted.map((row) => whole(row[5])), backgroundColor: "#9aa5b1", stack: "share" },
        { data: counted.map((row) => whole(row[6]) - whole(row[5])), backgroundColor: "#0072b2", stack: "share" },
      ],
    },
    options: {
      indexAxis: "y", animation: false, responsive: true, maintainAspectRatio: false,
      scales: {
        x: { stacked: true, min: 0, max: 100, ticks: { callback: (value) => `${value}%` } },
        y: { stacked: true, ticks: { autoSkip: false } },
      },
      plugins: {
        legend: { position: "top", align: "start" },
        tooltip: { callbacks: { label: (item) => `${item.dataset.label}: ${item.parsed.x.toFixed(1)}%` } },
      },
    },
  });

  function draw() {
    chart.data.labels = names();
    chart.data.datasets[0].label = word("chart_before");
    chart.data.datasets[1].label = word("chart_gained");
    chart.update();
  }
  return { draw };
}
