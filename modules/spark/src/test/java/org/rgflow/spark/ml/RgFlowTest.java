package org.rgflow.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.data.DataException;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.SmallImages;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.train.TrainingJob;
import org.rgflow.spark.train.TrainingListener;
import org.rgflow.spark.train.shards.TrainingInput;

class RgFlowTest {
  private static final int SIDE = 4;
  private static final int EXAMPLES = 24;
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

  private static RgFlow stage() {
    return new RgFlow()
        .setKeyCol("key")
        .setShape(1, SIDE, SIDE)
        .setPixels(true)
        .setAlpha(0.05)
        .setHidden(4)
        .setHyper(2)
        .setSteps(2)
        .setMaxIter(2)
        .setBatchSize(4)
        .setLocalSteps(2)
        .setNumShards(2)
        .setHeldOutFraction(0.25)
        .setCheckpointInterval(1)
        .setSeed(7);
  }

  private static Dataset<Row> frame(ImageRows.Kind kind) throws IOException {
    return ImageRows.frame(spark, kind, EXAMPLES, SIDE);
  }

  private static double[] parameters(RgFlow stage, Dataset<Row> rows) {
    return stage.fit(rows).flow().parameters();
  }

  @Test
  void trainsTheModelOfTheTrainingJobBitForBit() throws IOException {
    for (int i = 0; i < EXAMPLES; i++) {
      SmallImages.write(folder.resolve("in").resolve(ImageRows.key(i)), SmallImages.png(i, SIDE));
    }
    ImageFiles files = ImageFiles.list(spark, List.of(folder.resolve("in").toString()), 0);
    RgFlow stage = stage().setObjective("flow-matching").setRefineIter(1).setFlip(true).setShift(2);
    FitConfig config = FitConfig.of(stage, files.shape(), 2);
    double[] expected =
        new TrainingJob(
                spark,
                config.flow(),
                Initialisation.STATIC,
                config.solver(),
                DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
                config.plan(),
                new TrainingInput(files, null, config.transform(), config.augmentation(), null),
                RunFolder.create(new Configuration(), folder.resolve("run").toUri().toString()),
                new TrainingListener() {})
            .run()
            .model()
            .parameters();
    assertThat(parameters(stage, frame(ImageRows.Kind.ENCODED))).containsExactly(expected);
    assertThat(parameters(stage, frame(ImageRows.Kind.FLOATS))).containsExactly(expected);
  }

  @Test
  void neitherOrderNorPartitionsOfTheRowsChangeABit() throws IOException {
    Dataset<Row> rows = frame(ImageRows.Kind.VECTOR);
    double[] expected = parameters(stage(), rows.coalesce(1));
    Dataset<Row> shuffled = rows.orderBy(functions.col("key").desc()).repartition(5);
    assertThat(parameters(stage(), shuffled)).containsExactly(expected);
    assertThat(parameters(stage().setNumShards(3), rows)).isNotEqualTo(expected);
  }

  @Test
  void theHistoryOfTrainingRidesOnTheModel() throws IOException {
    RgFlowModel model = stage().fit(frame(ImageRows.Kind.VECTOR));
    List<Row> history = model.summary().history().collectAsList();
    assertThat(model.hasSummary()).isTrue();
    assertThat(model.summary().totalIterations()).isEqualTo(2);
    assertThat(model.summary().unit()).isEqualTo("bits/dim");
    assertThat(history).extracting(row -> row.<Integer>getAs("round")).containsExactly(1, 2);
    assertThat(history).allMatch(row -> row.<Double>getAs("held_out_loss") > 0);
    assertThat(history).allMatch(row -> row.<Double>getAs("train_loss") > 0);
    assertThat(model.parent().uid()).isEqualTo(model.uid());
    model.save(folder.resolve("model").toString());
    RgFlowModel loaded = RgFlowModel.load(folder.resolve("model").toString());
    assertThat(loaded.summary().history().collectAsList()).isEqualTo(history);
    RgFlowModel untold = new RgFlowModel("m", model.flow(), List.of());
    assertThat(untold.hasSummary()).isFalse();
    assertThatThrownBy(untold::summary)
        .hasMessage("No training summary available for this RgFlowModel");
  }

  @Test
  void contaminationLeavesItsShareOfTheTrainingRowsBelowTheThreshold() throws IOException {
    Dataset<Row> rows = ImageRows.frame(spark, ImageRows.Kind.VECTOR, 200, SIDE);
    RgFlowModel model = stage().setMaxIter(1).setContamination(0.1).fit(rows);
    assertThat(model.transform(rows).filter("anomaly = 1").count()).isEqualTo(20);
    RgFlowModel ofOtherOrder =
        stage().setMaxIter(1).setContamination(0.1).fit(rows.repartition(7, rows.col("key")));
    assertThat(ofOtherOrder.getThreshold()).isEqualTo(model.getThreshold());
    assertThat(model.transform(rows).filter("logLikelihood < " + model.getThreshold()).count())
        .isEqualTo(model.transform(rows).filter("anomaly = 1").count());
  }

  @Test
  void aModelOfClassesTakesThemFromTheLabelColumn() throws IOException {
    Dataset<Row> rows =
        frame(ImageRows.Kind.VECTOR)
            .withColumn("digit", functions.substring(functions.col("key"), 2, 1).cast("int"))
            .withColumn("class", functions.expr("cast(digit % 2 as double)"));
    RgFlow stage = stage().setClasses("0", "1").setLabelCol("class");
    RgFlowModel model = stage.fit(rows);

    Dataset<Row> own = model.transform(rows).orderBy("key");
    assertThat(own.where("status <> 'ok'").count()).isZero();
    Dataset<Row> ofText = rows.withColumn("class", functions.expr("cast(digit % 2 as string)"));
    assertThat(scores(model.transform(ofText).orderBy("key"))).isEqualTo(scores(own));
    Dataset<Row> swapped = rows.withColumn("class", functions.expr("1 - class"));
    assertThat(scores(model.transform(swapped).orderBy("key"))).doesNotContainSequence(scores(own));
    assertThat(parameters(stage, swapped)).isNotEqualTo(model.flow().parameters());

    Row other = model.transform(rows.withColumn("class", functions.lit(2))).orderBy("key").first();
    assertThat(other.<String>getAs("status"))
        .endsWith(": is of class 2; allowed: [0, 1], as model.classes");
    Dataset<Row> unknown = rows.withColumn("class", functions.expr("cast(null as int)"));
    assertThat(model.transform(unknown).first().<String>getAs("status"))
        .contains(": is of no known class; allowed: [0, 1]");
    assertThatThrownBy(() -> stage().setClasses("0", "1").fit(rows))
        .hasMessage(
            "labelCol must be the column of examples' classes, as the model has classes, was none");
    assertThatThrownBy(() -> model.setLabelCol("features").transform(rows))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "Column features must be of type equal to one of the following types");
  }

  private static List<Double> scores(Dataset<Row> scored) {
    return scored.collectAsList().stream().map(row -> row.<Double>getAs("logLikelihood")).toList();
  }

  @Test
  void aPipelineIsSavedAndLoadedBeforeAndAfterItsFit() throws IOException {
    StructType schema = new StructType().add("key", DataTypes.StringType);
    for (int k = 0; k < 3; k++) {
      schema = schema.add("x" + k, DataTypes.DoubleType);
    }
    List<Row> points = new ArrayList<>();
    for (int i = 0; i < EXAMPLES; i++) {
      points.add(RowFactory.create("p" + i, Math.sin(i), Math.cos(i), 0.1 * i));
    }
    Dataset<Row> rows = spark.createDataFrame(points, schema);
    VectorAssembler assembler =
        new VectorAssembler()
            .setInputCols(new String[] {"x0", "x1", "x2"})
            .setOutputCol("features");
    RgFlow flow = stage().setShape().setPixels(false).setMaxIter(1).setContamination(0.2);
    Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {assembler, flow});
    pipeline.save(folder.resolve("pipeline").toString());
    PipelineModel fitted = Pipeline.load(folder.resolve("pipeline").toString()).fit(rows);
    fitted.save(folder.resolve("fitted").toString());
    List<Row> expected = pipeline.fit(rows).transform(rows).collectAsList();
    assertThat(
            PipelineModel.load(folder.resolve("fitted").toString()).transform(rows).collectAsList())
        .isEqualTo(expected);
    assertThat(expected).allMatch(row -> row.<String>getAs("status").equals("ok"));
    assertThatThrownBy(() -> RgFlowModel.load(folder.resolve("pipeline").toString()))
        .hasMessageContaining("Expected class name org.rgflow.spark.ml.RgFlowModel");
  }

  @Test
  void aFitGoesOnInItsFolderAndRefusesAnothers() throws IOException {
    String run = folder.resolve("run").toUri().toString();
    Dataset<Row> rows = frame(ImageRows.Kind.VECTOR);
    double[] first = parameters(stage().setRunDir(run), rows);
    assertThat(Files.isDirectory(folder.resolve("run/checkpoints"))).isTrue();
    assertThat(parameters(stage().setRunDir(run), rows)).containsExactly(first);
    assertThatThrownBy(() -> stage().setRunDir(run).setStepSize(0.1).fit(rows))
        .isInstanceOf(DataException.class)
        .hasMessageContaining(
            "holds a run of stepSize=0.002, was asked for 0.1; allowed: 0.002, or another");
    Dataset<Row> fold = rows.where("key <> '03.png'");
    assertThatThrownBy(() -> stage().setRunDir(run).fit(fold))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds a run of other rows; choose another folder for runDir");
    assertThat(parameters(stage().setRunDir(run), rows.repartition(3))).containsExactly(first);
    RgFlowModel ofRun = RgFlowModel.ofRun(run);
    assertThat(ofRun.flow().parameters()).containsExactly(first);
    assertThat(ofRun.summary().totalIterations()).isEqualTo(2);
  }

  @Test
  void aRowThatCannotBeLearntFromFailsTheFitAndIsNamed() throws IOException {
    List<Row> rows = new ArrayList<>(ImageRows.rows(ImageRows.Kind.ENCODED, 4, SIDE));
    rows.add(RowFactory.create("zz", SmallImages.png(0, 5)));
    Dataset<Row> wrong = spark.createDataFrame(rows, ImageRows.Kind.ENCODED.schema());
    assertThatThrownBy(() -> stage().fit(wrong))
        .isInstanceOf(DataException.class)
        .hasMessage("zz: shape 1x5x5; allowed: 1x4x4");
    assertThatThrownBy(() -> stage().fit(wrong.limit(0)))
        .isInstanceOf(DataException.class)
        .hasMessage("0 rows to learn from; allowed: at least 1");
    assertThatThrownBy(() -> stage().setShape(1, 5, 5).fit(frame(ImageRows.Kind.FLOATS)))
        .isInstanceOf(DataException.class)
        .hasMessage("Column features has size 16 but Param shape asks for 25 (5x5x1)");
  }

  @Test
  void paramsThatDoNotGoTogetherAreRefused() throws IOException {
    assertThatThrownBy(() -> stage().setMaxIter(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("parameter maxIter given invalid value 0");
    assertThatThrownBy(() -> stage().setShift(-1))
        .hasMessageContaining("parameter shift given invalid value -1");
    assertThatThrownBy(() -> stage().setSolver("rk5"))
        .hasMessageContaining("parameter solver given invalid value rk5");
    assertThatThrownBy(() -> stage().setRefineIter(3).fit(frame(ImageRows.Kind.VECTOR)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("refineIter must be 0 with objective=likelihood, was 3");
    assertThatThrownBy(() -> stage().setFeaturesCol("x").fit(frame(ImageRows.Kind.VECTOR)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x does not exist");
  }

  @Test
  void everyParamIsExplainedAndCopied() {
    RgFlow stage = stage().setPredictionCol("outlier").setCoarsening("average").setBlocks(2);
    assertThat(stage.explainParams())
        .contains("maxIter: averaging rounds (>= 1) (default: 100, current: 2)")
        .contains("coarsening: what goes to the next level: one of decimation, average")
        .contains("contamination: share of the training rows");
    assertThat(stage.params()).hasSize(50);
    RgFlow copied = stage.copy(ParamMap.empty().put(stage.maxIter().w(9)));
    assertThat(copied.uid()).isEqualTo(stage.uid());
    assertThat(copied.getMaxIter()).isEqualTo(9);
    assertThat(copied.getPredictionCol()).isEqualTo("outlier");
    assertThat(stage.getMaxIter()).isEqualTo(2);
  }

  @Test
  void aSavedEstimatorHasItsParams() throws IOException {
    String path = folder.resolve("estimator").toString();
    RgFlow stage = stage().setStatusCol("").setSchedule("cosine").setPixelTransform("gaussian");
    stage.save(path);
    RgFlow loaded = RgFlow.load(path);
    assertThat(loaded.uid()).isEqualTo(stage.uid());
    for (Param<?> param : stage.params()) {
      assertThat((Object) loaded.getOrDefault(loaded.getParam(param.name())))
          .as(param.name())
          .isEqualTo(stage.getOrDefault(param));
    }
  }

  @Test
  void theModelHasTheColumnsOfItsEstimator() throws IOException {
    Dataset<Row> rows = frame(ImageRows.Kind.VECTOR);
    RgFlow stage = stage().setMaxIter(1).setLatentCol("").setStatusCol("why");
    RgFlowModel model = stage.fit(rows);
    assertThat(model.transform(rows).schema()).isEqualTo(stage.transformSchema(rows.schema()));
  }
}
