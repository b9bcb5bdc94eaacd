package org.rgflow.cli.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.score.BlockSums;
import org.rgflow.spark.score.Score;
import org.rgflow.spark.score.ScoringJob;

/**
 * The scores of a set of images.
 *
 * @param files that they are of
 * @param images with a score, in the files' order
 * @param errors images without one
 * @param doubtful images whose status is not ok
 */
record ScoredSet(String name, ImageFiles files, List<Scored> images, long errors, long doubtful) {
  /**
   * One image's score.
   *
   * @param perDimension -log p in bits/dim or nats/dim
   * @param levels their log p, nats, the finest first
   * @param solverError nats; NaN where not known
   * @param block of neighbours, which may be alike, that it is one of
   */
  record Scored(String key, double perDimension, double[] levels, double solverError, int block) {}

  /** Of a table of {@link org.rgflow.spark.score.ScoringJob#SCHEMA}. */
  static ScoredSet of(String name, ImageFiles files, Dataset<Row> scores) {
    List<Scored> images = new ArrayList<>();
    long errors = 0;
    long doubtful = 0;
    List<Row> rows =
        scores
            .selectExpr(
                "key",
                ScoringJob.PER_DIMENSION,
                "level_log_likelihood",
                "solver_error",
                "error is not null",
                "status <> '" + Score.OK + "'")
            .collectAsList();
    int blocks = files.runs() == 0 ? rows.size() : Math.min(files.runs(), rows.size());
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      if (row.getBoolean(4)) {
        errors++;
      } else {
        doubtful += row.getBoolean(5) ? 1 : 0;
        images.add(
            new Scored(
                row.getString(0),
                row.getDouble(1),
                row.<Double>getList(2).stream().mapToDouble(Double::doubleValue).toArray(),
                row.isNullAt(3) ? Double.NaN : row.getDouble(3),
                (int) ((long) i * blocks / rows.size())));
      }
    }
    return new ScoredSet(name, files, images, errors, doubtful);
  }

  double[] values() {
    return images.stream().mapToDouble(Scored::perDimension).toArray();
  }

  double mean() {
    return mean(Scored::perDimension);
  }

  /** Of the mean, by the blocks' shares in what it may be off by; NaN of one block. */
  double standardError() {
    double mean = mean();
    BlockSums blocks = blocks(images, image -> image.perDimension() - mean);
    double count = blocks.sums().length;
    double squares = Arrays.stream(blocks.sums()).map(sum -> sum * sum).sum();
    return Math.sqrt(squares * count / (count - 1)) / images.size();
  }

  /** Numbers of images, summed by block. */
  static BlockSums blocks(List<Scored> images, ToDoubleFunction<Scored> number) {
    Map<Integer, List<Scored>> blocks =
        images.stream()
            .collect(Collectors.groupingBy(Scored::block, TreeMap::new, Collectors.toList()));
    return new BlockSums(
        blocks.values().stream().mapToDouble(b -> b.stream().mapToDouble(number).sum()).toArray(),
        blocks.values().stream().mapToLong(List::size).toArray());
  }

  double mean(ToDoubleFunction<Scored> number) {
    return images.stream().mapToDouble(number).average().orElse(Double.NaN);
  }

  /** In nats, of the images of which it is known. */
  DoubleSummaryStatistics solverErrors() {
    return images.stream()
        .mapToDouble(Scored::solverError)
        .filter(Double::isFinite)
        .summaryStatistics();
  }

  /** Mean log p of each level, nats. */
  double[] levelMeans() {
    int levels = images.get(0).levels().length;
    double[] means = new double[levels];
    Arrays.setAll(means, l -> mean(image -> image.levels()[l]));
    return means;
  }

  /** The images by -log p, the likeliest first. */
  List<Scored> ranked() {
    return images.stream().sorted(Comparator.comparingDouble(Scored::perDimension)).toList();
  }
}
