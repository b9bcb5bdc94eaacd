(() => {
  "use strict";
  // told apart without red and green (Okabe and Ito), and dark enough for thin lines on white
  const colours = ["#0072b2", "#d55e00", "#008f68", "#b5568c", "#a87400", "#6b7280", "#2f8fc4", "#5e3c99"];
  // and by more than colours: five of each, so that a colour comes again with others
  const dashes = [[], [7, 3], [2, 2], [9, 3, 2, 3], [4, 4]];
  const marks = ["circle", "rect", "triangle", "rectRot", "crossRot"];
  const hatches = ["", "M0 8L8 0", "M0 0L8 8", "M0 4H8", "M4 0V8"];

  const digits = (value) => {
    const size = Math.abs(value);
    if (size >= 1e4 && size < 1e12) {
      return value.toLocaleString("en", { notation: "compact", maximumSignificantDigits: 4 });
    }
    return size >= 1e12 || (value !== 0 && size < 1e-3) ? value.toExponential(2) : String(Number(value.toPrecision(5)));
  };

  // of a logarithmic axis, whose other ticks would cover each other: the more decades, the fewer of each
  function keepRound(axis) {
    const decades = Math.log10(axis.max / axis.min);
    axis.ticks = axis.ticks.filter((tick) => {
      const [digit, power] = tick.value.toExponential(3).split("e").map(Number);
      if (decades > 4) {
        return digit === 1 && power % Math.ceil(decades / 10) === 0;
      }
      if (decades > 0.75) {
        return [1, 2, 5].includes(digit);
      }
      return decades < 0.3 || Number.isInteger(2 * digit);
    });
  }

  const points = (series) => series.x.map((x, i) => ({ x, y: series.y[i] }));

  function hatched(colour, i) {
    const tile = Object.assign(document.createElement("canvas"), { width: 8, height: 8 });
    const pen = tile.getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 8, 8);
    pen.strokeStyle = "#fff";
    pen.lineWidth = 1.5;
    pen.stroke(new Path2D(hatches[i % hatches.length]));
    return pen.createPattern(tile, "repeat");
  }

  // of a legend: Chart.js's own lines have no dashes
  const labels = (chart) => Chart.defaults.plugins.legend.labels.generateLabels(chart).map((label) => {
    const line = chart.data.datasets[label.datasetIndex];
    const sample = Object.assign(document.createElement("canvas"), { width: 36, height: 4 });
    const pen = sample.getContext("2d");
    pen.strokeStyle = line.borderColor;
    pen.lineWidth = line.borderWidth;
    pen.setLineDash(line.borderDash);
    pen.stroke(new Path2D("M0 2H36"));
    return { ...label, pointStyle: sample };
  });

  function dataset(chart, series, i) {
    const colour = colours[i % colours.length];
    const bars = chart.kind === "bars";
    const steps = chart.kind === "steps";
    return {
      label: series.name,
      data: bars ? series.y : points(series),
      borderColor: colour,
      backgroundColor: bars ? hatched(colour, i) : steps ? colour + "22" : colour,
      borderWidth: bars ? 0 : 1.6,
      borderDash: dashes[i % dashes.length],
      pointStyle: marks[i % marks.length],
      pointRadius: series.x.length <= 40 && !steps ? 2.5 : 0,
      pointHitRadius: 8,
      stepped: steps ? "before" : false,
      fill: steps,
    };
  }

  // the arrow keys show what a pointer would, and have it said
  function steer(figure, chart) {
    const heard = figure.querySelector("p");
    let series = 0;
    let at = -1;

    function show() {
      const shown = chart.options.interaction.mode === "index" ? chart.getSortedVisibleDatasetMetas() : [chart.getDatasetMeta(series)];
      const active = at < 0 ? [] : shown.map((meta) => ({ datasetIndex: meta.index, index: at }));
      chart.setActiveElements(active);
      chart.tooltip.setActiveElements(active, { x: 0, y: 0 });
      chart.update("none");
      heard.textContent = at < 0 ? "" : [...chart.tooltip.title, ...chart.tooltip.body.flatMap((item) => item.lines)].join(", ");
    }

    // the point of another series that is nearest across
    function change(by) {
      const x = chart.getDatasetMeta(series).data[Math.max(at, 0)].x;
      series = (series + by + chart.data.datasets.length) % chart.data.datasets.length;
      const distances = chart.getDatasetMeta(series).data.map((point) => Math.abs(point.x - x));
      at = distances.indexOf(Math.min(...distances));
    }

    chart.canvas.addEventListener("keydown", (event) => {
      const last = chart.getDatasetMeta(series).data.length - 1;
      const moves = {
        ArrowRight: () => { at = Math.min(at + 1, last); },
        ArrowLeft: () => { at = Math.max(at - 1, 0); },
        ArrowUp: () => change(-1),
        ArrowDown: () => change(1),
        Home: () => { at = 0; },
        End: () => { at = last; },
        Escape: () => { at = -1; },
      };
      if (moves[event.key] && !event.ctrlKey && !event.altKey && !event.metaKey) {
        event.preventDefault();
        moves[event.key]();
        show();
      }
    });
    chart.canvas.addEventListener("blur", () => {
      at = -1;
      show();
    });
  }

  function draw(figure) {
    const chart = JSON.parse(figure.querySelector("script").textContent);
    const bars = chart.kind === "bars";
    const across = { title: { display: true, text: chart.across }, grid: { display: false } };
    const up = { title: { display: true, text: chart.up }, ticks: { callback: digits } };
    if (chart.logarithmic) {
      up.afterBuildTicks = keepRound;
    }
    const drawn = new Chart(figure.querySelector("canvas"), {
      type: bars ? "bar" : "line",
      data: {
        labels: bars ? chart.categories : undefined,
        datasets: chart.series.map((series, i) => dataset(chart, series, i)),
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        interaction: { mode: bars ? "index" : "nearest", axis: "x", intersect: false },
        plugins: {
          legend: { display: chart.series.length > 1, labels: bars ? { boxWidth: 18 } : { usePointStyle: true, pointStyleWidth: 36, generateLabels: labels } },
          tooltip: {
            callbacks: {
              title: (items) => (bars ? items[0].label : chart.across + " " + digits(items[0].parsed.x)),
              label: (item) => item.dataset.label + ": " + digits(item.parsed.y),
            },
          },
        },
        scales: {
          x: bars ? across : { ...across, type: "linear", ticks: { callback: digits, maxTicksLimit: 8 } },
          y: { ...up, type: chart.logarithmic ? "logarithmic" : "linear", beginAtZero: chart.kind !== "lines" },
        },
      },
    });
    steer(figure, drawn);
  }

  const figures = document.querySelectorAll("figure.chart");
  figures.forEach(draw);
  document.documentElement.dataset.charts = String(figures.length);
})();
