package org.rgflow.cli.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A chart of series over one axis, as data: how it looks is the page's affair. */
final class Chart {
  /** Points of a series past which neighbours are shown by their mean: what a screen can show. */
  private static final int MOST_POINTS = 600;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String title;
  private final String across;
  private final String up;
  private final Kind kind;
  private final List<Series> series = new ArrayList<>();
  private List<String> categories = List.of();
  private boolean isLogarithmic;
  private boolean isOfLargest;

  private Chart(String title, String across, String up, Kind kind) {
    this.title = title;
    this.across = across;
    this.up = up;
    this.kind = kind;
  }

  private enum Kind {
    LINES("lines"),
    STEPS("histogram"),
    BARS("bars");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private record Series(String name, double[] x, double[] y) {}

  /** Values over numbers. */
  static Chart ofLines(String title, String across, String up) {
    return new Chart(title, across, up, Kind.LINES);
  }

  /** Shares over the bins that begin at numbers. */
  static Chart ofSteps(String title, String across, String up) {
    return new Chart(title, across, up, Kind.STEPS);
  }

  /** Values by category. */
  static Chart ofBars(String title, String across, String up, List<String> categories) {
    Chart chart = new Chart(title, across, up, Kind.BARS);
    chart.categories = categories;
    return chart;
  }

  /** Shows values by their logarithms; those that are not positive are left out. */
  Chart logarithmic() {
    isLogarithmic = true;
    return this;
  }

  /** Shows the largest of neighbours, not their mean, where there are more than a screen can. */
  Chart ofLargest() {
    isOfLargest = true;
    return this;
  }

  /**
   * Adds a series, of which points that are not finite are left out; one without points is none.
   */
  Chart add(String name, List<double[]> points) {
    List<double[]> shown =
        points.stream()
            .filter(point -> Double.isFinite(point[1]) && (!isLogarithmic || point[1] > 0))
            .toList();
    if (!shown.isEmpty()) {
      series.add(thinned(name, shown));
    }
    return this;
  }

  /** Adds a series of bars, a value to a category. */
  Chart addBars(String name, double[] values) {
    series.add(new Series(name, new double[0], values.clone()));
    return this;
  }

  private Series thinned(String name, List<double[]> points) {
    int kept = Math.min(points.size(), MOST_POINTS);
    double[] x = new double[kept];
    double[] y = new double[kept];
    for (int i = 0; i < kept; i++) {
      int from = (int) ((long) i * points.size() / kept);
      int to = (int) ((i + 1L) * points.size() / kept);
      for (double[] point : points.subList(from, to)) {
        x[i] += point[0] / (to - from);
        y[i] += point[1] / (to - from);
      }
      if (isOfLargest) {
        y[i] = points.subList(from, to).stream().mapToDouble(p -> p[1]).max().orElseThrow();
      }
    }
    return new Series(name, x, y);
  }

  /** The block; none where there is no series. */
  Stream<Block> block() {
    return series.isEmpty() ? Stream.empty() : Stream.of(new Block.Drawing(title, words(), json()));
  }

  /** What is drawn, the axes with their ranges, and each series. */
  private String words() {
    return Numbers.of(
        "%s, %s. Across: %s. Up: %s, %s%s. %s",
        title,
        kind.words,
        kind == Kind.BARS
            ? String.join("; ", categories)
            : across + ", " + range(series.stream().map(Series::x)),
        up,
        range(series.stream().map(Series::y)),
        isLogarithmic ? ", by the logarithm" : "",
        series.stream().map(this::words).collect(Collectors.joining("; ", "", ".")));
  }

  private String words(Series one) {
    return switch (kind) {
      case LINES ->
          one.name() + " from " + word(one.y()[0]) + " to " + word(one.y()[one.y().length - 1]);
      case STEPS -> one.name();
      case BARS ->
          one.name()
              + " "
              + Arrays.stream(one.y()).mapToObj(Chart::word).collect(Collectors.joining(", "));
    };
  }

  private static String range(Stream<double[]> values) {
    DoubleSummaryStatistics all =
        values.flatMapToDouble(Arrays::stream).filter(Double::isFinite).summaryStatistics();
    return all.getCount() == 0 ? "nothing" : word(all.getMin()) + " to " + word(all.getMax());
  }

  private static String word(double value) {
    return Double.isFinite(value) ? Numbers.spoken(value) : "not known";
  }

  private String json() {
    ObjectNode chart = JSON.createObjectNode();
    chart.put("kind", kind.name().toLowerCase(Locale.ROOT));
    chart.put("across", across);
    chart.put("up", up);
    chart.put("logarithmic", isLogarithmic);
    categories.forEach(chart.putArray("categories")::add);
    ArrayNode all = chart.putArray("series");
    for (Series one : series) {
      ObjectNode node = all.addObject();
      node.put("name", one.name());
      addAll(node.putArray("x"), one.x());
      addAll(node.putArray("y"), one.y());
    }
    // as text of a script element, which a tag would end
    return chart.toString().replace("<", "\\u003c");
  }

  /** Six digits are more than a screen shows, and half of a double's bytes. */
  private static void addAll(ArrayNode array, double[] values) {
    for (double value : values) {
      array.add(Double.isFinite(value) ? Double.valueOf(Numbers.significant(value)) : null);
    }
  }
}
