package org.rgflow.spark.score;

import java.util.Arrays;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.apache.spark.sql.SparkSession;
import org.rgflow.data.DataException;

/**
 * How far the scores of new images are from the usual.
 *
 * @param images new ones, with a score
 * @param errors new ones without
 * @param stability population stability index over the tenths of the usual: with e = 1/10 and a the
 *     share of the new in a tenth, to each of which half an image is added, sum (a - e) log(a/e);
 *     by custom little has changed below 0.1, and much above 0.25
 * @param distance of Kolmogorov and Smirnov, the largest difference of the two distribution
 *     functions, at the quantiles that are kept: one part of them too low at most
 * @param chance that two samples of one distribution are as far apart, by the asymptotic
 *     distribution
 */
public record ScoreDrift(
    long images, long errors, double stability, double distance, double chance) {
  private static final int TENTHS = 10;

  /**
   * That of finished scores, counted in one pass.
   *
   * @param folder output of finished scores of new images
   * @throws DataException if they are not finished, are of another model or configuration than the
   *     usual, or there are none
   */
  public static ScoreDrift of(SparkSession spark, ScoreDistribution usual, String folder) {
    ScoreFolder scored = ScoreFolder.finished(spark.sessionState().newHadoopConf(), folder);
    usual.requireSameScores(scored.plan().orElseThrow(), folder);
    double[] quantiles = usual.quantiles();
    int cells = quantiles.length + 1;
    long[] counts =
        scored
            .rows(spark)
            .selectExpr(ScoringJob.PER_DIMENSION)
            .javaRDD()
            .aggregate(
                new long[cells + 1],
                (sum, row) -> {
                  sum[row.isNullAt(0) ? cells : cell(quantiles, row.getDouble(0))]++;
                  return sum;
                },
                (sum, more) -> {
                  Arrays.setAll(sum, i -> sum[i] + more[i]);
                  return sum;
                });
    ScoreDrift drift = of(usual, Arrays.copyOf(counts, cells), counts[cells]);
    if (drift.images() == 0) {
      throw new DataException(folder + ": no image has a score; allowed: at least 1");
    }
    return drift;
  }

  /** Whether the stability index is above a limit. */
  public boolean isPast(double limit) {
    return stability > limit;
  }

  /** Number of quantiles that are below a score: it is in the cell up to the next. */
  static int cell(double[] quantiles, double score) {
    int low = 0;
    int high = quantiles.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (quantiles[middle] < score) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /**
   * That of counted scores.
   *
   * @param counts of new scores in each {@link #cell}
   */
  static ScoreDrift of(ScoreDistribution usual, long[] counts, long errors) {
    long images = Arrays.stream(counts).sum();
    int parts = usual.quantiles().length - 1;
    double distance = 0;
    double stability = 0;
    long below = 0;
    long belowTenth = 0;
    for (int quantile = 0; quantile <= parts; quantile++) {
      below += counts[quantile]; // now all that are at or below it
      double share = (double) below / images;
      distance = Math.max(distance, Math.abs(share - (double) quantile / parts));
      boolean endsTenth = quantile > 0 && quantile % (parts / TENTHS) == 0;
      if (endsTenth) {
        // what is above all of the usual belongs to the last
        long upTo = quantile == parts ? images : below;
        double actual = (upTo - belowTenth + 0.5) / (images + 0.5 * TENTHS);
        stability += (actual - 1.0 / TENTHS) * Math.log(actual * TENTHS);
        belowTenth = upTo;
      }
    }
    double chance =
        images == 0
            ? Double.NaN
            : new KolmogorovSmirnovTest()
                .approximateP(distance, bounded(images), bounded(usual.images()));
    return new ScoreDrift(images, errors, stability, distance, chance);
  }

  private static int bounded(long count) {
    return (int) Math.min(Integer.MAX_VALUE, count);
  }
}
