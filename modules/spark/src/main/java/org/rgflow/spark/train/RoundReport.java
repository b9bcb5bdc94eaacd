package org.rgflow.spark.train;

import java.util.List;
import org.rgflow.dl4j.Objective;
import org.rgflow.spark.train.averaging.Exchange;
import org.rgflow.spark.train.averaging.Straggler;
import org.rgflow.spark.train.shards.HeldOut;

/**
 * One round.
 *
 * @param place of the round in its run
 * @param objective of the phase the round is of
 * @param unit of the likelihoods: {@code bits/dim} for pixels, {@code nats/dim} for real values
 * @param steps what they came to
 * @param time that they took
 * @param heldOut what a validation found; null where this round did not validate
 */
public record RoundReport(
    Place place, Objective objective, String unit, Steps steps, Time time, HeldOut heldOut) {
  /**
   * Where a round is in its run.
   *
   * @param round counted from 1
   * @param rounds of the whole run
   * @param phaseEnd last round of its phase
   * @param epoch passes over the data so far; 0 where there are none
   * @param examples seen so far
   */
  public record Place(int round, int rounds, int phaseEnd, double epoch, long examples) {}

  /**
   * What a round's steps came to, of all shards.
   *
   * @param loss mean over the batches, without regularisers: in {@code unit}, from an energy of the
   *     bound on -log Z, or of flow matching the squared deviation, summed over levels
   * @param levelLosses of flow matching, the finest level first; empty for likelihoods
   * @param gradientNorm largest L2 norm of a batch's mean gradient, before clipping; NaN where not
   *     known
   * @param kinetic mean K
   * @param jacobian mean F
   * @param evaluations of the velocity for an example on its way forward: of its solve, or of flow
   *     matching one a level; 0 where an adaptive method takes as many as it needs
   */
  public record Steps(
      double loss,
      List<Double> levelLosses,
      double gradientNorm,
      double kinetic,
      double jacobian,
      long evaluations) {}

  /**
   * What a round took.
   *
   * @param seconds its validation and checkpoint excluded
   * @param examplesPerSecond of the round
   * @param left seconds until the phase's last round, as estimated: another takes its own time
   * @param exchange of states between driver and tasks; null where DL4J's own master sends them
   * @param straggler the task that the others waited for; null where none was slow
   */
  public record Time(
      double seconds,
      double examplesPerSecond,
      double left,
      Exchange exchange,
      Straggler straggler) {
    /** Share of the seconds that the exchange takes. */
    public double driverShare() {
      return exchange == null ? 0 : exchange.seconds() / seconds;
    }
  }

  /** Its number, counted from 1. */
  public int round() {
    return place.round();
  }

  RoundReport with(HeldOut found) {
    return new RoundReport(place, objective, unit, steps, time, found);
  }
}
