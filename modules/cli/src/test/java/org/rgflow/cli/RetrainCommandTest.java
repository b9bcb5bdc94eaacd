package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.data.Npy;
import org.rgflow.data.NpyArray;
import org.rgflow.spark.files.Content;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.registry.RegisteredModel;
import org.rgflow.spark.registry.Registry;
import org.rgflow.spark.registry.Version;

/** Nights of a scheduler, on small images in a folder that grows. */
@Tag("slow")
@ExtendWith(LocalMaster.class)
class RetrainCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;
  private int drawn;

  @BeforeEach
  void drawImages() throws IOException {
    draw("images", 24);
    draw("held-out", 12);
  }

  private void draw(String into, int count) throws IOException {
    DrawnImages.slopes(folder.resolve(into), drawn, count, 4);
    drawn += count;
  }

  /** A file that was written later, and is what it was. */
  private void touchOneOf(String name) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(name))) {
      Path first = files.sorted().findFirst().orElseThrow();
      Files.setLastModifiedTime(first, FileTime.from(Instant.now().plusSeconds(60)));
    }
  }

  /** Black images. */
  private void paint(String into, int count) throws IOException {
    Files.createDirectories(folder.resolve(into));
    for (int i = 0; i < count; i++) {
      BufferedImage black = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
      ImageIO.write(black, "png", folder.resolve(into + "/black" + i + ".png").toFile());
    }
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  private CommandResult retrain(String date, String... more) {
    List<String> args =
        List.of(
            "retrain",
            "--registry=" + at("registry"),
            "--name=photos",
            "--date=" + date,
            "--data=" + at("images"),
            "--validation=" + at("held-out"),
            "--set=model.hidden=4",
            "--set=model.hyper=0",
            "--set=solver.steps=2",
            "--set=train.shards=2",
            "--set=train.batch=8",
            "--set=train.localSteps=3",
            "--set=train.rounds=3",
            "--set=train.learningRate=0.01",
            "--quiet");
    List<String> given = Stream.of(more).map(RetrainCommandTest::option).toList();
    return CommandResult.of(
        Stream.concat(args.stream().filter(arg -> !given.contains(option(arg))), Stream.of(more))
            .toArray(String[]::new));
  }

  /** What comes before the value, if there is one. */
  private static String option(String arg) {
    return arg.contains("=") ? arg.substring(0, arg.lastIndexOf('=')) : arg;
  }

  private CommandResult registry(String... args) {
    return CommandResult.of(
        Stream.concat(
                Stream.of("registry", args[0], "--registry=" + at("registry"), "--name=photos"),
                Stream.of(args).skip(1))
            .toArray(String[]::new));
  }

  private Path version(int number) {
    return folder.resolve("registry/models/photos/versions/" + number);
  }

  private int champion() throws IOException {
    Path alias = folder.resolve("registry/models/photos/aliases/champion.json");
    return JSON.readTree(alias.toFile()).path("version").asInt();
  }

  private static void assertEnded(CommandResult result, int status) {
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).as(result.out()).isEqualTo(status);
  }

  @Test
  void nightsOfAScheduler() throws IOException {
    assertEnded(retrain("2026-01-01", "--dry-run", "--set=train.shards=0"), 0);
    CommandResult planned = retrain("2026-01-01", "--dry-run");
    assertEnded(planned, 0);
    assertThat(planned.out())
        .contains("champion none yet", "data     24 files to learn from, 24 new, 12 files held out")
        .endsWith("dry run: nothing was done\n");
    assertThat(folder.resolve("registry")).doesNotExist();

    CommandResult first = retrain("2026-01-01");
    assertEnded(first, 0);
    assertThat(first.out()).endsWith("promoted: version 1\n  first version\n");
    assertThat(version(1))
        .isDirectoryContaining("glob:**/model.zip")
        .isDirectoryContaining("glob:**/config.yaml")
        .isDirectoryContaining("glob:**/metrics.jsonl")
        .isDirectoryContaining("glob:**/provenance.jsonl")
        .isDirectoryContaining("glob:**/plan.json")
        .isDirectoryContaining("glob:**/known-files.jsonl.gz")
        .isDirectoryContaining("glob:**/calibration.json")
        .isDirectoryContaining("glob:**/MLmodel");

    CommandResult again = retrain("2026-01-01");
    assertEnded(again, 0);
    assertThat(again.out()).isEqualTo("done before: version 1\n  first version\n");

    CommandResult nothing = retrain("2026-01-02");
    assertEnded(nothing, 0);
    assertThat(nothing.out())
        .isEqualTo("0 new files since version 1, fewer than retrain.minimumNew=1: nothing to do\n");

    draw("images", 6);
    assertThat(retrain("2026-01-03", "--dry-run", "--set=retrain.files=new").out())
        .contains("champion version 1", "data     6 files to learn from, 6 new");
    assertThat(retrain("2026-01-03", "--dry-run", "--set=retrain.minimumNew=7").out())
        .startsWith("6 new files since version 1, fewer than retrain.minimumNew=7");
    touchOneOf("images");
    assertThat(retrain("2026-01-03", "--dry-run", "--set=retrain.newBy=time").out())
        .contains("30 files to learn from, 7 new");
    CommandResult second = retrain("2026-01-03");
    assertEnded(second, 0);
    assertThat(second.out())
        .contains("champion version 1", "30 files to learn from, 6 new")
        .containsPattern("promoted: version 2\n  better by [0-9.]+ bits/dim, 95 % between ");
    JsonNode decision = JSON.readTree(version(2).resolve("decision.json").toFile());
    assertThat(decision.path("gain_low").asDouble()).isPositive();
    assertThat(decision.path("images").asInt()).isEqualTo(12);
    assertThat(champion()).isEqualTo(2);

    draw("images", 1);
    CommandResult refused = retrain("2026-01-04", "--set=retrain.margin=100");
    assertEnded(refused, 4);
    assertThat(refused.out()).contains("not promoted: version 3\n", "not past the margin of 100");
    assertThat(champion()).isEqualTo(2);
    assertEnded(retrain("2026-01-04", "--set=retrain.margin=100"), 0);

    looksAfterTheRegistry();
  }

  private void looksAfterTheRegistry() throws IOException {
    CommandResult listed = CommandResult.of("registry", "list", "--registry=" + at("registry"));
    assertEnded(listed, 0);
    assertThat(listed.out()).containsPattern("^photos +champion 2 +3 versions\n$");
    CommandResult shown = registry("show");
    assertEnded(shown, 0);
    assertThat(shown.out())
        .containsPattern("version 2 +[0-9TZ:-]+ +run 2026-01-03-[0-9a-f]{12} +champion\n")
        .containsPattern("champion 1 +[0-9TZ:-]+ +first version \\(run 2026-01-01-[0-9a-f]{12}\\)");
    assertThat(registry("show", "3").out()).contains("bytes  model.zip\n");
    assertThat(registry("promote", "3", "--reason=a trial").out())
        .isEqualTo("champion version 3, before it version 2\n");
    assertThat(registry("rollback").out()).isEqualTo("champion version 2, before it version 3\n");
    assertThat(registry("show").out()).contains("rolled back from 3: by hand");
    assertThat(registry("prune", "--keep=1").out()).isEqualTo("3 versions stay\n");
    registry("promote", "3");
    assertThat(registry("prune", "--keep=1", "--dry-run").out())
        .isEqualTo("would remove version 1\n2 versions would stay\n");
    assertThat(registry("prune", "--keep=1").out())
        .isEqualTo("removed version 1\n2 versions stay\n");
    registry("rollback");
    CommandResult unknown = registry("promote", "9");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).contains("has no version 9; allowed: [2, 3]").hasLineCount(1);

    CommandResult scored =
        CommandResult.of(
            "score",
            "--model=" + at("registry/models/photos"),
            "--data=" + at("held-out"),
            "--output=" + at("scores"));
    assertEnded(scored, 0);
    JsonNode decision = JSON.readTree(version(2).resolve("decision.json").toFile());
    assertThat(scored.out())
        .contains(String.format("mean    %.4f", decision.path("challenger_mean").asDouble()));
    watches();
  }

  private void watches() throws IOException {
    CommandResult alike = monitor("scores");
    assertEnded(alike, 0);
    assertThat(alike.out())
        .contains("champion    version 2\n", "images      12, 0 with an error; calibrated by 12\n")
        .endsWith("drifted     no\n");
    paint("strange", 12);
    String model = "--model=" + at("registry/models/photos");
    String data = "--data=" + at("strange");
    assertEnded(CommandResult.of("score", model, data, "--output=" + at("drifted")), 0);
    CommandResult drifted = monitor("drifted");
    assertEnded(drifted, 6);
    assertThat(drifted.out()).endsWith("drifted     yes\n");
    assertThat(monitor("drifted", "--json").out()).startsWith("{\"champion\":2,\"images\":12,");
    assertEnded(
        CommandResult.of("score", model, data, "--output=" + at("otherwise"), "--seed=7"), 0);
    assertRefused("otherwise: holds scores of another configuration", monitor("otherwise"));
    String known = "--since-manifest=" + at("drifted");
    assertEnded(CommandResult.of("score", model, data, known, "--output=" + at("none")), 0);
    CommandResult nothing = monitor("none");
    assertEnded(nothing, 0);
    assertThat(nothing.out()).isEqualTo("images      0: nothing to compare with version 2\n");
    assertThat(monitor("none", "--json").out())
        .isEqualTo(
            "{\"champion\":2,\"images\":0,\"errors\":0,\"calibrating\":12,\"drifted\":\"no\"}\n");
  }

  private CommandResult monitor(String scores, String... more) {
    List<String> args =
        List.of(
            "monitor", "--registry=" + at("registry"), "--name=photos", "--scores=" + at(scores));
    return CommandResult.of(Stream.concat(args.stream(), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void whatNewImagesScoreUnderTheChampionDecidesIfAsked() throws IOException {
    draw("held-out", 40);
    String limit = "--set=monitor.maxStability=1";
    String required = "--set=retrain.drift=require";
    String refused = "--set=retrain.drift=refuse";
    assertEnded(retrain("2026-01-01", required), 0); // a first version has nothing to drift from

    draw("images", 40);
    CommandResult planned = retrain("2026-01-02", required, "--dry-run");
    assertEnded(planned, 0);
    assertThat(planned.out()).contains("drift    is to be looked at: retrain.drift=require\n");
    CommandResult alike = retrain("2026-01-02", limit, required);
    assertEnded(alike, 0);
    assertThat(alike.out())
        .containsPattern("drift    no: population stability index 0[.][0-9]+ of 40 new images, not")
        .endsWith("retrain.drift=require: nothing is learnt, and version 1 stays champion\n");
    assertThat(version(2)).doesNotExist();

    paint("images", 40); // as many again
    CommandResult strange = retrain("2026-01-03", limit, refused);
    assertEnded(strange, 6);
    assertThat(strange.out())
        .containsPattern("drift    yes: population stability index .* of 80 new images, above")
        .endsWith("retrain.drift=refuse: nothing is learnt, and version 1 stays champion\n");
    assertThat(champion()).isEqualTo(1);
    Path corrupt = folder.resolve("images/new.png");
    Files.writeString(corrupt, "no image");
    CommandResult again = retrain("2026-01-03", limit, refused);
    assertEnded(again, 6);
    assertThat(again.out()).contains(" of 80 new images and 1 more with an error, above");
    Files.delete(corrupt);
    assertEnded(retrain("2026-01-03", limit, refused), 6);

    CommandResult lookedAt = retrain("2026-01-03");
    assertThat(lookedAt.err()).isEmpty();
    assertThat(lookedAt.out()).doesNotContain("drift").contains("promoted: version 2\n");
    assertThat(retrain("2026-01-03", limit, refused).out()).startsWith("done before: version 2\n");
  }

  @Test
  void aModelThatHasLostItsChampionIsNotBegunAnew() throws IOException {
    Path model = folder.resolve("registry/models/photos");
    Path alias = model.resolve("aliases/champion.json");
    publishAndPromote();
    String lost = "champion.json: is missing; the last of champion-history is version 1; allowed: ";
    Files.delete(alias);
    assertRefused(lost + "registry promote", retrain("2026-01-01"));
    Files.writeString(alias, "{}");
    assertRefused("champion.json: not a champion, or damaged; the last of", retrain("2026-01-01"));
    assertThat(model.resolve("runs")).doesNotExist();
  }

  @Test
  void aDamagedVersionThatIsNotTheChampionIsPassedOver() throws IOException {
    Registry registry = Registry.open(new Configuration(), at("registry"));
    RegisteredModel model = registry.model("photos");
    try (Lease lease = model.lease(LeaseTerms.brief("a test"))) {
      model.publish(lease, "refused", Map.of(Version.MODEL, Content.of(new byte[9])));
    }
    Files.writeString(version(1).resolve("version.json"), "");
    CommandResult planned = retrain("2026-01-01", "--dry-run");
    assertThat(planned.status()).isZero();
    assertThat(planned.out()).contains("champion none yet");
    assertThat(planned.err())
        .startsWith("rgflow: warning: ")
        .endsWith("1/version.json: not a version, or damaged; the version is passed over\n")
        .hasLineCount(1);
  }

  private void publishAndPromote() {
    RegisteredModel model = Registry.open(new Configuration(), at("registry")).model("photos");
    try (Lease lease = model.lease(LeaseTerms.brief("a test"))) {
      model.publish(lease, "a", Map.of(Version.MODEL, Content.of(new byte[9])));
      model.promote(lease, 1, "a", "first");
    }
  }

  @Test
  void whoeverFindsTheLeaseHeldDoesNothing() {
    Registry registry = Registry.open(new Configuration(), at("registry"));
    try (Lease lease = registry.model("photos").lease(LeaseTerms.brief("the other one"))) {
      CommandResult second = retrain("2026-01-01");
      assertThat(second.status()).isEqualTo(3);
      assertThat(second.err())
          .contains("models/photos: the lease is held by process ", ", the other one, until ")
          .hasLineCount(1);
      assertThat(retrain("2026-01-01", "--dry-run").out()).contains("lease    held by process ");
      lease.require();
    }
    assertThat(folder.resolve("registry/models/photos/runs")).doesNotExist();
  }

  @Test
  void whoLosesTheLeaseInTrainingWritesNothingMore() throws Exception {
    Path model = folder.resolve("registry/models/photos");
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      Future<?> taken = other.submit(() -> takeLeaseOnceItTrains(model));
      CommandResult lost =
          retrain("2026-01-01", "--set=train.rounds=1000000", "--set=retrain.leaseSeconds=3");
      taken.get();
      assertThat(lost.status()).as(lost.out()).isEqualTo(3);
      assertThat(lost.err()).contains("the lease was lost").hasLineCount(1);
    } finally {
      other.shutdownNow();
    }
    assertThat(model.resolve("versions")).doesNotExist();
    try (Stream<Path> files = Files.walk(model.resolve("runs"))) {
      assertThat(files.map(file -> file.getFileName().toString())).doesNotContain("model.zip");
    }
  }

  private static Void takeLeaseOnceItTrains(Path model) throws Exception {
    while (!Files.exists(model.resolve("runs")) || !hasPlan(model.resolve("runs"))) {
      Thread.sleep(50);
    }
    try (Stream<Path> claims = Files.list(model.resolve("lease"))) {
      for (Path claim : claims.toList()) {
        Files.delete(claim);
      }
    }
    return null;
  }

  private static boolean hasPlan(Path runs) throws IOException {
    try (Stream<Path> files = Files.find(runs, 2, (file, is) -> file.endsWith("plan.json"))) {
      return files.findAny().isPresent();
    }
  }

  @Test
  void aCorruptNewImageIsOneLineAndTheChampionStays() throws IOException {
    assertEnded(retrain("2026-01-01"), 0);
    Files.writeString(folder.resolve("images/new.png"), "no image");
    CommandResult corrupt = retrain("2026-01-02");
    assertThat(corrupt.status()).isEqualTo(2);
    assertThat(corrupt.err()).contains("new.png").hasLineCount(1);
    assertThat(champion()).isEqualTo(1);
    assertThat(version(2)).doesNotExist();

    Files.delete(folder.resolve("images/new.png"));
    draw("images", 1);
    assertThat(retrain("2026-01-02").out()).contains("version 2\n");
  }

  @Test
  void filesThatChangeAfterARunBeganAreRefused() throws IOException {
    draw("images", 2);
    // out of time after its first round
    CommandResult begun = retrain("2026-01-01", "--set=train.maxSeconds=0.001");
    assertEnded(begun, 5);
    assertThat(begun.out()).endsWith("train.maxSeconds is over; the same command goes on\n");
    Path changed = folder.resolve("images/3.png");
    FileTime before = Files.getLastModifiedTime(changed);
    Files.setLastModifiedTime(changed, FileTime.from(Instant.now().plusSeconds(60)));
    CommandResult refused = retrain("2026-01-01");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err())
        .contains("data.train: 3.png was changed or removed after ", "or another retrain.date")
        .hasLineCount(1);

    Files.setLastModifiedTime(changed, before);
    draw("images", 5); // for another night
    CommandResult done = retrain("2026-01-01");
    assertEnded(done, 0);
    assertThat(done.out()).contains("(begun before)", "data     26 files to learn from, 12 files");
    assertThat(retrain("2026-01-02", "--dry-run").out()).contains("31 files to learn from, 5 new");
  }

  @Test
  void byContentAFileIsWhatItsBytesAre() throws IOException {
    String content = "--set=retrain.newBy=content";
    Path changed = folder.resolve("images/numbers.npy");
    writeNumbers(changed, 1);
    FileTime time = Files.getLastModifiedTime(changed);
    // out of time after its first round
    assertEnded(retrain("2026-01-01", content, "--set=train.maxSeconds=0.001"), 5);
    writeNumbers(changed, 2);
    Files.setLastModifiedTime(changed, time);
    CommandResult refused = retrain("2026-01-01", content);
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err())
        .contains("data.train: numbers.npy was changed or removed after ")
        .hasLineCount(1);

    writeNumbers(changed, 1);
    touchOneOf("held-out");
    touchOneOf("images");
    CommandResult done = retrain("2026-01-01", content);
    assertEnded(done, 0);
    assertThat(done.out()).contains("(begun before)", "promoted: version 1\n");
    Files.setLastModifiedTime(changed, time);
    assertThat(retrain("2026-01-02", content).out())
        .startsWith("0 new files since version 1, fewer than retrain.minimumNew=1");

    writeNumbers(changed, 2);
    Files.setLastModifiedTime(changed, time);
    assertThat(retrain("2026-01-02", "--dry-run", content).out())
        .contains("25 files to learn from, 1 new");
    assertThat(retrain("2026-01-02", "--dry-run").out()).startsWith("0 new files since version 1");
  }

  /** Images of 4x4, all of one value. */
  private static void writeNumbers(Path file, int value) throws IOException {
    byte[] pixels = new byte[3 * 4 * 4];
    Arrays.fill(pixels, (byte) value);
    try (OutputStream out = Files.newOutputStream(file)) {
      Npy.write(out, NpyArray.of(pixels, 3, 4, 4));
    }
  }

  @Test
  void whatIsHeldOutIsNotLearntFrom() throws IOException {
    Path both = folder.resolve("images/both.png");
    Files.copy(folder.resolve("held-out/24.png"), both);
    CommandResult refused = retrain("2026-01-01", "--validation=" + both);
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err())
        .contains("both.png: is in data.train and data.validation; allowed: held-out images")
        .hasLineCount(1);
  }

  @Test
  void whatCannotBeRetrainedIsRefusedBeforeAnythingIsDone() {
    assertRefused("retrain.date must be at most 128 letters", retrain("a/b"));
    assertRefused("train.start must be empty", retrain("x", "--set=train.start=y"));
    assertRefused(
        "run.dir must be empty to retrain, as runs are in the registry, was y",
        retrain("x", "--set=run.dir=y"));
    assertRefused("was energy", retrain("x", "--set=train.objective=energy"));
    assertRefused("registry.uri must be given (--registry DIR)", CommandResult.of("retrain"));
    assertRefused(
        "registry.model must be given (--name NAME)",
        CommandResult.of("retrain", "--registry=" + at("registry")));
    assertRefused(
        "data.validation must be given",
        CommandResult.of(
            "retrain", "--registry=" + at("registry"), "--name=a", "--data=" + at("images")));
    assertThat(folder.resolve("registry")).doesNotExist();
  }

  private static void assertRefused(String why, CommandResult result) {
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains(why).hasLineCount(1);
  }
}
