package org.rgflow.spark.ingest;

import java.io.Serializable;
import org.rgflow.data.KeyedNoise;

/**
 * Which examples are taken: all, those held out, or those not.
 *
 * <p>An example is held out when the first uniform number of (seed, its key, {@code SPLIT}) is
 * below the fraction, so growing a data set, or the fraction, moves no example to the other side
 * and back.
 */
public final class Selection implements Serializable {
  private static final long serialVersionUID = 1L;

  private final long seed;
  private final double low;
  private final double high;

  private Selection(long seed, double low, double high) {
    this.seed = seed;
    this.low = low;
    this.high = high;
  }

  /** Every example. */
  public static Selection all() {
    return new Selection(0, 0, 1);
  }

  /**
   * The examples held out.
   *
   * @param fraction expected share, in [0, 1]
   */
  public static Selection heldOut(long seed, double fraction) {
    return new Selection(seed, 0, requireFraction(fraction));
  }

  /**
   * The examples that {@link #heldOut} of the same seed and fraction leaves.
   *
   * @param fraction expected share held out, in [0, 1]
   */
  public static Selection notHeldOut(long seed, double fraction) {
    return new Selection(seed, requireFraction(fraction), 1);
  }

  /** The examples that this one leaves, where it is of a split. */
  public Selection others() {
    return low == 0 ? new Selection(seed, high, 1) : new Selection(seed, 0, low);
  }

  private static double requireFraction(double fraction) {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException("held-out fraction must be in [0, 1], was " + fraction);
    }
    return fraction;
  }

  /** Whether the example of this key is taken. */
  public boolean test(String key) {
    if (low == 0 && high == 1) {
      return true;
    }
    double place = place(seed, key);
    return place >= low && place < high;
  }

  /** Where the example of a key is in the split of a seed: in [0, 1), below a fraction held out. */
  public static double place(long seed, String key) {
    return new KeyedNoise(seed, KeyedNoise.key(key), KeyedNoise.Purpose.SPLIT, 0).uniform();
  }
}
