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
  private final Standardisation standardisation;

  /**
   * Dequantisation and logit alone.
   *
   * @throws DataException unless alpha is in (0, 0.5)
   */
  public LogitTransform(double alpha) {
    this(alpha, Standardisation.NONE);
  }

  /**
   * Dequantisation, logit and the affine map of every channel.
   *
   * @param standardisation of the logit
   * @throws DataException unless alpha is in (0, 0.5)
   */
  public LogitTransform(double alpha, Standardisation standardisation) {
    if (!(alpha > 0 && alpha < 0.5)) {
      throw new DataException("alpha of the logit must be in (0, 0.5), was " + alpha);
    }
    this.alpha = alpha;
    this.standardisation = standardisation;
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private LogitTransform() {
    alpha = 0;
    standardisation = null;
  }

  /**
   * This transform's logit, followed by the affine map to mean 0 and variance 1 per channel.
   *
   * @param moments of the logit over the training set, as {@link #forward} of a transform without
   *     affine map gives it
   * @throws DataException before the first example
   */
  public LogitTransform standardised(Moments moments) {
    return new LogitTransform(alpha, Standardisation.of(moments));
  }

  public double alpha() {
    return alpha;
  }

  /** The affine map that follows the logit. */
  public Standardisation standardisation() {
    return standardisation;
  }

  @Override
  int channels() {
    return standardisation.channels();
  }

  @Override
  double forward(
      byte[] pixels, int from, int to, int channel, KeyedNoise noise, double[] x, int offset) {
    double centre = standardisation.mean(channel);
    double scale = standardisation.deviation(channel);
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
    double logit = x * standardisation.deviation(channel) + standardisation.mean(channel);
    double q = 1 / (1 + StrictMath.exp(-logit));
    double y = (q - alpha) / (1 - 2 * alpha);
    return (byte) (int) Math.min(Math.max(StrictMath.floor(BINS * y), 0), BINS - 1);
  }
}
