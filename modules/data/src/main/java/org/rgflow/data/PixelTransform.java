package org.rgflow.data;

import java.io.Serializable;

/**
 * The map from 8-bit pixels u to the real numbers x a flow models, and back.
 *
 * <p>Forward: y = (u + e)/256 with e uniform in [0, 1); q = a + (1 - 2a) y; l = log(q/(1 - q)); x =
 * l, or (l - mean)/deviation of the channel. Its log determinant is the sum of log dx/dy = log(1 -
 * 2a) - log q - log(1 - q) - log deviation. Pixels and x are planar, (C, *grid). The constant a
 * keeps l finite: 1e-6 for images like MNIST's, 0.05 for natural ones (RealNVP, arXiv:1605.08803;
 * FFJORD, arXiv:1810.01367). Logarithms are {@link StrictMath}'s, so x is the same on every
 * machine. Real values need no transform.
 */
public final class PixelTransform implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final double BINS = 256;
  private static final double LOG_2 = StrictMath.log(2);

  private final double alpha;
  private final double[] mean;
  private final double[] deviation;

  /**
   * Dequantisation and logit alone.
   *
   * @throws DataException unless alpha is in (0, 0.5)
   */
  public PixelTransform(double alpha) {
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
  public PixelTransform(double alpha, double[] mean, double[] deviation) {
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
  private PixelTransform() {
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
  public PixelTransform standardised(Moments moments) {
    return new PixelTransform(alpha, moments.mean(), moments.deviation());
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

  /**
   * Writes x of one image from an offset on and returns sum log |dx/dy|, in nats.
   *
   * <p>Takes one {@link KeyedNoise#uniform()} per pixel, in order.
   *
   * @throws DataException if the pixels are not those of so many channels, or the affine map has
   *     another number of channels
   */
  public double forward(byte[] pixels, int channels, KeyedNoise noise, double[] x, int offset) {
    int sites = sites(pixels, channels);
    double logDet = 0;
    for (int channel = 0; channel < channels; channel++) {
      double centre = isStandardised() ? mean[channel] : 0;
      double scale = isStandardised() ? deviation[channel] : 1;
      for (int i = channel * sites; i < (channel + 1) * sites; i++) {
        double y = ((pixels[i] & 0xFF) + noise.uniform()) / BINS;
        double logQ = StrictMath.log(alpha + (1 - 2 * alpha) * y);
        double logRest = StrictMath.log(alpha + (1 - 2 * alpha) * (1 - y));
        x[offset + i] = (logQ - logRest - centre) / scale;
        logDet -= logQ + logRest;
      }
      logDet += sites * (StrictMath.log(1 - 2 * alpha) - StrictMath.log(scale));
    }
    return logDet;
  }

  /** Writes x rounded to float, as {@link #forward(byte[], int, KeyedNoise, double[], int)}. */
  public double forward(byte[] pixels, int channels, KeyedNoise noise, float[] x, int offset) {
    double[] exact = new double[pixels.length];
    double logDet = forward(pixels, channels, noise, exact, 0);
    for (int i = 0; i < exact.length; i++) {
      x[offset + i] = (float) exact[i];
    }
    return logDet;
  }

  /**
   * Writes the pixels whose bins hold x, floor(256 y) clamped to 0..255; NaN gives 0.
   *
   * @throws DataException if the pixels are no multiple of the affine map's channels
   */
  public void inverse(double[] x, int offset, byte[] pixels) {
    int sites = isStandardised() ? sites(pixels, mean.length) : pixels.length;
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = pixel(x[offset + i], i / sites);
    }
  }

  /**
   * Writes the pixels of floats, as {@link #inverse(double[], int, byte[])}.
   *
   * <p>Rounding x to float moves y by about 1e-8, and 1e-7 where the mean is large, so a few pixels
   * in a million, dequantised at the very edge of their bin, come back as its neighbour.
   */
  public void inverse(float[] x, int offset, byte[] pixels) {
    int sites = isStandardised() ? sites(pixels, mean.length) : pixels.length;
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = pixel(x[offset + i], i / sites);
    }
  }

  /**
   * The code length of 8-bit data in bits per dimension: -(log p(x) + sum log |dx/dy|)/(D log 2) +
   * 8.
   *
   * @param logLikelihood log p(x) of the flow, in nats
   * @param logDetTransform what {@link #forward} returned, in nats
   * @param dimensions D, channels times sites
   */
  public static double bitsPerDim(double logLikelihood, double logDetTransform, int dimensions) {
    return -(logLikelihood + logDetTransform) / (dimensions * LOG_2) + 8;
  }

  /** The negative log density of real values in nats per dimension: -log p(x)/D. */
  public static double natsPerDim(double logLikelihood, int dimensions) {
    return -logLikelihood / dimensions;
  }

  private byte pixel(double x, int channel) {
    double logit = isStandardised() ? x * deviation[channel] + mean[channel] : x;
    double q = 1 / (1 + StrictMath.exp(-logit));
    double y = (q - alpha) / (1 - 2 * alpha);
    return (byte) (int) Math.min(Math.max(StrictMath.floor(BINS * y), 0), BINS - 1);
  }

  private int sites(byte[] pixels, int channels) {
    if (channels < 1 || pixels.length % channels != 0) {
      throw new DataException(
          pixels.length + " pixels cannot be " + channels + " channels; allowed: a multiple");
    }
    if (isStandardised() && channels != mean.length) {
      throw new DataException(
          "image of " + channels + " channels; allowed: " + mean.length + ", as standardised");
    }
    return pixels.length / channels;
  }
}
