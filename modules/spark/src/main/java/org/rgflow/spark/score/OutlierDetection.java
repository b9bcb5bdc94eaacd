package org.rgflow.spark.score;

import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.mllib.evaluation.BinaryClassificationMetrics;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.rgflow.data.DataException;
import scala.Tuple2;

/** How well scores tell a set of outliers from inliers. */
public final class OutlierDetection {
  /** Share of the outliers found at which false alarms are counted. */
  private static final double FOUND = 0.95;

  private final SparkSession spark;
  private final Configuration hadoop;

  /** Of scores that this session can read. */
  public OutlierDetection(SparkSession spark) {
    this.spark = spark;
    this.hadoop = spark.sessionState().newHadoopConf();
  }

  /**
   * How well one number tells outliers.
   *
   * @param name of the number
   * @param auroc area under the receiver's curve: the chance that an outlier's is the larger of an
   *     outlier's and an inlier's
   * @param falseAlarms share of the inliers at or above the threshold that 95 % of the outliers are
   *     at or above
   */
  public record Separation(String name, double auroc, double falseAlarms) {}

  /**
   * What was found, and of how many images with a score.
   *
   * @param separations one to each way to tell
   */
  public record Result(
      long calibrating, long inliers, long outliers, List<Separation> separations) {}

  /**
   * Tells outliers by how far their scores are from the usual of calibrating ones: -log p; |log p -
   * mean|; of each level |log p - mean| in standard deviations; the root of the sum of their
   * squares; and the levels' Mahalanobis distance.
   *
   * @param calibration output of finished scores of images like the inliers, such as those the
   *     model learnt from
   * @param inliers output of finished scores of images that are not among those
   * @param outliers output of finished scores
   * @throws DataException if an output is not finished, is of another model or configuration than
   *     the first, or has no score
   */
  public Result run(String calibration, String inliers, String outliers) {
    ScorePlan plan = plan(ScoreFolder.finished(hadoop, calibration));
    return tellScored(
        scored(finished(calibration, plan, calibration), calibration),
        scored(finished(inliers, plan, calibration), inliers),
        scored(finished(outliers, plan, calibration), outliers));
  }

  /**
   * The same of scores that are tables of {@link ScoringJob#SCHEMA}, by one model and
   * configuration.
   *
   * @throws DataException if one has no score
   */
  public static Result tell(Dataset<Row> calibration, Dataset<Row> inliers, Dataset<Row> outliers) {
    return tellScored(
        scored(calibration, "the calibration"),
        scored(inliers, "the inliers"),
        scored(outliers, "the outliers"));
  }

  private static Result tellScored(Dataset<Row> usual, Dataset<Row> in, Dataset<Row> out) {
    UsualScores scores = UsualScores.of(usual, usual.first().getList(1).size());
    JavaRDD<Tuple2<double[], Double>> labelled =
        distances(scores, in, 0)
            .union(distances(scores, out, 1))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      List<Separation> separations = new ArrayList<>();
      for (int i = 0; i < scores.names().size(); i++) {
        separations.add(separation(scores.names().get(i), labelled, i));
      }
      return new Result(usual.count(), in.count(), out.count(), separations);
    } finally {
      labelled.unpersist();
    }
  }

  /** The scores of a folder, which are made as those of another. */
  private Dataset<Row> finished(String uri, ScorePlan plan, String other) {
    ScoreFolder folder = ScoreFolder.finished(hadoop, uri);
    plan(folder).requireSameScores(plan, uri, "scores as those of " + other);
    return folder.rows(spark);
  }

  private static ScorePlan plan(ScoreFolder folder) {
    return folder.plan().orElseThrow();
  }

  private static Dataset<Row> scored(Dataset<Row> scores, String name) {
    Dataset<Row> scored =
        scores.where("error is null").select("log_likelihood", "level_log_likelihood");
    if (scored.isEmpty()) {
      throw new DataException(name + ": no image has a score; allowed: at least 1");
    }
    return scored;
  }

  private static JavaRDD<Tuple2<double[], Double>> distances(
      UsualScores scores, Dataset<Row> scored, double label) {
    return scored
        .javaRDD()
        .map(
            row ->
                new Tuple2<>(
                    scores.distances(
                        row.getDouble(0),
                        row.<Double>getList(1).stream().mapToDouble(Double::doubleValue).toArray()),
                    label));
  }

  private static Separation separation(
      String name, JavaRDD<Tuple2<double[], Double>> labelled, int number) {
    JavaRDD<Tuple2<Object, Object>> scores =
        labelled.map(one -> new Tuple2<Object, Object>(one._1()[number], one._2()));
    BinaryClassificationMetrics metrics = new BinaryClassificationMetrics(scores.rdd(), 0);
    double falseAlarms =
        metrics
            .roc()
            .toJavaRDD()
            .filter(point -> (double) point._2() >= FOUND)
            .mapToDouble(point -> (double) point._1())
            .min();
    Separation separation = new Separation(name, metrics.areaUnderROC(), falseAlarms);
    metrics.unpersist();
    return separation;
  }
}
