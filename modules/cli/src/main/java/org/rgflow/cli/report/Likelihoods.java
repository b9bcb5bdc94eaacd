package org.rgflow.cli.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rgflow.spark.score.OutlierDetection;

/** Sets of scores by name, beside each other. */
final class Likelihoods {
  private static final int BINS = 40;

  private final Map<String, ScoredSet> sets;
  private final String unit;

  /**
   * @param sets at least one
   * @param unit of what is per dimension
   */
  Likelihoods(Map<String, ScoredSet> sets, String unit) {
    this.sets = sets;
    this.unit = unit;
  }

  /** What each comes to. */
  Block table(double unitsPerNat) {
    List<Block.Table.Line> rows = new ArrayList<>();
    sets.forEach(
        (name, set) ->
            rows.add(
                Block.Table.line(
                    name,
                    Numbers.of("%,d", set.images().size()),
                    Numbers.of("%,d", set.errors()),
                    Numbers.of("%.4f", set.mean()),
                    Numbers.of("%.4f", set.standardError()),
                    solverError("%+.5f", unitsPerNat, set, DoubleSummaryStatistics::getAverage),
                    solverError("%.5f", unitsPerNat, set, Likelihoods::largest),
                    Numbers.of("%,d", set.doubtful()))));
    return new Block.Table(
        List.of(
            "",
            "images scored",
            "without a score",
            "mean, " + unit,
            "standard error",
            "solver's error, mean",
            "largest",
            "status not ok"),
        rows);
  }

  private static String solverError(
      String format,
      double unitsPerNat,
      ScoredSet set,
      ToDoubleFunction<DoubleSummaryStatistics> which) {
    DoubleSummaryStatistics known = set.solverErrors();
    return known.getCount() == 0
        ? "not known"
        : Numbers.of(format, unitsPerNat * which.applyAsDouble(known));
  }

  private static double largest(DoubleSummaryStatistics errors) {
    return Math.max(Math.abs(errors.getMin()), Math.abs(errors.getMax()));
  }

  /** How scores are spread: shares of each set in bins between the extreme half percents of all. */
  Stream<Block> histogram() {
    double[] all = sets.values().stream().flatMapToDouble(s -> Arrays.stream(s.values())).toArray();
    Arrays.sort(all);
    double low = all[all.length / 200];
    double high = all[all.length - 1 - all.length / 200];
    double width = high > low ? (high - low) / BINS : 1;
    Chart chart = Chart.ofSteps("Scores", unit, "share of the set's images");
    sets.forEach(
        (name, set) -> {
          double[] shares = new double[BINS];
          for (double value : set.values()) {
            int bin = (int) Math.max(0, Math.min(BINS - 1, Math.floor((value - low) / width)));
            shares[bin] += 1.0 / set.images().size();
          }
          chart.add(
              name,
              IntStream.rangeClosed(0, BINS)
                  .mapToObj(i -> new double[] {low + i * width, i < BINS ? shares[i] : 0})
                  .toList());
        });
    return chart.block();
  }

  /**
   * What each level adds to the mean, and its mean log p: at which scale a set is likely.
   *
   * @param latents of each level, the finest first
   */
  Stream<Block> levels(int[] latents, double unitsPerNat) {
    List<String> names =
        IntStream.range(0, latents.length)
            .mapToObj(l -> "level " + l + (l == 0 ? ", finest" : ""))
            .toList();
    return Stream.concat(
        shares(names, latents, unitsPerNat).block(), logLikelihoods(names, latents).block());
  }

  /** What is left of the mean, such as the width of a pixel's values, is each latent's alike. */
  private Chart shares(List<String> names, int[] latents, double unitsPerNat) {
    Chart chart = Chart.ofBars("What each level adds", "", unit + ", of the mean", names);
    double dimensions = Arrays.stream(latents).sum();
    sets.forEach(
        (name, set) -> {
          double[] means = set.levelMeans();
          double rest = set.mean() + unitsPerNat * Arrays.stream(means).sum();
          double[] shares = new double[latents.length];
          Arrays.setAll(shares, l -> rest * latents[l] / dimensions - unitsPerNat * means[l]);
          chart.addBars(name, shares);
        });
    return chart;
  }

  private Chart logLikelihoods(List<String> names, int[] latents) {
    Chart chart = Chart.ofBars("Log p by level", "", "mean, nats a latent", names);
    sets.forEach(
        (name, set) -> {
          double[] means = set.levelMeans();
          Arrays.setAll(means, l -> means[l] / latents[l]);
          chart.addBars(name, means);
        });
    return chart;
  }

  /** How well outliers are told. */
  static Block separations(OutlierDetection.Result found) {
    return new Block.Table(
        List.of("outliers told by", "AUROC", "inliers at the level of 95 % of the outliers"),
        found.separations().stream()
            .map(
                one ->
                    Block.Table.line(
                        one.name(),
                        Numbers.of("%.4f", one.auroc()),
                        Numbers.of("%.2f %%", 100 * one.falseAlarms())))
            .toList());
  }
}
