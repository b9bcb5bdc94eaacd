package org.rgflow.spark.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.data.DataException;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.SmallImages;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.score.ScoringConfig;
import org.rgflow.spark.score.ScoringJob;
import org.rgflow.spark.score.SmallModels;

/** Two untrained models as classes, whose likelihoods are those that scoring gives. */
class BayesClassifierTest {
  private static final ScoringConfig CONFIG =
      new ScoringConfig(
          SmallModels.SOLVER,
          DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
          0,
          1,
          false,
          Double.POSITIVE_INFINITY);

  private static final FlowModel FIRST = SmallModels.ofPixels();

  /** Close to the first, so that priors matter. */
  private static final FlowModel SECOND =
      FIRST.with(Arrays.stream(FIRST.parameters()).map(p -> 0.999 * p).toArray());

  private static SparkSession spark;

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private ImageFiles files() {
    return ImageFiles.list(spark, List.of(folder.toString()), 0);
  }

  private List<Row> rows(double priorOfSecond, int partitions) {
    List<ClassModel> classes =
        List.of(
            new ClassModel("a", FIRST, 1, CONFIG),
            new ClassModel("b", SECOND, priorOfSecond, CONFIG));
    return new BayesClassifier(spark, classes).classify(files(), partitions).collectAsList();
  }

  private List<Double> scores(FlowModel model) {
    return scores(model, CONFIG);
  }

  private List<Double> scores(FlowModel model, ScoringConfig config) {
    return new ScoringJob(spark, model, config)
        .score(files(), 1).collectAsList().stream().map(row -> row.getDouble(1)).toList();
  }

  @Test
  void theClassIsTheLikeliestByThatWhichEachModelScores() throws IOException {
    SmallImages.write(folder.resolve("a.idx"), SmallImages.idx(0, 40, 8));
    List<Double> first = scores(FIRST);
    List<Double> second = scores(SECOND);
    double[] differences =
        IntStream.range(0, 40).mapToDouble(n -> first.get(n) - second.get(n)).sorted().toArray();
    for (int below : new int[] {10, 25}) {
      double prior = Math.exp((differences[below - 1] + differences[below]) / 2);
      List<Row> rows = rows(prior, 2);
      assertThat(rows).isEqualTo(rows(prior, 7)).hasSize(40);
      int ofFirst = 0;
      for (int n = 0; n < 40; n++) {
        Row row = rows.get(n);
        assertThat(row.<Double>getList(3)).containsExactly(first.get(n), second.get(n));
        double odds = Math.exp(first.get(n) - second.get(n)) / prior;
        boolean isFirst = odds >= 1;
        assertThat(row.getString(1)).isEqualTo(isFirst ? "a" : "b");
        double probability = isFirst ? odds / (1 + odds) : 1 / (1 + odds);
        assertThat(row.getDouble(2)).isCloseTo(probability, within(1e-12));
        assertThat(row.isNullAt(4)).isTrue();
        ofFirst += isFirst ? 1 : 0;
      }
      assertThat(ofFirst).isEqualTo(40 - below);
    }
  }

  @Test
  void everyClassIsSolvedAsItsOwnModelAsks() throws IOException {
    SmallImages.write(folder.resolve("a.idx"), SmallImages.idx(0, 3, 8));
    ScoringConfig finer =
        new ScoringConfig(
            SmallModels.SOLVER.finer(),
            CONFIG.divergence(),
            CONFIG.seed(),
            1,
            false,
            Double.POSITIVE_INFINITY);
    List<ClassModel> classes =
        List.of(new ClassModel("a", FIRST, 1, CONFIG), new ClassModel("b", SECOND, 1, finer));
    List<Row> rows = new BayesClassifier(spark, classes).classify(files(), 1).collectAsList();
    List<Double> first = scores(FIRST);
    List<Double> second = scores(SECOND, finer);
    assertThat(second).isNotEqualTo(scores(SECOND));
    for (int n = 0; n < 3; n++) {
      assertThat(rows.get(n).<Double>getList(3)).containsExactly(first.get(n), second.get(n));
    }
  }

  @Test
  void ofKnownClassesTheTruthStandsBeside() throws IOException {
    SmallImages.write(folder.resolve("a.idx"), SmallImages.idx(0, 5, 8));
    SmallImages.write(folder.resolve("b.idx"), SmallImages.idx(5, 3, 8));
    Map<String, ImageFiles> known = new LinkedHashMap<>();
    known.put("b", ImageFiles.list(spark, List.of(folder.resolve("b.idx").toString()), 0));
    known.put("a", ImageFiles.list(spark, List.of(folder.resolve("a.idx").toString()), 0));
    List<ClassModel> classes =
        List.of(new ClassModel("a", FIRST, 1, CONFIG), new ClassModel("b", SECOND, 1, CONFIG));
    Dataset<Row> rows = new BayesClassifier(spark, classes).classifyKnown(known, 2);
    assertThat(rows.select("truth").as(Encoders.STRING()).collectAsList())
        .containsExactlyInAnyOrder("a", "a", "a", "a", "a", "b", "b", "b");
    Map<String, Double> together = new HashMap<>();
    rows.collectAsList().forEach(row -> together.put(row.getString(0), row.getDouble(2)));
    assertThat(together).hasSize(8);
    for (Row alone : rows(1, 3)) {
      assertThat(together).containsEntry(alone.getString(0), alone.getDouble(2));
    }
  }

  private BayesClassifier ofTwo() {
    return new BayesClassifier(
        spark,
        List.of(new ClassModel("a", FIRST, 1, CONFIG), new ClassModel("b", SECOND, 1, CONFIG)));
  }

  private ImageFiles files(String name) {
    return ImageFiles.list(spark, List.of(folder.resolve(name).toString()), 0);
  }

  @Test
  void imagesOfOneNameInTwoClassesAreToldApartByTheirTruth() throws IOException {
    for (int i = 0; i < 2; i++) {
      Path of = Files.createDirectories(folder.resolve("ab".substring(i, i + 1)));
      SmallImages.write(of.resolve("0.png"), SmallImages.png(i, 8));
      SmallImages.write(of.resolve("1.png"), SmallImages.png(2 + i, 8));
    }
    Map<String, ImageFiles> known = Map.of("a", files("a"), "b", files("b"));
    Dataset<Row> rows = ofTwo().classifyKnown(known, 3);
    for (String truth : known.keySet()) {
      List<Row> alone = ofTwo().classify(known.get(truth), 1).orderBy("key").collectAsList();
      assertThat(rows.where("truth = '" + truth + "'").drop("truth").orderBy("key").collectAsList())
          .isEqualTo(alone)
          .hasSize(2);
    }
  }

  @Test
  void anImageOfTwoClassesIsRefused() throws IOException {
    Path inner = Files.createDirectories(folder.resolve("all/inner"));
    SmallImages.write(inner.resolve("0.png"), SmallImages.png(0, 8));
    SmallImages.write(inner.resolve("1.png"), SmallImages.png(1, 8));
    Map<String, ImageFiles> known = new LinkedHashMap<>();
    known.put("a", files("all"));
    known.put("b", files("all/inner/1.png"));
    assertThatThrownBy(() -> ofTwo().classifyKnown(known, 1))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("all/inner/1.png: is of classes a and b; allowed: of one class");
  }

  @Test
  void anImageThatCannotBeReadIsARowWithItsError() throws IOException {
    SmallImages.write(folder.resolve("a.png"), SmallImages.png(0, 8));
    SmallImages.write(folder.resolve("b.png"), Arrays.copyOf(SmallImages.png(1, 8), 40));
    SmallImages.write(folder.resolve("c.png"), SmallImages.png(2, 4));
    List<Row> rows = rows(1, 1);
    assertThat(rows).hasSize(3);
    assertThat(rows.get(0).isNullAt(4)).isTrue();
    assertThat(rows.get(1).isNullAt(1)).isTrue();
    assertThat(rows.get(1).getString(4)).contains("b.png");
    assertThat(rows.get(2).getString(4)).contains("c.png").contains("1x8x8");
  }

  @Test
  void noOverflowComesOfImprobableImages() {
    assertThat(BayesClassifier.posterior(new double[] {-2e5, -1e5}, new double[2]))
        .containsExactly(0, 1);
  }

  @Test
  void classesOfDifferentKindsAndFewerThanTwoAreRefused() {
    ClassModel pixels = new ClassModel("a", FIRST, 1, CONFIG);
    ClassModel values = new ClassModel("b", SmallModels.linear(0), 1, CONFIG);
    assertThatThrownBy(() -> new BayesClassifier(spark, List.of(pixels, values)))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "the model of b is of real values 1x8x8, that of a of pixels 1x8x8; allowed: one kind");
    assertThatThrownBy(() -> new BayesClassifier(spark, List.of(pixels)))
        .hasMessage("1 classes; allowed: 2 or more");
    assertThatThrownBy(() -> new ClassModel("a", FIRST, 0, CONFIG))
        .hasMessage("the prior of a must be positive and finite, was 0.0");
  }

  @Test
  void rightAndWrongAreCountedByClass() {
    Dataset<Row> told =
        spark.createDataFrame(
            List.of(
                RowFactory.create("a", "a"),
                RowFactory.create("a", "b"),
                RowFactory.create("b", "b"),
                RowFactory.create("b", "b"),
                RowFactory.create("b", null)),
            new StructType().add("truth", DataTypes.StringType).add("class", DataTypes.StringType));
    Confusion confusion = Confusion.of(told, List.of("a", "b"));
    assertThat(confusion.counts()).isDeepEqualTo(new long[][] {{1, 1}, {0, 2}});
    assertThat(confusion.errors()).isEqualTo(1);
    assertThat(confusion.right()).isEqualTo(3);
    assertThat(confusion.examples()).isEqualTo(5);
    assertThat(confusion.standardError()).isCloseTo(Math.sqrt(0.6 * 0.4 / 5), within(1e-15));
    assertThat(confusion.lines())
        .containsExactly(
            "    is     a     b",
            "     a     1     1",
            "     b     .     2",
            "right   3 of 5: 60.00 %, standard error 21.91 %");
  }
}
