package org.rgflow.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.data.DataException;
import org.rgflow.spark.LocalSpark;

class ResumedFitTest {
  private static SparkSession spark;
  private static Dataset<Row> rows;

  @TempDir Path folder;

  @BeforeAll
  static void start() throws IOException {
    spark = LocalSpark.start(2);
    rows = ImageRows.frame(spark, ImageRows.Kind.VECTOR, 24, 4);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static RgFlow stage() {
    return new RgFlow()
        .setKeyCol("key")
        .setShape(1, 4, 4)
        .setPixels(true)
        .setAlpha(0.05)
        .setHidden(4)
        .setHyper(2)
        .setSteps(2)
        .setMaxIter(2)
        .setBatchSize(4)
        .setLocalSteps(2)
        .setHeldOutFraction(0.25)
        .setCheckpointInterval(1)
        .setSeed(7);
  }

  private RgFlow kept() {
    return stage().setRunDir(folder.resolve("run").toUri().toString());
  }

  private static double[] parameters(RgFlow stage) {
    return stage.fit(rows).flow().parameters();
  }

  @Test
  void onAnotherNumberOfCoresAFitGoesOnWithTheShardsItBeganWith() throws IOException {
    double[] ofThree = parameters(kept().setNumShards(3));
    // as if its driver had died in the second round
    Path second = folder.resolve("run/checkpoints/round-00000002");
    assertThat(second).isDirectory();
    FileUtils.deleteDirectory(second.toFile());
    assertThat(parameters(kept())).containsExactly(ofThree);
    assertThat(second).isDirectory();
    assertThat(parameters(stage())).as("of two cores").isNotEqualTo(ofThree);
  }

  @Test
  void shardsThatAreSetMustBeTheRuns() {
    double[] ofThree = parameters(kept().setNumShards(3));
    assertThatThrownBy(() -> parameters(kept().setNumShards(2)))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith(
            "/run: holds a run of numShards=3, was asked for 2; allowed: 3, or another folder for"
                + " runDir");
    assertThat(parameters(kept().setNumShards(3))).containsExactly(ofThree);
  }

  @Test
  void aFinishedFitIsScoredAndCheckpointedInAnotherWay() {
    double[] first = parameters(kept());
    RgFlowModel model =
        kept()
            .setPadding("circular")
            .setLatentCol("")
            .setDraws(2)
            .setCheckpointInterval(7)
            .fit(rows);
    assertThat(model.flow().parameters()).containsExactly(first);
    assertThat(model.getDraws()).isEqualTo(2);
  }

  @Test
  void aFitThatIsRefusedLeavesNothingInItsFolder() {
    assertThatThrownBy(() -> parameters(kept().setRefineIter(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> parameters(kept().setShift(4)))
        .isInstanceOf(DataException.class)
        .hasMessage("train.shift must be less than 4, the shortest axis of 1x4x4, was 4");
    assertThat(folder.resolve("run/params.json")).doesNotExist();
    assertThat(parameters(kept())).isNotEmpty();
    assertThat(folder.resolve("run/params.json")).exists();
  }
}
