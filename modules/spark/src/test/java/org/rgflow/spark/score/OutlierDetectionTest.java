package org.rgflow.spark.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.rgflow.spark.ingest.SmallImages.idx;
import static org.rgflow.spark.ingest.SmallImages.write;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.correlation.Covariance;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.data.DataException;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;
import org.rgflow.spark.ConstantNames;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.ingest.ImageFiles;

class OutlierDetectionTest {
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private String scores(String name, byte[] images, long seed) throws IOException {
    write(folder.resolve(name + "-images/all-idx3-ubyte"), images);
    ScoringConfig config =
        new ScoringConfig(SmallModels.SOLVER, DivergenceConfig.of(Kind.AUTO), seed, 1, true, 10);
    String output = folder.resolve(name).toString();
    ImageFiles files =
        ImageFiles.list(spark, List.of(folder.resolve(name + "-images").toString()), 0);
    new ScoringJob(spark, SmallModels.ofPixels(), config)
        .write(files, ScoreOutput.whole(output, 2), ScoringListener.NONE);
    return output;
  }

  /** Images of half the contrast. */
  private static byte[] faint(int from, int count) throws IOException {
    byte[] images = idx(from, count, 8);
    for (int i = 16; i < images.length; i++) {
      images[i] = (byte) (64 + (images[i] & 0xFF) / 2);
    }
    return images;
  }

  private List<Row> rows(String output) {
    return spark
        .read()
        .parquet(output)
        .select("log_likelihood", "level_log_likelihood")
        .collectAsList();
  }

  private static double[] levels(Row row) {
    return row.<Double>getList(1).stream().mapToDouble(Double::doubleValue).toArray();
  }

  @Test
  void theDistancesAreTheirFormulas() throws IOException {
    String output = scores("usual", idx(0, 30, 8), 1);
    List<Row> rows = rows(output);
    UsualScores usual = UsualScores.of(spark.read().parquet(output), 4);
    assertThat(usual.names())
        .containsExactly(
            "likelihood",
            "typicality",
            "level 0",
            "level 1",
            "level 2",
            "level 3",
            "levels",
            "combined");

    double[][] all = rows.stream().map(OutlierDetectionTest::levels).toArray(double[][]::new);
    RealMatrix covariance = new Covariance(all).getCovarianceMatrix();
    double[] means = new double[4];
    for (int l = 0; l < 4; l++) {
      int level = l;
      means[l] = Arrays.stream(all).mapToDouble(one -> one[level]).average().orElseThrow();
    }
    double mean = rows.stream().mapToDouble(row -> row.getDouble(0)).average().orElseThrow();
    double[] some = {-250, -90, -20, -4};
    double[] found = usual.distances(-364, some);
    assertThat(found[0]).isEqualTo(364);
    assertThat(found[1]).isCloseTo(Math.abs(-364 - mean), within(1e-9));
    double squares = 0;
    RealMatrix deviation = new Array2DRowRealMatrix(4, 1);
    for (int l = 0; l < 4; l++) {
      deviation.setEntry(l, 0, some[l] - means[l]);
      double expected = Math.abs(some[l] - means[l]) / Math.sqrt(covariance.getEntry(l, l));
      assertThat(found[2 + l]).isCloseTo(expected, within(1e-9 * expected));
      squares += expected * expected;
    }
    assertThat(found[6]).isCloseTo(Math.sqrt(squares), within(1e-9 * found[6]));
    double mahalanobis =
        deviation
            .transpose()
            .multiply(new LUDecomposition(covariance).getSolver().getInverse())
            .multiply(deviation)
            .getEntry(0, 0);
    assertThat(found[7]).isCloseTo(Math.sqrt(mahalanobis), within(1e-8 * found[7]));
  }

  @Test
  void neitherOrderNorPartitionsNorJsonChangeABit() throws IOException {
    Dataset<Row> scores = spark.read().parquet(scores("usual", idx(0, 30, 8), 1));
    UsualScores usual = UsualScores.of(scores, 4);
    double[] some = {-250, -90, -20, -4};
    double[] expected = usual.distances(-364, some);
    Dataset<Row> shuffled = scores.orderBy(scores.col("log_likelihood")).repartition(5);
    assertThat(UsualScores.of(shuffled, 4).distances(-364, some)).containsExactly(expected);
    ObjectMapper json = new ObjectMapper();
    JsonNode read = json.readTree(usual.json().toString());
    assertThat(UsualScores.of("usual.json", read).distances(-364, some)).containsExactly(expected);
    assertThatThrownBy(() -> UsualScores.of("usual.json", json.createObjectNode()))
        .isInstanceOf(DataException.class)
        .hasMessage("usual.json: no calibration of scores, or damaged");
  }

  @Test
  void aDistanceIsOneOfTheNumbersByItsName() throws IOException {
    UsualScores usual = UsualScores.of(spark.read().parquet(scores("usual", idx(0, 30, 8), 1)), 4);
    double[] some = {-250, -90, -20, -4};
    double[] all = usual.distances(-364, some);
    for (UsualScores.Distance by : UsualScores.Distance.values()) {
      int place = usual.names().indexOf(ConstantNames.of(by));
      assertThat(usual.distance(by, -364, some)).as(by.name()).isEqualTo(all[place]);
    }
  }

  @Test
  void theAreaIsTheChanceThatAnOutliersNumberIsTheLarger() throws IOException {
    String calibration = scores("train", idx(0, 30, 8), 1);
    String inliers = scores("test", idx(100, 21, 8), 1);
    String outliers = scores("faint", faint(200, 13), 1);
    OutlierDetection.Result result =
        new OutlierDetection(spark).run(calibration, inliers, outliers);
    assertThat(List.of(result.calibrating(), result.inliers(), result.outliers()))
        .containsExactly(30L, 21L, 13L);

    UsualScores usual = UsualScores.of(spark.read().parquet(calibration), 4);
    for (int i = 0; i < result.separations().size(); i++) {
      OutlierDetection.Separation one = result.separations().get(i);
      assertThat(one.name()).isEqualTo(usual.names().get(i));
      double[] in = numbers(usual, inliers, i);
      double[] out = numbers(usual, outliers, i);
      double larger = 0;
      for (double a : out) {
        for (double b : in) {
          larger += a > b ? 1 : a == b ? 0.5 : 0;
        }
      }
      assertThat(one.auroc())
          .as(one.name())
          .isCloseTo(larger / (in.length * out.length), within(1e-12));
      // 12 of 13 are not yet 95 %
      double threshold = Arrays.stream(out).min().orElseThrow();
      double alarms = Arrays.stream(in).filter(b -> b >= threshold).count();
      assertThat(one.falseAlarms()).as(one.name()).isCloseTo(alarms / in.length, within(1e-12));
    }
  }

  private double[] numbers(UsualScores usual, String output, int number) {
    return rows(output).stream()
        .mapToDouble(row -> usual.distances(row.getDouble(0), levels(row))[number])
        .toArray();
  }

  @Test
  void scoresOfAnotherConfigurationAreNotCompared() throws IOException {
    String one = scores("one", idx(0, 8, 8), 1);
    String other = scores("other", idx(20, 8, 8), 2);
    assertThatThrownBy(() -> new OutlierDetection(spark).run(one, other, one))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(other + ": holds scores of another configuration, ");
  }

  @Test
  void calibratingScoresThatDoNotVarySaySo() throws IOException {
    String few = scores("few", idx(0, 2, 8), 1);
    String other = scores("other", idx(20, 8, 8), 1);
    assertThatThrownBy(() -> new OutlierDetection(spark).run(few, other, other))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "the calibrating scores of 4 levels do not vary independently; allowed: more, and more"
                + " varied, images");
  }
}
