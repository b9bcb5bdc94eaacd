package org.rgflow.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlTest {
  private static final String HOSTILE = "</script><img src=x onerror=alert(1)> & \"co\" 's";

  @TempDir Path folder;

  private static Page page(Block... blocks) {
    return new Page(
        HOSTILE,
        HOSTILE,
        List.of(new Page.Figure(HOSTILE, HOSTILE, HOSTILE)),
        List.of(new Page.Section(HOSTILE, HOSTILE, List.of(blocks))));
  }

  private static Block only(Stream<Block> blocks) {
    return blocks.findFirst().orElseThrow();
  }

  private static Page hostile() {
    return page(
        only(
            Chart.ofLines(HOSTILE, HOSTILE, HOSTILE)
                .add(HOSTILE, List.of(new double[] {1, 2}))
                .block()),
        only(
            Chart.ofBars("b", "x", "y", List.of(HOSTILE)).addBars("one", new double[] {3}).block()),
        new Block.Table(List.of(), List.of(Block.Table.line(HOSTILE, HOSTILE))),
        new Block.Text(HOSTILE, HOSTILE),
        new Block.Gallery(HOSTILE, List.of(Block.Picture.of(new byte[] {1}, HOSTILE, HOSTILE))),
        Block.Picture.of(new byte[] {1}, HOSTILE, HOSTILE));
  }

  @Test
  void whatIsPutIntoAPageCannotLeaveItsPlace() {
    String html = new String(Html.of(hostile()), StandardCharsets.UTF_8);
    assertThat(html).doesNotContain("<img src=x").contains("&lt;/script&gt;&lt;img src");
  }

  @Test
  void aPageDrawsItsChartsWithoutARequestOrAnError() throws Exception {
    assumeTrue(Browser.isInstalled(), "chromium is not on the path");
    Path page = Files.write(folder.resolve("page.html"), Html.of(hostile()));
    Browser.Opened opened = Browser.open(page, folder.resolve("browser"));
    assertThat(opened.console()).isEmpty();
    assertThat(opened.requests()).isEmpty();
    assertThat(opened.dom()).contains("data-charts=\"2\"");
  }

  @Test
  void theLabelsOfALogarithmicAxisDoNotCoverEachOther() throws Exception {
    assumeTrue(Browser.isInstalled(), "chromium is not on the path");
    Block[] charts =
        DoubleStream.of(0.1, 0.3, 0.5, 0.75, 1, 2, 3, 4, 6, 9, 14, 30)
            .mapToObj(decades -> only(ofDecades(decades).block()))
            .toArray(Block[]::new);
    String dom =
        opened(
            page(charts),
            """
            const found = [...document.querySelectorAll("canvas")].map((canvas) => {
              const y = Chart.getChart(canvas).scales.y;
              const at = y.ticks.filter((tick) => tick.label).map((tick) => y.getPixelForValue(tick.value));
              return { labels: at.length, gap: Math.min(...at.slice(1).map((pixel, i) => Math.abs(pixel - at[i]))) };
            });
            const data = document.documentElement.dataset;
            data.labels = Math.min(...found.map((one) => one.labels));
            data.gap = Math.floor(Math.min(...found.map((one) => one.gap)));
            """);
    assertThat(measured(dom, "labels")).isGreaterThanOrEqualTo(2);
    assertThat(measured(dom, "gap")).isGreaterThan(12); // a label is twelve pixels high
  }

  /** A page's DOM after a script of its own and then this one. */
  private String opened(Page page, String script) throws Exception {
    String html = new String(Html.of(page), StandardCharsets.UTF_8);
    Path file =
        Files.writeString(
            folder.resolve("page.html"),
            html.replace("</body>", "<script>\n" + script + "</script>\n</body>"));
    Browser.Opened opened = Browser.open(file, folder.resolve("browser"));
    assertThat(opened.console()).isEmpty();
    return opened.dom();
  }

  private static Chart ofDecades(double decades) {
    List<double[]> ends =
        List.of(new double[] {0, 1.3e-5}, new double[] {1, 1.3 * Math.pow(10, decades - 5)});
    return Chart.ofLines("t", "x", "y").logarithmic().add("one", ends);
  }

  private static int measured(String dom, String name) {
    Matcher found = Pattern.compile("data-" + name + "=\"([0-9]+)\"").matcher(dom);
    assertThat(found.find()).as(name).isTrue();
    return Integer.parseInt(found.group(1));
  }

  /** A chart of each kind with so many series, a table, text and pictures. */
  private static Page ofEverything(int series) {
    Chart lines = Chart.ofLines("Loss", "round", "nats");
    Chart steps = Chart.ofSteps("Scores", "nats", "share");
    Chart bars = Chart.ofBars("Levels", "", "nats", List.of("level 0", "level 1"));
    for (int i = 0; i < series; i++) {
      List<double[]> points = List.of(new double[] {1, i + 0.5}, new double[] {20, i + 0.25});
      lines.add("line " + i, points);
      steps.add("step " + i, points);
      bars.addBars("bar " + i, new double[] {i, -i});
    }
    return page(
        only(lines.block()),
        only(steps.block()),
        only(bars.block()),
        new Block.Table(List.of("", "of"), List.of(Block.Table.line("one", "1"))),
        new Block.Text("config.yaml", "a: 1"),
        new Block.Gallery("likely", List.of(Block.Picture.of(new byte[] {1}, "1.5", "0.png"))),
        Block.Picture.of(new byte[] {1}, "64 samples", "samples"));
  }

  @Test
  void aChartSaysInWordsWhatItShows() {
    Chart lines = Chart.ofLines("Loss", "round", "nats").logarithmic();
    lines.add("training", List.of(new double[] {1, 1200}, new double[] {60, 2.34567}));
    lines.add("held out", List.of(new double[] {2, 3e-5}));
    Chart steps = Chart.ofSteps("Scores", "nats", "share");
    steps.add("training", List.of(new double[] {-1, 0.5}, new double[] {1, 0}));
    Chart bars = Chart.ofBars("Levels", "", "nats", List.of("level 0, finest", "level 1"));
    bars.addBars("training", new double[] {-1.5, Double.NaN});
    assertThat(Stream.of(lines, steps, bars).map(chart -> (Block.Drawing) only(chart.block())))
        .extracting(Block.Drawing::words)
        .containsExactly(
            "Loss, lines. Across: round, 1 to 60. Up: nats, 0.00003 to 1200, by the logarithm."
                + " training from 1200 to 2.346; held out from 0.00003 to 0.00003.",
            "Scores, histogram. Across: nats, -1 to 1. Up: share, 0 to 0.5. training.",
            "Levels, bars. Across: level 0, finest; level 1. Up: nats, -1.5 to -1.5."
                + " training -1.5, not known.");
  }

  @Test
  void whatIsSeenHasANameAndHeadingsAreInOrder() throws Exception {
    assumeTrue(Browser.isInstalled(), "chromium is not on the path");
    String dom =
        opened(
            ofEverything(2),
            """
            const all = (selector) => [...document.querySelectorAll(selector)];
            const named = (element, attribute) => (element.getAttribute(attribute) ?? "").trim() !== "";
            const data = document.documentElement.dataset;
            data.images = all("img").filter((image) => named(image, "alt")).length;
            data.canvases = all("canvas[role=img][tabindex='0']").filter((canvas) => named(canvas, "aria-label")).length;
            data.headers = all("th").filter((th) => named(th, "scope") && th.textContent.trim() !== "").length;
            data.described = all("[aria-describedby]").filter((one) => document.getElementById(one.getAttribute("aria-describedby"))).length;
            data.headings = all("h1, h2, h3, h4, h5, h6").map((heading) => heading.tagName[1]).join("");
            data.titled = Number(document.title.trim() !== "" && named(document.documentElement, "lang"));
            """);
    assertThat(measured(dom, "images")).isEqualTo(2);
    assertThat(measured(dom, "canvases")).isEqualTo(3);
    assertThat(measured(dom, "described")).isEqualTo(3);
    assertThat(measured(dom, "headers")).isEqualTo(2);
    assertThat(measured(dom, "headings")).isEqualTo(12);
    assertThat(measured(dom, "titled")).isEqualTo(1);
  }

  @Test
  void arrowKeysGoFromPointToPointAndSayWhere() throws Exception {
    assumeTrue(Browser.isInstalled(), "chromium is not on the path");
    String dom =
        opened(
            ofEverything(2),
            """
            const said = [...document.querySelectorAll("figure.chart")].map((figure) => {
              const canvas = figure.querySelector("canvas");
              canvas.focus();
              return ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft", "x", "Escape"].map((key) => {
                canvas.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
                return figure.querySelector("p").textContent;
              });
            });
            document.documentElement.dataset.said = said.map((chart) => chart.join(" | ")).join(" || ");
            """);
    assertThat(dom)
        .contains(
            "data-said=\""
                + "round 1, line 0: 0.5 | round 20, line 0: 0.25 | round 20, line 0: 0.25"
                + " | round 20, line 1: 1.25 | round 1, line 1: 1.5 | round 1, line 1: 1.5 |  || "
                + "nats 1, step 0: 0.5 | nats 20, step 0: 0.25 | nats 20, step 0: 0.25"
                + " | nats 20, step 1: 1.25 | nats 1, step 1: 1.5 | nats 1, step 1: 1.5 |  || "
                + "level 0, bar 0: 0, bar 1: 1 | level 1, bar 0: 0, bar 1: -1"
                + " | level 1, bar 0: 0, bar 1: -1 | level 1, bar 0: 0, bar 1: -1"
                + " | level 0, bar 0: 0, bar 1: 1 | level 0, bar 0: 0, bar 1: 1 | \"");
  }

  /** WCAG 2.2: 4.5 for text (1.4.3), 3 for what a chart is read by (1.4.11). */
  @Test
  void textAndSeriesStandOutAndDifferByMoreThanColour() throws Exception {
    assumeTrue(Browser.isInstalled(), "chromium is not on the path");
    String dom =
        opened(
            ofEverything(8),
            """
            const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
            function luminance(colour) {
              pen.fillStyle = colour;
              pen.fillRect(0, 0, 1, 1);
              const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map((value) => {
                const share = value / 255;
                return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
              });
              return 0.2126 * r + 0.7152 * g + 0.0722 * b;
            }
            function contrast(one, other) {
              const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
              return (light + 0.05) / (dark + 0.05);
            }
            function ground(element) {
              const colour = getComputedStyle(element).backgroundColor;
              return colour === "rgba(0, 0, 0, 0)" ? ground(element.parentElement) : colour;
            }
            const texts = [...document.body.querySelectorAll("*")].filter((element) =>
              element.tagName !== "SCRIPT" && [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
            const charts = [...document.querySelectorAll("canvas")].map((canvas) => Chart.getChart(canvas));
            const lines = charts[0].data.datasets;
            const data = document.documentElement.dataset;
            data.text = Math.floor(100 * Math.min(
              contrast(Chart.defaults.color, "#fff"),
              ...texts.map((element) => contrast(getComputedStyle(element).color, ground(element)))));
            data.series = Math.floor(100 * Math.min(...charts.flatMap((chart) => chart.data.datasets).map((set) => contrast(set.borderColor, "#fff"))));
            data.looks = new Set(lines.map((line) => [line.borderDash, line.pointStyle, line.borderColor].join())).size;
            data.neighbours = lines.slice(1).filter((line, i) => String(line.borderDash) !== String(lines[i].borderDash) && line.pointStyle !== lines[i].pointStyle).length;
            data.hatched = charts[2].data.datasets.filter((set) => set.backgroundColor instanceof CanvasPattern).length;
            """);
    assertThat(measured(dom, "text")).isGreaterThanOrEqualTo(450);
    assertThat(measured(dom, "series")).isGreaterThanOrEqualTo(300);
    assertThat(measured(dom, "looks")).isEqualTo(8);
    assertThat(measured(dom, "neighbours")).isEqualTo(7);
    assertThat(measured(dom, "hatched")).isEqualTo(8);
  }

  @Test
  void theBrowserTellsOfRequestsAndErrors() throws Exception {
    assumeTrue(Browser.isInstalled(), "chromium is not on the path");
    Path page =
        Files.writeString(
            folder.resolve("bad.html"),
            "<img src='http://127.0.0.1:9/x.png'><script>throw new Error('seen')</script>");
    Browser.Opened opened = Browser.open(page, folder.resolve("browser"));
    assertThat(opened.console()).hasSize(1).first().asString().contains("seen");
    assertThat(opened.requests()).contains("http://127.0.0.1:9/x.png");
  }

  @Test
  void aChartOfManyPointsShowsMeansOfNeighboursAndLeavesOutWhatIsNotFinite() throws IOException {
    List<double[]> points = new ArrayList<>();
    for (int i = 0; i < 1200; i++) {
      points.add(new double[] {i, i % 2});
    }
    points.add(new double[] {2000, Double.NaN});
    JsonNode series = series(Chart.ofLines("t", "x", "y").add("one", points));
    assertThat(series.path("x")).hasSize(600);
    assertThat(series.path("x").path(0).asDouble()).isEqualTo(0.5);
    assertThat(series.path("y")).allSatisfy(y -> assertThat(y.asDouble()).isEqualTo(0.5));
  }

  @Test
  void aLogarithmicChartLeavesOutWhatHasNoLogarithm() throws IOException {
    JsonNode series =
        series(
            Chart.ofLines("t", "x", "y")
                .logarithmic()
                .add("one", List.of(new double[] {1, 0}, new double[] {2, 3})));
    assertThat(series.path("x")).hasSize(1);
    assertThat(Chart.ofLines("t", "x", "y").add("none", List.of()).block()).isEmpty();
  }

  private static JsonNode series(Chart chart) throws IOException {
    Block.Drawing drawing = (Block.Drawing) only(chart.block());
    return new ObjectMapper().readTree(drawing.json()).path("series").path(0);
  }
}
