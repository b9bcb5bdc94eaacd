package org.rgflow.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.param.Param;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.data.DataException;
import org.rgflow.data.Shape;
import org.rgflow.spark.run.RunFolder;

class FitParamsTest {
  private static final String FILE = "params.json";
  private static final Shape SHAPE = new Shape(1, 4, 4);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private RunFolder run() {
    return RunFolder.resume(new Configuration(), folder.resolve("run").toUri().toString());
  }

  private static RgFlow stage() {
    return new RgFlow().setHidden(4).setStepSize(0.1).setSeed(7);
  }

  private static FitParams params(RgFlow stage) {
    return new FitParams(stage, SHAPE, 2);
  }

  private void write(String text) {
    run().write(FILE, text.getBytes(StandardCharsets.UTF_8));
  }

  private void assertRefused(FitParams asked, String reason) {
    assertThatThrownBy(() -> asked.keepIn(run()))
        .isInstanceOf(DataException.class)
        .hasMessage(run().uri() + ": holds a run " + reason);
  }

  @Test
  void theFileHasShapeAndShardsAndWhatIsNotAtItsDefault() throws IOException {
    RgFlow stage = stage().setPadding("circular").setDraws(3).setStatusCol("").setRunDir("runs/a");
    params(stage.setContamination(0.1).setCheckpointInterval(5)).keepIn(run());
    JsonNode found = JSON.readTree(run().read(FILE).orElseThrow());
    JsonNode expected =
        JSON.readTree(
            "{\"shape\": [1, 4, 4], \"numShards\": 2, \"seed\": 7, \"hidden\": [4],"
                + " \"stepSize\": 0.1}");
    assertThat((Object) found).isEqualTo(expected);
  }

  @Test
  void theFirstParamThatDiffersIsNamed() {
    params(stage()).keepIn(run());
    assertRefused(
        params(stage().setStepSize(0.2).setMaxIter(3)),
        "of maxIter=100, was asked for 3; allowed: 100, or another folder for runDir");
    assertRefused(
        params(stage().setStepSize(0.2)),
        "of stepSize=0.1, was asked for 0.2; allowed: 0.1, or another folder for runDir");
    assertRefused(
        params(stage().setPadding("zeros")),
        "of padding=\"circular\", was asked for \"zeros\"; allowed: \"circular\", or another"
            + " folder for runDir");
    assertRefused(
        params(stage().setFlip(true)),
        "of flip=false, was asked for true; allowed: false, or another folder for runDir");
    assertRefused(
        params(stage().setShift(2)),
        "of shift=0, was asked for 2; allowed: 0, or another folder for runDir");
    assertRefused(
        params(stage().setHidden(4, 4)),
        "of hidden=[4], was asked for [4,4]; allowed: [4], or another folder for runDir");
    assertRefused(
        new FitParams(stage(), new Shape(1, 5, 5), 2),
        "of shape=[1,4,4], was asked for [1,5,5]; allowed: [1,4,4], or another folder for runDir");
    assertRefused(
        new FitParams(stage(), SHAPE, 3),
        "of numShards=2, was asked for 3; allowed: 2, or another folder for runDir");
  }

  @Test
  void whatDecidesNothingMayChange() {
    params(stage()).keepIn(run());
    RgFlow other =
        stage()
            .setFeaturesCol("x")
            .setPredictionCol("outlier")
            .setAnomalyBy("levels")
            .setContamination(0.2)
            .setScoreSteps(9)
            .setCheckpointInterval(3)
            .setRunDir("elsewhere");
    assertThatCode(() -> params(other).keepIn(run())).doesNotThrowAnyException();
  }

  @Test
  void theIntervalDecidesWhereTheRateGoesByValidations() {
    RgFlow plateau = stage().setSchedule("plateau");
    params(plateau).keepIn(run());
    assertThatCode(() -> params(plateau).keepIn(run())).doesNotThrowAnyException();
    assertRefused(
        params(stage().setSchedule("plateau").setCheckpointInterval(3)),
        "of checkpointInterval=10, was asked for 3; allowed: 10, or another folder for runDir");
  }

  @Test
  void aParamThatOnlyALaterVersionHasIsNamed() {
    write("{\"shape\": [1, 4, 4], \"numShards\": 2, \"seed\": 7, \"depth\": 3}");
    assertRefused(
        params(new RgFlow().setSeed(7)),
        "of depth=3, which this version does not know; allowed: another folder for runDir");
  }

  @Test
  void aRunWithoutTheFileIsRefused() {
    run().write(RunFolder.CONFIG, new byte[0]);
    assertRefused(
        params(stage()),
        "without params.json, of an earlier version or another command; allowed: another folder"
            + " for runDir");
  }

  @Test
  void aDamagedFileSaysSo() {
    write("{\"shape\": [1, 4");
    assertThatThrownBy(() -> params(stage()).keepIn(run()))
        .isInstanceOf(DataException.class)
        .hasMessage(run().uri() + "/params.json: not JSON, or damaged");
  }

  @Test
  void theShardsOfARunAreRead() {
    assertThat(FitParams.shardsOf(run())).isEmpty();
    params(stage()).keepIn(run());
    assertThat(FitParams.shardsOf(run())).contains(2);
  }

  @Test
  void itIsKnownOfEveryParamWhetherItDecides() {
    RgFlow stage = new RgFlow().setSchedule("plateau");
    List<String> known =
        new ArrayList<>(
            List.of(
                "shape",
                "numShards",
                "featuresCol",
                "keyCol",
                "labelCol",
                "channels",
                "anomalyBy",
                "draws",
                "scoreSteps",
                "maxSolverError",
                "runDir",
                "contamination"));
    for (Output output : Output.values()) {
      known.add(output.param(stage).name());
    }
    for (Param<?> param : FitParams.deciding(stage)) {
      known.add(param.name());
    }
    assertThat(Arrays.stream(stage.params()).map(param -> param.name()).toList())
        .containsExactlyInAnyOrderElementsOf(known);
  }
}
