package org.rgflow.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Sgd;
import org.rgflow.cli.config.Configuration;
import org.rgflow.cli.config.Keys;
import org.rgflow.cli.config.Layer;
import org.rgflow.data.LogitTransform;
import org.rgflow.data.NpyArray;
import org.rgflow.data.Npz;
import org.rgflow.data.Shape;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.energy.Lattice;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.files.Content;
import org.rgflow.spark.lease.Lease;
import org.rgflow.spark.lease.LeaseTerms;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.registry.RegisteredModel;
import org.rgflow.spark.registry.Registry;
import org.rgflow.spark.registry.Version;
import picocli.CommandLine;

class CommandTest {
  private static final Path ROOT = Path.of("../..");

  @TempDir private Path folder;

  private Path reference() throws IOException {
    Path file = folder.resolve("point1_dim1_hyper.npz");
    try (InputStream in = CommandTest.class.getResourceAsStream("point1_dim1_hyper.npz")) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  private Path model(Layer... layers) throws IOException {
    FlowConfig flow = Configuration.resolve(List.of(layers)).flow(new Shape(1, 8, 8));
    FlowLayer layer =
        new FlowLayer(
            flow,
            Initialisation.STATIC,
            SolverConfig.fixed(Method.RK4, 4),
            DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
            new Regularisation(0.01, 0.01));
    Path file = folder.resolve("model.zip");
    try (OutputStream out = Files.newOutputStream(file)) {
      new FlowModel(
              FlowNetwork.create(layer, new Sgd(0.1), 0, 7, DataType.FLOAT),
              new LogitTransform(1e-6))
          .save(out);
    }
    return file;
  }

  private static void assertRefused(CommandResult result, String message) {
    assertThat(result.err()).isEqualTo("rgflow: " + message + System.lineSeparator());
    assertThat(result.status()).isEqualTo(2);
  }

  static Stream<CommandLine> everyCommand() {
    return new CommandLine(new RgFlow()).getSubcommands().values().stream();
  }

  @ParameterizedTest
  @MethodSource("everyCommand")
  void everyCommandExplainsItselfWithExamples(CommandLine line) {
    String command = line.getCommandName();
    CommandResult result = CommandResult.of(command, "--help");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("Usage: rgflow " + command, "Examples:", "rgflow " + command, "--stacktrace");
    assertThat(CommandResult.of("--help").out()).contains(command);
  }

  @ParameterizedTest
  @MethodSource("everyCommand")
  void everyExampleIsPrintedAsAShellTakesIt(CommandLine line) {
    assertCopyable(line, CommandResult.of(line.getCommandName(), "--help"));
  }

  @Test
  void theFirstExamplesArePrintedAsAShellTakesThem() {
    assertCopyable(new CommandLine(new RgFlow()), CommandResult.of("--help"));
  }

  /** A line ends within an example by a backslash only, between two words. */
  private static void assertCopyable(CommandLine line, CommandResult help) {
    CommandLine.Model.UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    String printed = help.out().substring(help.out().indexOf("Examples:"));
    assertThat(printed.lines()).allSatisfy(row -> assertThat(row).hasSizeLessThanOrEqualTo(80));
    assertThat(printed.replaceAll(" \\\\\\R {6}", " ").lines().filter(row -> row.startsWith("  ")))
        .isNotEmpty()
        .containsExactly(
            Stream.of(usage.footer()).filter(row -> row.startsWith("  ")).toArray(String[]::new));
  }

  /** A per cent sign that is no format has a warning printed above the help text. */
  @ParameterizedTest
  @MethodSource("everyCommand")
  void everyHelpTextIsAFormat(CommandLine line) {
    CommandLine.Model.CommandSpec spec = line.getCommandSpec();
    Stream<String> texts =
        Stream.concat(
                Stream.of(spec.usageMessage().description(), spec.usageMessage().footer()),
                spec.options().stream().map(CommandLine.Model.OptionSpec::description))
            .flatMap(Arrays::stream);
    assertThat(texts).isNotEmpty().allSatisfy(text -> assertThat(text.formatted()).isNotNull());
  }

  @Test
  void wrongUsageIsOneLineAndStatusTwo() {
    CommandResult result = CommandResult.of("score", "--model", "m", "--data", "d");
    assertRefused(result, "Missing required option: '--output=DIR' (see rgflow score --help)");
    assertRefused(CommandResult.of(), "a command must be given (see rgflow --help)");
    assertRefused(
        CommandResult.of("classify", "--model", "m", "--output", "o"),
        "Missing required option: '--data=PATH' or '--truth=CLASS=PATH' (see rgflow classify"
            + " --help)");
    assertRefused(
        CommandResult.of("report", "--run", "a", "--compare", "b", "c"),
        "--run=DIR, --compare=DIR are mutually exclusive (specify only one) (see rgflow report"
            + " --help)");
    assertThat(CommandResult.of("tain").status()).isEqualTo(2);
  }

  @Test
  void trainNamesWhatIsMissing() {
    assertRefused(CommandResult.of("train"), "run.dir must be given (--run DIR), was none");
    assertRefused(
        CommandResult.of("train", "--run", folder + "/run"),
        "data.train must be given (--data PATH), was none");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void trainNamesHowImagesCannotBeVaried() {
    String run = folder + "/run";
    assertRefused(
        CommandResult.of("train", "--run", run, "--data", "d", "--set", "train.flip=left"),
        "train.flip must be one of true, false, was left");
    assertRefused(
        CommandResult.of("train", "--run", run, "--data", "d", "--set", "train.shift=-1"),
        "train.shift must be in [0, 65535], was -1");
    assertRefused(
        CommandResult.of("train", "--run", run, "--data", "d", "--set", "train.shift=some"),
        "train.shift must be an integer in [0, 65535], was some");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void trainNamesWhatAnEnergyLacks() {
    String run = folder + "/run";
    assertRefused(
        CommandResult.of("train", "--run", run, "--set", "train.objective=energy"),
        "energy.name must be given (--energy NAME), was none");
    assertRefused(
        CommandResult.of("train", "--run", run, "--set", "energy.name=ising"),
        "train.objective must be energy with energy.name, was likelihood");
    assertRefused(
        CommandResult.of("train", "--run", run, "--energy", "ising", "--data", "d"),
        "data.train and data.validation must be none with train.objective=energy, were [d] and []");
    assertRefused(
        CommandResult.of("train", "--run", run, "--energy", "ising", "--set", "train.flip=true"),
        "train.flip and train.shift must be false and 0 with train.objective=energy, were true and"
            + " 0");
    assertRefused(
        CommandResult.of("train", "--run", run, "--energy", "isnig"),
        "energy.name must be one of gaussian, mixture, ring, phi4, ising, or the full name of a"
            + " class, was isnig");
    assertRefused(
        CommandResult.of("train", "--run", run, "--energy", "phi4", "--set=energy.coupling=0"),
        "energy.coupling must be positive, or 0 with energy.massSquared positive, was 0.0 with"
            + " -4.0");
    assertThat(folder.resolve("run")).doesNotExist();
  }

  @Test
  void anOptionIsNotEmpty() {
    assertRefused(
        CommandResult.of("train", "--data", "", "--run", folder + "/run"),
        "--data must not be empty (see rgflow train --help)");
    assertRefused(
        CommandResult.of("sample", "--model=", "--output=" + folder),
        "--model must not be empty (see rgflow sample --help)");
  }

  @Test
  void aRunInTheFolderOfItsDataIsRefused() throws IOException {
    Path photos = Files.createDirectories(folder.resolve("photos"));
    String run = photos.resolve("run").toString();
    assertRefused(
        CommandResult.of("train", "--data", photos.toString(), "--run", run),
        "run.dir must lie outside of data.train, was " + run + " in " + photos);
    assertRefused(
        CommandResult.of("train", "--data=d", "--validation", photos.toString(), "--run", run),
        "run.dir must lie outside of data.validation, was " + run + " in " + photos);
    assertThat(photos).isEmptyDirectory();
    assertRefused(
        CommandResult.of(
            "retrain", "--registry=" + run, "--name=a", "--data=" + photos, "--validation=v"),
        "registry.uri must lie outside of data.train, was " + run + " in " + photos);
    Path link = Files.createSymbolicLink(folder.resolve("link"), photos);
    assertRefused(
        CommandResult.of("train", "--data", photos.toString(), "--run", link + "/run"),
        "run.dir must lie outside of data.train, was " + link + "/run in " + photos);
  }

  @Test
  void aRunInAHiddenFolderOfItsDataIsNoData() throws IOException {
    Path photos = Files.createDirectories(folder.resolve("photos"));
    CommandResult result =
        CommandResult.of(
            "train",
            "--data=" + photos,
            "--run=" + photos.resolve("_runs/a"),
            "--set=solver.method=euler",
            "--set=solver.minStep=1",
            "--set=solver.maxStep=0.5");
    assertThat(result.err()).contains("solver.maxStep must be"); // which is looked at later
  }

  @Test
  void aHostThatIsNotThereIsOneLine() {
    assertThat(CommandResult.of("inspect", "hdfs://nohost.invalid/run").err())
        .startsWith("rgflow: no such host (nohost.invalid)")
        .hasLineCount(1);
  }

  @Test
  void scoresInTheFolderOfTheImagesAreRefused() throws IOException {
    Path photos = Files.createDirectories(folder.resolve("photos"));
    String output = photos.resolve("scores").toString();
    assertRefused(
        CommandResult.of(
            "score",
            "--model",
            model().toString(),
            "--data",
            photos.toString(),
            "--output",
            output),
        output + ": holds " + photos + ", which is read, or lies in it; allowed: another path");
  }

  @Test
  void picturesInTheFolderOfWhatIsReadAreRefused() throws IOException {
    Path photos = Files.createDirectories(folder.resolve("photos"));
    String model = "--model=" + model();
    String output = photos.resolve("out").toString();
    String message = "--output must lie outside of what is read, was " + output + " in " + photos;
    String into = "--output=" + output;
    String data = "--data=" + photos;
    assertRefused(CommandResult.of("inpaint", model, data, "--hole=1,1,2,2", into), message);
    assertRefused(CommandResult.of("walk", model, data, into), message);
    assertRefused(CommandResult.of("receptive-field", model, data, into), message);
    assertRefused(CommandResult.of("mix", model, "--coarse=a", "--fine=" + photos, into), message);
    assertRefused(
        CommandResult.of("interpolate", model, "--from=" + photos, "--to=b", into), message);
    assertRefused(CommandResult.of("correlation", model, "--latents=" + photos, into), message);
    assertRefused(CommandResult.of("sample", model, "--beside=" + photos, into), message);
    assertThat(photos).isEmptyDirectory();
  }

  @Test
  void aRegistryThatIsNotThereIsNotListed() throws IOException {
    assertRefused(
        CommandResult.of("registry", "list", "--registry", folder + "/registyr"),
        folder + "/registyr: no such file or folder");
    Path file = Files.writeString(folder.resolve("file"), "no folder");
    assertRefused(
        CommandResult.of("registry", "list", "--registry", file.toString()),
        file + ": a file; allowed: the folder of a registry");
  }

  @Test
  void aRegisteredModelIsReportedByItsVersion() {
    RegisteredModel model =
        Registry.open(new org.apache.hadoop.conf.Configuration(), folder + "/registry")
            .model("photos");
    try (Lease lease = model.lease(LeaseTerms.brief("a test"))) {
      Version version =
          model.publish(lease, "monday", Map.of(Version.MODEL, Content.of(new byte[9])));
      model.promote(lease, version.number(), "", "by hand");
    }
    String path = folder + "/registry/models/photos";
    assertRefused(
        CommandResult.of("report", "--run", path),
        path
            + ": a registered model; allowed: the folder of a run, or of a version, such as the"
            + " champion's "
            + path
            + "/versions/1");
  }

  @Test
  void badConfigurationIsOneLine() throws IOException {
    Path yaml = Files.writeString(folder.resolve("run.yaml"), "train:\n  bacth: 3\n");
    assertRefused(
        CommandResult.of("train", "--config", yaml.toString()),
        yaml + ": train.bacth is not a key; did you mean train.batch?");
    Files.writeString(yaml, "train:\n  batch: many\n");
    assertRefused(
        CommandResult.of("train", "--config", yaml.toString()),
        yaml + ": train.batch must be an integer in [1, 65536], was many");
    assertRefused(
        CommandResult.of("train", "--set", "train.batch=0"),
        "train.batch must be in [1, 65536], was 0");
    assertRefused(
        CommandResult.of("train", "--rounds", "few"),
        "train.rounds must be an integer in [1, 100000000], was few");
    assertRefused(
        CommandResult.of("train", "--config", folder + "/none.yaml"),
        folder + "/none.yaml: no such file or folder");
  }

  @Test
  void aModelThatIsMissingOrDamagedIsNamed() throws IOException {
    assertRefused(
        CommandResult.of("sample", "--model", folder + "/none", "--output", folder + "/out"),
        folder + "/none: no such file or folder");
    Path model = model();
    byte[] bytes = Files.readAllBytes(model);
    Files.write(model, Arrays.copyOf(bytes, bytes.length / 2));
    CommandResult result =
        CommandResult.of("sample", "--model", model.toString(), "--output", folder + "/out");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .startsWith("rgflow: " + model + ": not an rgflow model")
        .hasLineCount(1);
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void oneModelOfClassesIsNotThatOfAClass() throws IOException {
    String model = model(Layer.settings(List.of("model.classes=cat,dog"))).toString();
    assertRefused(
        CommandResult.of("classify", "--model=x=" + model, "--data=d", "--output=" + folder),
        "--model x="
            + model
            + " is one model of the classes [cat, dog]; give it alone and without x= (--model "
            + model
            + ")");
  }

  @Test
  void aClassIsToldFromAnother() throws IOException {
    String model = "x=" + model();
    assertRefused(
        CommandResult.of("classify", "--model", model, "--data=d", "--output=" + folder),
        "--model must be given of 2 classes or more, or be a model of classes, was " + model);
  }

  @Test
  void physicsNeedsAModelOfAnEnergyAndSamplesForItsChains() throws IOException {
    String model = model().toString();
    assertRefused(
        CommandResult.of("physics", "--model", model),
        model + ": trained on examples; allowed: a model of train --energy");
    assertRefused(
        CommandResult.of("physics", "--model", model, "--chains", "0"),
        "physics.chains must be in [1, 1000000], was 0");
  }

  @Test
  void verifyPassesOnAReference() throws IOException {
    CommandResult result = CommandResult.of("verify", reference().toString());
    assertThat(result.out()).contains("encode.z").endsWith("arrays agree" + System.lineSeparator());
    assertThat(result.out()).doesNotContain("FAIL");
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
  }

  @Test
  void verifyInSinglePrecisionPasses() throws IOException {
    CommandResult result = CommandResult.of("verify", "--dtype", "float32", reference().toString());
    assertThat(result.out()).doesNotContain("FAIL");
    assertThat(result.status()).isZero();
  }

  @Test
  void verifyFailsPastTheTolerance() throws IOException {
    Path file = reference();
    Map<String, NpyArray> arrays =
        Npz.read("reference", new ByteArrayInputStream(Files.readAllBytes(file)));
    double[] logProb = arrays.get("log_prob.exact").doubles();
    logProb[0] += 1e-3;
    arrays.put("log_prob.exact", NpyArray.of(logProb, logProb.length));
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    Npz.write(changed, arrays);
    Files.write(file, changed.toByteArray());
    CommandResult result = CommandResult.of("verify", file.toString());
    assertThat(result.out()).containsPattern("log_prob.exact .* FAIL");
    assertThat(result.status()).isEqualTo(1);
  }

  @Test
  void verifyNamesAFileThatCannotBeRead() throws IOException {
    Path text = Files.writeString(folder.resolve("text.npz"), "no zip");
    CommandResult result = CommandResult.of("verify", text.toString(), reference().toString());
    assertThat(result.err()).startsWith("rgflow: " + text).hasLineCount(1);
    assertThat(result.out()).contains("encode.z");
    assertThat(result.status()).isEqualTo(2);
    assertThat(CommandResult.of("verify", folder + "/none.npz").status()).isEqualTo(2);
    assertThat(CommandResult.of("verify", "--dtype", "float16", text.toString()).err())
        .contains("must be one of float32, float64, was float16");
  }

  @Test
  void benchMeasuresAWorkload() throws IOException {
    String[] tiny = {"--size=4", "--batch=2", "--steps=1", "--hidden=4,4", "--repeats=1"};
    CommandResult json = bench(tiny, "W1", "W5", "--json");
    assertThat(json.status()).isZero();
    assertThat(json.err()).contains("W1: loss and gradients, one probe, 4x4x1").hasLineCount(2);
    assertThat(json.out()).hasLineCount(2);
    JsonNode line = new ObjectMapper().readTree(json.out().lines().findFirst().orElseThrow());
    assertThat(line.path("workload").asText()).isEqualTo("W1");
    assertThat(line.path("backend").asText()).contains("CpuBackend", "oneDNN", "OPENBLAS");
    assertThat(line.path("threads").asInt()).isPositive();
    assertThat(line.path("seconds_min").asDouble()).isPositive();
    assertThat(line.path("seconds_median").asDouble())
        .isGreaterThanOrEqualTo(line.path("seconds_min").asDouble());
    assertThat(line.path("limit_gflops").asDouble())
        .isEqualTo(
            Math.max(
                line.path("limit_gflops_before").asDouble(),
                line.path("limit_gflops_after").asDouble()));
    assertThat(line.path("needed_gflop").asDouble()).isPositive();
    assertThat(line.path("limit_share").asDouble()).isPositive();
    assertThat(line.path("peak_bytes").asLong()).isPositive();
    assertThat(bench(tiny, "W3").out()).contains("workload", "peak MiB").containsPattern("W3 .* %");
  }

  private static CommandResult bench(String[] options, String... more) {
    return CommandResult.of(
        Stream.of(new String[] {"bench"}, more, options)
            .flatMap(Arrays::stream)
            .toArray(String[]::new));
  }

  @Test
  void benchNamesWhatIsAllowed() {
    assertRefused(
        CommandResult.of("bench", "W9"),
        "workload must be one of W1, W1X, W2, W3, W4, W5, M1, C1, was W9");
    assertRefused(
        CommandResult.of("bench", "--batch", "0"), "--batch must be in [1, 65536], was 0");
    assertRefused(
        CommandResult.of("bench", "--threads", "0"), "--threads must be at least 1, was 0");
    assertRefused(
        CommandResult.of("bench", "W3", "--hidden", "4,4,4"),
        "--hidden of W3 must be one or two widths, was [4, 4, 4]");
  }

  @Test
  void inspectDescribesAModel() throws IOException {
    String model = model().toString();
    CommandResult result = CommandResult.of("inspect", model);
    assertThat(result.err()).isEmpty();
    assertThat(result.out())
        .contains("1x8x8", "rk4, 4 steps a level", "logit, alpha 1e-6", "grid 8x8", "grid 1x1");
    CommandResult json = CommandResult.of("inspect", "--json", model);
    assertThat(json.out()).contains("\"parameters\"", "\"latents\" : 48");
  }

  @Test
  void inspectDescribesARunBeforeItsFirstCheckpoint() throws IOException {
    Path run = Files.createDirectories(folder.resolve("run"));
    Files.writeString(run.resolve("config.yaml"), "train:\n  rounds: 7\n  batch: 64\n");
    Files.writeString(
        run.resolve("metrics.jsonl"),
        "{\"round\":2,\"epoch\":0.5,\"unit\":\"bits/dim\",\"held_out_loss\":5.25}\n");
    CommandResult result = CommandResult.of("inspect", run.toString());
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("5.25")
        .containsPattern("train.rounds +7")
        .containsPattern("rounds +2")
        .containsPattern("trained +no checkpoint yet")
        .doesNotContain("train.batch");
  }

  @Test
  void aRunWithoutCheckpointsSaysSo() throws IOException {
    Files.writeString(folder.resolve("config.yaml"), "train:\n  rounds: 7\n");
    CommandResult listed = CommandResult.of("checkpoints", "list", folder.toString());
    assertThat(listed.out()).isEqualTo("no checkpoints" + System.lineSeparator());
    assertThat(listed.err()).isEmpty();
    assertThat(listed.status()).isZero();
  }

  @Test
  void inspectListsArrays() throws IOException {
    assertThat(CommandResult.of("inspect", reference().toString()).out())
        .containsPattern("log_prob.exact +float64");
  }

  @Test
  void inspectRefusesAnotherFolder() {
    assertRefused(
        CommandResult.of("inspect", folder.toString()),
        folder + ": not a run's folder: neither config.yaml nor checkpoints");
  }

  @Test
  void theConfigurationPageIsCurrent() throws IOException {
    assertThat(Files.readString(ROOT.resolve("docs/configuration.md")))
        .as("make it anew: rgflow config --markdown > docs/configuration.md")
        .isEqualTo(CommandResult.of("config", "--markdown").out());
    assertThat(CommandResult.of("config").out()).contains("train.batch = 64");
  }

  /** Some leave their data to the command line. */
  @ParameterizedTest
  @CsvSource({
    "digits.yaml, 0",
    "fashion-mnist-bundled.yaml, 1",
    "fashion-mnist.yaml, 1",
    "mnist.yaml, 1",
    "sequences/sequences.yaml, 0",
  })
  void theExamplesResolve(String name, int paths) throws IOException {
    byte[] text = Files.readAllBytes(ROOT.resolve("examples").resolve(name));
    Configuration configuration = Configuration.resolve(List.of(Layer.yaml(name, text)));
    assertThat(configuration.value(Keys.DATA_TRAIN)).hasSize(paths);
    assertThat(new String(text, StandardCharsets.UTF_8)).contains("examples/" + name);
  }

  @ParameterizedTest
  @CsvSource({
    "ising-4, 4x4",
    "ising-8, 8x8",
    "ising-16, 16x16",
    "phi4-6, 6x6",
    "phi4-3d, 4x4x4",
  })
  void theExamplesOfEnergiesResolve(String model, String shape) throws IOException {
    String name = model + ".yaml";
    byte[] text = Files.readAllBytes(ROOT.resolve("examples").resolve(name));
    Configuration configuration = Configuration.resolve(List.of(Layer.yaml(name, text)));
    Lattice lattice = configuration.energy().orElseThrow().create().lattice();
    int[] sides = Stream.of(shape.split("x")).mapToInt(Integer::parseInt).toArray();
    assertThat(lattice).isEqualTo(new Lattice(1, sides));
    assertThat(configuration.value(Keys.RUN_DIR)).isEqualTo("runs/" + model);
    assertThat(new String(text, StandardCharsets.UTF_8)).contains("examples/" + name);
  }
}
