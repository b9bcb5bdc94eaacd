(() => {
  "use strict";
  // told apart without red and green (Okabe and Ito)
  const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#6b7280", "#5e3c99"];

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

  function dataset(chart, series, i) {
    const colour = colours[i % colours.length];
    const bars = chart.kind === "bars";
    const steps = chart.kind === "steps";
    return {
      label: series.name,
      data: bars ? series.y : points(series),
      borderColor: colour,
      backgroundColor: bars ? colour : colour + "22",
      borderWidth: bars ? 0 : 1.6,
      pointRadius: series.x.length <= 40 && !steps ? 2.5 : 0,
      pointHitRadius: 8,
      stepped: steps ? "before" : false,
      fill: steps,
    };
  }

  function draw(figure) {
    const chart = JSON.parse(figure.querySelector("script").textContent);
    const bars = chart.kind === "bars";
    const across = { title: { display: true, text: chart.across }, grid: { display: false } };
    const up = { title: { display: true, text: chart.up }, ticks: { callback: digits } };
    if (chart.logarithmic) {
      up.afterBuildTicks = keepRound;
    }
    new Chart(figure.querySelector("canvas"), {
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
          legend: { display: chart.series.length > 1, labels: { boxWidth: 14 } },
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
  }

  const figures = document.querySelectorAll("figure.chart");
  figures.forEach(draw);
  document.documentElement.dataset.charts = String(figures.length);
})();
