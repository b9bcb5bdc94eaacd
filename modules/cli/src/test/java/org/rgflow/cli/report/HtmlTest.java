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
    String measure =
        """
        <script>
        const found = [...document.querySelectorAll("canvas")].map((canvas) => {
          const y = Chart.getChart(canvas).scales.y;
          const at = y.ticks.filter((tick) => tick.label).map((tick) => y.getPixelForValue(tick.value));
          return { labels: at.length, gap: Math.min(...at.slice(1).map((pixel, i) => Math.abs(pixel - at[i]))) };
        });
        document.documentElement.dataset.labels = Math.min(...found.map((one) => one.labels));
        document.documentElement.dataset.gap = Math.floor(Math.min(...found.map((one) => one.gap)));
        </script>
        </body>""";
    String html = new String(Html.of(page(charts)), StandardCharsets.UTF_8);
    Path page = Files.writeString(folder.resolve("page.html"), html.replace("</body>", measure));
    String dom = Browser.open(page, folder.resolve("browser")).dom();
    assertThat(measured(dom, "labels")).isGreaterThanOrEqualTo(2);
    assertThat(measured(dom, "gap")).isGreaterThan(12); // a label is twelve pixels high
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
