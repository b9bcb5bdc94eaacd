package org.rgflow.cli.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.rgflow.data.DataException;
import org.rgflow.spark.train.plan.LearningRate;

/**
 * The configuration of a run that goes on: what the run stored, but for what may change between
 * parts of a run.
 */
public final class Resumption {
  private static final Set<Key<?>> FREE =
      Set.of(
          Keys.TRAIN_ROUNDS,
          Keys.THEN_ROUNDS,
          Keys.TRAIN_MAX_SECONDS,
          Keys.TRAIN_VALIDATE_EVERY,
          Keys.TRAIN_CHECKPOINT_EVERY,
          Keys.TRAIN_KEEP_CHECKPOINTS,
          Keys.TRAIN_KEEP_EVERY);

  /** What runs did whose stored configuration is older than the key. */
  private static final Map<Key<?>, String> BEFORE =
      Map.of(
          Keys.SOLVER_GRADING,
          "1",
          Keys.TRAIN_SHIFTED_GRIDS,
          "false",
          Keys.VALUES_STANDARDISE,
          "false");

  private Resumption() {}

  /**
   * Puts the stored configuration below what is given.
   *
   * @param given layers, strongest first
   * @param file the run's {@code config.yaml}, of this version or one before
   * @param paths by which two of them are compared
   * @throws DataException if a given value would change what was learnt so far
   */
  public static Configuration resolve(List<Layer> given, Layer file, AbsolutePaths paths) {
    Map<Key<?>, String> values = new LinkedHashMap<>(BEFORE);
    values.putAll(file.values());
    Layer stored = new Layer(file.origin(), values);
    Configuration run = Configuration.resolve(List.of(stored));
    List<Layer> layers = new ArrayList<>(given);
    layers.add(stored);
    Configuration asked = Configuration.resolve(layers);
    for (Key<?> key : Keys.all()) {
      boolean fixed = Sections.LEARNT.contains(key.section()) && !isFree(key, run);
      if (fixed && !paths.areSame(key, asked, run)) {
        throw new DataException(
            key.name()
                + " must stay "
                + run.text(key)
                + " as "
                + stored.origin()
                + " has it, was "
                + asked.text(key)
                + "; leave it out, or start another run");
      }
    }
    return asked;
  }

  /**
   * The end of a phase that another follows is part of what was learnt, and so are the validations
   * that a rate goes by.
   */
  private static boolean isFree(Key<?> key, Configuration run) {
    boolean endsInTheMiddle = key == Keys.TRAIN_ROUNDS && run.value(Keys.TRAIN_THEN) != Then.NONE;
    boolean decidesRates =
        key == Keys.TRAIN_VALIDATE_EVERY
            && run.value(Keys.TRAIN_SCHEDULE) == LearningRate.Schedule.PLATEAU;
    return FREE.contains(key) && !endsInTheMiddle && !decidesRates;
  }
}
