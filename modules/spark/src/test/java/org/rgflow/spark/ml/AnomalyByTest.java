package org.rgflow.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.moment.Mean;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rgflow.data.DataException;
import org.rgflow.spark.LocalSpark;

/** Anomalies among rows of normal noise, which a flow near the identity has learnt enough of. */
class AnomalyByTest {
  private static final int SITES = 64;
  private static final int ROWS = 200;

  /** A tenth. */
  private static final int BEYOND = 20;

  private static final StructType SCHEMA = ImageRows.Kind.VECTOR.schema();
  private static final Map<String, RgFlowModel> MODELS = new HashMap<>();
  private static SparkSession spark;
  private static Dataset<Row> rows;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
    Random random = new Random(1);
    List<Row> drawn = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      double[] noise = IntStream.range(0, SITES).mapToDouble(k -> random.nextGaussian()).toArray();
      drawn.add(RowFactory.create("row " + i, Vectors.dense(noise)));
    }
    rows = spark.createDataFrame(drawn, SCHEMA);
  }

  @AfterAll
  static void stop() {
    MODELS.clear();
    spark.stop();
  }

  private static RgFlow stage(String by) {
    return new RgFlow()
        .setKeyCol("key")
        .setShape(1, 8, 8)
        .setHidden(4)
        .setHyper(2)
        .setSteps(2)
        .setMaxIter(1)
        .setBatchSize(8)
        .setLocalSteps(1)
        .setNumShards(2)
        .setContamination(0.1)
        .setAnomalyBy(by)
        .setSeed(7);
  }

  /** The one that all tests share. */
  private static RgFlowModel model(String by) {
    return MODELS.computeIfAbsent(by, any -> stage(by).fit(rows));
  }

  private static double anomaly(String by, double... values) {
    Row one = RowFactory.create("one", Vectors.dense(values));
    return model(by)
        .transform(spark.createDataFrame(List.of(one), SCHEMA))
        .first()
        .<Double>getAs("anomaly");
  }

  private static List<String> anomalies(RgFlowModel model) {
    return model.transform(rows).filter("anomaly = 1").collectAsList().stream()
        .map(row -> row.<String>getAs("key"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"likelihood", "typicality", "levels", "combined"})
  void contaminationsShareOfTheTrainingRowsIsBeyondTheThreshold(String by) {
    assertThat(anomalies(model(by))).hasSize(BEYOND);
    assertThat(model(by).transform(rows).filter("anomaly = 0").count()).isEqualTo(ROWS - BEYOND);
  }

  @Test
  void aRowThatIsTooLikelyIsToldByEveryDistanceFromTheUsual() {
    double[] flat = new double[SITES];
    assertThat(anomaly("likelihood", flat)).isZero();
    for (String by : List.of("typicality", "levels", "combined")) {
      assertThat(anomaly(by, flat)).as(by).isEqualTo(1);
    }
  }

  @Test
  void aRowThatIsTooUnlikelyIsToldByAll() {
    double[] loud = new Random(2).doubles(SITES, -6, 6).toArray();
    for (String by : List.of("likelihood", "typicality", "levels", "combined")) {
      assertThat(anomaly(by, loud)).as(by).isEqualTo(1);
    }
  }

  private static double[] levels(Row row) {
    return row.<Double>getList(row.fieldIndex("levelLogLikelihood")).stream()
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  @Test
  void byLevelsTheRootOfTheSumOfSquaredDeviationsDecides() {
    List<Row> scored = model("levels").transform(rows).collectAsList();
    double[][] all = scored.stream().map(AnomalyByTest::levels).toArray(double[][]::new);
    double[] squares = new double[ROWS];
    for (int l = 0; l < all[0].length; l++) {
      int level = l;
      double[] ofLevel = IntStream.range(0, ROWS).mapToDouble(n -> all[n][level]).toArray();
      double mean = new Mean().evaluate(ofLevel);
      double deviation = new StandardDeviation().evaluate(ofLevel);
      for (int n = 0; n < ROWS; n++) {
        squares[n] += Math.pow((ofLevel[n] - mean) / deviation, 2);
      }
    }
    List<Integer> farthest =
        IntStream.range(0, ROWS)
            .boxed()
            .sorted(Comparator.comparingDouble(n -> -squares[n]))
            .toList();
    assertThat(anomalies(model("levels")))
        .containsExactlyInAnyOrderElementsOf(
            farthest.subList(0, BEYOND).stream()
                .map(n -> scored.get(n).<String>getAs("key"))
                .toList());
    assertThat(model("levels").getThreshold())
        .isCloseTo(Math.sqrt(squares[farthest.get(BEYOND)]), within(1e-9));
  }

  @Test
  void neitherOrderNorPartitionsOfTheRowsChangeABitOfTheThreshold() {
    RgFlowModel other = stage("combined").fit(rows.repartition(7, rows.col("key")));
    assertThat(other.getThreshold()).isEqualTo(model("combined").getThreshold());
  }

  @Test
  void aSavedModelKnowsWhatIsUsual() throws IOException {
    String path = folder.resolve("model").toString();
    RgFlowModel model = model("combined");
    model.save(path);
    RgFlowModel loaded = RgFlowModel.load(path);
    assertThat(loaded.getAnomalyBy()).isEqualTo("combined");
    assertThat(loaded.getThreshold()).isEqualTo(model.getThreshold());
    assertThat(loaded.transform(rows).collectAsList())
        .isEqualTo(model.transform(rows).collectAsList());
  }

  @Test
  void aCopyKnowsWhatIsUsual() {
    RgFlowModel model = model("levels");
    RgFlowModel copied = model.copy(ParamMap.empty().put(model.statusCol().w("why")));
    assertThat(anomalies(copied)).isEqualTo(anomalies(model));
    assertThat(copied.parent()).isSameAs(model.parent());
  }

  @Test
  void aModelThatKnowsWhatIsUsualTellsAnomaliesByAnotherDistanceToo() {
    RgFlowModel byCombined =
        model("levels")
            .copy(ParamMap.empty())
            .setAnomalyBy("combined")
            .setThreshold(model("combined").getThreshold());
    assertThat(anomalies(byCombined)).isEqualTo(anomalies(model("combined")));
  }

  @Test
  void whatIsUsualOfLikelihoodsAloneIsNotKept() throws IOException {
    String path = folder.resolve("model").toString();
    model("likelihood").save(path);
    assertThat(Path.of(path, "data", "calibration.json")).doesNotExist();
    assertThat(anomalies(RgFlowModel.load(path))).isEqualTo(anomalies(model("likelihood")));
  }

  @Test
  void aDamagedCalibrationSaysSo() throws IOException {
    String path = folder.resolve("model").toString();
    model("levels").save(path);
    Files.writeString(Path.of(path, "data", "calibration.json"), "{\"mean\": -90}");
    assertThatThrownBy(() -> RgFlowModel.load(path))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("data/calibration.json: no calibration of scores, or damaged");
  }

  @Test
  void whatCannotTellAnomaliesIsRefused() {
    assertThatThrownBy(() -> new RgFlow().setAnomalyBy("size"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("parameter anomalyBy given invalid value size");
    RgFlowModel untold =
        new RgFlowModel("m", model("likelihood").flow(), List.of())
            .setKeyCol("key")
            .setAnomalyBy("levels");
    assertThat(untold.transformSchema(SCHEMA).fieldNames()).doesNotContain("anomaly");
    assertThatThrownBy(() -> untold.setThreshold(3).transformSchema(SCHEMA))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "anomalyBy must be likelihood unless the model was fitted with contamination and"
                + " another, was levels");
  }

  @Test
  void explainsWhatTellsAnomalies() {
    assertThat(model("levels").explainParams())
        .contains(
            "anomalyBy: what tells anomalies, one of likelihood, typicality, levels, combined")
        .contains("(default: likelihood, current: levels)")
        .contains("the distance above which it is, in nats for typicality");
  }
}
