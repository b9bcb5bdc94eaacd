package org.rgflow.spark.train.plan;

import java.util.ArrayList;
import java.util.List;
import org.rgflow.dl4j.Objective;
import org.rgflow.spark.ConstantNames;

/**
 * The phases of a run, one after the other: each begins with the parameters that the one before
 * released, and with a fresh updater.
 *
 * @param phases at least one, in order; all of one seed, number of shards, precision and held-out
 *     fraction
 */
public record TrainingPlan(List<TrainingConfig> phases) {
  /** Checks that the phases go together. */
  public TrainingPlan {
    phases = List.copyOf(phases);
    if (phases.isEmpty()) {
      throw new IllegalArgumentException("a plan of training has at least one phase, had none");
    }
    TrainingConfig first = phases.get(0);
    for (TrainingConfig next : phases.subList(1, phases.size())) {
      if (first.objective() == Objective.ENERGY || next.objective() == Objective.ENERGY) {
        throw new IllegalArgumentException(
            "train.then must be none with train.objective=energy, was "
                + ConstantNames.of(next.objective()));
      }
      if (next.seed() != first.seed()
          || next.shards() != first.shards()
          || next.dtype() != first.dtype()
          || next.heldOutFraction() != first.heldOutFraction()) {
        throw new IllegalArgumentException(
            "phases of a run share seed, shards, precision and held-out fraction");
      }
    }
  }

  /** A run of one phase. */
  public static TrainingPlan of(TrainingConfig only) {
    return new TrainingPlan(List.of(only));
  }

  /** What the phases have in common: data, shards, seed. */
  public TrainingConfig common() {
    return phases.get(0);
  }

  /** Averages of all phases. */
  public int rounds() {
    return phases.stream().mapToInt(TrainingConfig::rounds).reduce(0, Math::addExact);
  }

  /** The phases that are not over after so many rounds. */
  public List<Phase> after(int round) {
    List<Phase> left = new ArrayList<>();
    int first = 0;
    long examples = 0;
    for (int number = 0; number < phases.size(); number++) {
      TrainingConfig config = phases.get(number);
      if (first + config.rounds() > round) {
        left.add(new Phase(number, first, examples, config));
      }
      first += config.rounds();
      examples += config.rounds() * config.examplesPerRound();
    }
    return left;
  }

  /**
   * One phase.
   *
   * @param number counted from 0
   * @param first round, counted from 0 over the whole run
   * @param examplesBefore seen by the phases before
   */
  public record Phase(int number, int first, long examplesBefore, TrainingConfig config) {
    /** The first round that is not of this phase. */
    public int end() {
      return first + config.rounds();
    }

    /** Whether one is written after so many rounds, however they go. */
    public boolean isCheckpointDue(int round) {
      return round == end() || round % config.checkpointEvery() == 0;
    }
  }
}
