package org.rgflow.spark.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.rgflow.spark.ingest.SmallImages.idx;
import static org.rgflow.spark.ingest.SmallImages.pixels;
import static org.rgflow.spark.ingest.SmallImages.png;
import static org.rgflow.spark.ingest.SmallImages.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.KeyedNoise;
import org.rgflow.data.NpyArray;
import org.rgflow.data.PixelTransform;
import org.rgflow.flow.Base;
import org.rgflow.flow.Flow;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.files.TableOutput;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.SmallImages;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseHeldException;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.model.BatchScorer;
import org.rgflow.spark.model.FlowModel;

class ScoringJobTest {
  private static final FlowModel MODEL = SmallModels.ofPixels();

  private static final int LEVELS = 4;
  private static final int SOLVER_ERROR = 5;
  private static final int STATUS = 6;
  private static final int ERROR = 7;

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

  /** Tolerant of the few steps of these tests. */
  private static ScoringConfig config(SolverConfig solver, Kind kind, int draws) {
    return new ScoringConfig(solver, DivergenceConfig.of(kind), 11, draws, true, 10);
  }

  private static ScoringConfig config() {
    return config(SmallModels.SOLVER, Kind.AUTO, 1);
  }

  private ImageFiles files(String... names) {
    List<String> paths = Arrays.stream(names).map(name -> folder.resolve(name).toString()).toList();
    return ImageFiles.list(spark, names.length == 0 ? List.of(folder.toString()) : paths, 0);
  }

  private static Map<String, Row> rows(
      FlowModel model, ScoringConfig config, ImageFiles files, int partitions) {
    Map<String, Row> rows = new LinkedHashMap<>();
    for (Row row : new ScoringJob(spark, model, config).score(files, partitions).collectAsList()) {
      rows.put(row.getString(0), row);
    }
    return rows;
  }

  private static ScoreSummary run(ImageFiles files, ScoreOutput output) {
    return new ScoringJob(spark, MODEL, config()).write(files, output, ScoringListener.NONE);
  }

  private static double score(Row row) {
    assertThat(row.getString(ERROR)).isNull();
    return row.getDouble(1);
  }

  @Test
  void theScoreIsThatOfTheFlow() throws IOException {
    write(folder.resolve("a.png"), png(0, 8));
    Row row = rows(MODEL, config(), files(), 1).get("a.png");
    double[] x = new double[64];
    KeyedNoise noise =
        new KeyedNoise(11, KeyedNoise.key("a.png"), KeyedNoise.Purpose.DEQUANTISATION, 0);
    double logDet = MODEL.pixelTransform().forward(pixels(0, 8), 1, noise, x, 0);
    DivergenceConfig exact = DivergenceConfig.of(Kind.COLOURED);
    try (Flow flow =
        new Flow(MODEL.layer().flow(), SmallModels.SOLVER, exact, false, DataType.DOUBLE)) {
      flow.load(MODEL.network().params());
      double expected = flow.logProb(Nd4j.createFromArray(x).reshape(1, 64), null)[0] + logDet;
      // float32 over some hundred terms of order one
      assertThat(score(row)).isCloseTo(expected, within(1e-3));
      assertThat(row.getDouble(2)).isEqualTo(PixelTransform.bitsPerDim(row.getDouble(1), 0, 64));
      assertThat(row.isNullAt(3)).isTrue();
    }
  }

  @Test
  void levelsAddUpToTheScoreAndAreThoseOfTheGridsAloneGivenTheCoarser() throws IOException {
    write(folder.resolve("a.png"), png(0, 8));
    Row row = rows(MODEL, config(), files(), 1).get("a.png");
    List<Double> levels = row.getList(LEVELS);
    assertThat(levels).hasSize(4);
    assertThat(levels.stream().mapToDouble(Double::doubleValue).sum()).isEqualTo(score(row));
    // real values: no pixel transform in the finest level
    FlowModel model = SmallModels.ofValues(Activation.TANH, Base.NORMAL);
    float[] values = values(1);
    SmallImages.npy(folder.resolve("v/v.npy"), NpyArray.of(values, 1, 1, 8, 8));
    Row real = rows(model, config(), files("v"), 1).get("v.npy#0");
    DivergenceConfig exact = DivergenceConfig.of(Kind.COLOURED);
    try (Flow flow =
        new Flow(model.layer().flow(), SmallModels.SOLVER, exact, false, DataType.DOUBLE)) {
      flow.load(model.network().params());
      double[][] expected =
          flow.density(Nd4j.createFromArray(values).reshape(1, 64), null).levels();
      for (int level = 0; level < 4; level++) {
        double found = real.<Double>getList(LEVELS).get(level);
        // float32 over at most some hundred terms of order one
        assertThat(found).isCloseTo(expected[level][0], within(1e-3));
      }
    }
  }

  @Test
  void theSolverErrorIsTheDifferenceToTheSolveOnTwiceTheStep() throws IOException {
    write(folder.resolve("all-idx3-ubyte"), idx(0, 3, 8));
    SolverConfig four = SolverConfig.fixed(Method.RK4, 4);
    Map<String, Row> fine = rows(MODEL, config(four, Kind.AUTO, 2), files(), 1);
    Map<String, Row> coarse = rows(MODEL, config(four.coarser(), Kind.AUTO, 2), files(), 1);
    fine.forEach(
        (key, row) -> {
          assertThat(row.getDouble(SOLVER_ERROR)).isEqualTo(score(row) - score(coarse.get(key)));
          assertThat(row.getString(STATUS)).isEqualTo("ok");
        });
    // of euler's steps of one half and of one the first-order error is left
    ScoringConfig euler = config(SolverConfig.fixed(Method.EULER, 2), Kind.AUTO, 1);
    assertThat(rows(MODEL, euler, files(), 1).values())
        .allSatisfy(row -> assertThat(Math.abs(row.getDouble(SOLVER_ERROR))).isGreaterThan(1e-3));
  }

  @Test
  void aScoreThatItsSolverLeavesInDoubtSaysWhatToRaise() throws IOException {
    write(folder.resolve("a.png"), png(0, 8));
    DivergenceConfig exact = DivergenceConfig.of(Kind.AUTO);
    ScoringConfig euler =
        new ScoringConfig(SolverConfig.fixed(Method.EULER, 2), exact, 11, 1, true, 1e-6);
    Row row = rows(MODEL, euler, files(), 1).get("a.png");
    assertThat(row.getString(STATUS))
        .matches(
            "solver error [0-9.e-]+ bits/dim, allowed by score.maxSolverError: 1.0E-6;"
                + " raise solver.steps, was 2");
    assertThat(score(row)).isNotNaN();
    ScoringConfig adaptive =
        new ScoringConfig(
            SolverConfig.adaptive(Method.BOSH3, 1e-2, 1e-2), exact, 11, 1, true, 1e-9);
    assertThat(rows(MODEL, adaptive, files(), 1).get("a.png").getString(STATUS))
        .endsWith("; lower solver.rtol, was 0.01");
  }

  @Test
  void aSolverErrorThatIsNotAskedForIsNullAndChangesNoScore() throws IOException {
    write(folder.resolve("a.png"), png(0, 8));
    ScoringConfig without =
        new ScoringConfig(SmallModels.SOLVER, DivergenceConfig.of(Kind.AUTO), 11, 1, false, 0.05);
    Row row = rows(MODEL, without, files(), 1).get("a.png");
    assertThat(row.isNullAt(SOLVER_ERROR)).isTrue();
    assertThat(row.getString(STATUS)).isEqualTo("ok");
    assertThat(score(row)).isEqualTo(score(rows(MODEL, config(), files(), 1).get("a.png")));
  }

  @Test
  void aCoarseSolveThatFailsCostsTheSolverErrorAlone() throws IOException {
    // v = -11 x: rk4's step of 1/4 shrinks x, that of 1/2 lets it grow, here out of float32
    FlowModel model = SmallModels.linear(-11);
    float[] values = values(3);
    values[64] = 1e17f;
    SmallImages.npy(folder.resolve("v.npy"), NpyArray.of(values, 3, 1, 8, 8));
    Map<String, Row> rows =
        rows(model, config(SolverConfig.fixed(Method.RK4, 4), Kind.AUTO, 1), files(), 1);
    Row left = rows.get("v.npy#1");
    assertThat(score(left)).isFinite();
    assertThat(left.isNullAt(SOLVER_ERROR)).isTrue();
    assertThat(left.getString(STATUS))
        .startsWith(
            "the solve on twice the step failed; raise solver.steps, was 4 (level 0, t = 0.5,");
    assertThat(rows.get("v.npy#0").isNullAt(SOLVER_ERROR)).isFalse();
    assertThat(rows.get("v.npy#2").isNullAt(SOLVER_ERROR)).isFalse();
  }

  @Test
  void aScoreDependsNeitherOnBatchMatesNorOnOrderNorOnPartitions() throws IOException {
    write(folder.resolve("all-idx3-ubyte"), idx(0, 23, 8));
    ImageFiles all = files("all-idx3-ubyte");
    Map<String, Row> reference = rows(MODEL, config(), all, 1);
    assertThat(reference).hasSize(23);
    for (int partitions : new int[] {2, 3, 23}) {
      assertThat(rows(MODEL, config(), all, partitions)).isEqualTo(reference);
    }
    // each image alone, then behind others, at every place of a batch, under its own key
    Map<Integer, Double> alone = new LinkedHashMap<>();
    for (int i = 0; i < 6; i++) {
      write(folder.resolve("alone/m" + i + ".png"), png(i, 8));
      alone.put(
          i, score(rows(MODEL, config(), files("alone/m" + i + ".png"), 1).get("m" + i + ".png")));
    }
    for (int before = 1; before < 5; before++) {
      write(folder.resolve("alone/a" + before + ".png"), png(100 + before, 8));
      Map<String, Row> together = rows(MODEL, config(), files("alone"), 1);
      for (int i = 0; i < 6; i++) {
        assertThat(score(together.get("m" + i + ".png"))).as("image %d", i).isEqualTo(alone.get(i));
      }
    }
  }

  @Test
  void anAdaptiveSolverScoresEachImageOnItsOwn() throws IOException {
    write(folder.resolve("all-idx3-ubyte"), idx(0, 5, 8));
    ScoringConfig adaptive = config(SolverConfig.adaptive(Method.DOPRI5, 1e-3, 1e-4), Kind.AUTO, 1);
    Map<String, Row> together = rows(MODEL, adaptive, files(), 1);
    assertThat(rows(MODEL, adaptive, files(), 5)).isEqualTo(together);
    write(folder.resolve("z.png"), png(77, 8));
    assertThat(rows(MODEL, adaptive, files(), 2)).containsAllEntriesOf(together);
  }

  @Test
  void probesAreKeyedByTheImage() throws IOException {
    write(folder.resolve("all-idx3-ubyte"), idx(0, 7, 8));
    ScoringConfig probes =
        new ScoringConfig(
            SmallModels.SOLVER,
            new DivergenceConfig(Kind.PROBE, DivergenceConfig.Noise.RADEMACHER, 2),
            11,
            1,
            true,
            0.05);
    Map<String, Row> one = rows(MODEL, probes, files(), 1);
    assertThat(rows(MODEL, probes, files(), 4)).isEqualTo(one);
    assertThat(one).isNotEqualTo(rows(MODEL, config(), files(), 1));
  }

  @Test
  void drawsAreAveragedInProbabilityAndSeedsDiffer() throws IOException {
    write(folder.resolve("a.png"), png(0, 8));
    ImageFiles files = files();
    Row three = rows(MODEL, config(SmallModels.SOLVER, Kind.PROBE, 3), files, 1).get("a.png");
    double[] logs = logsOfDraws(Example.ofPixels("a.png", MODEL.shape(), pixels(0, 8)), 3);
    double mean = Arrays.stream(logs).average().orElseThrow();
    double largest = Arrays.stream(logs).max().orElseThrow();
    double inProbability =
        largest
            + Math.log(
                Arrays.stream(logs).map(log -> Math.exp(log - largest)).average().orElseThrow());
    // a random probe lets draws differ by nats, and the two means with them
    assertThat(inProbability).isGreaterThan(mean + 0.01);
    // float32 over some hundred terms of order one
    assertThat(score(three)).isCloseTo(inProbability, within(1e-3));
    List<Double> levels = three.getList(LEVELS);
    assertThat(levels.stream().mapToDouble(Double::doubleValue).sum())
        .isCloseTo(mean, within(1e-3));
    double one = score(rows(MODEL, config(), files, 1).get("a.png"));
    ScoringConfig otherSeed =
        new ScoringConfig(SmallModels.SOLVER, DivergenceConfig.of(Kind.AUTO), 12, 1, true, 0.05);
    double other = score(rows(MODEL, otherSeed, files, 1).get("a.png"));
    assertThat(other).isNotEqualTo(one);
  }

  /** log p by each of the first draws of noise and a probe alone, solved as the job does. */
  private static double[] logsOfDraws(Example example, int draws) {
    BatchScorer batches =
        new BatchScorer(
            MODEL.layer().flow(),
            SmallModels.SOLVER,
            DivergenceConfig.of(Kind.PROBE),
            MODEL.transform(),
            32,
            11);
    try (Flow flow = batches.open(MODEL.parameters())) {
      BatchScorer scorer = batches.onThisMachine(flow);
      return LongStream.range(0, draws)
          .mapToDouble(draw -> scorer.logProb(flow, List.of(example), draw)[0])
          .toArray();
    }
  }

  @Test
  void realValuesAreScoredInNats() throws IOException {
    FlowModel model = SmallModels.ofValues(Activation.TANH, Base.LAPLACE);
    float[] values = values(4);
    SmallImages.npy(folder.resolve("v.npy"), NpyArray.of(values, 4, 1, 8, 8));
    Map<String, Row> rows = rows(model, config(), files(), 2);
    assertThat(rows).hasSize(4);
    assertThat(rows.values())
        .allSatisfy(
            row -> {
              assertThat(row.isNullAt(2)).isTrue();
              assertThat(row.getDouble(3)).isEqualTo(-row.getDouble(1) / 64);
            });
    assertThat(rows(model, config(SmallModels.SOLVER, Kind.AUTO, 5), files(), 1)).isEqualTo(rows);
  }

  @Test
  void flatRowsOfParquetTakeTheModelsGrid() throws IOException {
    FlowModel model = SmallModels.ofValues(Activation.TANH, Base.NORMAL);
    spark
        .sql("select 'k' as key, transform(sequence(1, 64), i -> float(i / 64)) as features")
        .write()
        .parquet(folder.resolve("flat").toString());
    float[] values = new float[64];
    for (int i = 0; i < 64; i++) {
      values[i] = (i + 1) / 64f;
    }
    SmallImages.npy(folder.resolve("v.npy"), NpyArray.of(values, 1, 1, 8, 8));
    double flat = score(rows(model, config(), files("flat"), 1).get("k"));
    assertThat(flat).isEqualTo(score(rows(model, config(), files("v.npy"), 1).get("v.npy#0")));
  }

  @Test
  void keysThatRowsShareAreCounted() {
    FlowModel model = SmallModels.ofValues(Activation.TANH, Base.NORMAL);
    String key = "if(id < 2, 'one', string(id)) as key";
    spark
        .range(5)
        .selectExpr(key, "transform(sequence(1, 64), i -> float(i / 64)) as features")
        .write()
        .parquet(folder.resolve("shared").toString());
    ScoreSummary summary = new ScoringJob(spark, model, config()).evaluate(files("shared"), 1);
    assertThat(summary.rows()).isEqualTo(5);
    assertThat(summary.duplicateKeys()).isEqualTo(1);
  }

  private static float[] values(int images) {
    float[] values = new float[images * 64];
    new KeyedNoise(1, 2, KeyedNoise.Purpose.LATENT, 0).fillGaussian(values, 0, values.length);
    return values;
  }

  @Test
  void aBadImageCostsItsOwnRow() throws IOException {
    byte[] image = png(1, 8);
    write(folder.resolve("a.png"), png(0, 8));
    write(folder.resolve("good/b.png"), png(1, 8));
    write(folder.resolve("good/d.png"), png(2, 8));
    Map<String, Row> good = rows(MODEL, config(), files("good"), 1);
    write(folder.resolve("good/a.png"), Arrays.copyOf(image, image.length / 2));
    write(folder.resolve("good/c.png"), png(3, 9));
    SmallImages.npy(folder.resolve("good/e.npy"), NpyArray.of(new float[64], 1, 1, 8, 8));
    Map<String, Row> rows = rows(MODEL, config(), files("good"), 1);
    assertThat(rows.keySet()).containsExactly("a.png", "b.png", "c.png", "d.png", "e.npy#0");
    assertThat(rows).containsAllEntriesOf(good);
    assertThat(rows.get("a.png").getString(ERROR)).startsWith("a.png: ");
    assertThat(rows.get("c.png").getString(ERROR)).isEqualTo("c.png: shape 1x9x9; allowed: 1x8x8");
    assertThat(rows.get("e.npy#0").getString(ERROR))
        .isEqualTo("e.npy#0 (1x8x8 values); allowed: pixels, as in training");
    assertThat(rows.get("a.png").isNullAt(1)).isTrue();
    assertThat(rows.get("c.png").getString(STATUS)).isEqualTo("c.png: shape 1x9x9; allowed: 1x8x8");
    assertThat(rows.get("c.png").isNullAt(LEVELS)).isTrue();
    assertThat(rows.get("c.png").isNullAt(SOLVER_ERROR)).isTrue();
    assertThat(rows.get("b.png").getString(STATUS)).isEqualTo("ok");
  }

  @Test
  void aRowOfNaNCostsOnlyItself() throws IOException {
    FlowModel model = SmallModels.ofValues(Activation.TANH, Base.NORMAL);
    float[] values = values(5);
    SmallImages.npy(folder.resolve("v.npy"), NpyArray.of(values, 5, 1, 8, 8));
    Map<String, Row> good = rows(model, config(), files(), 1);
    values[64 + 3] = Float.NaN;
    SmallImages.npy(folder.resolve("v.npy"), NpyArray.of(values, 5, 1, 8, 8));
    Map<String, Row> rows = rows(model, config(), files(), 1);
    assertThat(rows.get("v.npy#1").getString(ERROR))
        .isEqualTo("v.npy: example 1 has NaN at position 3; allowed: finite float32 values");
    good.remove("v.npy#1");
    assertThat(rows).containsAllEntriesOf(good);
  }

  @Test
  void anImageThatCannotBeSolvedCostsOnlyItself() throws IOException {
    // with an activation that grows, a huge input overflows the solve
    FlowModel model = SmallModels.ofValues(Activation.SOFTPLUS, Base.NORMAL);
    float[] values = values(9);
    SmallImages.npy(folder.resolve("v.npy"), NpyArray.of(values, 9, 1, 8, 8));
    Map<String, Row> good = rows(model, config(), files(), 1);
    Arrays.fill(values, 2 * 64, 3 * 64, 3e37f);
    SmallImages.npy(folder.resolve("v.npy"), NpyArray.of(values, 9, 1, 8, 8));
    Map<String, Row> rows = rows(model, config(), files(), 1);
    assertThat(rows.get("v.npy#2").getString(ERROR)).contains("a value was not finite");
    good.remove("v.npy#2");
    assertThat(rows).containsAllEntriesOf(good);
  }

  @Test
  void anImageOfWhichFloat32CannotHoldTheSquaresIsAnError() throws IOException {
    FlowModel model = SmallModels.ofValues(Activation.TANH, Base.NORMAL);
    float[] values = values(3);
    // tanh would keep the solve finite, but the density would be zero
    Arrays.fill(values, 0, 64, 1e30f);
    SmallImages.npy(folder.resolve("v.npy"), NpyArray.of(values, 3, 1, 8, 8));
    Map<String, Row> rows = rows(model, config(), files(), 1);
    assertThat(rows.get("v.npy#0").getString(ERROR))
        .isEqualTo(
            "level 0, t = 0.0, stage 0: a value was not finite: lower the learning rate, clip"
                + " gradients, or check the input's scale");
    assertThat(rows.get("v.npy#1").isNullAt(ERROR)).isTrue();
  }

  @Test
  void writesParquetInTheFilesOrderAndSumsItUp() throws IOException {
    write(folder.resolve("in/all-idx3-ubyte"), idx(0, 10, 8));
    write(folder.resolve("in/b.png"), new byte[] {1});
    String output = folder.resolve("out").toString();
    ImageFiles files = files("in");
    ScoreSummary summary = run(files, ScoreOutput.whole(output, 3));
    assertThat(spark.read().parquet(output).drop("chunk").schema().json())
        .isEqualTo(
            "{\"type\":\"struct\",\"fields\":["
                + field("key", "string")
                + ","
                + field("log_likelihood", "double")
                + ","
                + field("bits_per_dim", "double")
                + ","
                + field("nats_per_dim", "double")
                + ",{\"name\":\"level_log_likelihood\",\"type\":{\"type\":\"array\","
                + "\"elementType\":\"double\",\"containsNull\":true},\"nullable\":true,"
                + "\"metadata\":{}},"
                + field("solver_error", "double")
                + ","
                + field("status", "string")
                + ","
                + field("error", "string")
                + "]}");
    List<Row> written = spark.read().parquet(output).drop("chunk").orderBy("key").collectAsList();
    assertThat(written).isEqualTo(List.copyOf(rows(MODEL, config(), files, 1).values()));
    double[] bits = written.stream().limit(10).mapToDouble(row -> row.getDouble(2)).toArray();
    double mean = Arrays.stream(bits).average().orElseThrow();
    double squares = Arrays.stream(bits).map(b -> (b - mean) * (b - mean)).sum();
    assertThat(summary.rows()).isEqualTo(11);
    assertThat(summary.errors()).isEqualTo(1);
    assertThat(summary.mean()).isCloseTo(mean, within(1e-12));
    assertThat(summary.standardError()).isCloseTo(Math.sqrt(squares / 90), within(1e-12));
    Arrays.sort(bits);
    assertThat(summary.percentiles())
        .contains(new ScoreSummary.Percentile(0.01, bits[0]))
        .contains(new ScoreSummary.Percentile(0.5, bits[4]))
        .contains(new ScoreSummary.Percentile(0.99, bits[9]));
    assertThat(run(files, ScoreOutput.whole(output, 1).overwriting())).isEqualTo(summary);
  }

  private static String field(String name, String type) {
    return "{\"name\":\""
        + name
        + "\",\"type\":\""
        + type
        + "\",\"nullable\":true,\"metadata\":{}}";
  }

  @Test
  void anOutputThatExistsIsReplacedOnlyIfAsked() throws IOException {
    write(folder.resolve("in/a.png"), png(0, 8));
    String output = folder.resolve("out").toString();
    write(folder.resolve("out/part-0.parquet"), png(0, 8));
    ScoreOutput here = ScoreOutput.whole(output, 1);
    assertThatThrownBy(() -> run(files("in"), here))
        .isInstanceOf(DataException.class)
        .hasMessage(output + ": exists already; allowed: a new path, or score.overwrite=true");
    assertThat(run(files("in"), here.overwriting()).rows()).isEqualTo(1);
  }

  @Test
  void whereAnotherWritesNothingIsTouched() throws IOException {
    write(folder.resolve("in/0.png"), png(0, 8));
    String output = folder.resolve("scores").toString();
    ScoreOutput here = ScoreOutput.whole(output, 1);
    try (Lease other =
        Lease.of(new Configuration(), output, TableOutput.LEASE, LeaseTerms.brief("another job"))) {
      assertThatThrownBy(() -> run(files("in"), here))
          .isInstanceOf(LeaseHeldException.class)
          .hasMessageContaining("/scores: the lease is held by process ")
          .hasMessageContaining(", another job, until ");
      other.require();
    }
    assertThat(folder.resolve("scores")).doesNotExist();
    assertThat(run(files("in"), here).rows()).isEqualTo(1);
    assertThat(folder.resolve("scores/_lease")).doesNotExist();
  }

  @Test
  void theImagesAreNeverOverwritten() throws IOException {
    Path image = write(folder.resolve("in/sub/a.png"), png(0, 8));
    String output = folder.resolve("in").toString();
    ScoreOutput here = ScoreOutput.whole(output, 1).overwriting();
    assertThatThrownBy(() -> run(files("in"), here))
        .isInstanceOf(DataException.class)
        .hasMessage(output + ": holds the images to score; allowed: a path outside of them");
    assertThat(image).exists();
  }

  @Test
  void aJobThatFailsLeavesNothing() throws IOException {
    write(folder.resolve("in/a.png"), png(0, 8));
    Path gone = write(folder.resolve("in/b.png"), png(1, 8));
    ImageFiles files = files("in");
    Files.delete(gone);
    Path output = folder.resolve("out");
    assertThatThrownBy(() -> run(files, ScoreOutput.whole(output.toString(), 2)))
        .hasStackTraceContaining("b.png");
    assertThat(output).doesNotExist();
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(folder.resolve("in"));
    }
  }

  @Test
  void imagesOfWhichNoneHasAScoreAreAnErrorThatLeavesNothing() throws IOException {
    write(folder.resolve("in/a.png"), png(0, 9));
    write(folder.resolve("in/b.png"), png(1, 9));
    Path output = folder.resolve("out");
    assertThatThrownBy(() -> run(files("in"), ScoreOutput.whole(output.toString(), 2)))
        .isInstanceOf(DataException.class)
        .hasMessage("a.png: shape 1x9x9; allowed: 1x8x8 (none of 2 images has a score)");
    assertThat(output).doesNotExist();
  }

  @Test
  void refusesNumbersOutOfRange() {
    assertThatThrownBy(() -> config(SmallModels.SOLVER, Kind.AUTO, 0))
        .hasMessage("score.draws must be in [1, 10000], was 0");
    DivergenceConfig exact = DivergenceConfig.of(Kind.AUTO);
    assertThatThrownBy(() -> new ScoringConfig(SmallModels.SOLVER, exact, 11, 1, true, 0))
        .hasMessage("score.maxSolverError must be in (0, inf), was 0.0");
    assertThatThrownBy(() -> config(SolverConfig.fixed(Method.RK4, 1), Kind.AUTO, 1))
        .hasMessage(
            "score.solverError=true compares with a coarser solve: a coarser solve needs"
                + " solver.steps of at least 2, was 1");
    assertThatThrownBy(() -> config(SolverConfig.adaptive(Method.BOSH3, 0.1, 0.01), Kind.AUTO, 1))
        .hasMessageEndingWith("needs solver.rtol and solver.atol below 0.1, were 0.1 and 0.01");
  }
}
