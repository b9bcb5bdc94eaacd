package org.rgflow.spark.registry;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
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
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
  void aChangeThatDiedBeforeItsHistoryIsRecordedByTheNext() throws IOException {
    publish("monday");
    publish("tuesday");
    model.promote(lease, 1, "monday", "first");
    Files.delete(at("champion-history/00000001.json"));
    assertThat(model.champions()).extracting(Champion::version).containsExactly(1);
    model.promote(lease, 2, "tuesday", "better");
    assertThat(at("champion-history/00000001.json")).exists();
    assertThat(model.champions()).extracting(Champion::version).containsExactly(1, 2);
  }

  private Path at(String alias) {
    return folder.resolve("models/photos/aliases/" + alias);
  }

  /** Versions 1, 2 and 3, of which 3 and then 2 were promoted. */
  private void promoteTwo() {
    List.of("a", "b", "c").forEach(this::publish);
    model.promote(lease, 3, "c", "first");
    model.promote(lease, 2, "", "safer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "hal",
        "[]",
        "{\"sequence\": 3, \"version\": 1}",
        """
        {"sequence": 3, "version": 1, "before": 0, "rollback": false, "run": "", "reason": "",
         "since": "yesterday"}"""
      })
  void aDamagedChampionIsRefusedWithTheRemedyAndPromotionMendsIt(String damaged)
      throws IOException {
    promoteTwo();
    byte[] first = Files.readAllBytes(at("champion-history/00000001.json"));
    byte[] second = Files.readAllBytes(at("champion-history/00000002.json"));
    Files.writeString(at("champion.json"), damaged);
    for (ThrowingCallable asked :
        List.<ThrowingCallable>of(
            model::champion,
            model::requireChampion,
            () -> model.prunable(1),
            () -> Registry.modelIn(new Configuration(), model.uri()))) {
      assertThatThrownBy(asked)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("aliases/champion.json: not ")
          .hasMessageContaining("or damaged; the last of champion-history is version 2")
          .hasMessageEndingWith("; allowed: registry promote");
    }
    assertThat(model.championDamage()).isPresent();
    assertThat(model.champions()).extracting(Champion::version).containsExactly(3, 2);

    assertThat(model.promote(lease, 1, "", "mended").sequence()).isEqualTo(3);
    assertThat(model.championDamage()).isEmpty();
    assertThat(model.champions())
        .extracting(Champion::version, Champion::before, Champion::reason)
        .containsExactly(tuple(3, 0, "first"), tuple(2, 3, "safer"), tuple(1, 2, "mended"));
    assertThat(at("champion-history/00000001.json")).hasBinaryContent(first);
    assertThat(at("champion-history/00000002.json")).hasBinaryContent(second);
  }

  @Test
  void aLostChampionIsNotNone() throws IOException {
    promoteTwo();
    byte[] before = Files.readAllBytes(at("champion.json"));
    Files.delete(at("champion.json"));
    assertThatThrownBy(model::champion)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("champion.json: is missing; the last of champion-history is version")
        .hasMessageEndingWith("2; allowed: registry promote");
    // what was the champion is it again, as it was
    assertThat(model.promote(lease, 2, "", "again").reason()).isEqualTo("safer");
    assertThat(at("champion.json")).hasBinaryContent(before);
    assertThat(model.champions()).hasSize(2);
  }

  @Test
  void aDamagedChampionIsRolledBackByItsHistory() throws IOException {
    promoteTwo();
    Files.writeString(at("champion.json"), "{}");
    assertThat(model.rollback(lease, "wrong").version()).isEqualTo(3);
    assertThat(champion()).isEqualTo(3);
  }

  @Test
  void noFileOfTheHistoryIsWrittenOver() throws IOException {
    promoteTwo();
    Files.copy(at("champion-history/00000001.json"), at("champion.json"), REPLACE_EXISTING);
    Files.writeString(at("champion-history/00000002.json"), "");
    assertThat(model.promote(lease, 1, "", "x").sequence()).isEqualTo(3);
    assertThat(at("champion-history/00000002.json")).isEmptyFile();
    assertThat(model.champions()).extracting(Champion::version).containsExactly(3, 1);
  }

  @Test
  void aHistoryWithoutTheNumbersThatWereFollowedIsRead() throws IOException {
    promoteTwo();
    for (String name : List.of("champion.json", "champion-history/00000002.json")) {
      Files.writeString(at(name), Files.readString(at(name)).replaceFirst("\"after\".*\n", ""));
    }
    assertThat(Files.readString(at("champion.json"))).doesNotContain("after");
    assertThat(model.champions()).extracting(Champion::version).containsExactly(3, 2);
  }

  @Test
  void aModelOfWhichNothingWasPromotedHasNoChampion() {
    publish("monday");
    assertThat(model.champion()).isEmpty();
    assertThat(model.championDamage()).isEmpty();
    assertThatThrownBy(model::requireChampion).hasMessageEndingWith("has no champion yet");
  }

  @Test
  void aChampionWithoutItsFilesIsToldWithTheRemedy() throws IOException {
    promoteTwo();
    Path second = folder.resolve("models/photos/versions/2");
    Files.delete(second.resolve("model.zip"));
    String remedy = "; version 2 is the champion; allowed: registry promote, of another version";
    assertThat(model.championDamage().orElseThrow())
        .endsWith("versions/2/model.zip: is missing" + remedy);
    assertThatThrownBy(() -> model.promote(lease, 2, "", "as it is"))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("versions/2/model.zip: is missing");
    Files.writeString(second.resolve("version.json"), "{}");
    assertThatThrownBy(model::championVersion)
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("version.json: not a version, or damaged" + remedy);
    Files.delete(second.resolve("version.json"));
    assertThatThrownBy(model::requireChampion)
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("versions/2: is missing" + remedy);
    assertThat(model.rollback(lease, "gone").version()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "hal", "{\"format\": 1, \"version\": 1}"})
  void aDamagedVersionIsPassedOverAndPruned(String damaged) throws IOException {
    List.of("a", "b", "c", "d").forEach(this::publish);
    model.promote(lease, 3, "", "x");
    Files.writeString(manifest(2), damaged);
    Files.writeString(manifest(4), damaged);
    assertThat(numbers()).containsExactly(1, 3);
    assertThat(model.damagedVersions().keySet()).containsExactly(2, 4);
    assertThat(model.damagedVersions().get(2)).contains("2/version.json: not ", "or damaged");
    assertThat(publish("e").number()).isEqualTo(5);
    assertThat(model.prune(lease, 1)).containsExactly(1, 2, 4);
    assertThat(model.damagedVersions()).isEmpty();
    assertThat(numbers()).containsExactly(3, 5);
  }

  private Path manifest(int version) {
    return folder.resolve("models/photos/versions/" + version + "/version.json");
  }

  @Test
  void aVersionInTheFolderOfAnotherIsDamaged() throws IOException {
    publish("monday");
    publish("tuesday");
    Files.copy(manifest(1), manifest(2), REPLACE_EXISTING);
    assertThat(numbers()).containsExactly(1);
    assertThat(model.damagedVersions().get(2)).endsWith("2/version.json: is of version 1");
  }

  @Test
  void theNumberOfAChampionThatIsGoneIsNotGivenAgain() throws IOException {
    publish("monday");
    publish("tuesday");
    model.promote(lease, 2, "", "x");
    Files.delete(manifest(2));
    assertThat(publish("wednesday").number()).isEqualTo(3);
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
