package org.rgflow.spark.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.rgflow.spark.ingest.SmallImages.png;
import static org.rgflow.spark.ingest.SmallImages.write;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.io.FileUtils;
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
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.model.FlowModel;

class PairedComparisonTest {
  private static final int IMAGES = 21;
  private static SparkSession spark;

  @TempDir static Path folder;

  /** Scores of the same images by two models. */
  private static String champion;

  private static String challenger;

  @BeforeAll
  static void start() throws IOException {
    spark = LocalSpark.start(2);
    for (int i = 0; i < IMAGES; i++) {
      write(folder.resolve("images/" + i + ".png"), png(i, 8));
    }
    write(folder.resolve("images/broken.png"), "no image".getBytes(StandardCharsets.UTF_8));
    champion = scores("champion", SmallModels.ofPixels());
    challenger = scores("challenger", other());
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static String scores(String name, FlowModel model) {
    ScoringConfig config =
        new ScoringConfig(SmallModels.SOLVER, DivergenceConfig.of(Kind.AUTO), 1, 1, true, 10);
    String output = folder.resolve(name).toString();
    ImageFiles files = ImageFiles.list(spark, List.of(folder.resolve("images").toString()), 0);
    new ScoringJob(spark, model, config)
        .write(files, ScoreOutput.whole(output, 2), ScoringListener.NONE);
    return output;
  }

  private static Map<String, Double> bits(String output) {
    return spark.read().parquet(output).where("error is null").collectAsList().stream()
        .collect(Collectors.toMap(row -> row.getAs("key"), row -> row.getAs("bits_per_dim")));
  }

  private static FlowModel other() {
    FlowModel model = SmallModels.ofPixels();
    return model.with(Arrays.stream(model.parameters()).map(p -> 0.5 * p).toArray());
  }

  @Test
  void gainsAreTheDifferencesImageByImageInTheOrderOfTheirKeys() {
    PairedComparison.Result found = new PairedComparison(spark).compare(champion, challenger);
    Map<String, Double> before = bits(champion);
    Map<String, Double> after = bits(challenger);
    double[] expected =
        before.keySet().stream().sorted().mapToDouble(k -> before.get(k) - after.get(k)).toArray();
    assertThat(expected).hasSize(IMAGES);
    assertThat(found.gains().sums()).containsExactly(expected);
    assertThat(found.gains().counts()).hasSize(IMAGES).containsOnly(1);
    assertThat(found.unreadable()).isEqualTo(1);
    assertThat(found.lost()).isZero();
  }

  @Test
  void manyGainsComeInBlocksOfNeighbours() {
    BlockSums single = new PairedComparison(spark).compare(champion, challenger).gains();
    BlockSums blocks = new PairedComparison(spark, 8).compare(champion, challenger).gains();
    assertThat(blocks.counts()).containsExactly(3, 3, 3, 3, 3, 3, 3);
    for (int block = 0; block < 7; block++) {
      double sum = Arrays.stream(single.sums(), 3 * block, 3 * block + 3).sum();
      assertThat(blocks.sums()[block]).isCloseTo(sum, within(1e-13));
    }
    BlockSums uneven = new PairedComparison(spark, 6).compare(champion, challenger).gains();
    assertThat(uneven.counts()).containsExactly(4, 4, 4, 4, 4, 1);
    assertThat(uneven.mean()).isCloseTo(single.mean(), within(1e-13));
  }

  @Test
  void aModelGainsNothingOnItself() {
    PairedComparison.Result found = new PairedComparison(spark).compare(champion, champion);
    assertThat(found.gains().sums()).hasSize(IMAGES).containsOnly(0);
  }

  @Test
  void twoImagesOfOneKeyAreRefused() throws IOException {
    String scores = folder.resolve("doubled").toString();
    FileUtils.copyDirectory(new File(champion), new File(scores));
    Dataset<Row> one = spark.read().parquet(scores + "/chunk=0").where("key = '7.png'");
    spark
        .createDataFrame(one.collectAsList(), one.schema())
        .write()
        .mode("append")
        .parquet(scores + "/chunk=0");
    assertThatThrownBy(() -> new PairedComparison(spark).compare(scores, scores))
        .isInstanceOf(DataException.class)
        .hasMessage(
            scores
                + ": 2 images have the key 7.png; allowed: one, to compare the scores of two models");
  }

  @Test
  void scoresThatHaveNotFinishedAreRefused() {
    assertThatThrownBy(() -> new PairedComparison(spark).compare(champion, folder.toString()))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("holds no _manifest.json");
  }

  @Test
  void aDistributionIsItsQuantiles() {
    ScoreDistribution found = ScoreDistribution.of(spark, champion);
    double[] sorted = bits(champion).values().stream().mapToDouble(v -> v).sorted().toArray();
    assertThat(found.images()).isEqualTo(IMAGES);
    assertThat(found.unit()).isEqualTo("bits/dim");
    assertThat(found.quantiles()).hasSize(201);
    assertThat(found.quantiles()[0]).isEqualTo(sorted[0]);
    // 21 scores have their ranks at every tenth of 200 parts, and lines between
    for (int part = 0; part <= 200; part++) {
      int below = part / 10;
      double expected =
          sorted[below]
              + part % 10 / 10.0 * (sorted[Math.min(below + 1, IMAGES - 1)] - sorted[below]);
      assertThat(found.quantiles()[part]).isCloseTo(expected, within(1e-12));
    }
    assertThat(found.quantiles()[200]).isEqualTo(sorted[IMAGES - 1]);
    ScoreDistribution read =
        ScoreDistribution.of("x", found.json().toString().getBytes(StandardCharsets.UTF_8));
    assertThat(read.quantiles()).containsExactly(found.quantiles());
  }
}
