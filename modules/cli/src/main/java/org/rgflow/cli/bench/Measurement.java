package org.rgflow.cli.bench;

import java.util.Arrays;

/**
 * How long a workload takes, beside the rate at which this machine convolves.
 *
 * @param secondsMin of the fastest call
 * @param secondsMedian of the median call
 * @param limitBefore 1e9 floating-point operations a second of one convolution, before the calls
 * @param limitAfter the same after them
 * @param peakBytes of off-heap memory that the model's buffers held
 */
public record Measurement(
    Workload workload,
    double secondsMin,
    double secondsMedian,
    double limitBefore,
    double limitAfter,
    long peakBytes) {
  private static final int WARM_UP_CALLS = 2;
  private static final double WARM_UP_SECONDS = 3;

  /** Measures calls after a warm-up of two calls and three seconds. */
  public static Measurement of(Workload workload, int repeats) {
    double before = ConvolutionLimit.gigaflops(workload.width());
    double[] seconds = new double[repeats];
    long bytes;
    try (Trial trial = new Trial(workload)) {
      long start = System.nanoTime();
      for (int i = 0; i < WARM_UP_CALLS || secondsSince(start) < WARM_UP_SECONDS; i++) {
        trial.run();
      }
      for (int i = 0; i < repeats; i++) {
        long began = System.nanoTime();
        trial.run();
        seconds[i] = secondsSince(began);
      }
      bytes = trial.bytes();
    }
    Arrays.sort(seconds);
    double median = (seconds[(repeats - 1) / 2] + seconds[repeats / 2]) / 2;
    double after = ConvolutionLimit.gigaflops(workload.width());
    return new Measurement(workload, seconds[0], median, before, after, bytes);
  }

  private static double secondsSince(long nanoTime) {
    return (System.nanoTime() - nanoTime) * 1e-9;
  }

  /** The larger of both rates: a slow moment must not flatter. */
  public double limit() {
    return Math.max(limitBefore, limitAfter);
  }

  /** 1e9 floating-point operations that one call needs. */
  public double needed() {
    return Arithmetic.gigaflop(workload);
  }

  /** The rate of the fastest call over the limit. */
  public double limitShare() {
    return needed() / secondsMin / limit();
  }
}
