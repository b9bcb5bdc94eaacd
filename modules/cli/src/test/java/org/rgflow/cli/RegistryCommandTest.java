package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.spark.files.Content;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.registry.RegisteredModel;
import org.rgflow.spark.registry.Registry;
import org.rgflow.spark.registry.Version;

/** Two models of three versions, of which the second is champion after the first. */
class RegistryCommandTest {
  private static final String LOST = "; the last of champion-history is version 2; allowed: ";

  @TempDir private Path folder;

  @BeforeEach
  void publish() {
    for (String name : List.of("maps", "photos")) {
      RegisteredModel model =
          Registry.open(new Configuration(), folder.toUri().toString()).model(name);
      try (Lease lease = model.lease(LeaseTerms.brief("a test"))) {
        for (String run : List.of("a", "b", "c")) {
          model.publish(lease, run, Map.of(Version.MODEL, Content.of(new byte[9])));
        }
        model.promote(lease, 1, "a", "first");
        model.promote(lease, 2, "b", "better");
      }
    }
  }

  private CommandResult registry(String command, String... more) {
    Stream<String> args = Stream.of("registry", command, "--registry=" + folder);
    return CommandResult.of(Stream.concat(args, Stream.of(more)).toArray(String[]::new));
  }

  private CommandResult maps(String command, String... more) {
    return registry(
        command, Stream.concat(Stream.of("--name=maps"), Stream.of(more)).toArray(String[]::new));
  }

  private Path inMaps(String name) {
    return folder.resolve("models/maps/" + name);
  }

  @Test
  void aDamagedChampionIsMarkedAndTheModelsAfterItAreListed() throws IOException {
    Files.writeString(inMaps("aliases/champion.json"), "");
    CommandResult listed = registry("list");
    assertThat(listed.status()).isEqualTo(2);
    assertThat(listed.out())
        .containsPattern("^maps +champion damaged 3 versions\nphotos +champion 2 +3 versions\n$");
    assertThat(listed.err())
        .startsWith("rgflow: ")
        .endsWith("champion.json: not a champion, or damaged" + LOST + "registry promote\n")
        .hasLineCount(1);
    CommandResult shown = maps("show");
    assertThat(shown.status()).isEqualTo(2);
    assertThat(shown.err()).isEqualTo(listed.err());
    assertThat(shown.out())
        .contains("version 3 ", "champion 2 ", "better")
        .doesNotContain("b  cha");
    assertThat(maps("prune").err()).isEqualTo(listed.err());
  }

  @Test
  void aDamagedOrLostChampionIsMendedByAPromotionWithAWarning() throws IOException {
    Files.writeString(inMaps("aliases/champion.json"), "{}");
    CommandResult promoted = maps("promote", "3");
    assertThat(promoted.status()).isZero();
    assertThat(promoted.out()).isEqualTo("champion version 3, before it version 2\n");
    assertThat(promoted.err()).startsWith("rgflow: warning: ").contains(LOST).hasLineCount(1);
    assertThat(maps("show").err()).isEmpty();

    Files.delete(inMaps("aliases/champion.json"));
    CommandResult back = maps("rollback");
    assertThat(back.out()).isEqualTo("champion version 2, before it version 3\n");
    assertThat(back.err()).contains("champion.json: is missing; the last").hasLineCount(1);
    assertThat(maps("list").err()).isEmpty();
    assertThat(inMaps("aliases/champion-history")).isDirectoryContaining("glob:**/00000004.json");
  }

  @Test
  void aChampionWithoutItsModelIsSaidToBe() throws IOException {
    Files.delete(inMaps("versions/2/model.zip"));
    CommandResult shown = maps("show");
    assertThat(shown.status()).isEqualTo(2);
    assertThat(shown.err())
        .contains("versions/2/model.zip: is missing; version 2 is the champion; allowed: registry")
        .hasLineCount(1);
    assertThat(registry("list").out()).containsPattern("maps +champion damaged");
    CommandResult again = maps("promote", "2");
    assertThat(again.status()).isEqualTo(2);
    assertThat(again.err()).endsWith("versions/2/model.zip: is missing\n");
  }

  @Test
  void aDamagedVersionIsMarkedAndMayBePruned() throws IOException {
    assertThat(maps("promote", "3").status()).isZero();
    Files.writeString(inMaps("versions/1/version.json"), "hal");
    CommandResult shown = maps("show");
    assertThat(shown.status()).isZero();
    assertThat(shown.err()).isEmpty();
    assertThat(shown.out())
        .containsPattern("^version 1 +damaged: .*1/version.json: not JSON, or damaged\nversion 2");
    CommandResult listed = registry("list");
    assertThat(listed.status()).isZero();
    assertThat(listed.out()).containsPattern("maps +champion 3 +2 versions, 1 damaged\n");
    assertThat(maps("prune", "--dry-run").out())
        .isEqualTo("would remove version 1\n2 versions would stay\n");
    assertThat(maps("prune").out()).isEqualTo("removed version 1\n2 versions stay\n");
  }
}
