package org.rgflow.data;

import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * Dequantised pixels brought to a standard normal marginal: x = F^-1(a + (1 - 2a) G(y)), F the
 * normal distribution function and G that of a channel's pixels.
 *
 * <p>G is known exactly: pixels are uniform within their bins, so it is linear on each, rising by
 * the bin's share of the training set. Its log determinant is the sum of log dx/dy = log(1 - 2a) +
 * log(256 share) + x^2/2 + log(2 pi)/2. Where one value fills most of the images, as the background
 * of MNIST does, a logit leaves its bin a narrow peak with a cliff on one side for the flow to
 * undo; here it is a broad part of the normal. (The first step of iterative Gaussianization, Chen
 * and Gopinath 2000; arXiv:2003.01941.)
 */
public final class GaussianTransform extends PixelTransform {
  private static final long serialVersionUID = 1L;
  private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);
  private static final double HALF_LOG_TWO_PI = 0.5 * StrictMath.log(2 * StrictMath.PI);

  private final double alpha;
  private final PixelCounts counts;

  /** Per channel: what lies below each bin, 256 shares and the whole. */
  private final double[][] below;

  /** Per channel and bin: log dx/dy but for x^2/2. */
  private final double[][] logSlope;

  /**
   * The transform of what was counted.
   *
   * <p>Every value is counted once more, so that one that the training set lacks has a place too.
   *
   * @param alpha the constant a, which keeps x finite
   * @throws DataException unless alpha is in (0, 0.5)
   */
  public GaussianTransform(double alpha, PixelCounts counts) {
    if (!(alpha > 0 && alpha < 0.5)) {
      throw new DataException("alpha of the transform must be in (0, 0.5), was " + alpha);
    }
    this.alpha = alpha;
    this.counts = PixelCounts.of(counts.values());
    this.below = new double[counts.channels()][BINS + 1];
    this.logSlope = new double[counts.channels()][BINS];
    double constant = StrictMath.log(1 - 2 * alpha) + HALF_LOG_TWO_PI;
    for (int channel = 0; channel < below.length; channel++) {
      double total = BINS + counts.total();
      long sum = 0;
      for (int bin = 0; bin < BINS; bin++) {
        sum += 1 + counts.of(channel, bin);
        below[channel][bin + 1] = sum / total;
        double share = below[channel][bin + 1] - below[channel][bin];
        logSlope[channel][bin] = StrictMath.log(BINS * share) + constant;
      }
    }
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private GaussianTransform() {
    alpha = 0;
    counts = null;
    below = null;
    logSlope = null;
  }

  /** The constant a. */
  public double alpha() {
    return alpha;
  }

  /** What was counted. */
  public PixelCounts counts() {
    return counts;
  }

  @Override
  int channels() {
    return below.length;
  }

  @Override
  double forward(
      byte[] pixels, int from, int to, int channel, KeyedNoise noise, double[] x, int offset) {
    double[] edges = below[channel];
    double logDet = 0;
    for (int i = from; i < to; i++) {
      int bin = pixels[i] & 0xFF;
      double share = edges[bin + 1] - edges[bin];
      double place = edges[bin] + noise.uniform() * share;
      double value = NORMAL.inverseCumulativeProbability(alpha + (1 - 2 * alpha) * place);
      x[offset + i - from] = value;
      logDet += logSlope[channel][bin] + 0.5 * value * value;
    }
    return logDet;
  }

  @Override
  byte pixel(double x, int channel) {
    double place = (NORMAL.cumulativeProbability(x) - alpha) / (1 - 2 * alpha);
    double[] edges = below[channel];
    int bin = 0;
    while (bin < BINS - 1 && place >= edges[bin + 1]) {
      bin++;
    }
    return (byte) bin;
  }
}
