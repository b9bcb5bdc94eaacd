package org.rgflow.data;

/**
 * The logit of dequantised pixels, standardised per channel if wanted.
 *
 * <p>q = a + (1 - 2a) y; l = log(q/(1 - q)); x = l, or (l - mean)/deviation of the channel. Its log
 * determinant is the sum of log dx/dy = log(1 - 2a) - log q - log(1 - q) - log deviation. The
 * constant a keeps l finite: 1e-6 for images like MNIST's, 0.05 for natural ones (RealNVP,
 * arXiv:1605.08803; FFJORD, arXiv:1810.01367). Logarithms are {@link StrictMath}'s, so x is the
 * same on every machine.
 */
public final class LogitTransform extends PixelTransform {
  private static final long serialVersionUID = 1L;

  private final double alpha;
  private final double[] mean;
  private final double[] deviation;

  /**
   * Dequantisation and logit alone.
   *
   * @throws DataException unless alpha is in (0, 0.5)
   */
  public LogitTransform(double alpha) {
    this(alpha, new double[0], new double[0]);
  }

  /**
   * Dequantisation, logit and the affine map of every channel.
   *
   * @param mean of the logit per channel, or empty for no affine map
   * @param deviation of the logit per channel, or empty for no affine map
   * @throws DataException unless alpha is in (0, 0.5), both have one finite number per channel, and
   *     every deviation is positive
   */
  public LogitTransform(double alpha, double[] mean, double[] deviation) {
    if (!(alpha > 0 && alpha < 0.5)) {
      throw new DataException("alpha of the logit must be in (0, 0.5), was " + alpha);
    }
    if (mean.length != deviation.length) {
      throw new DataException(
          "mean has "
              + mean.length
              + " channels, deviation "
              + deviation.length
              + "; allowed: the same number");
    }
    for (int channel = 0; channel < mean.length; channel++) {
      if (!Double.isFinite(mean[channel])) {
        throw new DataException(
            "mean of channel " + channel + " must be finite, was " + mean[channel]);
      }
      if (!(deviation[channel] > 0 && Double.isFinite(deviation[channel]))) {
        throw new DataException(
            "deviation of channel "
                + channel
                + " must be positive and finite, was "
                + deviation[channel]);
      }
    }
    this.alpha = alpha;
    this.mean = mean.clone();
    this.deviation = deviation.clone();
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private LogitTransform() {
    alpha = 0;
    mean = null;
    deviation = null;
  }

  /**
   * This transform's logit, followed by the affine map to mean 0 and variance 1 per channel.
   *
   * @param moments of the logit over the training set, as {@link #forward} of a transform without
   *     affine map gives it
   * @throws DataException if a channel never varies
   */
  public LogitTransform standardised(Moments moments) {
    return new LogitTransform(alpha, moments.mean(), moments.deviation());
  }

  public double alpha() {
    return alpha;
  }

  /** Whether an affine map follows the logit. */
  public boolean isStandardised() {
    return mean.length > 0;
  }

  /** The affine map's mean per channel, a copy; empty if there is none. */
  public double[] mean() {
    return mean.clone();
  }

  /** The affine map's deviation per channel, a copy; empty if there is none. */
  public double[] deviation() {
    return deviation.clone();
  }

  @Override
  int channels() {
    return mean.length;
  }

  @Override
  double forward(
      byte[] pixels, int from, int to, int channel, KeyedNoise noise, double[] x, int offset) {
    double centre = isStandardised() ? mean[channel] : 0;
    double scale = isStandardised() ? deviation[channel] : 1;
    double logDet = 0;
    for (int i = from; i < to; i++) {
      double y = ((pixels[i] & 0xFF) + noise.uniform()) / BINS;
      double logQ = StrictMath.log(alpha + (1 - 2 * alpha) * y);
      double logRest = StrictMath.log(alpha + (1 - 2 * alpha) * (1 - y));
      x[offset + i - from] = (logQ - logRest - centre) / scale;
      logDet -= logQ + logRest;
    }
    return logDet + (to - from) * (StrictMath.log(1 - 2 * alpha) - StrictMath.log(scale));
  }

  @Override
  byte pixel(double x, int channel) {
    double logit = isStandardised() ? x * deviation[channel] + mean[channel] : x;
    double q = 1 / (1 + StrictMath.exp(-logit));
    double y = (q - alpha) / (1 - 2 * alpha);
    return (byte) (int) Math.min(Math.max(StrictMath.floor(BINS * y), 0), BINS - 1);
  }
}
