package org.rgflow.data;

import java.io.Serializable;

/**
 * Mean and deviation per channel, gathered example by example and merged across shards.
 *
 * <p>Of n numbers with mean m and sum S of squared differences from it, joined with n', m', S': m
 * += (m' - m) n'/(n + n'), S += S' + (m' - m)^2 n n'/(n + n'). Source: Chan, Golub, LeVeque (1979).
 * Sums in float64 depend on the order of joining, so equal orders give equal bits.
 */
public final class Moments implements Serializable {
  private static final long serialVersionUID = 1L;

  private final double[] mean;
  private final double[] squares;
  private long count;

  /**
   * No example yet.
   *
   * @throws DataException if channels is less than 1
   */
  public Moments(int channels) {
    if (channels < 1) {
      throw new DataException("channels must be at least 1, was " + channels);
    }
    mean = new double[channels];
    squares = new double[channels];
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private Moments() {
    mean = null;
    squares = null;
  }

  /** Adds one example in planar order, channels times sites numbers from an offset on. */
  public void add(double[] x, int offset, int sites) {
    for (int channel = 0; channel < mean.length; channel++) {
      int from = offset + channel * sites;
      double sum = 0;
      for (int i = from; i < from + sites; i++) {
        sum += x[i];
      }
      double centre = sum / sites;
      double spread = 0;
      for (int i = from; i < from + sites; i++) {
        spread += (x[i] - centre) * (x[i] - centre);
      }
      join(channel, sites, centre, spread);
    }
    count += sites;
  }

  /** Adds one example of floats, as {@link #add(double[], int, int)}. */
  public void add(float[] x, int offset, int sites) {
    double[] example = new double[mean.length * sites];
    for (int i = 0; i < example.length; i++) {
      example[i] = x[offset + i];
    }
    add(example, 0, sites);
  }

  /**
   * Adds all that another has seen.
   *
   * @throws DataException if it has another number of channels
   */
  public void merge(Moments other) {
    if (other.mean.length != mean.length) {
      throw new DataException(
          "moments of " + other.mean.length + " channels; allowed: " + mean.length);
    }
    if (other.count == 0) {
      return;
    }
    for (int channel = 0; channel < mean.length; channel++) {
      join(channel, other.count, other.mean[channel], other.squares[channel]);
    }
    count += other.count;
  }

  private void join(int channel, long n, double centre, double spread) {
    double difference = centre - mean[channel];
    double share = (double) n / (count + n);
    mean[channel] += difference * share;
    squares[channel] += spread + difference * difference * count * share;
  }

  public int channels() {
    return mean.length;
  }

  /** Numbers seen per channel: examples times sites. */
  public long count() {
    return count;
  }

  /**
   * The mean per channel.
   *
   * @throws DataException before the first example
   */
  public double[] mean() {
    requireSome();
    return mean.clone();
  }

  /**
   * The standard deviation per channel, sqrt(S/n).
   *
   * @throws DataException before the first example
   */
  public double[] deviation() {
    requireSome();
    double[] deviation = new double[squares.length];
    for (int channel = 0; channel < squares.length; channel++) {
      deviation[channel] = StrictMath.sqrt(squares[channel] / count);
    }
    return deviation;
  }

  private void requireSome() {
    if (count == 0) {
      throw new DataException("moments of 0 examples; allowed: at least 1");
    }
  }
}
