package org.rgflow.spark.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.data.Sha256;
import org.rgflow.data.ValueTransform;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.train.ImageTraining;
import org.rgflow.spark.train.plan.Updaters;

class CheckpointsTest {
  @TempDir private Path folder;
  private FlowModel model;
  private RunFolder run;

  @BeforeEach
  void create() {
    FlowLayer layer =
        new FlowLayer(
            ImageTraining.model(4, Padding.CIRCULAR),
            Initialisation.STATIC,
            SolverConfig.fixed(Method.RK4, 2),
            DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
            new Regularisation(0.01, 0.01));
    model =
        new FlowModel(
            FlowNetwork.create(layer, Updaters.of("adam", 0.01), 0, 7, DataType.FLOAT),
            new ValueTransform());
    run = RunFolder.create(new Configuration(), folder.resolve("run").toUri().toString());
  }

  private void save(int round, double heldOutLoss, Retention retention) {
    double[] parameters = model.parameters();
    Checkpoint checkpoint =
        new Checkpoint(
            round,
            model.after(round),
            new double[parameters.length],
            parameters,
            heldOutLoss,
            List.of(),
            heldOutLoss,
            1,
            0);
    run.save(checkpoint, 7, retention).get();
  }

  private List<Integer> rounds() {
    return run.checkpoints().stream().map(CheckpointState::round).toList();
  }

  @Test
  void theNewestAndTheBestAreKept() {
    double[] losses = {3, 1, 2, 4, 5};
    for (int i = 0; i < losses.length; i++) {
      save(i + 1, losses[i], Retention.newest(2));
    }
    assertThat(rounds()).containsExactly(5, 4, 2);
  }

  @Test
  void aCheckpointOfARoundWithoutValidationIsNotTheBest() {
    for (int round = 1; round <= 4; round++) {
      save(round, Double.NaN, Retention.newest(2));
    }
    assertThat(rounds()).containsExactly(4, 3);
  }

  @Test
  void everyNthIsKeptForGood() {
    for (int round = 1; round <= 7; round++) {
      save(round, Double.NaN, new Retention(1, 3));
    }
    assertThat(rounds()).containsExactly(7, 6, 3);
  }

  @Test
  void anIncompleteOneTakesNoCompleteOnesPlace() throws IOException {
    save(1, Double.NaN, Retention.newest(1));
    Path cut = Files.createDirectories(folder.resolve("run/checkpoints/round-00000003"));
    Files.writeString(cut.resolve("model.zip"), "half");
    save(2, Double.NaN, Retention.newest(1));
    assertThat(run.latest().orElseThrow().round()).isEqualTo(2);
    save(4, Double.NaN, Retention.newest(1));
    assertThat(run.checkpoints())
        .extracting(CheckpointState::name)
        .containsExactly("round-00000004");
  }

  @Test
  void pruningSaysWhatItWouldRemove() {
    for (int round = 1; round <= 4; round++) {
      save(round, 5 - round, Retention.newest(4));
    }
    assertThat(run.prunable(Retention.newest(1)))
        .containsExactly("round-00000003", "round-00000002", "round-00000001");
    assertThat(rounds()).hasSize(4);
    assertThat(run.prune(Retention.newest(1))).hasSize(3);
    assertThat(rounds()).containsExactly(4);
  }

  @Test
  void pruningKeepsEveryNthForGood() {
    for (int round = 1; round <= 7; round++) {
      save(round, Double.NaN, Retention.newest(7));
    }
    assertThat(run.prune(new Retention(1, 3)))
        .containsExactly("round-00000005", "round-00000004", "round-00000002", "round-00000001");
    assertThat(rounds()).containsExactly(7, 6, 3);
    assertThat(run.prunable(new Retention(1, 3))).isEmpty();
  }

  @Test
  void aDamagedOneTakesNoWholeOnesPlace() throws IOException {
    for (int round = 1; round <= 4; round++) {
      save(round, Double.NaN, Retention.newest(4));
    }
    Path model = folder.resolve("run/checkpoints/round-00000004/model.zip");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length / 2] ^= 1;
    Files.write(model, bytes);
    assertThat(run.prune(Retention.newest(1))).containsExactly("round-00000002", "round-00000001");
    assertThat(run.latest().orElseThrow().round()).isEqualTo(3);
  }

  @Test
  void theManifestHasWhereItComesFromAndWhatItHolds() throws IOException {
    byte[] configuration = "train: {}\n".getBytes(StandardCharsets.UTF_8);
    run.write("config.yaml", configuration);
    save(3, 1.5, Retention.newest(1));
    Path checkpoint = folder.resolve("run/checkpoints/round-00000003");
    JsonNode manifest =
        new ObjectMapper().readTree(Files.readAllBytes(checkpoint.resolve("manifest.json")));
    assertThat(manifest.path("format").asInt()).isEqualTo(2);
    assertThat(manifest.path("round").asInt()).isEqualTo(3);
    assertThat(manifest.path("seed").asText()).isEqualTo("7");
    assertThat(manifest.path("held_out_loss").asDouble()).isEqualTo(1.5);
    assertThat(manifest.path("configuration").asText()).isEqualTo(Sha256.hex(configuration));
    byte[] zip = Files.readAllBytes(checkpoint.resolve("model.zip"));
    JsonNode file = manifest.path("files").path("model.zip");
    assertThat(file.path("bytes").asInt()).isEqualTo(zip.length);
    assertThat(file.path("sha256").asText()).isEqualTo(Sha256.hex(zip));
  }

  @Test
  void whatIsReadIsWhatWasSaved() {
    save(3, 1.5, Retention.newest(1));
    Checkpoint read = run.latest().orElseThrow();
    assertThat(read.round()).isEqualTo(3);
    assertThat(read.heldOutLoss()).isEqualTo(1.5);
    assertThat(read.rollbacks()).isEqualTo(1);
    assertThat(read.model().parameters()).containsExactly(model.parameters());
  }

  @Test
  void oneFlippedBitIsDamage() throws IOException {
    save(1, Double.NaN, Retention.newest(2));
    save(2, Double.NaN, Retention.newest(2));
    for (String name : List.of("model.zip", "outer.npz")) {
      Path file = folder.resolve("run/checkpoints/round-00000002").resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      for (int at : new int[] {0, bytes.length / 2, bytes.length - 1}) {
        byte[] flipped = Arrays.copyOf(bytes, bytes.length);
        flipped[at] ^= 1;
        Files.write(file, flipped);
        assertThat(run.latest().orElseThrow().round()).isEqualTo(1);
      }
      Files.write(file, bytes);
    }
    assertThat(run.latest().orElseThrow().round()).isEqualTo(2);
  }

  /** Written by rgflow at its commit cec466d, which knew format 1. */
  @Test
  void aCheckpointOfFormat1IsReadStill() throws Exception {
    Path checkpoint = folder.resolve("run/checkpoints/round-00000002");
    Files.createDirectories(checkpoint);
    for (String name : List.of("model.zip", "outer.npz", "manifest.json")) {
      URI resource = getClass().getResource("/checkpoint-format-1/" + name).toURI();
      Files.copy(Path.of(resource), checkpoint.resolve(name));
    }
    Checkpoint read = run.latest().orElseThrow();
    assertThat(read.round()).isEqualTo(2);
    assertThat(read.rollbacks()).isZero();
    assertThat(read.heldOutLoss()).isNaN();
    assertThat(read.released().parameters()).hasSameSizeAs(read.average());
    assertThat(run.checkpoints()).allMatch(CheckpointState::isComplete);
    assertThat(Map.of("best", read.best())).doesNotContainValue(Double.NaN);
  }
}
