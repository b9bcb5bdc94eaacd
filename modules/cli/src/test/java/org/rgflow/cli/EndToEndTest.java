package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.cli.latents.LatentImages;
import org.rgflow.data.Npy;
import org.rgflow.data.NpyArray;
import org.rgflow.data.Npz;
import org.rgflow.data.PngImage;
import org.rgflow.data.Shape;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.energy.Lattice;
import org.rgflow.spark.ingest.ToldBy;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.run.RunFolder;

/** Every command in turn, on a small set of images. */
@Tag("slow")
@ExtendWith(LocalMaster.class)
class EndToEndTest {
  private static final int IMAGES = 60;

  @TempDir private static Path folder;

  @BeforeAll
  static void drawImages() throws IOException {
    for (int i = 0; i < IMAGES; i++) {
      drawImage("images/class" + i % 3, i, 8);
    }
  }

  private static void drawImage(String into, int number, int size) throws IOException {
    DrawnImages.discs(folder.resolve(into), number, 1, size);
  }

  private static String at(String name) {
    return folder.resolve(name).toString();
  }

  private static CommandResult train(String... more) {
    List<String> args =
        List.of(
            "train",
            "--data=" + at("images"),
            "--set=model.hidden=8",
            "--set=model.hyper=4",
            "--set=solver.steps=2",
            "--set=train.batch=8",
            "--set=train.localSteps=2",
            "--set=train.heldOutFraction=0.2",
            "--set=train.validateEvery=1");
    return CommandResult.of(Stream.concat(args.stream(), Stream.of(more)).toArray(String[]::new));
  }

  private static void assertDone(CommandResult result) {
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
  }

  @Test
  void trainsResumesScoresSamplesAndInspects() throws IOException {
    String run = at("run");
    CommandResult first = train("--run", run, "--rounds", "2");
    assertDone(first);
    assertThat(first.out())
        .contains("run:", "rounds: 2  # flag", "round 2/2", "bits/dim", "trained 2 rounds")
        .contains("rgflow score --model " + run);
    assertThat(Files.readString(folder.resolve("run/config.yaml"))).contains("shards: 2");

    CommandResult resumed = CommandResult.of("train", "--run", run, "--rounds", "3", "--quiet");
    assertDone(resumed);
    assertThat(resumed.out()).startsWith("trained 3 rounds: held-out ").doesNotContain("round 3/3");
    assertThat(Files.readAllLines(folder.resolve("run/metrics.jsonl"))).hasSize(3);

    List<String> starts = Files.readAllLines(folder.resolve("run/provenance.jsonl"));
    assertThat(starts).hasSize(2);
    assertThat(starts.get(1))
        .contains("\"rgflow\":", "\"revision\":", "\"onednn\":true", "\"started\":")
        .contains("\"--rounds\",\"3\"")
        .doesNotContain("${");

    String heldOut =
        resumed.out().substring("trained 3 rounds".length(), resumed.out().indexOf('\n'));
    CommandResult again = CommandResult.of("train", "--run", run, "--data", at("images"));
    assertDone(again);
    assertThat(again.out()).startsWith("already trained 3 rounds" + heldOut);
    assertThat(Files.readAllLines(folder.resolve("run/metrics.jsonl"))).hasSize(3);

    CommandResult refused = train("--run", run, "--resume", "never");
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err())
        .isEqualTo(
            "rgflow: "
                + run
                + ": holds a run already; allowed: a folder without one, or --resume auto, which"
                + " goes on with a run that has its config.yaml"
                + System.lineSeparator());

    try (Lease other =
        Lease.of(new Configuration(), run, RunFolder.LEASE, LeaseTerms.brief("another training"))) {
      CommandResult second = train("--run", run, "--rounds=4");
      assertThat(second.status()).isEqualTo(3);
      assertThat(second.err()).contains("/run: the lease is held by process ").hasLineCount(1);
      other.require();
    }

    assertRefused(
        "model.hidden must stay [8]", "train", "--run", run, "--set=model.hidden=9", "--rounds=4");
    drawImage("images", 61, 8);
    assertRefused(
        "data.train must hold the files that " + run + " began with: 61.png is new; allowed: ",
        "train",
        "--run",
        run,
        "--rounds=4");
    Files.delete(folder.resolve("images/61.png"));
    scores(run);
    scoresOfOtherBytes(run);
    evaluates(run);
    otherShapes(run);
    samples(run);
    decodes(run);
    hierarchy(run);

    CommandResult inspected = CommandResult.of("inspect", run);
    assertDone(inspected);
    assertThat(inspected.out()).contains("1x8x8", "round-00000003", "3 rounds", "best held-out");
    checkpoints(run);
  }

  @Test
  void aRunGoesOnFromAnotherWorkingDirectory() throws IOException {
    FileSystem files = FileSystem.getLocal(new Configuration());
    org.apache.hadoop.fs.Path before = files.getWorkingDirectory();
    String run = at("else where");
    drawImage("near", 1, 8);
    drawImage("near", 2, 8);
    try {
      files.setWorkingDirectory(new org.apache.hadoop.fs.Path(folder.toUri()));
      CommandResult begun =
          CommandResult.of(
              "train",
              "--data=near",
              "--run=" + run,
              "--rounds=1",
              "--set=model.hidden=4",
              "--set=solver.steps=1",
              "--set=train.heldOutFraction=0",
              "--set=train.shards=1");
      assertDone(begun);
      assertThat(begun.out())
          .contains("  train: [near]  # flag", "rgflow score --model '" + run + "' --data PATH ");
      files.setWorkingDirectory(new org.apache.hadoop.fs.Path("/"));
      assertDone(CommandResult.of("train", "--run=" + run, "--rounds=2", "--quiet"));
      assertDone(CommandResult.of("train", "--run=" + run, "--data=" + at("near"), "--rounds=3"));
    } finally {
      files.setWorkingDirectory(before);
    }
  }

  private static void checkpoints(String run) throws IOException {
    CommandResult listed = CommandResult.of("checkpoints", "list", run);
    assertDone(listed);
    assertThat(listed.out())
        .containsPattern("^round-00000003 +[0-9,]+ bytes  held-out [0-9.]+ +complete\n");
    CommandResult verified = CommandResult.of("checkpoints", "verify", run);
    assertDone(verified);
    assertThat(verified.out()).containsPattern("([0-9]) of \\1 checkpoints are complete\n$");

    Path manifest = folder.resolve("run/checkpoints/round-00000003/manifest.json");
    byte[] bytes = Files.readAllBytes(manifest);
    Files.delete(manifest);
    CommandResult incomplete = CommandResult.of("checkpoints", "verify", run);
    assertThat(incomplete.status()).isEqualTo(1);
    assertThat(incomplete.out()).contains("round-00000003: has no manifest.json\n");
    Files.write(manifest, bytes);

    CommandResult would = CommandResult.of("checkpoints", "prune", run, "--dry-run");
    assertDone(would);
    CommandResult pruned = CommandResult.of("checkpoints", "prune", run);
    assertDone(pruned);
    assertThat(pruned.out())
        .isEqualTo(would.out().replace("would remove", "removed").replace("would stay", "stay"));
    try (Stream<Path> left = Files.list(folder.resolve("run/checkpoints"))) {
      List<String> names = left.map(each -> each.getFileName().toString()).toList();
      assertThat(names).contains("round-00000003");
      assertThat(pruned.out()).contains(names.size() + " of ");
      assertThat(names).noneMatch(name -> pruned.out().contains("removed " + name));
    }
    assertRefused("--keep must be at least 1, was 0", "checkpoints", "prune", run, "--keep=0");
    assertRefused(at("images") + ": not a run's folder", "checkpoints", "list", at("images"));
    assertRefused("list, verify or prune must be given", "checkpoints");
  }

  @Test
  void flowMatchingAndThenLikelihoodAreOneRun() throws IOException {
    String run = at("phases");
    String[] phases = {
      "--set=train.objective=flow-matching", "--set=train.then=likelihood", "--set=then.rounds=1"
    };
    CommandResult both =
        train(
            Stream.concat(Stream.of("--run", run, "--rounds", "2"), Stream.of(phases))
                .toArray(String[]::new));
    assertDone(both);
    assertThat(both.out())
        .contains("then: likelihood", "matching", "round 3/3", "trained 3 rounds");
    assertThat(Files.readAllLines(folder.resolve("phases/metrics.jsonl")))
        .hasSize(3)
        .last()
        .asString()
        .contains("\"objective\":\"likelihood\"");

    assertRefused("train.rounds must stay 2", "train", "--run", run, "--rounds=5");
    CommandResult longer = CommandResult.of("train", "--run", run, "--set=then.rounds=2");
    assertDone(longer);
    assertThat(longer.out()).contains("resumed after round 3", "trained 4 rounds");
  }

  /** By content a file of other bytes is new however old it is, and a touched one is not. */
  private static void scoresOfOtherBytes(String run) throws IOException {
    writeImages("numbers/changed.npy", 2, 0);
    writeImages("numbers/touched.npy", 3, 0);
    assertDone(scoreNumbers(run, "noted", "content"));
    Path changed = folder.resolve("numbers/changed.npy");
    FileTime time = Files.getLastModifiedTime(changed);
    writeImages("numbers/changed.npy", 2, 9);
    Files.setLastModifiedTime(changed, time);
    Files.setLastModifiedTime(
        folder.resolve("numbers/touched.npy"), FileTime.from(Instant.now().plusSeconds(60)));

    Map<String, Integer> found = Map.of("content", 2, "time", 3, "length", 0);
    found.forEach(
        (told, images) -> {
          String since = "--since-manifest=" + at("noted");
          CommandResult scored = scoreNumbers(run, "other-by-" + told, told, since);
          assertDone(scored);
          assertThat(scored.out()).contains("scored  " + images + " images, 0 with an error\n");
        });
  }

  private static void writeImages(String name, int count, int value) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    byte[] pixels = new byte[count * 8 * 8];
    Arrays.fill(pixels, (byte) value);
    try (OutputStream out = Files.newOutputStream(file)) {
      Npy.write(out, NpyArray.of(pixels, count, 8, 8));
    }
  }

  private static CommandResult scoreNumbers(
      String run, String output, String told, String... more) {
    List<String> args =
        List.of(
            "score",
            "--model=" + run,
            "--data=" + at("numbers"),
            "--output=" + at(output),
            "--set=score.newBy=" + told);
    return CommandResult.of(Stream.concat(args.stream(), Stream.of(more)).toArray(String[]::new));
  }

  private static void scores(String run) throws IOException {
    Files.writeString(folder.resolve("images/class0/broken.png"), "no image");
    String output = at("scores");
    String[] command = {"score", "--model", run, "--data", at("images"), "--output", output};
    CommandResult scored = CommandResult.of(command);
    assertDone(scored);
    assertThat(scored.out()).contains("scored  61 images, 1 with an error\nmean    ");
    CommandResult again = CommandResult.of(command);
    assertDone(again);
    assertThat(again.out())
        .contains("resumed after 61 of 61 images")
        .endsWith(scored.out().substring(scored.out().indexOf("scored  61 images")));
    Files.delete(folder.resolve("images/class0/broken.png"));
    CommandResult changed = CommandResult.of(command);
    assertThat(changed.status()).isEqualTo(2);
    assertThat(changed.err())
        .contains(output + ": holds scores of other images, such as class0/broken.png")
        .hasLineCount(1);
    String[] replacing = Arrays.copyOf(command, command.length + 1);
    replacing[command.length] = "--overwrite";
    assertDone(CommandResult.of(replacing));
    drawImage("images", 61, 8);
    CommandResult added =
        CommandResult.of(
            "score",
            "--model=" + run,
            "--data=" + at("images"),
            "--output=" + at("added-scores"),
            "--since-manifest=" + output);
    Files.delete(folder.resolve("images/61.png"));
    assertDone(added);
    assertThat(added.out()).contains("scored  1 images, 0 with an error\n");
    Path replaced = folder.resolve("images/class0/0.png");
    Files.setLastModifiedTime(replaced, FileTime.from(Instant.now().plusSeconds(60)));
    for (ToldBy told : ToldBy.values()) {
      CommandResult since =
          CommandResult.of(
              "score",
              "--model=" + run,
              "--data=" + at("images"),
              "--output=" + at("since-by-" + told),
              "--set=score.newBy=" + told.name().toLowerCase(Locale.ROOT),
              "--since-manifest=" + output);
      assertDone(since);
      assertThat(since.out())
          .contains("scored  " + (told == ToldBy.TIME ? 1 : 0) + " images, 0 with an error\n");
    }
    CommandResult told =
        CommandResult.of(
            "outliers",
            "--calibration=" + output,
            "--inliers=" + output,
            "--outliers=" + at("added-scores"));
    assertDone(told);
    assertThat(told.out())
        .startsWith("1 outliers against 60 inliers, calibrated by 60 images\n")
        .containsPattern("(?m)^combined +[01][.][0-9]{4} +[0-9.]+ %$");
  }

  private static void evaluates(String run) throws IOException {
    String[] asked = {"evaluate", "--model", run, "--data", at("images")};
    CommandResult said = CommandResult.of(asked);
    assertDone(said);
    JsonNode found = new ObjectMapper().readTree(CommandResult.of(joined(asked, "--json")).out());
    assertThat(said.out())
        .contains(String.format(Locale.ROOT, "bits/dim    %.4f, 95 %% between ", mean(found)))
        .contains("uniformly, 1 draw\n", "closed-form, exact", "rk4 of 4 steps a level, 64 eval");
    assertThat(found.path("images").asInt()).isEqualTo(60);
    assertThat(found.path("images_seen").asInt()).isEqualTo(3 * 2 * 2 * 8);
    double halfWidth = 1.959964 * found.path("standard_error").asDouble();
    assertThat(found.path("high").asDouble()).isCloseTo(mean(found) + halfWidth, within(1e-12));

    CommandResult scored =
        CommandResult.of("score", "--model", run, "--data", at("images"), "--output", at("beside"));
    assertThat(scored.out())
        .contains(String.format(Locale.ROOT, "mean    %.4f bits/dim", mean(found)));
  }

  private static double mean(JsonNode found) {
    return found.path("mean").asDouble();
  }

  private static void otherShapes(String run) throws IOException {
    drawImage("larger", 1, 10);
    assertRefused(
        "1.png: shape 1x10x10; allowed: 1x8x8 (none of 1 images has a score)",
        "score",
        "--model=" + run,
        "--data=" + at("larger"),
        "--output=" + at("larger-scores"));
    assertThat(folder.resolve("larger-scores")).doesNotExist();
    assertRefused(
        "1.png: shape 1x10x10; allowed: 1x8x8 (none of 1 images has a class)",
        "classify",
        "--model=zero=" + run,
        "--model=one=" + run,
        "--data=" + at("larger"),
        "--output=" + at("larger-classes"));
    assertThat(folder.resolve("larger-classes")).doesNotExist();
    ofOneImage(run);
    assertRefused(
        "train.start " + run + ": a model with model.kernel 3 and not 5; allowed: one of this",
        "train",
        "--data=" + at("images"),
        "--run=" + at("other"),
        "--start=" + run,
        "--set=model.hidden=8",
        "--set=model.hyper=4",
        "--set=model.kernel=5");
    assertThat(folder.resolve("other")).doesNotExist();
  }

  /** Of which there is no standard error. */
  private static void ofOneImage(String run) {
    String image = at("images/class0/0.png");
    CommandResult scored =
        CommandResult.of("score", "--model", run, "--data", image, "--output", at("one-score"));
    assertDone(scored);
    assertThat(scored.out()).containsPattern("(?m)^mean    [0-9.]+ bits/dim, of one image$");
    CommandResult evaluated = CommandResult.of("evaluate", "--model", run, "--data", image);
    assertDone(evaluated);
    assertThat(evaluated.out()).containsPattern("(?m)^bits/dim    [0-9.]+, of one image$");
  }

  private static void samples(String run) throws IOException {
    String output = at("samples");
    String[] args = {"sample", "--model", run, "--count", "5", "--output", output, "--seed", "3"};
    assertDone(CommandResult.of(args));
    byte[] bytes = Files.readAllBytes(folder.resolve("samples/samples.npz"));
    NpyArray images = Npz.read("samples", new ByteArrayInputStream(bytes)).get("images");
    assertThat(images.shape()).containsExactly(5, 1, 8, 8);
    assertThat(ImageIO.read(folder.resolve("samples/samples.png").toFile()).getHeight())
        .isEqualTo(16);
    CommandResult again = CommandResult.of(args);
    assertThat(again.status()).isEqualTo(2);
    assertThat(again.err()).contains("samples.npz exists").hasLineCount(1);
    assertDone(
        CommandResult.of(
            "sample",
            "--model=" + run,
            "--count=5",
            "--output=" + at("beside-samples"),
            "--beside=" + at("images")));
    // 8 columns of samples, an empty one and 8 of images, of 8 pixels and a gap, drawn twice as
    // large
    assertThat(ImageIO.read(folder.resolve("beside-samples/samples.png").toFile()).getWidth())
        .isEqualTo(2 * (17 * 9 - 1));
  }

  private static void decodes(String run) throws IOException {
    assertDone(
        CommandResult.of(
            "score",
            "--model=" + run,
            "--data=" + at("images"),
            "--output=" + at("coded"),
            "--latents"));
    String[] decode = {
      "decode", "--model=" + run, "--latents=" + at("coded"), "--output=" + at("decoded")
    };
    CommandResult decoded = CommandResult.of(decode);
    assertDone(decoded);
    assertThat(decoded.out()).contains("decoded 60 rows, 0 with an error");
    assertRefused(at("decoded") + ": exists already", decode);
    CommandResult again =
        CommandResult.of(
            "evaluate", "--model=" + run, "--data=" + at("decoded"), "--set=score.draws=2");
    assertDone(again);
    assertThat(again.out()).contains("images      60, 0 with an error");
    correlates(run, at("coded"));
  }

  private static void correlates(String run, String latents) throws IOException {
    String[] correlation = {
      "correlation", "--model=" + run, "--latents=" + latents, "--output=" + at("correlated")
    };
    CommandResult correlated = CommandResult.of(correlation);
    assertDone(correlated);
    assertThat(correlated.out())
        .contains("rows    60; two independent latents show ")
        .containsPattern("(?m)^0, 0 +1,128 +-?[0-9.]+ +-?[0-9.]+$") // 48 latents, of 64
        .containsPattern("(?m)^2, 3 +3 ");
    Map<String, NpyArray> arrays;
    try (InputStream in = Files.newInputStream(folder.resolve("correlated/correlation.npz"))) {
      arrays = Npz.read("correlation.npz", in);
    }
    assertThat(arrays.get("correlation").shape()).containsExactly(64, 64);
    assertThat(arrays.get("correlation").doubles()[0]).isCloseTo(1, within(1e-9));
    assertThat(arrays.get("place").shape()).containsExactly(64, 2);
    assertThat(Files.readAllLines(folder.resolve("correlated/correlation.csv")).get(1))
        .startsWith("0,0,0,1,");
    assertThat(ImageIO.read(folder.resolve("correlated/correlation.png").toFile()).getWidth())
        .isEqualTo(2 * 64 + 1);
    assertRefused("correlation.npz exists; allowed: another --output", correlation);
    assertRefused(
        "nowhere: no such file or folder",
        "correlation",
        "--model=" + run,
        "--latents=" + at("nowhere"),
        "--output=" + at("no"));
  }

  private static byte[] pixels(String npz) throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve(npz));
    NpyArray images = Npz.read(npz, new ByteArrayInputStream(bytes)).get("images");
    assertThat(images.shape()).endsWith(1, 8, 8);
    double[] values = images.doubles();
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) values[i];
    }
    return pixels;
  }

  /** Whether image {@code at} of several is that of the file, but for a rounding of few values. */
  private static void assertShows(byte[] pixels, int at, String file) throws IOException {
    byte[] image = Arrays.copyOfRange(pixels, 64 * at, 64 * (at + 1));
    byte[] original =
        ((DataBufferByte) ImageIO.read(folder.resolve(file).toFile()).getRaster().getDataBuffer())
            .getData();
    assertThat(LatentImages.difference(original, image)).startsWith("moves 0 of 64 values");
  }

  private static void walks(String run, String data) throws IOException {
    CommandResult walked =
        CommandResult.of(
            "walk", "--model=" + run, "--data=" + data, "--steps=4", "--output=" + at("walked"));
    assertDone(walked);
    assertThat(walked.out())
        .containsPattern("(?m)^level 0 latent 22 moves [1-9][0-9]* of 64 values, by ")
        .containsPattern("(?m)^level 3 latent 0 moves ");
    byte[] walks = pixels("walked/walk.npz");
    assertThat(walks).hasSize(4 * 5 * 64);
    assertShows(walks, 2, "images/class0/0.png"); // in the middle nothing is moved
    CommandResult ofOne =
        CommandResult.of(
            "walk",
            "--model=" + run,
            "--data=" + data,
            "--level=2",
            "--count=9",
            "--output=" + at("walked-of-2"));
    assertDone(ofOne);
    assertThat(ofOne.out()).contains("level 2 latent 0 ", "level 2 latent 2 ");
    assertThat(pixels("walked-of-2/walk.npz")).hasSize(3 * 9 * 64); // it has but three
    String[] wrong = {"walk", "--model=" + run, "--data=" + data, "--output=" + at("no")};
    assertRefused("--level must be in [0, 3], was 4", joined(wrong, "--level=4"));
    assertRefused("--by must be a number above 0, was 0.0", joined(wrong, "--by=0"));
  }

  private static void hierarchy(String run) throws IOException {
    String class0 = at("images/class0");
    String class1 = at("images/class1");
    String[] mix = {
      "mix",
      "--model=" + run,
      "--coarse=" + class0,
      "--fine=" + class1,
      "--count=2",
      "--output=" + at("mixed")
    };
    assertDone(CommandResult.of(mix));
    byte[] mixed = pixels("mixed/mix.npz");
    assertThat(mixed).hasSize(2 * 5 * 64);
    assertShows(mixed, 0, "images/class0/0.png");
    assertShows(mixed, 4, "images/class1/1.png");
    assertRefused("mix.npz exists; allowed: another --output, or --overwrite", mix);
    assertThat(folder.resolve("mixed/mix.png")).exists();

    assertDone(
        CommandResult.of(
            "interpolate",
            "--model=" + run,
            "--from=" + class0 + "/0.png",
            "--to=" + class1 + "/1.png",
            "--steps=3",
            "--output=" + at("walk")));
    byte[] walk = pixels("walk/interpolate.npz");
    assertThat(walk).hasSize(4 * 64);
    assertShows(walk, 0, "images/class0/0.png");
    assertShows(walk, 3, "images/class1/1.png");

    CommandResult fields =
        CommandResult.of(
            "receptive-field", "--model=" + run, "--data=" + class0, "--output=" + at("fields-of"));
    assertDone(fields);
    assertThat(fields.out())
        .containsPattern("(?m)^level 0 moves [1-9][0-9]* of 64 values, by [0-9]+ of 255 at most$")
        .containsPattern("(?m)^level 3 moves ");
    assertThat(pixels("fields-of/receptive-field.npz")).hasSize(4 * 3 * 64);

    walks(run, class0);
    inpaint(run, class0);
    classify(run, class0, class1);

    assertRefused(
        "--count must be in [1, 1000], was 0",
        "mix",
        "--model=" + run,
        "--coarse=" + class0,
        "--fine=" + class1,
        "--count=0",
        "--output=" + at("no"));
    assertRefused(
        "2 images for 1; allowed: as many, or a smaller --count",
        "mix",
        "--model=" + run,
        "--coarse=" + class0,
        "--fine=" + class1 + "/1.png",
        "--count=2",
        "--output=" + at("no"));
    assertThat(folder.resolve("no")).doesNotExist();
  }

  private static void inpaint(String run, String images) throws IOException {
    byte[] mask = new byte[64];
    Arrays.fill(mask, 26, 30, (byte) 255);
    Files.write(folder.resolve("mask.png"), PngImage.encode(mask, new Shape(1, 8, 8)));
    String[] shared = {"inpaint", "--model=" + run, "--data=" + images + "/0.png", "--draws=3"};
    String[] brief = {
      "--set=inpaint.trajectories=4", "--set=inpaint.leapfrogs=2", "--set=solver.steps=2"
    };
    CommandResult byMask =
        CommandResult.of(joined(shared, brief, "--mask=" + at("mask.png"), "--output=" + at("m")));
    assertDone(byMask);
    assertThat(byMask.out())
        .containsPattern("(?m)^level 0 draws [0-9.]+ of 48 latents$")
        .containsPattern("(?m)^in all  [0-9.]+ of 64 latents$")
        .containsPattern("(?m)^hole    4 sites; known pixels missed by [0-9.]+, trajectories ");
    byte[] filled = pixels("m/inpaint.npz");
    assertThat(filled).hasSize(5 * 64);
    assertShows(filled, 0, "images/class0/0.png");
    for (int i = 0; i < filled.length; i++) {
      boolean isHole = mask[i % 64] != 0;
      if (!isHole) {
        assertThat(filled[i]).isEqualTo(filled[i % 64]);
      } else if (i / 64 == 1) {
        assertThat(filled[i]).isEqualTo((byte) 128);
      }
    }
    assertDone(CommandResult.of(joined(shared, brief, "--hole=3,2,1,4", "--output=" + at("r"))));
    assertThat(pixels("r/inpaint.npz")).isEqualTo(filled);

    String output = "--output=" + at("no");
    assertRefused(
        "a hole of 4 rows and 4 columns from row 6 and column 0 on; allowed: within an image of"
            + " 1x8x8",
        joined(shared, "--hole=6,0,4,4", output));
    assertRefused(
        "--hole has 2 numbers; allowed: ROW,COLUMN,HEIGHT,WIDTH",
        joined(shared, "--hole=6,0", output));
    drawImage("sizes", 0, 10);
    drawImage("sizes", 1, 8);
    assertRefused(
        "0.png: shape 1x10x10; allowed: 1x8x8",
        "inpaint",
        "--model=" + run,
        "--data=" + at("sizes"),
        "--hole=3,2,1,4",
        output);
    assertRefused("no.png: no such file", joined(shared, "--mask=" + at("no.png"), output));
    assertRefused(
        "inpaint.noise must be in (0, 10], was 0",
        joined(shared, "--hole=3,2,1,4", "--set=inpaint.noise=0", output));
    assertRefused("--hole", joined(shared, output));
  }

  @Test
  void aModelOfClassesIsTrainedByFoldersAndScoresSamplesAndTellsThem() throws IOException {
    String run = at("classes");
    CommandResult trained =
        train("--run", run, "--rounds=2", "--set=model.classes=[class0, class1, class2]");
    assertDone(trained);
    String model = "--model=" + run;
    String images = "--data=" + at("images");

    CommandResult scored = CommandResult.of("score", model, images, "--output=" + at("of-classes"));
    assertDone(scored);
    assertThat(scored.out()).contains("scored  60 images, 0 with an error");
    CommandResult told =
        CommandResult.of("classify", model, images, "--labelled", "--output=" + at("told-classes"));
    assertDone(told);
    assertThat(told.out())
        .contains("classified 60 images, 0 with an error", " of 60: ")
        .containsPattern("(?m)^ +class2 ");
    assertDone(CommandResult.of("sample", model, "--output=" + at("drawn-classes")));
    assertDone(
        CommandResult.of("sample", model, "--class=class1", "--output=" + at("drawn-class1")));
    CommandResult report = CommandResult.of("report", "--run=" + run, "--quiet");
    assertDone(report);
    CommandResult inspected = CommandResult.of("inspect", run);
    assertDone(inspected);
    assertThat(inspected.out()).contains("class0", "class2");

    assertRefused(
        "class must be one of [class0, class1, class2], was class3",
        "sample",
        model,
        "--class=class3",
        "--output=" + at("no"));
    assertRefused(
        run + ": a density for each of [class0, class1, class2]; allowed: one of them, by --class",
        "receptive-field",
        model,
        images,
        "--output=" + at("no"));
    assertRefused(
        "is of class of-no-class; allowed: [class0, class1, class2], as model.classes",
        "score",
        model,
        "--data=" + drawnIn("of-no-class"),
        "--output=" + at("no"));
    assertRefused(
        "class must be left out, as the model has no classes, was class0",
        "sample",
        "--model=" + runWithoutClasses(),
        "--class=class0",
        "--output=" + at("no"));
    assertThat(folder.resolve("no")).doesNotExist();
  }

  private static String drawnIn(String name) throws IOException {
    drawImage(name, 1, 8);
    return at(name);
  }

  private static String runWithoutClasses() {
    assertDone(train("--run", at("without-classes"), "--rounds=1", "--quiet"));
    return at("without-classes");
  }

  /** One model as that of both classes, of which the prior then decides. */
  private static void classify(String run, String class0, String class1) {
    String[] models = {"classify", "--model=zero=" + run, "--model=one=" + run, "--prior=one=3"};
    String[] truth = {"--truth=zero=" + class0, "--truth=one=" + class1};
    CommandResult told = CommandResult.of(joined(models, truth, "--output=" + at("told")));
    assertDone(told);
    assertThat(told.out())
        .containsPattern("classified [0-9]+ images, 0 with an error")
        .containsPattern("(?m)^ +zero +\\. +[1-9][0-9]*$")
        .containsPattern("(?m)^ +one +\\. +[1-9][0-9]*$")
        .contains("right   ", "classes " + at("told") + " (Parquet)");
    assertRefused(
        "exists already; allowed: another", joined(models, truth, "--output=" + at("told")));
    CommandResult unknown =
        CommandResult.of(
            joined(models, "--data=" + class0, "--output=" + at("told"), "--overwrite"));
    assertDone(unknown);
    assertThat(unknown.out()).containsPattern("(?m)^zero +0$").containsPattern("(?m)^one +[1-9]");

    String output = "--output=" + at("no");
    assertRefused(
        "--truth has class two; allowed: [zero, one], as --model",
        joined(models, "--truth=two=" + class0, output));
    assertRefused(
        "--truth has class one twice; allowed: once",
        joined(models, "--truth=one=" + class0, "--truth=one=" + class1, output));
    assertRefused(
        "--prior must be CLASS=NUMBER, was often",
        joined(models, "--prior=zero=often", "--data=" + class0, output));
    assertRefused(
        "--model " + run + " has no classes; allowed: CLASS=PATH of each, or a model of classes",
        "classify",
        "--model=" + run,
        "--data=" + class0,
        output);
    assertRefused(
        "--model must be given of 2 classes or more, or be a model of classes, was zero=" + run,
        "classify",
        "--model=zero=" + run,
        "--data=" + class0,
        output);
    assertRefused(
        "the prior of zero must be positive and finite, was -1.0",
        joined(models, "--prior=zero=-1", "--data=" + class0, output));
  }

  private static String[] joined(String[] first, String... others) {
    return Stream.of(first, others).flatMap(Stream::of).toArray(String[]::new);
  }

  private static String[] joined(String[] first, String[] second, String... others) {
    return joined(joined(first, second), others);
  }

  @Test
  void badDataIsOneLineAndLeavesNoRun() throws IOException {
    assertRefused(at("none"), "train", "--data", at("none"), "--run", at("bad"));
    Files.createDirectories(folder.resolve("empty"));
    assertRefused(at("empty"), "train", "--data", at("empty"), "--run", at("bad"));
    drawImage("mixed", 1, 8);
    drawImage("mixed", 2, 9);
    assertRefused("2.png", "train", "--data", at("mixed"), "--run", at("bad"));
    Files.createDirectories(folder.resolve("broken"));
    Files.writeString(folder.resolve("broken/x.png"), "no image");
    assertRefused("x.png", "train", "--data", at("broken"), "--run", at("bad"));
    float[] values = new float[2 * 64];
    values[70] = Float.NaN;
    try (OutputStream out = Files.newOutputStream(folder.resolve("nan.npy"))) {
      Npy.write(out, NpyArray.of(values, 2, 1, 8, 8));
    }
    assertRefused(
        "nan.npy: example 1 has NaN at position 6",
        "train",
        "--data=" + at("nan.npy"),
        "--run=" + at("bad"));
    drawImage("validation", 1, 10);
    CommandResult validation = train("--run", at("bad"), "--validation", at("validation"));
    assertThat(validation.err()).contains("the validation data: shape 1x10x10; allowed: 1x8x8");
    Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("images"));
    assertRefused(
        "is in data.train and data.validation; allowed: held-out images",
        "train",
        "--data=" + at("images"),
        "--validation=" + link,
        "--run=" + at("bad"));
    assertRefused(
        "is in data.train and data.validation; allowed: held-out images",
        "train",
        "--data=" + at("images"),
        "--validation=" + at("images"),
        "--run=" + at("bad"));
    CommandResult mismatch =
        train("--run", at("bad"), "--set=model.padding=zeros", "--set=divergence.kind=closed-form");
    assertThat(mismatch.status()).isEqualTo(2);
    assertThat(mismatch.err()).contains("divergence.kind closed-form needs").hasLineCount(1);
    assertThat(folder.resolve("bad")).doesNotExist();
  }

  private static CommandResult trainOn(String energy, String run, String... more) {
    List<String> args =
        List.of(
            "train",
            "--energy=" + energy,
            "--run=" + at(run),
            "--set=model.hidden=8",
            "--set=model.hyper=4",
            "--set=solver.steps=2",
            "--set=train.batch=8",
            "--set=train.localSteps=2",
            "--set=train.validateEvery=1");
    return CommandResult.of(Stream.concat(args.stream(), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void trainsOnAnEnergyWithoutDataAndResumes() throws IOException {
    CommandResult first = trainOn("ising", "ising", "--set=energy.lattice=4", "--rounds=2");
    assertDone(first);
    assertThat(first.out())
        .contains("objective: energy  # flag", "latents of 1x4x4", "bound ", "ESS ")
        .contains("trained 2 rounds: held-out ")
        .doesNotContain("rgflow score");
    CommandResult resumed =
        CommandResult.of("train", "--run", at("ising"), "--rounds", "3", "--quiet");
    assertDone(resumed);
    List<String> metrics = Files.readAllLines(folder.resolve("ising/metrics.jsonl"));
    assertThat(metrics).hasSize(3);
    assertThat(metrics.get(2)).contains("\"free_energy\":", "\"bound_error\":", "\"ess\":");
    CommandResult other =
        CommandResult.of("train", "--run", at("ising"), "--set=energy.lattice=8", "--rounds=4");
    assertThat(other.status()).isEqualTo(2);
    assertThat(other.err()).contains("energy.lattice must stay [4]").hasLineCount(1);
    CommandResult inspected = CommandResult.of("inspect", at("ising"));
    assertDone(inspected);
    assertThat(inspected.out()).containsPattern("energy +ising").contains("1x4x4");
    assertDone(CommandResult.of("sample", "--model", at("ising"), "--output", at("fields")));
    assertThat(folder.resolve("fields/samples.npz")).exists();
    assertRefused(
        at("ising") + ": a model of 1x4x4; allowed: one of gray or RGB images",
        "receptive-field",
        "--model=" + at("ising"),
        "--data=" + at("images"),
        "--output=" + at("no"));
    physics(at("ising"));
  }

  private static void physics(String run) throws IOException {
    String[] asked = {
      "physics",
      "--model=" + run,
      "--samples=64",
      "--chains=4",
      "--trajectories=4",
      "--set=physics.warmUp=0",
      "--set=physics.leapfrogs=2",
      "--set=physics.batch=16"
    };
    CommandResult said = CommandResult.of(asked);
    assertDone(said);
    assertThat(said.out())
        .contains("ising of 1x4x4, exact log Z 37.376732", "4 chains of 4 trajectories of 2 steps")
        .contains("rk4 of 4 steps a level");
    JsonNode found = new ObjectMapper().readTree(CommandResult.of(joined(asked, "--json")).out());
    double bound = found.path("bound").asDouble();
    double error = found.path("bound_error").asDouble();
    assertThat(bound).isGreaterThan(-37.376731689944 - 4 * error);
    assertThat(said.out())
        .contains(String.format(Locale.ROOT, "bound       %.4f on -log Z", bound))
        .contains(
            String.format(
                Locale.ROOT,
                "metropolis  acceptance %.4f",
                found.path("metropolis_acceptance").asDouble()))
        .contains(
            String.format(
                Locale.ROOT,
                "hmc         acceptance %.4f",
                found.path("hmc_acceptance").asDouble()));
    assertRefused("energy.lattice must stay [4]", joined(asked, "--set=energy.lattice=8"));
    CommandResult few = CommandResult.of("physics", "--model", run, "--samples=15", "--chains=4");
    assertThat(few.err())
        .isEqualTo(
            "rgflow: physics.samples must be at least 4 physics.chains, which is 16, was 15"
                + System.lineSeparator());
    assertThat(few.status()).isEqualTo(2);
  }

  /** Of a user, who forgot a factor. */
  public static final class Careless implements Energy {
    private static final long serialVersionUID = 1L;

    @Override
    public Lattice lattice() {
      return new Lattice(1, 2);
    }

    @Override
    public double value(double[] x, double[] gradient) {
      gradient[0] = x[0];
      gradient[1] = x[1];
      return x[0] * x[0] + x[1] * x[1];
    }
  }

  @Test
  void anEnergyWithAWrongGradientIsOneLineAndLeavesNoRun() {
    CommandResult result = trainOn(Careless.class.getName(), "careless");
    assertThat(result.err())
        .startsWith("rgflow: energy.name " + Careless.class.getName() + ": its gradient of value ")
        .hasLineCount(1);
    assertThat(result.status()).isEqualTo(2);
    assertThat(folder.resolve("careless")).doesNotExist();
  }

  private static void assertRefused(String message, String... args) {
    CommandResult result = CommandResult.of(args);
    assertThat(result.err()).startsWith("rgflow: ").contains(message).hasLineCount(1);
    assertThat(result.status()).isEqualTo(2);
  }
}
