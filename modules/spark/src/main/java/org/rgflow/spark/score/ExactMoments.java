package org.rgflow.spark.score;

import java.math.BigDecimal;
import java.math.MathContext;
import scala.Tuple4;

/**
 * Sums of numbers and of their squares without rounding, so that neither order nor partition
 * matters.
 */
final class ExactMoments {
  private long count;
  private long missing;
  private BigDecimal sum = BigDecimal.ZERO;
  private BigDecimal squares = BigDecimal.ZERO;

  void add(double value) {
    BigDecimal exact = new BigDecimal(value);
    count++;
    sum = sum.add(exact);
    squares = squares.add(exact.multiply(exact));
  }

  /** Counts a row that has no number. */
  void addMissing() {
    missing++;
  }

  /** What travels from a task: counts, and sums in all their digits. */
  Tuple4<Long, Long, String, String> packed() {
    return new Tuple4<>(count, missing, sum.toString(), squares.toString());
  }

  /** Adds what another's {@link #packed} holds. */
  void merge(Tuple4<Long, Long, String, String> packed) {
    count += packed._1();
    missing += packed._2();
    sum = sum.add(new BigDecimal(packed._3()));
    squares = squares.add(new BigDecimal(packed._4()));
  }

  /** Rows, with and without a number. */
  long rows() {
    return count + missing;
  }

  long missing() {
    return missing;
  }

  /** NaN of no number. */
  double mean() {
    return count == 0 ? Double.NaN : over(sum, count).doubleValue();
  }

  /** sqrt(sum (v - mean)^2/(n (n - 1))); NaN of fewer than two numbers. */
  double standardError() {
    if (count < 2) {
      return Double.NaN;
    }
    BigDecimal deviations = squares.subtract(over(sum.multiply(sum), count));
    double variance = over(deviations, count - 1).doubleValue();
    return Math.sqrt(Math.max(0, variance) / count);
  }

  private static BigDecimal over(BigDecimal value, long divisor) {
    // far more digits than cancellation takes
    return value.divide(BigDecimal.valueOf(divisor), new MathContext(200));
  }
}
