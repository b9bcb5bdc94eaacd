package org.rgflow.data;

/**
 * The map from 8-bit pixels u to the real numbers x a flow models, and back.
 *
 * <p>Forward: y = (u + e)/256 with e uniform in [0, 1), then an increasing function of y for every
 * channel, whose log derivative is summed. Pixels and x are planar, (C, *grid).
 */
public abstract sealed class PixelTransform extends ExampleTransform
    permits LogitTransform, GaussianTransform {
  private static final long serialVersionUID = 1L;
  static final int BINS = 256;
  private static final double LOG_2 = StrictMath.log(2);

  PixelTransform() {}

  /** Channels of images it applies to; 0 for any number. */
  abstract int channels();

  /** Writes x of one channel's sites and returns the sum of log dx/dy, in nats. */
  abstract double forward(
      byte[] pixels, int from, int to, int channel, KeyedNoise noise, double[] x, int offset);

  /** The pixel whose bin holds x, clamped to 0..255; NaN gives 0. */
  abstract byte pixel(double x, int channel);

  @Override
  public final boolean isOfPixels() {
    return true;
  }

  @Override
  public final double forward(Example example, KeyedNoise noise, double[] x, int offset) {
    return forward(example.pixels(), example.channels(), noise, x, offset);
  }

  /**
   * Writes x of one image from an offset on and returns sum log |dx/dy|, in nats.
   *
   * <p>Takes one {@link KeyedNoise#uniform()} per pixel, in order.
   *
   * @throws DataException if the pixels are not those of so many channels, or the transform is of
   *     another number of channels
   */
  public final double forward(
      byte[] pixels, int channels, KeyedNoise noise, double[] x, int offset) {
    int sites = sites(pixels, channels);
    double logDet = 0;
    for (int channel = 0; channel < channels; channel++) {
      int from = channel * sites;
      logDet += forward(pixels, from, from + sites, channel, noise, x, offset + from);
    }
    return logDet;
  }

  /** Writes x rounded to float, as {@link #forward(byte[], int, KeyedNoise, double[], int)}. */
  public final double forward(
      byte[] pixels, int channels, KeyedNoise noise, float[] x, int offset) {
    double[] exact = new double[pixels.length];
    double logDet = forward(pixels, channels, noise, exact, 0);
    for (int i = 0; i < exact.length; i++) {
      x[offset + i] = (float) exact[i];
    }
    return logDet;
  }

  /**
   * Writes the pixels whose bins hold x, clamped to 0..255; NaN gives 0.
   *
   * @throws DataException if the pixels are no multiple of the transform's channels
   */
  public final void inverse(double[] x, int offset, byte[] pixels) {
    int sites = sitesOfInverse(pixels);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = pixel(x[offset + i], i / sites);
    }
  }

  /**
   * Writes the pixels of floats, as {@link #inverse(double[], int, byte[])}.
   *
   * <p>Rounding x to float moves y by about 1e-8, and 1e-7 where x is large, so a few pixels in a
   * million, dequantised at the very edge of their bin, come back as its neighbour.
   */
  public final void inverse(float[] x, int offset, byte[] pixels) {
    int sites = sitesOfInverse(pixels);
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

  @Override
  public final String unit() {
    return "bits/dim";
  }

  /** The code length, see {@link #bitsPerDim}. */
  @Override
  public final double perDimension(double logLikelihood, int dimensions) {
    return bitsPerDim(logLikelihood, 0, dimensions);
  }

  private int sitesOfInverse(byte[] pixels) {
    return channels() > 0 ? sites(pixels, channels()) : pixels.length;
  }

  private int sites(byte[] pixels, int channels) {
    if (channels < 1 || pixels.length % channels != 0) {
      throw new DataException(
          pixels.length + " pixels cannot be " + channels + " channels; allowed: a multiple");
    }
    if (channels() > 0 && channels != channels()) {
      throw new DataException(
          "image of "
              + channels
              + " channels; allowed: "
              + channels()
              + ", as the pixel transform");
    }
    return pixels.length / channels;
  }
}
