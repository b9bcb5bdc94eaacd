package org.rgflow.data;

import java.io.Serializable;

/** How often every channel has every pixel value, gathered image by image and merged. */
public final class PixelCounts implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int BINS = PixelTransform.BINS;

  /** Channel after channel, 256 numbers each. */
  private final long[] counts;

  /**
   * Nothing counted yet.
   *
   * @throws DataException if channels is less than 1
   */
  public PixelCounts(int channels) {
    if (channels < 1) {
      throw new DataException("channels must be at least 1, was " + channels);
    }
    counts = new long[channels * BINS];
  }

  private PixelCounts(long[] counts) {
    this.counts = counts;
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private PixelCounts() {
    counts = null;
  }

  /**
   * Counts made before, channel after channel, 256 numbers each.
   *
   * @throws DataException if they are not so many, differ in sum between channels, or are negative
   */
  public static PixelCounts of(long[] counts) {
    if (counts.length == 0 || counts.length % BINS != 0) {
      throw new DataException(
          "pixel counts must be a multiple of 256 numbers, were " + counts.length);
    }
    PixelCounts made = new PixelCounts(counts.clone());
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] < 0) {
        throw new DataException("pixel counts must be at least 0, was " + counts[i]);
      }
    }
    for (int channel = 1; channel < made.channels(); channel++) {
      if (made.total(channel) != made.total()) {
        throw new DataException(
            "pixel counts of channel "
                + channel
                + " must sum to "
                + made.total()
                + " as the first channel's, were "
                + made.total(channel));
      }
    }
    return made;
  }

  /** Counts the pixels of one image, planar. */
  public void add(byte[] pixels) {
    int sites = pixels.length / channels();
    for (int i = 0; i < pixels.length; i++) {
      counts[i / sites * BINS + (pixels[i] & 0xFF)]++;
    }
  }

  /**
   * Adds all that another has counted.
   *
   * @throws DataException if it has another number of channels
   */
  public void merge(PixelCounts other) {
    if (other.counts.length != counts.length) {
      throw new DataException(
          "pixel counts of " + other.channels() + " channels; allowed: " + channels());
    }
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
  }

  public int channels() {
    return counts.length / BINS;
  }

  /** Pixels counted in each channel. */
  public long total() {
    return total(0);
  }

  private long total(int channel) {
    long total = 0;
    for (int bin = 0; bin < BINS; bin++) {
      total += of(channel, bin);
    }
    return total;
  }

  /** How often a channel has a pixel value. */
  public long of(int channel, int value) {
    return counts[channel * BINS + value];
  }

  /** All counts, channel after channel, a copy. */
  public long[] values() {
    return counts.clone();
  }
}
