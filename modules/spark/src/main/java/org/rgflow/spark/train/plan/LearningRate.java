package org.rgflow.spark.train.plan;

import java.util.List;

/**
 * The learning rate over the rounds of a phase.
 *
 * @param height at its highest
 * @param schedule by which it falls
 * @param warmupRounds over which it rises
 * @param plateauPatience validations without a lower loss before a schedule of plateaus lowers it
 * @param plateauFactor by which that does, in (0, 1)
 */
public record LearningRate(
    double height, Schedule schedule, int warmupRounds, int plateauPatience, double plateauFactor) {
  /** Checks the values. */
  public LearningRate {
    Allowed.require(height > 0 && height <= 10, "learningRate must be in (0, 10], was " + height);
    Allowed.range("warmupRounds", warmupRounds, 0, 1_000_000);
    Allowed.range("plateauPatience", plateauPatience, 1, 1_000_000);
    Allowed.require(
        plateauFactor > 0 && plateauFactor < 1,
        "plateauFactor must be in (0, 1), was " + plateauFactor);
  }

  /**
   * The rate of a round.
   *
   * @param round counted from 0
   * @param rounds of the phase
   * @param heldOut losses of the phase's validations so far
   */
  public double at(int round, int rounds, List<Double> heldOut) {
    double rise = warmupRounds == 0 ? 1 : Math.min(1, (round + 1.0) / (warmupRounds + 1.0));
    double share =
        schedule == Schedule.PLATEAU
            ? shareAfter(heldOut)
            : schedule.share((double) round / rounds);
    return height * rise * share;
  }

  /** A loss that is no lower than the lowest is one of patience; then patience begins anew. */
  private double shareAfter(List<Double> heldOut) {
    double share = 1;
    double lowest = Double.POSITIVE_INFINITY;
    int waited = 0;
    for (double loss : heldOut) {
      if (loss < lowest) {
        lowest = loss;
        waited = 0;
      } else if (++waited == plateauPatience) {
        share *= plateauFactor;
        waited = 0;
      }
    }
    return share;
  }

  /** How a rate falls over a phase. */
  public enum Schedule {
    /** It stays. */
    CONSTANT {
      @Override
      double share(double progress) {
        return 1;
      }
    },
    /** Half a cosine, from 1 to 0. */
    COSINE {
      @Override
      double share(double progress) {
        return 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)));
      }
    },
    /** It falls by a factor whenever validations no longer find a lower loss. */
    PLATEAU {
      @Override
      double share(double progress) {
        throw new IllegalStateException("the held-out losses decide, not the progress");
      }
    };

    /** The share of the full rate after this part of the phase, in [0, 1]. */
    abstract double share(double progress);
  }
}
