package org.rgflow.spark.train.plan;

import java.util.ArrayList;
import java.util.List;
import org.rgflow.dl4j.Objective;
import org.rgflow.spark.ConstantNames;

/**
 * The phases of a run, one after the other: each begins with the parameters that the one before
 * released, and with a fresh updater.
 *
 * @param common to all phases
 * @param phases at least one, in order
 */
public record TrainingPlan(TrainingConfig common, List<PhaseConfig> phases) {
  /** Checks that the phases go together. */
  public TrainingPlan {
    phases = List.copyOf(phases);
    if (phases.isEmpty()) {
      throw new IllegalArgumentException("a plan of training has at least one phase, had none");
    }
    for (PhaseConfig phase : phases) {
      Allowed.require(
          phases.size() == 1 || phase.objective() != Objective.ENERGY,
          "then must be none with train.objective=energy, was "
              + ConstantNames.of(phases.get(phases.size() - 1).objective()));
      // whose loss is of a batch that it draws for itself, without matching's labels
      Allowed.require(
          common.master() != TrainingConfig.Master.DL4J
              || phase.objective() != Objective.FLOW_MATCHING,
          "master must be averaging with train.objective=flow-matching, was dl4j");
    }
  }

  /** The phase that the run begins with. */
  public PhaseConfig first() {
    return phases.get(0);
  }

  /** Averages of all phases. */
  public int rounds() {
    return phases.stream().mapToInt(PhaseConfig::rounds).reduce(0, Math::addExact);
  }

  /** Examples that all shards see in a round of a phase. */
  public long examplesPerRound(PhaseConfig phase) {
    return common.shards() * phase.examplesPerShard();
  }

  /** The phases that are not over after so many rounds. */
  public List<Phase> after(int round) {
    List<Phase> left = new ArrayList<>();
    int first = 0;
    long examples = 0;
    for (int number = 0; number < phases.size(); number++) {
      PhaseConfig config = phases.get(number);
      if (first + config.rounds() > round) {
        left.add(new Phase(number, first, examples, config));
      }
      first += config.rounds();
      examples += config.rounds() * examplesPerRound(config);
    }
    return left;
  }

  /** Whether a checkpoint is written after so many rounds, however they go. */
  public boolean isCheckpointDue(Phase phase, int round) {
    return round == phase.end() || round % common.checkpoints().every() == 0;
  }

  /** Whether there is a validation after so many rounds. */
  public boolean isValidationDue(Phase phase, int round) {
    return round == phase.end() || round % common.validation().every() == 0;
  }

  /**
   * One phase.
   *
   * @param number counted from 0
   * @param first round, counted from 0 over the whole run
   * @param examplesBefore seen by the phases before
   */
  public record Phase(int number, int first, long examplesBefore, PhaseConfig config) {
    /** The first round that is not of this phase. */
    public int end() {
      return first + config.rounds();
    }
  }
}
