package org.rgflow.data;

import java.io.Serializable;

/** The affine map (v - mean)/deviation of every channel's numbers v, or none. */
public final class Standardisation implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Numbers as they are, of any number of channels. */
  public static final Standardisation NONE = new Standardisation(new double[0], new double[0]);

  /** Of a number in single precision, in parts of it. */
  private static final double RESOLUTION = 1e-7;

  private final double[] mean;
  private final double[] deviation;

  /**
   * The map of every channel.
   *
   * @param mean one number per channel
   * @param deviation one number per channel
   * @throws DataException unless both have one finite number per channel, and every deviation is
   *     positive
   */
  public Standardisation(double[] mean, double[] deviation) {
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
    this.mean = mean.clone();
    this.deviation = deviation.clone();
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private Standardisation() {
    mean = null;
    deviation = null;
  }

  /**
   * The map to mean 0 and variance 1 of what was seen.
   *
   * <p>A channel that never varies, as far as single precision can tell, has no scale and is only
   * brought to mean 0.
   *
   * @throws DataException before the first example
   */
  public static Standardisation of(Moments moments) {
    double[] mean = moments.mean();
    double[] deviation = moments.deviation();
    for (int channel = 0; channel < mean.length; channel++) {
      if (deviation[channel] <= RESOLUTION * Math.abs(mean[channel])) {
        deviation[channel] = 1;
      }
    }
    return new Standardisation(mean, deviation);
  }

  /** Whether numbers stay as they are. */
  public boolean isNone() {
    return mean.length == 0;
  }

  /** Channels that it maps; 0 for none. */
  public int channels() {
    return mean.length;
  }

  /** The mean per channel, a copy; empty for none. */
  public double[] mean() {
    return mean.clone();
  }

  /** The deviation per channel, a copy; empty for none. */
  public double[] deviation() {
    return deviation.clone();
  }

  double mean(int channel) {
    return isNone() ? 0 : mean[channel];
  }

  double deviation(int channel) {
    return isNone() ? 1 : deviation[channel];
  }
}
