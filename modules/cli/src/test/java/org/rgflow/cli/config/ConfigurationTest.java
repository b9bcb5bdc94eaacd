package org.rgflow.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.GaussianTransform;
import org.rgflow.data.LogitTransform;
import org.rgflow.data.PixelCounts;
import org.rgflow.data.Shape;
import org.rgflow.data.Standardisation;
import org.rgflow.data.ValueTransform;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.spark.train.plan.PhaseConfig;
import org.rgflow.spark.train.plan.TrainingConfig;
import org.rgflow.spark.train.plan.TrainingPlan;
import org.rgflow.spark.train.shards.Augmentation;
import org.rgflow.spark.train.shards.PixelConfig;

class ConfigurationTest {
  private static final Layer FLAG = new Layer("flag", Map.of(Keys.TRAIN_BATCH, "1"));
  private static final Layer SET = Layer.settings(List.of("train.batch=2"));
  private static final AbsolutePaths PATHS =
      new AbsolutePaths(new org.apache.hadoop.conf.Configuration());
  private static final Layer FILE = yaml("train: {batch: 3}");
  private static final Layer SPARK =
      Layer.sparkProperties(new SparkConf(false).set("spark.rgflow.train.batch", "4"));

  private static final ExampleTransform STANDARDISED =
      new ValueTransform(new Standardisation(new double[] {1}, new double[] {2}));

  private static Layer yaml(String text) {
    return Layer.yaml("run.yaml", text.getBytes(StandardCharsets.UTF_8));
  }

  private static int batch(Layer... layers) {
    return Configuration.resolve(List.of(layers)).value(Keys.TRAIN_BATCH);
  }

  @Test
  void flagBeatsSetBeatsFileBeatsSparkBeatsDefault() {
    assertThat(batch(FLAG, SET, FILE, SPARK)).isEqualTo(1);
    assertThat(batch(SET, FILE, SPARK)).isEqualTo(2);
    assertThat(batch(FILE, SPARK)).isEqualTo(3);
    assertThat(batch(SPARK)).isEqualTo(4);
    assertThat(batch()).isEqualTo(64);
  }

  private static String fingerprint(String yaml) {
    return Configuration.resolve(List.of(yaml(yaml)))
        .fingerprint(Set.of("train"), Set.of(Keys.TRAIN_MAX_SECONDS));
  }

  @Test
  void aFingerprintIsOfWhatDiffersFromTheDefaultsInTheSectionsThatCount() {
    String plain = fingerprint("");
    assertThat(fingerprint("train: {batch: 64}")).isEqualTo(plain);
    assertThat(fingerprint("train: {maxSeconds: 9}")).isEqualTo(plain);
    assertThat(fingerprint("score: {draws: 9}")).isEqualTo(plain);
    assertThat(fingerprint("train: {flip: false, shift: 0}")).isEqualTo(plain);
    assertThat(fingerprint("train: {flip: true}")).isNotEqualTo(plain);
    assertThat(fingerprint("train: {batch: 9}")).isNotEqualTo(plain);
    assertThat(fingerprint("train: {batch: 9, rounds: 7}"))
        .isEqualTo(fingerprint("train: {rounds: 7, batch: 9}"))
        .isNotEqualTo(fingerprint("train: {batch: 9}"));
  }

  @Test
  void everySectionIsOfWhatIsLearntOrIsKnownNotToBe() {
    assertThat(Keys.all().stream().map(Key::section).distinct())
        .filteredOn(section -> !Sections.LEARNT.contains(section))
        .containsExactlyInAnyOrder(
            "score",
            "sample",
            "inpaint",
            "report",
            "physics",
            "run",
            "registry",
            "retrain",
            "monitor");
  }

  @Test
  void theTransformIsThatOfTheModelStartedFrom() {
    PixelCounts counts = new PixelCounts(1);
    counts.add(new byte[] {1, 2});
    Configuration plain = Configuration.resolve(List.of());
    PixelConfig pixels =
        plain
            .withTransform("train.start a", new GaussianTransform(1e-4, 0.5, 0.01, counts))
            .transform()
            .pixels();
    assertThat(pixels.transform()).isEqualTo(PixelConfig.Transform.GAUSSIAN);
    assertThat(pixels.alpha()).isEqualTo(1e-4);
    assertThat(pixels.atom()).isEqualTo(0.5);
    assertThat(plain.withTransform("a", new LogitTransform(0.05)).transform().pixels())
        .isEqualTo(new PixelConfig(PixelConfig.Transform.LOGIT, 0.05, false, 0.6, 0.002));
    assertThat(plain.withTransform("a", new ValueTransform()).transform().standardisesValues())
        .isFalse();
    assertThat(plain.withTransform("a", STANDARDISED).transform().standardisesValues()).isTrue();
  }

  @Test
  void anotherTransformThanThatOfTheModelStartedFromIsRefused() {
    Configuration asked = Configuration.resolve(List.of(yaml("values: {standardise: false}")));
    assertThatThrownBy(() -> asked.withTransform("train.start runs/a", STANDARDISED))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "train.start runs/a: a model with values.standardise true and not false; allowed: its"
                + " own transform, or a start from none");
    asked.withTransform("train.start runs/a", new ValueTransform());
    asked.withTransform("train.start runs/a", new LogitTransform(0.05)); // of no values
  }

  @Test
  void aRunFromBeforeValuesWereStandardisedGoesOnWithoutAndCannotBeAskedTo() {
    Layer stored = yaml("train: {batch: 3}");
    assertThat(Resumption.resolve(List.of(), stored, PATHS).transform().standardisesValues())
        .isFalse();
    Layer asked = Layer.settings(List.of("values.standardise=true"));
    assertThatThrownBy(() -> Resumption.resolve(List.of(asked), stored, PATHS))
        .hasMessageStartingWith("values.standardise must stay false as run.yaml has it, was true");
  }

  @Test
  void aKeyIsSetOnce() {
    assertThatThrownBy(() -> Layer.settings(List.of("train.batch=5", "train.batch=6")))
        .hasMessage("--set train.batch must be given once, was 5 and 6");
  }

  @Test
  void aFilesNumbersAreReadAsTheyAreWritten() {
    Configuration configuration =
        Configuration.resolve(
            List.of(
                yaml(
                    """
                    train: {batch: 010, seed: -0017}
                    model: {hidden: [010, 08], bias: True}
                    registry: {uri: 1.10, model: 2024}
                    data: {train: [007, 1e3, "x"]}
                    """)));
    assertThat(configuration.value(Keys.TRAIN_BATCH)).isEqualTo(10);
    assertThat(configuration.value(Keys.TRAIN_SEED)).isEqualTo(-17);
    assertThat(configuration.value(Keys.MODEL_HIDDEN)).containsExactly(10, 8);
    assertThat(configuration.value(Keys.MODEL_BIAS)).isTrue();
    assertThat(configuration.value(Keys.REGISTRY_URI)).isEqualTo("1.10");
    assertThat(configuration.value(Keys.REGISTRY_MODEL)).isEqualTo("2024");
    assertThat(configuration.value(Keys.DATA_TRAIN)).containsExactly("007", "1e3", "x");
    assertThat(Keys.MODEL_HIDDEN.read("[010]")).containsExactly(10);
  }

  @Test
  void aFileIsOneDocument() {
    assertThat(yaml("---\ntrain: {batch: 3}\n---\n").values()).hasSize(1);
    assertThatThrownBy(() -> yaml("train: {batch: 3}\n---\ntrain: {batch: 4}\n"))
        .isInstanceOf(DataException.class)
        .hasMessage("run.yaml: has 2 YAML documents (---); allowed: one");
  }

  @Test
  void aTabIsNamedWithItsLine() {
    assertThatThrownBy(() -> yaml("train:\n  batch: 3\n\trounds: 4\n"))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("run.yaml: not YAML at line 3: while scanning for the next token, ")
        .hasMessageContaining("(TAB)' that cannot start any token")
        .hasMessageNotContaining("\n");
  }

  @Test
  void aSectionIsNoKey() {
    String message =
        "pixels is a section, was 5; allowed: its keys pixels.transform, pixels.alpha,"
            + " pixels.standardise, pixels.atom, pixels.tail";
    assertThatThrownBy(() -> yaml("pixels: 5")).hasMessage("run.yaml: " + message);
    assertThatThrownBy(() -> Layer.settings(List.of("pixels=5"))).hasMessage(message);
    assertThatThrownBy(
            () -> Layer.sparkProperties(new SparkConf(false).set("spark.rgflow.pixels", "5")))
        .hasMessage("Spark property spark.rgflow." + message);
  }

  private static Configuration ofIsing(String... settings) {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("train.objective=energy");
    all.add("energy.name=ising");
    return Configuration.resolve(List.of(Layer.settings(all)));
  }

  @Test
  void anEnergyHasNoClasses() {
    assertThatThrownBy(() -> ofIsing("model.classes=[a, b]").energy())
        .hasMessage("model.classes must be none with train.objective=energy, was [a, b]");
  }

  @Test
  void furtherSettingsOfAnEnergyAreNeitherKeysNorGivenTwice() {
    assertThat(ofIsing("energy.settings=[a=1, b=2]").energy().orElseThrow().settings())
        .containsEntry("a", "1")
        .containsEntry("b", "2");
    assertThatThrownBy(ofIsing("energy.settings=[lattice=4]")::energy)
        .hasMessage(
            "energy.settings must be of names without a key, was lattice=4; set energy.lattice");
    assertThatThrownBy(ofIsing("energy.settings=[name=phi4]")::energy)
        .hasMessageStartingWith("energy.settings must be of names without a key, was name=phi4");
    assertThatThrownBy(ofIsing("energy.settings=[a=1, a=2]")::energy)
        .hasMessage("energy.settings has a twice; allowed: once");
  }

  @Test
  void imagesAreVariedAsAskedAndAnEnergyHasNone() {
    assertThat(Configuration.resolve(List.of()).augmentation()).isEqualTo(Augmentation.NONE);
    assertThat(Configuration.resolve(List.of(yaml("train: {flip: true, shift: 3}"))).augmentation())
        .isEqualTo(new Augmentation(true, 3));
    assertThatThrownBy(ofIsing("train.flip=true")::energy)
        .hasMessage(
            "train.flip and train.shift must be false and 0 with train.objective=energy, were true"
                + " and 0");
    assertThatThrownBy(ofIsing("train.shift=2")::energy)
        .hasMessageEndingWith("with train.objective=energy, were false and 2");
  }

  @Test
  void aModelIsMeasuredByTheEnergyThatItWasTrainedWith() {
    EnergyConfig trained = ofIsing("energy.lattice=4", "energy.settings=[a=1]").energy().get();
    ofIsing("energy.lattice=4").requireEnergy(trained);
    Configuration.resolve(List.of()).requireEnergy(trained);
    assertThatThrownBy(() -> ofIsing("energy.lattice=8").requireEnergy(trained))
        .isInstanceOf(DataException.class)
        .hasMessage("energy.lattice must stay [4] as the model was trained, was [8]; leave it out");
    assertThatThrownBy(() -> ofIsing("energy.settings=[a=2]").requireEnergy(trained))
        .hasMessage("energy.settings a must stay 1 as the model was trained, was 2; leave it out");
    assertThatThrownBy(
            () -> Configuration.resolve(List.of(yaml("energy.name: phi4"))).requireEnergy(trained))
        .hasMessageStartingWith("energy.name must stay ising as the model was trained, was phi4");
  }

  @Test
  void anArchitectureIsOfEveryKeyOfTheModelButHowItsParametersAreDrawn() {
    FlowConfig model = Configuration.resolve(List.of()).flow(new Shape(1, 8, 8));

    assertThat(Layer.model("start", model).values().keySet())
        .containsExactlyInAnyOrderElementsOf(
            Keys.all().stream()
                .filter(key -> key.section().equals("model") && key != Keys.MODEL_INIT)
                .toList());
  }

  @Test
  void aModelToStartFromHasTheArchitectureThatIsAskedFor() {
    Shape shape = new Shape(1, 8, 8);
    FlowConfig start =
        Configuration.resolve(List.of(yaml("model: {kernel: 5, hidden: [8]}"))).flow(shape);
    Configuration asked = Configuration.resolve(List.of(yaml("model: {kernel: 3, hidden: [8]}")));
    assertThatThrownBy(() -> asked.requireStart("train.start runs/a", start, shape))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "train.start runs/a: a model with model.kernel 5 and not 3; allowed: one of this"
                + " configuration's architecture");
    Configuration same = asked.with(Keys.MODEL_KERNEL, 5, "test");
    same.requireStart("train.start runs/a", start, shape);
    assertThatThrownBy(() -> same.requireStart("train.start runs/a", start, new Shape(3, 8, 8)))
        .hasMessageContaining("a model with examples of 1x8x8 and not 3x8x8;");
  }

  @Test
  void readsSectionsAndDottedKeys() {
    Configuration configuration =
        Configuration.resolve(
            List.of(
                yaml(
                    """
                    data:
                      train: [a, "b,c"]
                    model.hidden: [16, 8]
                    train:
                      dtype: float64
                      learningRate: 1e-3
                      master: dl4j
                    """)));
    assertThat(configuration.value(Keys.DATA_TRAIN)).containsExactly("a", "b,c");
    assertThat(configuration.flow(new Shape(3, 8, 8)).hidden()).containsExactly(16, 8);
    TrainingPlan training = configuration.with(Keys.TRAIN_SHARDS, 2, "test").training();
    assertThat(training.common().dtype()).isEqualTo(DataType.DOUBLE);
    assertThat(training.first().update().rate().height()).isEqualTo(1e-3);
    assertThat(training.common().master()).isEqualTo(TrainingConfig.Master.DL4J);
  }

  @Test
  void aSecondPhaseHasItsOwnNumbersAndSharesTheRest() {
    Configuration configuration =
        Configuration.resolve(
            List.of(
                yaml(
                    """
                    train:
                      objective: flow-matching
                      then: likelihood
                      rounds: 40
                      shards: 3
                      batch: 128
                      seed: 9
                    then:
                      rounds: 7
                      learningRate: 1e-4
                    """)));
    assertThat(configuration.rounds()).isEqualTo(47);
    TrainingPlan plan = configuration.training();
    assertThat(plan.rounds()).isEqualTo(47);
    PhaseConfig second = plan.phases().get(1);
    assertThat(second.objective()).isEqualTo(Objective.LIKELIHOOD);
    assertThat(second.rounds()).isEqualTo(7);
    assertThat(second.update().rate().height()).isEqualTo(1e-4);
    assertThat(second.batch()).isEqualTo(32);
    assertThat(plan.common().shards()).isEqualTo(3);
    assertThat(plan.common().seed()).isEqualTo(9);

    Configuration wrong = configuration.with(Keys.TRAIN_OBJECTIVE, Objective.ENERGY, "test");
    assertThatThrownBy(wrong::rounds)
        .hasMessage("train.then must be none with train.objective=energy, was likelihood");
  }

  @Test
  void anEmptyFileSetsNothing() {
    assertThat(yaml("").values()).isEmpty();
    assertThat(yaml("# only a comment\n").values()).isEmpty();
  }

  @Test
  void unknownKeysAreErrorsWhereverTheyStand() {
    String message = "train.bacth is not a key; did you mean train.batch?";
    assertThatThrownBy(() -> Layer.settings(List.of("train.bacth=1"))).hasMessage(message);
    assertThatThrownBy(() -> yaml("train: {bacth: 1}")).hasMessage("run.yaml: " + message);
    assertThatThrownBy(
            () -> Layer.sparkProperties(new SparkConf(false).set("spark.rgflow.train.bacth", "1")))
        .hasMessage("Spark property spark.rgflow." + message);
  }

  @Test
  void brokenFilesAreErrorsInOneLine() {
    assertThatThrownBy(() -> yaml("train: [1, 2"))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("run.yaml: not YAML at line ")
        .hasMessageNotContaining("\n");
    assertThatThrownBy(() -> yaml("- a\n- b"))
        .hasMessage("run.yaml: not a YAML mapping; allowed: sections with keys");
    assertThatThrownBy(() -> yaml("train: {batch: 1}\ntrain.batch: 2"))
        .hasMessage("run.yaml: train.batch is given twice");
    assertThatThrownBy(() -> yaml("train: {batch: 1, batch: 2}"))
        .hasMessageStartingWith("run.yaml: not YAML at line 1: Duplicate field 'batch'");
  }

  @Test
  void aSettingIsAKeyAndAValue() {
    for (String wrong : List.of("train.batch", "=2", " =2")) {
      assertThatThrownBy(() -> Layer.settings(List.of(wrong)))
          .hasMessage("--set must be KEY=VALUE, was " + wrong);
    }
  }

  @Test
  void aFileOfAnotherCharsetIsNamedWithTheLine() {
    byte[] latin = "# caf\u00e9s\n".getBytes(StandardCharsets.ISO_8859_1);
    byte[] utf8 = "# caf\u00e9s\ntrain: {batch: 3}\n".getBytes(StandardCharsets.UTF_8);
    assertThat(Layer.yaml("run.yaml", utf8).values()).hasSize(1);
    assertThatThrownBy(() -> Layer.yaml("run.yaml", joined(utf8, latin)))
        .isInstanceOf(DataException.class)
        .hasMessage("run.yaml: not UTF-8 at line 3");
    assertThatThrownBy(() -> Layer.yaml("run.yaml", latin))
        .hasMessage("run.yaml: not UTF-8 at line 1");
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  @Test
  void aValueThatIsNotAllowedIsNamedWithWhereItStands() {
    String message = "train.batch must be an integer in [1, 65536], was many";
    assertThatThrownBy(() -> yaml("train: {batch: many}"))
        .isInstanceOf(DataException.class)
        .hasMessage("run.yaml: " + message);
    assertThatThrownBy(() -> yaml("train.batch: 0"))
        .hasMessage("run.yaml: train.batch must be in [1, 65536], was 0");
    assertThatThrownBy(
            () ->
                Layer.sparkProperties(new SparkConf(false).set("spark.rgflow.train.batch", "many")))
        .hasMessage("Spark property spark.rgflow." + message);
    assertThatThrownBy(() -> batch(Layer.settings(List.of("train.batch=many"))))
        .hasMessage(message);
  }

  @Test
  void aListForASingleValueIsRefused() {
    assertThatThrownBy(() -> batch(yaml("train: {batch: [1, 2]}")))
        .hasMessageStartingWith("run.yaml: train.batch must be an integer in [1, 65536], was [");
  }

  @Test
  void checksThatSpanKeysNameTheKeys() {
    Configuration configuration =
        Configuration.resolve(
            List.of(Layer.settings(List.of("solver.minStep=0.5", "solver.maxStep=0.1"))));
    assertThatThrownBy(configuration::solver)
        .hasMessage("solver.maxStep must be in [solver.minStep, 1], was 0.1");
  }

  @Test
  void itsYamlResolvesToItself() {
    Configuration configuration =
        Configuration.resolve(
            List.of(
                Layer.settings(
                    List.of(
                        "data.train=[\"odd: name\", b]",
                        "model.hidden=16",
                        "solver.method=rk4-38",
                        "pixels.alpha=0.05",
                        "run.dir=s3a://bucket/run"))));
    String[] all = Keys.all().stream().map(Key::section).distinct().toArray(String[]::new);
    String text = configuration.yaml(all);
    Configuration again = Configuration.resolve(List.of(yaml(text)));
    for (Key<?> key : Keys.all()) {
      assertThat(again.value(key)).as(key.name()).isEqualTo(configuration.value(key));
    }
  }

  @Test
  void itsYamlSaysWhereAValueStands() {
    assertThat(Configuration.resolve(List.of(SET)).yaml("train"))
        .startsWith("train:\n")
        .contains("\n  batch: 2  # --set\n  localSteps: 10\n");
  }

  @Test
  void scoringTakesTheModelsSolverWhereNoneIsSet() {
    SolverConfig own = SolverConfig.adaptive(Method.DOPRI5, 1e-6, 1e-8);
    Layer model = Layer.solver("the model", own);
    assertThat(Configuration.resolve(List.of(SPARK, model)).scoring().solver()).isEqualTo(own);
    Layer set = Layer.settings(List.of("solver.method=euler"));
    assertThat(Configuration.resolve(List.of(set, model)).sampling().solver().method())
        .isEqualTo(Method.EULER);
  }

  @Test
  void aResumedRunKeepsWhatItLearntWith() {
    Layer stored = yaml("train: {batch: 32, rounds: 5}\ndata: {train: [a]}");
    Configuration longer = resumed(List.of(Layer.settings(List.of("train.rounds=9"))), stored);
    assertThat(longer.value(Keys.TRAIN_ROUNDS)).isEqualTo(9);
    assertThat(longer.value(Keys.TRAIN_BATCH)).isEqualTo(32);
    assertThatThrownBy(() -> resumed(List.of(Layer.settings(List.of("train.batch=16"))), stored))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "train.batch must stay 32 as run.yaml has it, was 16; leave it out, or start another"
                + " run");
  }

  private static Configuration resumed(List<Layer> given, Layer stored) {
    return Resumption.resolve(given, stored, PATHS);
  }

  @Test
  void pathsOfARunAreWhatTheyQualifyTo() {
    Layer stored = yaml("data: {train: [/tmp/a, b/c]}\ntrain: {start: runs/first}");
    Configuration run = PATHS.of(Configuration.resolve(List.of(stored)));
    String folder = Path.of("").toAbsolutePath().toString();
    assertThat(run.value(Keys.DATA_TRAIN)).containsExactly("/tmp/a", folder + "/b/c");
    assertThat(run.value(Keys.TRAIN_START)).isEqualTo(folder + "/runs/first");
    assertThat(run.value(Keys.DATA_VALIDATION)).isEmpty();
    Layer same = Layer.settings(List.of("data.train=file:/tmp/a/," + folder + "/b/c"));
    assertThat(resumed(List.of(same), stored).value(Keys.DATA_TRAIN)).contains("file:/tmp/a/");
    Layer other = Layer.settings(List.of("data.train=/tmp/a,c"));
    assertThatThrownBy(() -> resumed(List.of(other), stored))
        .hasMessageStartingWith("data.train must stay [/tmp/a, b/c] as run.yaml has it, was ");
  }

  @Test
  void howOftenARunIsValidatedIsFreeUnlessItsRateGoesByIt() {
    Layer often = Layer.settings(List.of("train.validateEvery=3", "train.keepEvery=7"));
    Configuration cosine = resumed(List.of(often), yaml("train: {validateEvery: 5, keepEvery: 0}"));
    assertThat(cosine.value(Keys.TRAIN_VALIDATE_EVERY)).isEqualTo(3);
    assertThat(cosine.value(Keys.TRAIN_KEEP_EVERY)).isEqualTo(7);
    Layer plateau = yaml("train: {validateEvery: 5, schedule: plateau}");
    assertThatThrownBy(() -> resumed(List.of(often), plateau))
        .hasMessageStartingWith("train.validateEvery must stay 5 ");
  }

  @Test
  void aSectionMayBeEmptyAndAKeyMayNot() {
    assertThat(yaml("train:\n  # batch: 3\nrun:\n").values()).isEmpty();
    assertThatThrownBy(() -> yaml("run:\n  dir:\n"))
        .hasMessage("run.yaml: run.dir has no value; give it one, or remove the line");
    assertThatThrownBy(() -> yaml("trian:\n")).hasMessageContaining("trian is not a key");
  }

  @Test
  void aRunOlderThanAKeyGoesOnAsItWasBefore() {
    Configuration old = resumed(List.of(), yaml("train: {rounds: 5}"));
    assertThat(old.value(Keys.SOLVER_GRADING)).isEqualTo(1);
    assertThat(old.value(Keys.TRAIN_SHIFTED_GRIDS)).isFalse();
    assertThat(old.augmentation()).isEqualTo(Augmentation.NONE);
    assertThatThrownBy(
            () ->
                resumed(
                    List.of(Layer.settings(List.of("train.flip=true"))),
                    yaml("train: {rounds: 5}")))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "train.flip must stay false as run.yaml has it, was true; leave it out, or start another"
                + " run");
    Layer stored = yaml("solver: {grading: 2}\ntrain: {shiftedGrids: true}");
    Configuration known = resumed(List.of(), stored);
    assertThat(known.value(Keys.SOLVER_GRADING)).isEqualTo(2);
    assertThat(known.value(Keys.TRAIN_SHIFTED_GRIDS)).isTrue();
  }
}
