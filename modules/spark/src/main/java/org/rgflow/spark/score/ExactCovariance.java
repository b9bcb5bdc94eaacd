package org.rgflow.spark.score;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;

/**
 * Sums of vectors and of their entries' products without rounding, so that neither order nor
 * partition matters.
 */
final class ExactCovariance {
  private final int size;
  private long count;

  /** Of the entries; then of their products, by rows of the lower triangle. */
  private final BigDecimal[] sums;

  /** Of vectors of this size. */
  ExactCovariance(int size) {
    this.size = size;
    this.sums = new BigDecimal[place(size, 0)];
    Arrays.fill(sums, BigDecimal.ZERO);
  }

  /** Where the sum of products of entries i and k <= i is. */
  private int place(int i, int k) {
    return size + i * (i + 1) / 2 + k;
  }

  void add(double... vector) {
    BigDecimal[] exact = new BigDecimal[size];
    for (int i = 0; i < size; i++) {
      exact[i] = new BigDecimal(vector[i]);
      sums[i] = sums[i].add(exact[i]);
      for (int k = 0; k <= i; k++) {
        sums[place(i, k)] = sums[place(i, k)].add(exact[i].multiply(exact[k]));
      }
    }
    count++;
  }

  /** What travels from a task: the count, and sums in all their digits. */
  String packed() {
    StringBuilder packed = new StringBuilder().append(count);
    for (BigDecimal sum : sums) {
      packed.append(' ').append(sum);
    }
    return packed.toString();
  }

  /** Adds what another's {@link #packed} holds. */
  void merge(String packed) {
    String[] numbers = packed.split(" ");
    count += Long.parseLong(numbers[0]);
    for (int i = 0; i < sums.length; i++) {
      sums[i] = sums[i].add(new BigDecimal(numbers[i + 1]));
    }
  }

  /** Vectors. */
  long count() {
    return count;
  }

  /** Of an entry; of at least one vector. */
  double mean(int i) {
    return over(sums[i], count).doubleValue();
  }

  /** sum (x_i - mean_i)(x_k - mean_k)/(n - 1), of at least two vectors. */
  double covariance(int i, int k) {
    BigDecimal products = sums[place(Math.max(i, k), Math.min(i, k))];
    BigDecimal deviations = products.subtract(over(sums[i].multiply(sums[k]), count));
    return over(deviations, count - 1).doubleValue();
  }

  private static BigDecimal over(BigDecimal value, long divisor) {
    // far more digits than cancellation takes
    return value.divide(BigDecimal.valueOf(divisor), new MathContext(200));
  }
}
