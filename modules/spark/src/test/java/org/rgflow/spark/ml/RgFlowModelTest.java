package org.rgflow.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.rgflow.data.NpyArray;
import org.rgflow.data.Npz;
import org.rgflow.flow.Base;
import org.rgflow.flow.ParameterLayout;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.SmallImages;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.score.ScoringConfig;
import org.rgflow.spark.score.ScoringJob;
import org.rgflow.spark.score.SmallModels;

class RgFlowModelTest {
  /** More than a batch, so that the last one is short. */
  private static final int EXAMPLES = 37;

  private static final FlowModel FLOW = SmallModels.ofPixels();
  private static Map<String, Row> ofJob;
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

  private static RgFlowModel model() {
    return new RgFlowModel("rgflow", FLOW, List.of()).setKeyCol("key").setSeed(11);
  }

  private static Map<String, Row> byKey(Dataset<Row> scored) {
    Map<String, Row> rows = new LinkedHashMap<>();
    scored.collectAsList().forEach(row -> rows.put(row.getAs("key"), row));
    return rows;
  }

  /** Writes the images as files, and has the scores that the command's job gives them. */
  private Map<String, Row> jobScores() throws IOException {
    Path images = folder.resolve("images");
    for (int i = 0; i < EXAMPLES; i++) {
      SmallImages.write(images.resolve(ImageRows.key(i)), SmallImages.png(i, 8));
    }
    if (ofJob != null) {
      return ofJob; // of the same names and contents
    }
    ScoringConfig config =
        new ScoringConfig(
            SmallModels.SOLVER.finer(),
            DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
            11,
            1,
            true,
            0.05);
    ImageFiles files = ImageFiles.list(spark, List.of(images.toString()), 0);
    ofJob = byKey(new ScoringJob(spark, FLOW, config).score(files, 2));
    return ofJob;
  }

  private static void assertSameScore(Row found, Row expected) {
    assertThat(found.<Double>getAs("logLikelihood")).isEqualTo(expected.getAs("log_likelihood"));
    assertThat(found.<Double>getAs("bitsPerDim")).isEqualTo(expected.getAs("bits_per_dim"));
    assertThat(found.<Object>getAs("levelLogLikelihood"))
        .isEqualTo(expected.getAs("level_log_likelihood"));
    assertThat(found.<Double>getAs("solverError")).isEqualTo(expected.getAs("solver_error"));
    assertThat(found.<String>getAs("status")).isEqualTo(expected.getAs("status"));
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeOfColumnHasTheScoresOfTheScoreJobBitForBit(ImageRows.Kind kind) throws IOException {
    Map<String, Row> expected = jobScores();
    Map<String, Row> found =
        byKey(model().transform(ImageRows.frame(spark, kind, EXAMPLES, 8).repartition(3)));
    assertThat(found).hasSize(EXAMPLES).containsOnlyKeys(expected.keySet());
    found.forEach((key, row) -> assertSameScore(row, expected.get(key)));
  }

  @Test
  void aScoreIsTheSameAloneInABatchAndOnOneOrFourPartitions() throws IOException {
    Dataset<Row> frame = ImageRows.frame(spark, ImageRows.Kind.VECTOR, EXAMPLES, 8);
    Map<String, Row> one = byKey(model().transform(frame.coalesce(1)));
    assertThat(byKey(model().transform(frame.repartition(4))))
        .containsExactlyInAnyOrderEntriesOf(one);
    Dataset<Row> alone = model().transform(frame.filter("key = '05.png'"));
    assertThat(alone.collectAsList()).containsExactly(one.get("05.png"));
  }

  @Test
  void withoutAKeyColumnEqualContentHasEqualScoresInEveryType() throws IOException {
    RgFlowModel model = model().setKeyCol("");
    Map<String, Row> expected =
        byKey(model.transform(ImageRows.frame(spark, ImageRows.Kind.ENCODED, 3, 8)));
    for (ImageRows.Kind kind : ImageRows.Kind.values()) {
      byKey(model.transform(ImageRows.frame(spark, kind, 3, 8)))
          .forEach(
              (key, row) ->
                  assertThat(row.<Vector>getAs("latent"))
                      .isEqualTo(expected.get(key).<Vector>getAs("latent")));
    }
  }

  @Test
  void coloursOfSparksImagesAreThoseOfTheirFiles() throws IOException {
    StructType image = ImageRows.Kind.IMAGE.schema();
    // two sites, blue first
    Row bgr = RowFactory.create("a", 1, 2, 3, 16, new byte[] {1, 2, 3, 4, 5, 6});
    RgFlow stage = new RgFlow().setKeyCol("key");
    NumberCells numbers = new NumberCells("features", null, "", true);
    ExampleColumn column = new ExampleColumn(image, stage, numbers, false);
    Row row = RowFactory.create("k", bgr);
    assertThat(column.decode(row).example().pixels()).containsExactly(3, 6, 2, 5, 1, 4);
    assertThat(column.decode(row).example().geometry()).hasToString("3x1x2");
  }

  @Test
  void aRowThatCannotBeScoredStaysAndSaysWhy() throws IOException {
    List<Row> rows = new ArrayList<>(ImageRows.rows(ImageRows.Kind.ENCODED, 2, 8));
    rows.add(RowFactory.create("corrupt", new byte[] {1, 2, 3}));
    rows.add(RowFactory.create("large", SmallImages.png(0, 9)));
    rows.add(RowFactory.create("null", null));
    rows.add(RowFactory.create(null, SmallImages.png(0, 8)));
    Map<String, Row> found =
        byKey(
            model()
                .transform(
                    spark.createDataFrame(rows, ImageRows.Kind.ENCODED.schema()).coalesce(1)));
    assertThat(found).hasSize(6);
    assertThat(found.get("corrupt").<String>getAs("status")).startsWith("corrupt: ");
    assertThat(found.get("large").<String>getAs("status"))
        .isEqualTo("large: shape 1x9x9; allowed: 1x8x8");
    assertThat(found.get("null").<String>getAs("status"))
        .isEqualTo("null: null; allowed: an example");
    assertThat(found.get(null).<String>getAs("status"))
        .isEqualTo("Column features: its key is null; allowed: text");
    for (String bad : Arrays.asList("corrupt", "large", "null", null)) {
      Row row = found.get(bad);
      for (String column : List.of("logLikelihood", "bitsPerDim", "latent", "solverError")) {
        assertThat(row.<Object>getAs(column)).as(column).isNull();
      }
    }
    assertThat(found.get("00.png").<Double>getAs("logLikelihood")).isNotNull();
  }

  @Test
  void numbersThatAreNoPixelsOfTheModelsSizeSayWhichAndWhere() {
    List<Row> rows =
        List.of(
            RowFactory.create("short", new float[63]),
            RowFactory.create("large", values(64, 9, 256)),
            RowFactory.create("part", values(64, 0, 0.5f)));
    Map<String, Row> found =
        byKey(model().transform(spark.createDataFrame(rows, ImageRows.Kind.FLOATS.schema())));
    assertThat(found.get("short").<String>getAs("status"))
        .isEqualTo("Column features has size 63 but the model was trained on 64 (8x8x1)");
    assertThat(found.get("large").<String>getAs("status"))
        .isEqualTo("large: has 256.0 at position 9; allowed: pixels, 0 to 255");
    assertThat(found.get("part").<String>getAs("status"))
        .isEqualTo("part: has 0.5 at position 0; allowed: pixels, 0 to 255");
  }

  private static float[] values(int count, int place, float value) {
    float[] values = new float[count];
    values[place] = value;
    return values;
  }

  @Test
  void realValuesHaveNoBitsPerDimAndNaNIsAnError() {
    FlowModel flow = SmallModels.ofValues(Activation.TANH, Base.NORMAL);
    RgFlowModel model = new RgFlowModel("m", flow, List.of()).setKeyCol("key");
    List<Row> rows =
        List.of(
            RowFactory.create("good", values(64, 3, 0.5f)),
            RowFactory.create("bad", values(64, 3, Float.NaN)));
    Map<String, Row> found =
        byKey(model.transform(spark.createDataFrame(rows, ImageRows.Kind.FLOATS.schema())));
    assertThat(found.get("good").<Double>getAs("logLikelihood")).isNotNull();
    assertThat(found.get("good").<Double>getAs("bitsPerDim")).isNull();
    assertThat(found.get("bad").<String>getAs("status"))
        .isEqualTo("bad: has NaN at position 3; allowed: finite float32 values");
  }

  @Test
  void anEmptyNameTurnsAColumnOff() throws IOException {
    RgFlowModel model =
        model()
            .setBitsPerDimCol("")
            .setLevelLogLikelihoodCol("")
            .setLatentCol("")
            .setSolverErrorCol("")
            .setLogLikelihoodCol("nats");
    Dataset<Row> frame = ImageRows.frame(spark, ImageRows.Kind.VECTOR, 2, 8);
    Dataset<Row> scored = model.transform(frame);
    assertThat(scored.columns()).containsExactly("key", "features", "nats", "status");
    assertThat(byKey(scored).get("00.png").<Double>getAs("nats"))
        .isEqualTo(byKey(model().transform(frame)).get("00.png").getAs("logLikelihood"));
    assertThat(model.setThreshold(0).transform(frame).columns()).contains("anomaly");
    assertThat(model.setPredictionCol("").transform(frame).columns()).doesNotContain("anomaly");
  }

  @Test
  void rowsBelowTheThresholdAreAnomalies() throws IOException {
    Dataset<Row> frame = ImageRows.frame(spark, ImageRows.Kind.VECTOR, 9, 8);
    double[] scores =
        model().transform(frame).collectAsList().stream()
            .mapToDouble(row -> row.<Double>getAs("logLikelihood"))
            .sorted()
            .toArray();
    Dataset<Row> judged = model().setThreshold(scores[2]).transform(frame);
    assertThat(judged.filter("anomaly = 1").count()).isEqualTo(2);
    assertThat(judged.filter("anomaly = 0").count()).isEqualTo(7);
  }

  @Test
  void aSchemaThatDoesNotFitIsRefusedInMllibsWords() {
    StructType schema = ImageRows.Kind.VECTOR.schema();
    assertThat(model().transformSchema(schema).fieldNames())
        .containsExactly(
            "key",
            "features",
            "logLikelihood",
            "bitsPerDim",
            "levelLogLikelihood",
            "latent",
            "solverError",
            "status");
    assertThatThrownBy(() -> model().setFeaturesCol("x").transformSchema(schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x does not exist. Available: key, features");
    assertThatThrownBy(() -> model().setFeaturesCol("key").transformSchema(schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Column key must be of type equal to one of the following types:")
        .hasMessageContaining("but was actually of type string");
    assertThatThrownBy(() -> model().setKeyCol("features").transformSchema(schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Column features must be of type class")
        .hasMessageContaining("but was actually");
    assertThatThrownBy(() -> model().setStatusCol("key").transformSchema(schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Column key already exists");
  }

  @Test
  void vectorsThatAreSaidToBeOfAnotherSizeAreRefusedBeforeAnyWork() {
    StructType schema =
        new StructType()
            .add("key", DataTypes.StringType)
            .add(new AttributeGroup("features", 784).toStructField());
    assertThatThrownBy(() -> model().transformSchema(schema))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Column features has size 784 but the model was trained on 64 (8x8x1)");
  }

  @Test
  void otherColumnsKeepTheirValuesAndMetadata() {
    StructType schema =
        new StructType()
            .add(new AttributeGroup("features", 64).toStructField())
            .add("a.b `c`", DataTypes.DateType)
            .add("twice", DataTypes.IntegerType)
            .add("twice", DataTypes.IntegerType);
    Row row = RowFactory.create(Vectors.zeros(64), java.sql.Date.valueOf("2024-02-29"), 1, 2);
    Dataset<Row> frame = spark.createDataFrame(List.of(row), schema);
    Dataset<Row> scored = model().setKeyCol("").transform(frame);
    assertThat(scored.schema().apply("features").metadata())
        .isEqualTo(schema.apply("features").metadata());
    for (int column = 1; column < 4; column++) {
      assertThat(scored.first().get(column)).isEqualTo(row.get(column));
    }
    assertThat(scored.schema()).isEqualTo(model().setKeyCol("").transformSchema(frame.schema()));
  }

  @Test
  void aCopyHasTheParamsAndTheScoresOfItsOriginal() throws IOException {
    Dataset<Row> frame = ImageRows.frame(spark, ImageRows.Kind.VECTOR, 2, 8);
    RgFlow parent = new RgFlow();
    RgFlowModel original = model().setLatentCol("z").setParent(parent);
    RgFlowModel copied = original.copy(ParamMap.empty().put(original.statusCol().w("why")));
    assertThat(copied.uid()).isEqualTo(original.uid());
    assertThat(copied.parent()).isSameAs(parent);
    assertThat(copied.getLatentCol()).isEqualTo("z");
    assertThat(copied.getSeed()).isEqualTo(11);
    assertThat(copied.getStatusCol()).isEqualTo("why");
    assertThat(original.getStatusCol()).isEqualTo("status");
    assertThat(copied.transform(frame).columns()).contains("z", "why").doesNotContain("status");
    assertThat(copied.transform(frame).collectAsList())
        .isEqualTo(original.transform(frame).collectAsList());
    copied.setLatentCol("other");
    assertThat(original.getLatentCol()).isEqualTo("z");
  }

  @Test
  void aFrameWithoutRowsHasTheColumnsAndNoRows() {
    StructType schema = ImageRows.Kind.VECTOR.schema();
    // of two tasks, which Spark would not start for an empty list
    Dataset<Row> none =
        spark.createDataFrame(
            JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(List.<Row>of(), 2),
            schema);
    Dataset<Row> scored = model().transform(none);
    assertThat(scored.collectAsList()).isEmpty();
    assertThat(scored.schema()).isEqualTo(model().transformSchema(schema));
  }

  @Test
  void aFitTakesTheParamsOfItsMap() throws IOException {
    RgFlow stage =
        new RgFlow()
            .setKeyCol("key")
            .setShape(1, 4, 4)
            .setPixels(true)
            .setAlpha(0.05)
            .setHidden(4)
            .setHyper(2)
            .setSteps(2)
            .setMaxIter(3)
            .setBatchSize(4)
            .setLocalSteps(1)
            .setNumShards(2)
            .setHeldOutFraction(0.25)
            .setSeed(7);
    Dataset<Row> rows = ImageRows.frame(spark, ImageRows.Kind.VECTOR, 24, 4);
    ParamMap map = ParamMap.empty().put(stage.maxIter().w(1)).put(stage.statusCol().w("why"));
    RgFlowModel fitted = stage.fit(rows, map);
    assertThat(fitted.summary().totalIterations()).isEqualTo(1);
    assertThat(fitted.getStatusCol()).isEqualTo("why");
    assertThat(stage.getMaxIter()).isEqualTo(3);
    assertThat(stage.getStatusCol()).isEqualTo("status");
  }

  @Test
  void explainsItsParams() {
    assertThat(model().explainParams())
        .contains("featuresCol: features column name: array<float>")
        .contains("seed: random seed (default: 0, current: 11)")
        .contains("predictionCol: output column name, empty for no such column: 1 below")
        .contains("threshold: log likelihood in nats below which an example is an anomaly");
    assertThatThrownBy(() -> model().setDraws(0))
        .hasMessageContaining("parameter draws given invalid value 0");
  }

  @Test
  void aStreamHasTheScoresOfATable() throws Exception {
    Dataset<Row> frame = ImageRows.frame(spark, ImageRows.Kind.VECTOR, 6, 8);
    String input = folder.resolve("in").toString();
    frame.repartition(2).write().parquet(input);
    String output = folder.resolve("out").toString();
    Dataset<Row> stream = spark.readStream().schema(frame.schema()).parquet(input);
    StreamingQuery query =
        model()
            .transform(stream)
            .writeStream()
            .format("parquet")
            .option("checkpointLocation", folder.resolve("checkpoint").toString())
            .trigger(Trigger.AvailableNow())
            .start(output);
    query.awaitTermination();
    assertThat(byKey(spark.read().parquet(output)))
        .containsExactlyInAnyOrderEntriesOf(byKey(model().transform(frame)));
  }

  @Test
  void aSavedModelScoresTheSameBits() throws IOException {
    Dataset<Row> frame = ImageRows.frame(spark, ImageRows.Kind.VECTOR, 3, 8);
    String path = folder.resolve("model").toString();
    RgFlowModel model = model().setThreshold(-300).setLatentCol("z");
    model.save(path);
    RgFlowModel loaded = RgFlowModel.load(path);
    assertThat(loaded.uid()).isEqualTo(model.uid());
    assertThat(loaded.getThreshold()).isEqualTo(-300);
    assertThat(loaded.transform(frame).collectAsList())
        .isEqualTo(model.transform(frame).collectAsList());
    assertThatThrownBy(() -> model.save(path)).hasMessageContaining("already exists");
    model.write().overwrite().save(path);
  }

  @Test
  void theWeightsOfASavedModelAreArraysOfNumPyByName() throws IOException {
    String path = folder.resolve("model").toString();
    model().save(path);
    Map<String, NpyArray> arrays =
        Npz.read(
            "weights.npz",
            new ByteArrayInputStream(Files.readAllBytes(Path.of(path, "data", "weights.npz"))));
    double[] parameters = new double[FLOW.parameters().length];
    for (ParameterLayout.Tensor tensor : new ParameterLayout(FLOW.layer().flow()).tensors()) {
      NpyArray array = arrays.remove(tensor.name());
      assertThat(array.type()).isEqualTo(NpyArray.Type.FLOAT32);
      assertThat(array.shape()).isEqualTo(tensor.shape());
      System.arraycopy(array.doubles(), 0, parameters, (int) tensor.offset(), array.size());
    }
    assertThat(parameters).isEqualTo(FLOW.parameters());
    assertThat(arrays.get("pixels.mean").doubles()).containsExactly(0.1);
    assertThat(arrays.get("pixels.deviation").doubles()).containsExactly(1.5);
    assertThat(arrays).containsOnlyKeys("pixels.alpha", "pixels.mean", "pixels.deviation");
  }

  @Test
  void encodedImagesAreReadAsSparkReadsBinaryFiles() throws IOException {
    Map<String, Row> expected = jobScores();
    Dataset<Row> files =
        spark
            .read()
            .format("binaryFile")
            .load(folder.resolve("images").toString())
            .withColumn(
                "key", functions.element_at(functions.split(functions.col("path"), "/"), -1));
    Map<String, Row> ofFiles = byKey(model().setFeaturesCol("content").transform(files));
    assertThat(ofFiles).hasSize(EXAMPLES).containsOnlyKeys(expected.keySet());
    ofFiles.forEach((key, row) -> assertSameScore(row, expected.get(key)));
    Dataset<Row> images =
        spark
            .read()
            .format("image")
            .load(folder.resolve("images").toString())
            .withColumn(
                "key",
                functions.element_at(functions.split(functions.col("image.origin"), "/"), -1));
    Map<String, Row> ofImages = byKey(model().setFeaturesCol("image").transform(images));
    assertThat(ofImages).hasSize(EXAMPLES).containsOnlyKeys(expected.keySet());
    ofImages.forEach((key, row) -> assertSameScore(row, expected.get(key)));
  }
}
