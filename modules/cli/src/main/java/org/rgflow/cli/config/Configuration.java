package org.rgflow.cli.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.SparkSession;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.Sha256;
import org.rgflow.data.Shape;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.Cores;
import org.rgflow.spark.ingest.FileInventory;
import org.rgflow.spark.inpaint.InpaintingConfig;
import org.rgflow.spark.physics.HmcConfig;
import org.rgflow.spark.retrain.PromotionRule;
import org.rgflow.spark.run.Retention;
import org.rgflow.spark.sample.SamplingConfig;
import org.rgflow.spark.score.ScoreOutput;
import org.rgflow.spark.score.ScoringConfig;
import org.rgflow.spark.train.plan.AveragingConfig;
import org.rgflow.spark.train.plan.Checkpointing;
import org.rgflow.spark.train.plan.LearningRate;
import org.rgflow.spark.train.plan.PhaseConfig;
import org.rgflow.spark.train.plan.Recovery;
import org.rgflow.spark.train.plan.TrainingConfig;
import org.rgflow.spark.train.plan.TrainingPlan;
import org.rgflow.spark.train.plan.UpdateConfig;
import org.rgflow.spark.train.plan.Validation;
import org.rgflow.spark.train.shards.Augmentation;
import org.rgflow.spark.train.shards.PixelConfig;
import org.rgflow.spark.train.shards.TransformConfig;

/**
 * A value for every key.
 *
 * <p>Precedence: command flag, then {@code --set}, then the YAML file, then Spark properties {@code
 * spark.rgflow.*}, then the default. An unknown key or a value that is not allowed is an error
 * wherever it stands.
 */
public final class Configuration {
  private final Map<Key<?>, Setting> settings;

  private Configuration(Map<Key<?>, Setting> settings) {
    this.settings = settings;
  }

  /**
   * Merges layers.
   *
   * @param layers strongest first
   * @throws IllegalArgumentException naming a key whose value is not allowed
   */
  public static Configuration resolve(List<Layer> layers) {
    Map<Key<?>, Setting> settings = new LinkedHashMap<>();
    for (Key<?> key : Keys.all()) {
      settings.put(key, new Setting(key.fallback(), ""));
    }
    for (int i = layers.size() - 1; i >= 0; i--) {
      Layer layer = layers.get(i);
      layer
          .values()
          .forEach((key, text) -> settings.put(key, new Setting(key.read(text), layer.origin())));
    }
    return new Configuration(settings);
  }

  /** The value of a key. */
  @SuppressWarnings("unchecked") // resolve and with put what the key reads
  public <T> T value(Key<T> key) {
    return (T) settings.get(key).value();
  }

  /**
   * The text of a key that must have a value.
   *
   * @param flag that gives it, for the message
   * @throws IllegalArgumentException if it has none
   */
  public String require(Key<?> key, String flag) {
    Object value = value(key);
    if (value.equals(key.fallback())) {
      throw new IllegalArgumentException(key.name() + " must be given (" + flag + "), was none");
    }
    return value.toString();
  }

  /**
   * SHA-256, in hexadecimal, of the values of some sections' keys but for some. Those that have
   * their default are left out, so that a key that comes later changes nothing.
   */
  public String fingerprint(Set<String> sections, Set<Key<?>> but) {
    Sha256 digest = new Sha256();
    settings.keySet().stream()
        .filter(key -> sections.contains(key.section()) && !but.contains(key))
        .filter(key -> !value(key).equals(key.fallback()))
        .sorted(Comparator.comparing(Key::name))
        .map(key -> key.name() + "=" + text(key) + "\n")
        .forEach(line -> digest.add(line.getBytes(StandardCharsets.UTF_8)));
    return digest.hex();
  }

  /** Whether a key was given a value, were it that of its default. */
  public boolean isGiven(Key<?> key) {
    return !settings.get(key).origin().isEmpty();
  }

  /** This configuration with one other value. */
  public <T> Configuration with(Key<T> key, T value, String origin) {
    Map<Key<?>, Setting> changed = new LinkedHashMap<>(settings);
    changed.put(key, new Setting(value, origin));
    return new Configuration(changed);
  }

  /** This configuration with a value put otherwise, which stands where it stood. */
  <T> Configuration rewritten(Key<T> key, UnaryOperator<T> rewriting) {
    return with(key, rewriting.apply(value(key)), settings.get(key).origin());
  }

  /** Tasks by a key of which 0 means one a core. */
  public int tasks(Key<Integer> key, SparkSession spark) {
    int tasks = value(key);
    return tasks > 0 ? tasks : Cores.of(spark.sparkContext());
  }

  /** The YAML text of a key's value. */
  public <T> String text(Key<T> key) {
    return key.write(value(key));
  }

  /** YAML of some sections, with a comment where a value was given. */
  public String yaml(String... sections) {
    return yaml(List.of(sections));
  }

  /** The same of a list of sections. */
  public String yaml(List<String> sections) {
    StringBuilder yaml = new StringBuilder();
    for (String section : sections) {
      yaml.append(section).append(":\n");
      for (Key<?> key : settings.keySet()) {
        if (key.section().equals(section)) {
          String name = key.name().substring(section.length() + 1);
          yaml.append("  ").append(name).append(": ").append(text(key));
          yaml.append(isGiven(key) ? "  # " + settings.get(key).origin() : "").append('\n');
        }
      }
    }
    return yaml.toString();
  }

  /** The model of examples of a shape. */
  public FlowConfig flow(Shape shape) {
    return new FlowConfig(
        shape.channels(),
        shape.grid(),
        value(Keys.MODEL_STRIDE),
        value(Keys.MODEL_HIDDEN).stream().mapToInt(Integer::intValue).toArray(),
        value(Keys.MODEL_KERNEL),
        value(Keys.MODEL_PADDING),
        value(Keys.MODEL_ACTIVATION),
        value(Keys.MODEL_BIAS),
        value(Keys.MODEL_HYPER),
        value(Keys.MODEL_BASE),
        value(Keys.MODEL_POSITION),
        value(Keys.MODEL_COARSENING),
        value(Keys.MODEL_BLOCKS),
        value(Keys.MODEL_SKIP),
        value(Keys.MODEL_CLASSES));
  }

  /** How levels are solved. */
  public SolverConfig solver() {
    return new SolverConfig(
        value(Keys.SOLVER_METHOD),
        value(Keys.SOLVER_STEPS),
        value(Keys.SOLVER_GRADING),
        value(Keys.SOLVER_RTOL),
        value(Keys.SOLVER_ATOL),
        value(Keys.SOLVER_MIN_STEP),
        value(Keys.SOLVER_MAX_STEP),
        value(Keys.SOLVER_MAX_STEPS));
  }

  /** How divergences are computed. */
  public DivergenceConfig divergence() {
    return new DivergenceConfig(
        value(Keys.DIVERGENCE_KIND), value(Keys.DIVERGENCE_NOISE), value(Keys.DIVERGENCE_PROBES));
  }

  /** Averages of all phases. */
  public int rounds() {
    return value(Keys.TRAIN_ROUNDS) + (hasSecondPhase() ? value(Keys.THEN_ROUNDS) : 0);
  }

  /** How a model is trained. */
  public TrainingPlan training() {
    return new TrainingPlan(
        common(), hasSecondPhase() ? List.of(phase(), second().phase()) : List.of(phase()));
  }

  private boolean hasSecondPhase() {
    boolean asked = value(Keys.TRAIN_THEN) != Then.NONE;
    if (asked && value(Keys.TRAIN_OBJECTIVE) != Objective.FLOW_MATCHING) {
      throw new IllegalArgumentException(
          "train.then must be none with train.objective="
              + text(Keys.TRAIN_OBJECTIVE)
              + ", was "
              + text(Keys.TRAIN_THEN));
    }
    return asked;
  }

  /** The second phase's values in the place of the first's. */
  private Configuration second() {
    return with(Keys.TRAIN_OBJECTIVE, Objective.LIKELIHOOD, "train.then")
        .with(Keys.TRAIN_ROUNDS, value(Keys.THEN_ROUNDS), "then.rounds")
        .with(Keys.TRAIN_BATCH, value(Keys.THEN_BATCH), "then.batch")
        .with(Keys.TRAIN_LOCAL_STEPS, value(Keys.THEN_LOCAL_STEPS), "then.localSteps")
        .with(Keys.TRAIN_LEARNING_RATE, value(Keys.THEN_LEARNING_RATE), "then.learningRate")
        .with(Keys.TRAIN_WARMUP_ROUNDS, value(Keys.THEN_WARMUP_ROUNDS), "then.warmupRounds")
        .with(Keys.TRAIN_CLIP_NORM, value(Keys.THEN_CLIP_NORM), "then.clipNorm")
        .with(Keys.TRAIN_COTANGENT_LIMIT, value(Keys.THEN_COTANGENT_LIMIT), "then.cotangentLimit")
        .with(Keys.TRAIN_AVERAGE_DECAY, value(Keys.THEN_AVERAGE_DECAY), "then.averageDecay");
  }

  private TrainingConfig common() {
    return new TrainingConfig(
        value(Keys.TRAIN_SHARDS),
        value(Keys.TRAIN_SEED),
        value(Keys.TRAIN_DTYPE),
        value(Keys.TRAIN_MASTER),
        new Validation(
            value(Keys.TRAIN_HELD_OUT_FRACTION),
            value(Keys.TRAIN_VALIDATE_EVERY),
            value(Keys.TRAIN_VALIDATION_EXAMPLES)),
        new Checkpointing(
            value(Keys.TRAIN_CHECKPOINT_EVERY),
            new Retention(value(Keys.TRAIN_KEEP_CHECKPOINTS), value(Keys.TRAIN_KEEP_EVERY))),
        new Recovery(
            value(Keys.TRAIN_ROLLBACKS),
            value(Keys.TRAIN_ROLLBACK_FACTOR),
            value(Keys.TRAIN_EXPLOSION_NORM),
            value(Keys.TRAIN_MAX_SOLVER_ERROR)),
        value(Keys.TRAIN_MAX_SECONDS));
  }

  private PhaseConfig phase() {
    return new PhaseConfig(
        value(Keys.TRAIN_OBJECTIVE),
        value(Keys.TRAIN_TIMES),
        new Regularisation(
            value(Keys.TRAIN_KINETIC_WEIGHT),
            value(Keys.TRAIN_JACOBIAN_WEIGHT),
            value(Keys.TRAIN_COTANGENT_LIMIT),
            value(Keys.TRAIN_SHIFTED_GRIDS)),
        value(Keys.TRAIN_ROUNDS),
        value(Keys.TRAIN_BATCH),
        new UpdateConfig(
            value(Keys.TRAIN_UPDATER),
            new LearningRate(
                value(Keys.TRAIN_LEARNING_RATE),
                value(Keys.TRAIN_SCHEDULE),
                value(Keys.TRAIN_WARMUP_ROUNDS),
                value(Keys.TRAIN_PLATEAU_PATIENCE),
                value(Keys.TRAIN_PLATEAU_FACTOR)),
            value(Keys.TRAIN_CLIP_NORM)),
        new AveragingConfig(
            value(Keys.TRAIN_LOCAL_STEPS),
            value(Keys.TRAIN_OUTER_RATE),
            value(Keys.TRAIN_OUTER_MOMENTUM),
            value(Keys.TRAIN_AVERAGE_DECAY)));
  }

  /** What becomes of examples before the flow. */
  public TransformConfig transform() {
    PixelConfig pixels =
        new PixelConfig(
            value(Keys.PIXELS_TRANSFORM),
            value(Keys.PIXELS_ALPHA),
            value(Keys.PIXELS_STANDARDISE),
            value(Keys.PIXELS_ATOM),
            value(Keys.PIXELS_TAIL));
    return new TransformConfig(pixels, value(Keys.VALUES_STANDARDISE));
  }

  /** How images are varied that are learnt from. */
  public Augmentation augmentation() {
    return new Augmentation(value(Keys.TRAIN_FLIP), value(Keys.TRAIN_SHIFT));
  }

  /**
   * What a model learns from instead of examples; empty of other objectives.
   *
   * @throws IllegalArgumentException if objective and energy do not go together
   */
  public Optional<EnergyConfig> energy() {
    String name = value(Keys.ENERGY_NAME);
    boolean isObjective = value(Keys.TRAIN_OBJECTIVE) == Objective.ENERGY;
    if (isObjective && name.isEmpty()) {
      throw new IllegalArgumentException("energy.name must be given (--energy NAME), was none");
    }
    if (!isObjective) {
      if (!name.isEmpty()) {
        throw new IllegalArgumentException(
            "train.objective must be energy with energy.name, was " + text(Keys.TRAIN_OBJECTIVE));
      }
      return Optional.empty();
    }
    if (!value(Keys.DATA_TRAIN).isEmpty() || !value(Keys.DATA_VALIDATION).isEmpty()) {
      throw new IllegalArgumentException(
          "data.train and data.validation must be none with train.objective=energy, were "
              + text(Keys.DATA_TRAIN)
              + " and "
              + text(Keys.DATA_VALIDATION));
    }
    if (!value(Keys.MODEL_CLASSES).isEmpty()) {
      throw new IllegalArgumentException(
          "model.classes must be none with train.objective=energy, was "
              + text(Keys.MODEL_CLASSES));
    }
    if (!augmentation().equals(Augmentation.NONE)) {
      throw new IllegalArgumentException(
          "train.flip and train.shift must be false and 0 with train.objective=energy, were "
              + text(Keys.TRAIN_FLIP)
              + " and "
              + text(Keys.TRAIN_SHIFT));
    }
    Map<String, String> texts = new LinkedHashMap<>();
    for (Key<?> key : settings.keySet()) {
      if (key.section().equals("energy")) {
        texts.put(key.name().substring("energy.".length()), text(key));
      }
    }
    texts.keySet().removeAll(Set.of("name", "settings"));
    texts.putAll(furtherSettings());
    return Optional.of(new EnergyConfig(name, texts));
  }

  private Map<String, String> furtherSettings() {
    Map<String, String> further = new LinkedHashMap<>();
    for (String setting : value(Keys.ENERGY_SETTINGS)) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("energy.settings must be name=value, was " + setting);
      }
      String name = setting.substring(0, equals).strip();
      if (settings.keySet().stream().anyMatch(key -> key.name().equals("energy." + name))) {
        throw new IllegalArgumentException(
            "energy.settings must be of names without a key, was "
                + setting
                + "; set energy."
                + name);
      }
      if (further.put(name, setting.substring(equals + 1).strip()) != null) {
        throw new IllegalArgumentException("energy.settings has " + name + " twice; allowed: once");
      }
    }
    return further;
  }

  /**
   * Checks that the energy's keys, where they were given, are those that a model was trained with.
   *
   * @throws DataException naming one that is not
   */
  public void requireEnergy(EnergyConfig trained) {
    Map<String, String> texts = new LinkedHashMap<>(trained.settings());
    texts.put("name", trained.name());
    for (Key<?> key : settings.keySet()) {
      if (key.section().equals("energy") && isGiven(key) && key != Keys.ENERGY_SETTINGS) {
        String text = texts.get(key.name().substring("energy.".length()));
        Object own = text == null ? key.fallback() : key.read(text);
        if (!value(key).equals(own)) {
          throw ofOtherEnergy(key.name(), String.valueOf(own), String.valueOf(value(key)));
        }
      }
    }
    furtherSettings()
        .forEach(
            (name, text) -> {
              if (!text.equals(texts.get(name))) {
                throw ofOtherEnergy(
                    "energy.settings " + name, texts.getOrDefault(name, "none"), text);
              }
            });
  }

  private static DataException ofOtherEnergy(String key, String trained, String asked) {
    return new DataException(
        key
            + " must stay "
            + trained
            + " as the model was trained, was "
            + asked
            + "; leave it out");
  }

  /**
   * Checks that a model to start from is of the architecture that is asked for.
   *
   * @param name of the model, for the message
   * @param shape of the examples
   * @throws DataException naming what differs
   */
  public void requireStart(String name, FlowConfig start, Shape shape) {
    Layer layer = Layer.model(name, start);
    Configuration own = resolve(List.of(layer));
    List<String> differences = new ArrayList<>();
    Shape learnt = new Shape(start.channels(), start.shape());
    if (!learnt.equals(shape)) {
      differences.add("examples of " + learnt + " and not " + shape);
    }
    for (Key<?> key : layer.values().keySet()) {
      if (!own.value(key).equals(value(key))) {
        differences.add(difference(key, own));
      }
    }
    if (!differences.isEmpty()) {
      throw new DataException(
          name
              + ": a model with "
              + String.join(", ", differences)
              + "; allowed: one of this configuration's architecture");
    }
  }

  /** A value of a model that is another than this configuration's, for an error. */
  private String difference(Key<?> key, Configuration own) {
    return key.name() + " " + own.text(key) + " and not " + text(key);
  }

  /**
   * This configuration with the transform of a model that training starts from.
   *
   * @param name of the model, for the error
   * @throws DataException if another transform was asked for
   */
  public Configuration withTransform(String name, ExampleTransform start) {
    Layer layer = Layer.transform(name, start);
    Configuration own = resolve(List.of(layer));
    List<String> differences = new ArrayList<>();
    Configuration settled = this;
    for (Key<?> key : layer.values().keySet()) {
      if (isGiven(key) && !own.value(key).equals(value(key))) {
        differences.add(difference(key, own));
      }
      settled = settled.with(key, own);
    }
    if (!differences.isEmpty()) {
      throw new DataException(
          name
              + ": a model with "
              + String.join(", ", differences)
              + "; allowed: its own transform, or a start from none");
    }
    return settled;
  }

  private <T> Configuration with(Key<T> key, Configuration other) {
    return with(key, other.value(key), other.settings.get(key).origin());
  }

  /** How a model scores. */
  public ScoringConfig scoring() {
    return new ScoringConfig(
        solver(),
        divergence(),
        value(Keys.SCORE_SEED),
        value(Keys.SCORE_DRAWS),
        value(Keys.SCORE_SOLVER_ERROR),
        value(Keys.SCORE_MAX_SOLVER_ERROR));
  }

  /**
   * Where scores go.
   *
   * @param earlier files whose images are left out
   */
  public ScoreOutput scoreOutput(String folder, SparkSession spark, FileInventory earlier) {
    int partitions = tasks(Keys.SCORE_PARTITIONS, spark);
    int chunk = value(Keys.SCORE_CHUNK);
    return new ScoreOutput(
        folder,
        partitions,
        chunk == 0 ? (int) Math.min(Integer.MAX_VALUE, 5000L * partitions) : chunk,
        value(Keys.SCORE_OVERWRITE),
        value(Keys.SCORE_LATENTS),
        earlier);
  }

  /** When a challenger becomes the champion. */
  public PromotionRule promotion() {
    return new PromotionRule(
        value(Keys.RETRAIN_MARGIN),
        value(Keys.RETRAIN_CONFIDENCE),
        value(Keys.RETRAIN_RESAMPLES),
        value(Keys.RETRAIN_MAX_DOUBTFUL),
        value(Keys.SCORE_SEED));
  }

  /** How a model samples. */
  public SamplingConfig sampling() {
    return new SamplingConfig(
        solver(),
        value(Keys.SAMPLE_BATCH),
        value(Keys.SAMPLE_SEED),
        value(Keys.SAMPLE_TEMPERATURE));
  }

  /** How holes are filled. */
  public InpaintingConfig inpainting() {
    return new InpaintingConfig(
        value(Keys.INPAINT_DRAWS),
        value(Keys.INPAINT_NOISE),
        value(Keys.INPAINT_INFLUENCE),
        value(Keys.INPAINT_TRAJECTORIES),
        value(Keys.INPAINT_LEAPFROGS),
        value(Keys.INPAINT_SEED));
  }

  /** How chains walk; empty where none are asked for. */
  public Optional<HmcConfig> hmc() {
    return value(Keys.PHYSICS_TRAJECTORIES) == 0
        ? Optional.empty()
        : Optional.of(
            new HmcConfig(
                value(Keys.PHYSICS_TRAJECTORIES),
                value(Keys.PHYSICS_WARM_UP),
                value(Keys.PHYSICS_LEAPFROGS),
                value(Keys.PHYSICS_STEP)));
  }

  /**
   * A value and where it stands.
   *
   * @param origin empty for the default
   */
  private record Setting(Object value, String origin) {}
}
