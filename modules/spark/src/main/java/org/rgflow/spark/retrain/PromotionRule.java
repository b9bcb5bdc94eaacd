package org.rgflow.spark.retrain;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.rgflow.spark.score.Bootstrap;
import org.rgflow.spark.score.PairedComparison;
import org.rgflow.spark.score.ScoreSummary;

/**
 * When a challenger becomes the champion.
 *
 * @param margin by how much it must be better, bits/dim or nats/dim; below 0 it may be worse
 * @param confidence of the bootstrap interval whose lower end must be past the margin
 * @param resamples of the bootstrap
 * @param doubtful share of the held-out images, in [0, 1], whose score under the challenger may be
 *     past the solver's allowed error
 * @param seed of the bootstrap
 */
public record PromotionRule(
    double margin, double confidence, int resamples, double doubtful, long seed) {

  /** What becomes of the first version of a model, which has nobody to be compared with. */
  public Decision first(ScoreSummary challenger) {
    List<String> against = unsound(challenger);
    if (challenger.errors() > 0) {
      against.add(
          String.format(
              Locale.ROOT,
              "%,d of %,d held-out images have no finite score",
              challenger.errors(),
              challenger.rows()));
    }
    return new Decision(
        against.isEmpty(),
        against.isEmpty() ? List.of("first version") : against,
        0,
        challenger.unit(),
        challenger.rows() - challenger.errors(),
        Double.NaN,
        challenger.mean(),
        Double.NaN,
        Bootstrap.Interval.unknown(),
        this);
  }

  /**
   * What becomes of a challenger.
   *
   * @param version that is champion
   */
  public Decision decide(
      int version,
      ScoreSummary champion,
      ScoreSummary challenger,
      PairedComparison.Result compared) {
    List<String> against = unsound(challenger);
    if (compared.lost() > 0) {
      against.add(
          String.format(
              Locale.ROOT,
              "%,d of %,d held-out images have a finite score under version %d and none under the"
                  + " challenger",
              compared.lost(),
              challenger.rows(),
              version));
    }
    double gain = compared.gains().mean();
    Bootstrap.Interval interval = Bootstrap.ofMean(compared.gains(), confidence, resamples, seed);
    String measured =
        String.format(
            Locale.ROOT,
            "%s by %.4f %s, %s %% between %.4f and %.4f",
            gain >= 0 ? "better" : "worse",
            Math.abs(gain),
            challenger.unit(),
            percent(confidence),
            interval.low(),
            interval.high());
    boolean isBetter = interval.low() > margin;
    if (!isBetter) {
      against.add(measured + ": not past the margin of " + number(margin));
    }
    List<String> reasons = new ArrayList<>(against);
    if (against.isEmpty()) {
      reasons.add(measured + ": past the margin of " + number(margin));
    }
    if (compared.unreadable() > 0) {
      reasons.add(
          String.format(
              Locale.ROOT,
              "%,d of %,d held-out images have no finite score under either",
              compared.unreadable(),
              challenger.rows()));
    }
    return new Decision(
        against.isEmpty(),
        reasons,
        version,
        challenger.unit(),
        compared.gains().images(),
        champion.mean(),
        challenger.mean(),
        gain,
        interval,
        this);
  }

  private List<String> unsound(ScoreSummary challenger) {
    List<String> against = new ArrayList<>();
    if (challenger.doubtful() > doubtful * challenger.rows()) {
      against.add(
          String.format(
              Locale.ROOT,
              "%,d of %,d held-out images are past score.maxSolverError, more than %s %%",
              challenger.doubtful(),
              challenger.rows(),
              percent(doubtful)));
    }
    return against;
  }

  private static String percent(double share) {
    return number(100 * share);
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? Long.toString((long) value)
        : BigDecimal.valueOf(value).round(new MathContext(6)).toPlainString();
  }
}
