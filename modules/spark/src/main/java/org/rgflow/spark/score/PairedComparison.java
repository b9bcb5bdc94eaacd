package org.rgflow.spark.score;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.rgflow.data.DataException;
import scala.Tuple2;

/** Compares the scores of the same images under two models, image by image. */
public final class PairedComparison {

  /** As many as a bootstrap of thousands of resamples draws from in seconds. */
  private static final int MOST_BLOCKS = 1 << 16;

  private final SparkSession spark;
  private final Configuration hadoop;
  private final int mostBlocks;

  /** Of scores that this session can read. */
  public PairedComparison(SparkSession spark) {
    this(spark, MOST_BLOCKS);
  }

  /**
   * @param mostBlocks that gains come in
   */
  PairedComparison(SparkSession spark, int mostBlocks) {
    this.spark = spark;
    this.hadoop = spark.sessionState().newHadoopConf();
    this.mostBlocks = mostBlocks;
  }

  /**
   * What two scores of the same images come to.
   *
   * @param gains in the order of the images' keys: how much lower -log p per dimension is under the
   *     challenger; image by image as long as they are few
   * @param lost images that the challenger gives no finite score, though the champion does
   * @param unreadable images that neither gives one
   */
  public record Result(BlockSums gains, long lost, long unreadable) {}

  /**
   * Compares.
   *
   * @param champion output of finished scores
   * @param challenger output of finished scores of the same images
   * @throws DataException if an output is not finished, or two images have one key, so that nobody
   *     knows which scores belong together
   */
  public Result compare(String champion, String challenger) {
    Dataset<Row> ofChampion = scores(champion, "champion");
    requireDistinct(ofChampion, champion);
    Dataset<Row> pairs =
        ofChampion
            .join(scores(challenger, "challenger"), "key")
            .selectExpr("key", "champion", "challenger", "champion - challenger as gain")
            .cache();
    try {
      Dataset<Row> gains = pairs.where("gain is not null");
      return new Result(
          inBlocks(gains.sort("key").select("gain").as(Encoders.DOUBLE()), gains.count()),
          pairs.where("champion is not null and challenger is null").count(),
          pairs.where("champion is null and challenger is null").count());
    } finally {
      pairs.unpersist();
    }
  }

  private BlockSums inBlocks(Dataset<Double> values, long count) {
    long size = Math.max(1, (count + mostBlocks - 1) / mostBlocks);
    // without rounding, so that neither order nor partition matters
    Map<Long, BigDecimal> sums =
        new TreeMap<>(
            values
                .toJavaRDD()
                .zipWithIndex()
                .mapToPair(value -> new Tuple2<>(value._2() / size, new BigDecimal(value._1())))
                .reduceByKey(BigDecimal::add)
                .collectAsMap());
    long[] counts = new long[sums.size()];
    Arrays.setAll(counts, block -> Math.min(size, count - block * size));
    return new BlockSums(
        sums.values().stream().mapToDouble(BigDecimal::doubleValue).toArray(), counts);
  }

  private static void requireDistinct(Dataset<Row> scores, String folder) {
    List<Row> twice = scores.groupBy("key").count().where("count > 1").sort("key").takeAsList(1);
    if (!twice.isEmpty()) {
      throw new DataException(
          folder
              + ": "
              + twice.get(0).getLong(1)
              + " images have the key "
              + twice.get(0).getString(0)
              + "; allowed: one, to compare the scores of two models");
    }
  }

  private Dataset<Row> scores(String folder, String name) {
    return ScoreFolder.finished(hadoop, folder)
        .rows(spark)
        .select(functions.col("key"), finite().as(name));
  }

  private static Column finite() {
    return functions.expr(
        "case when abs("
            + ScoringJob.PER_DIMENSION
            + ") < double('infinity') then "
            + ScoringJob.PER_DIMENSION
            + " end");
  }
}
