package org.rgflow.spark.train.plan;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.Regularisation;
import org.rgflow.spark.run.Retention;

/**
 * How a model is trained.
 *
 * @param batch examples of a local step
 * @param localSteps H, steps a shard takes between two averages
 * @param rounds averages in all
 * @param updater DL4J's updater by name, see {@link Updaters}
 * @param learningRate of the updater, at its height
 * @param clipNorm largest L2 norm of a batch's mean gradient, 0 for no limit
 * @param outerRate share of the averaged change that is taken; 1 is plain averaging
 * @param outerMomentum Nesterov momentum of the outer step (arXiv:2311.08105)
 * @param regularisation of the losses that solve
 * @param shards partitions of the data, each trained by one task; the result depends on it
 * @param heldOutFraction of the training data kept for validation where no other data is given
 * @param validateEvery rounds between validations
 * @param validationExamples at most, of the held-out ones
 * @param checkpointEvery rounds between checkpoints
 * @param retention of checkpoints
 * @param seed of parameters, noise, order and split
 * @param dtype FLOAT or DOUBLE
 * @param master who averages
 * @param maxSeconds after which no further round begins, 0 for no limit
 * @param schedule of the learning rate over rounds
 * @param warmupRounds over which the learning rate rises
 * @param objective what is minimised
 * @param times slices of a batch of flow matching, each with a time of its own
 * @param averageDecay share that the moving average of the parameters, which is validated and
 *     released, keeps in a round once there were enough; 0 for the parameters themselves
 * @param plateauPatience validations without a lower loss before a schedule of plateaus lowers the
 *     rate
 * @param plateauFactor by which it does, in (0, 1)
 * @param recovery from a round that went astray
 */
public record TrainingConfig(
    int batch,
    int localSteps,
    int rounds,
    String updater,
    double learningRate,
    double clipNorm,
    double outerRate,
    double outerMomentum,
    Regularisation regularisation,
    int shards,
    double heldOutFraction,
    int validateEvery,
    int validationExamples,
    int checkpointEvery,
    Retention retention,
    long seed,
    DataType dtype,
    Master master,
    double maxSeconds,
    Schedule schedule,
    int warmupRounds,
    Objective objective,
    int times,
    double averageDecay,
    int plateauPatience,
    double plateauFactor,
    Recovery recovery) {
  /** Checks every value. */
  public TrainingConfig {
    requireRange("batch", batch, 1, 65_536);
    requireRange("localSteps", localSteps, 1, 1_000_000);
    requireRange("rounds", rounds, 1, 100_000_000);
    require(
        Updaters.NAMES.contains(updater),
        "train.updater must be one of " + Updaters.NAMES + ", was " + updater);
    require(
        learningRate > 0 && learningRate <= 10,
        "train.learningRate must be in (0, 10], was " + learningRate);
    require(clipNorm >= 0, "train.clipNorm must be at least 0, was " + clipNorm);
    require(outerRate > 0 && outerRate <= 2, "train.outerRate must be in (0, 2], was " + outerRate);
    require(
        outerMomentum >= 0 && outerMomentum < 1,
        "train.outerMomentum must be in [0, 1), was " + outerMomentum);
    requireRange("shards", shards, 1, 1_000_000);
    require(
        heldOutFraction >= 0 && heldOutFraction < 1,
        "train.heldOutFraction must be in [0, 1), was " + heldOutFraction);
    requireRange("validateEvery", validateEvery, 1, 1_000_000);
    requireRange("validationExamples", validationExamples, 1, Integer.MAX_VALUE);
    requireRange("checkpointEvery", checkpointEvery, 1, 1_000_000);
    require(
        dtype == DataType.FLOAT || dtype == DataType.DOUBLE,
        "train.dtype must be float32 or float64, was " + dtype);
    require(maxSeconds >= 0, "train.maxSeconds must be at least 0, was " + maxSeconds);
    requireRange("warmupRounds", warmupRounds, 0, 1_000_000);
    requireRange("times", times, 1, 65_536);
    require(
        averageDecay >= 0 && averageDecay < 1,
        "train.averageDecay must be in [0, 1), was " + averageDecay);
    requireRange("plateauPatience", plateauPatience, 1, 1_000_000);
    require(
        plateauFactor > 0 && plateauFactor < 1,
        "train.plateauFactor must be in (0, 1), was " + plateauFactor);
    // whose loss is of a batch that it draws for itself, without matching's labels
    require(
        master != Master.DL4J || objective != Objective.FLOW_MATCHING,
        "train.master must be averaging with train.objective=flow-matching, was dl4j");
  }

  private static void requireRange(String key, int value, int least, int most) {
    require(
        value >= least && value <= most,
        "train." + key + " must be in [" + least + ", " + most + "], was " + value);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /**
   * The learning rate of a round.
   *
   * @param round of the phase, counted from 0
   * @param heldOut losses of the phase's validations so far
   */
  public double rate(int round, List<Double> heldOut) {
    double rise = warmupRounds == 0 ? 1 : Math.min(1, (round + 1.0) / (warmupRounds + 1.0));
    double share =
        schedule == Schedule.PLATEAU
            ? shareAfter(heldOut)
            : schedule.share((double) round / rounds);
    return learningRate * rise * share;
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

  /** Examples that all shards see in a round. */
  public long examplesPerRound() {
    return (long) shards * localSteps * batch;
  }

  /** Who averages. */
  public enum Master {
    /** This package: weighted, in a fixed order, with checkpoints. */
    AVERAGING,
    /** DL4J's ParameterAveragingTrainingMaster, for comparison. */
    DL4J
  }

  /** How the learning rate falls over the run. */
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

    /** The share of the full rate after this part of the run, in [0, 1]. */
    abstract double share(double progress);
  }
}
