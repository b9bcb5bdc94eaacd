package org.rgflow.spark.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.Content;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseHeldException;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.score.SmallModels;

class RegisteredModelTest {
  @TempDir private Path folder;
  private Registry registry;
  private RegisteredModel model;
  private Lease lease;

  @BeforeEach
  void open() {
    registry = Registry.open(new Configuration(), folder.toUri().toString());
    model = registry.model("photos");
    lease = model.lease(LeaseTerms.brief("a test"));
  }

  @AfterEach
  void giveBack() {
    lease.close();
  }

  private Version publish(String run) {
    return model.publish(
        lease,
        run,
        Map.of(
            "model.zip",
            Content.of(run.getBytes(StandardCharsets.UTF_8)),
            "b",
            Content.of(new byte[9])));
  }

  private List<Integer> numbers() {
    return model.versions().stream().map(Version::number).toList();
  }

  private int champion() {
    return model.champion().orElseThrow().version();
  }

  @Test
  void versionsAreNumberedAndHaveTheirFiles() {
    publish("monday");
    Version second = publish("tuesday");
    assertThat(numbers()).containsExactly(1, 2);
    assertThat(model.read(second, "model.zip")).asString().isEqualTo("tuesday");
    assertThat(registry.models()).containsExactly("photos");
    assertThat(second.sums().files()).containsOnlyKeys("model.zip", "b");
  }

  @Test
  void whatARunHasPublishedIsNotPublishedAgain() {
    publish("monday");
    publish("tuesday");
    assertThat(publish("monday").number()).isEqualTo(1);
    assertThat(numbers()).containsExactly(1, 2);
  }

  @Test
  void aVersionThatWasNeverCompletedIsNoneAndMakesRoom() throws IOException {
    publish("monday");
    Path torn = Files.createDirectories(folder.resolve("models/photos/versions/2"));
    Files.writeString(torn.resolve("model.zip"), "hal");
    Files.writeString(torn.resolve("left-over"), "x");
    assertThat(numbers()).containsExactly(1);
    assertThatThrownBy(() -> model.requireVersion(2))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has no version 2; allowed: [1]");
    Version second = publish("tuesday");
    assertThat(second.number()).isEqualTo(2);
    assertThat(torn.resolve("left-over")).doesNotExist();
  }

  @Test
  void aDamagedVersionIsNotReadAndNotPromoted() throws IOException {
    Version version = publish("monday");
    Files.writeString(folder.resolve("models/photos/versions/1/model.zip"), "mondaz");
    assertThatThrownBy(() -> model.read(version, "model.zip"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("model.zip: damaged, its SHA-256 is not the manifest's");
    assertThatThrownBy(() -> model.promote(lease, 1, "", "x")).isInstanceOf(DataException.class);
    assertThat(model.champion()).isEmpty();
  }

  @Test
  void theChampionIsReplacedAndTheHistoryKept() {
    publish("monday");
    publish("tuesday");
    model.promote(lease, 1, "monday", "first");
    model.promote(lease, 2, "tuesday", "better");
    model.promote(lease, 2, "", "again"); // it is champion already
    assertThat(model.champions())
        .extracting(Champion::version, Champion::before, Champion::run, Champion::reason)
        .containsExactly(tuple(1, 0, "monday", "first"), tuple(2, 1, "tuesday", "better"));
    assertThat(champion()).isEqualTo(2);
  }

  @Test
  void aPromotionThatDiedHalfWayNeverHappened() throws IOException {
    publish("monday");
    publish("tuesday");
    model.promote(lease, 1, "monday", "first");
    Path aliases = folder.resolve("models/photos/aliases");
    byte[] before = Files.readAllBytes(aliases.resolve("champion.json"));
    model.promote(lease, 2, "tuesday", "better");
    Files.write(aliases.resolve("champion.json"), before); // the history has it, the alias not
    assertThat(model.champions()).hasSize(1);
    model.promote(lease, 2, "tuesday", "better, again");
    assertThat(model.champions())
        .extracting(Champion::reason)
        .containsExactly("first", "better, again");
  }

  @Test
  void rollbacksTakeBackOnePromotionAfterAnother() {
    List.of("a", "b", "c").forEach(this::publish);
    List.of(1, 2, 3, 1).forEach(number -> model.promote(lease, number, "", "x"));
    model.rollback(lease, "wrong");
    assertThat(champion()).isEqualTo(3);
    model.rollback(lease, "wrong too");
    assertThat(champion()).isEqualTo(2);
    model.promote(lease, 3, "", "after all");
    model.rollback(lease, "no");
    assertThat(champion()).isEqualTo(2);
    model.rollback(lease, "back");
    assertThat(champion()).isEqualTo(1);
    assertThatThrownBy(() -> model.rollback(lease, "further"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("no champion before this one to roll back to");
    assertThat(model.champions()).hasSize(9);
  }

  @Test
  void pruningKeepsTheNewestTheChampionAndTheOneBefore() {
    List.of("a", "b", "c", "d", "e", "f").forEach(this::publish);
    model.promote(lease, 1, "", "x");
    model.promote(lease, 3, "", "x");
    assertThat(model.prunable(1)).containsExactly(2, 4, 5);
    assertThat(model.prune(lease, 1)).containsExactly(2, 4, 5);
    assertThat(numbers()).containsExactly(1, 3, 6);
    assertThat(publish("g").number()).isEqualTo(7);
  }

  @Test
  void whatARollbackWouldReturnToIsNotPruned() {
    for (String run : List.of("a", "b", "c", "d")) {
      publish(run);
    }
    for (int version : new int[] {1, 2, 3}) {
      model.promote(lease, version, "", "better");
    }
    model.rollback(lease, "worse");
    assertThat(model.prune(lease, 1)).containsExactly(3);
    assertThat(model.rollback(lease, "worse still").version()).isEqualTo(1);
  }

  @Test
  void nothingIsWrittenWithoutTheLease() {
    publish("monday");
    lease.close();
    try (Lease other = model.lease(LeaseTerms.brief("another"))) {
      assertThatThrownBy(() -> publish("tuesday")).isInstanceOf(LeaseHeldException.class);
      assertThatThrownBy(() -> model.promote(lease, 1, "", "x"))
          .isInstanceOf(LeaseHeldException.class);
      assertThat(numbers()).containsExactly(1);
      assertThat(model.champion()).isEmpty();
      other.require();
    }
  }

  @Test
  void theFolderOfAModelStandsForItsChampion() {
    FlowModel flow = SmallModels.ofPixels();
    model.publish(lease, "monday", Map.of("model.zip", flow::save));
    String uri = model.uri();
    assertThat(Registry.modelIn(new Configuration(), uri)).isEmpty();
    model.promote(lease, 1, "", "x");
    RegisteredModel found = Registry.modelIn(new Configuration(), uri).orElseThrow();
    assertThat(found.championModel().id()).isEqualTo(flow.id());
    assertThat(Registry.modelIn(new Configuration(), folder.toUri().toString())).isEmpty();
  }

  @Test
  void namesAreThoseThatAnyFileSystemTakes() {
    assertThatThrownBy(() -> registry.model("a/b"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("registry.model must be at most 128 letters, digits")
        .hasMessageEndingWith("was a/b");
    assertThatThrownBy(() -> registry.existing("pictures"))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("has no model pictures; allowed: ");
  }
}
