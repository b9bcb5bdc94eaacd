package org.rgflow.data;

/** Real values v as they are, or standardised per channel: x = (v - mean)/deviation. */
public final class ValueTransform extends ExampleTransform {
  private static final long serialVersionUID = 1L;

  private final Standardisation standardisation;

  /** Values as they are. */
  public ValueTransform() {
    this(Standardisation.NONE);
  }

  /** The affine map of every channel. */
  public ValueTransform(Standardisation standardisation) {
    this.standardisation = standardisation;
  }

  /** What is done to them. */
  public Standardisation standardisation() {
    return standardisation;
  }

  @Override
  public boolean isOfPixels() {
    return false;
  }

  @Override
  public double forward(Example example, KeyedNoise noise, double[] x, int offset) {
    float[] values = example.values();
    int channels = example.channels();
    if (!standardisation.isNone() && channels != standardisation.channels()) {
      throw new DataException(
          example + "; allowed: " + standardisation.channels() + " channels, as in training");
    }
    int sites = values.length / channels;
    double logDet = 0;
    for (int channel = 0; channel < channels; channel++) {
      double mean = standardisation.mean(channel);
      double deviation = standardisation.deviation(channel);
      for (int i = channel * sites; i < (channel + 1) * sites; i++) {
        x[offset + i] = (values[i] - mean) / deviation;
      }
      logDet -= sites * StrictMath.log(deviation);
    }
    return logDet;
  }

  /**
   * Writes the values of one example's x, rounded to float.
   *
   * @param values as many as the example has
   * @throws DataException if they are no multiple of the map's channels
   */
  public void inverse(float[] x, int offset, float[] values) {
    int channels = standardisation.isNone() ? 1 : standardisation.channels();
    if (values.length % channels != 0) {
      throw new DataException(
          values.length + " values cannot be " + channels + " channels; allowed: a multiple");
    }
    int sites = values.length / channels;
    for (int i = 0; i < values.length; i++) {
      int channel = i / sites;
      double value = x[offset + i] * standardisation.deviation(channel);
      values[i] = (float) (value + standardisation.mean(channel));
    }
  }

  @Override
  public String unit() {
    return "nats/dim";
  }

  /** The negative log density: -log p/D. */
  @Override
  public double perDimension(double logLikelihood, int dimensions) {
    return -logLikelihood / dimensions;
  }
}
