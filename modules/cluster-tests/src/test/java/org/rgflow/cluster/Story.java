package org.rgflow.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a user does, from images to a report, by {@code bin/rgflow}; from one cluster and file
 * system to the next only Spark's options and the URIs differ.
 */
final class Story {
  /** Of both phases. */
  static final int ROUNDS = 6;

  /** Scored in chunks of 80. */
  static final int TEST_IMAGES = 320;

  private final Path folder;
  private final List<String> options;
  private final Map<String, String> environment;
  private final Place place;
  private int started;

  /**
   * @param folder of this machine, for outputs
   * @param options of spark-submit
   * @param environment of rgflow
   * @param place of everything that is read and written
   */
  Story(Path folder, List<String> options, Map<String, String> environment, Place place) {
    this.folder = folder;
    this.options = options;
    this.environment = new HashMap<>(environment);
    this.environment.put("SPARK_DRIVER_MEMORY", "1g");
    this.environment.put("SPARK_SUBMIT_OPTS", String.join(" ", Built.quickStart()));
    this.place = place;
  }

  /** One told on two cores of this machine, with what Hadoop must know of the place. */
  static Story here(
      Path folder, Map<String, String> hadoop, Map<String, String> environment, Place place) {
    return new Story(
        folder,
        Stream.concat(
                Stream.of("--master", "local[2]", "--conf", "spark.ui.enabled=false"),
                HadoopSettings.options(hadoop).stream())
            .toList(),
        environment,
        place);
  }

  /** One told on two cores of this machine, about its own folders. */
  static Story here(Path folder, Place place) {
    return here(folder, Map.of(), Map.of(), place);
  }

  /** The same told with other options of spark-submit added. */
  Story with(List<String> more) {
    return new Story(
        folder, Stream.concat(options.stream(), more.stream()).toList(), environment, place);
  }

  /** Where it takes place. */
  Place place() {
    return place;
  }

  /** Copies bundled images there. */
  void putImages() {
    place.put(Built.images(), "images/train-images-idx3-ubyte.gz");
    place.write("test/images-idx3-ubyte", Built.testImages(TEST_IMAGES));
  }

  /** Starts a command. */
  ChildProcess start(String... arguments) {
    List<String> command = new ArrayList<>(List.of(Built.launcher().toString()));
    command.addAll(options);
    command.addAll(List.of(arguments));
    return ChildProcess.start(arguments[0] + started++, folder, environment, command);
  }

  /** Runs a command to its good end. */
  ChildProcess run(String... arguments) {
    ChildProcess command = start(arguments);
    requireDone(command);
    return command;
  }

  /** Waits for a command's good end. */
  static void requireDone(ChildProcess command) {
    int status = command.status();
    assertThat(status).as(() -> command.out() + command.err()).isZero();
  }

  /** What it trains. */
  static Path configuration() {
    return Built.root().resolve("modules/cluster-tests/src/test/resources/story.yaml");
  }

  /** Starts training, or goes on with it. */
  ChildProcess train(String run, String... more) {
    return trainAt(place.at(run), more);
  }

  /** The same with the run in another place than the images. */
  ChildProcess trainAt(String uri, String... more) {
    List<String> command =
        List.of(
            "train",
            "--config",
            configuration().toString(),
            "--data",
            place.at("images"),
            "--run",
            uri);
    return start(Stream.concat(command.stream(), Stream.of(more)).toArray(String[]::new));
  }

  /** Starts scoring, or goes on with it. */
  ChildProcess score(String run, String scores) {
    return start(
        "score",
        "--model",
        place.at(run),
        "--data",
        place.at("test"),
        "--output",
        place.at(scores),
        "--set",
        "score.chunk=80");
  }

  /** Draws samples. */
  ChildProcess sample(String run, String samples) {
    return run("sample", "--model", place.at(run), "--output", place.at(samples), "--count", "16");
  }

  /** Reports on a run, with the images that were scored. */
  void report(String run) {
    run("report", "--run", place.at(run), "--data", place.at("test"), "--images", "32");
    assertThat(new String(place.bytes(run + "/report.html"), StandardCharsets.UTF_8))
        .contains("How it learnt", "<th scope=\"row\">held out</th><td>32</td>")
        .endsWith("</html>\n");
  }

  /** The model of a run is, to the last bit, that of a run which nothing disturbed. */
  void requireUndisturbedModel(String run) {
    Place undisturbed = Undisturbed.place();
    assertThat(place.bytes(run + "/model.zip")).isEqualTo(undisturbed.bytes("run/model.zip"));
    String last = run + "/checkpoints/round-0000000" + ROUNDS;
    assertThat(place.names(last))
        .isEqualTo(undisturbed.names("run/checkpoints/round-0000000" + ROUNDS));
  }

  /** Scores are, to the last bit, those that nothing disturbed. */
  void requireUndisturbedScores(String scores) {
    List<String> expected = Undisturbed.place().rows("scores");
    List<String> found = place.rows(scores);
    assertThat(found).hasSameSizeAs(expected);
    for (int row = 0; row < found.size(); row++) {
      assertThat(found.get(row)).isEqualTo(expected.get(row)); // one, of many that would be alike
    }
  }

  /** Samples are, to the last bit, those of a model that nothing disturbed. */
  void requireUndisturbedSamples(String samples) {
    for (String file : List.of("samples.png", "samples.npz")) {
      assertThat(place.bytes(samples + "/" + file))
          .isEqualTo(Undisturbed.place().bytes("samples/" + file));
    }
  }
}
