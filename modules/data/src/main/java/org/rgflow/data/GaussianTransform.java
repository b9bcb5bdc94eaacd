package org.rgflow.data;

import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * Dequantised pixels brought to normal distributions: one of all values, or one of every atom and
 * one of every run of values between atoms.
 *
 * <p>An atom is a value that a large share of a channel's pixels has, as the background of MNIST.
 * In one normal of all values its dequantisation fills a broad part, with a cliff at the end that a
 * flow would have to undo at every such pixel; with a normal of its own it is nearly the base.
 *
 * <pre>
 *   x = k d + F^-1(q),   q = l + (h - l) (G(y) - g) / (g' - g),   d = -2 F^-1(tail)
 * </pre>
 *
 * F is the standard normal distribution function, G that of a channel's pixels, g and g' its values
 * at the two ends of piece k = 0, 1, ... counted from below. l and h are tail and 1 - tail where
 * another piece follows, and a and 1 - a at the ends of all. G is known exactly: pixels are uniform
 * within their bins, so q rises linearly on each, by w in all, and the log determinant is the sum
 * of log dx/dy = log(256 w) + (x - k d)^2/2 + log(2 pi)/2. With one piece this is the first step of
 * iterative Gaussianization (Chen and Gopinath 2000; arXiv:2003.01941).
 */
public final class GaussianTransform extends PixelTransform {
  private static final long serialVersionUID = 1L;
  private static final NormalDistribution NORMAL = new NormalDistribution(null, 0, 1);
  private static final double HALF_LOG_TWO_PI = 0.5 * StrictMath.log(2 * StrictMath.PI);

  private final double alpha;
  private final double atom;
  private final double tail;
  private final PixelCounts counts;

  /** Per channel and bin: k d of its piece, q at its lower end, w. */
  private final double[][] centre;

  private final double[][] start;
  private final double[][] width;

  /** Per channel and bin: log dx/dy but for the square. */
  private final double[][] logSlope;

  /** Per channel and bin: x at its upper end. */
  private final double[][] end;

  /**
   * The transform of what was counted.
   *
   * <p>Every value is counted once more, so that one that the training set lacks has a place too.
   *
   * @param alpha the constant a, which keeps x finite
   * @param atom share of a channel's pixels beyond which a value is an atom; 1 for none
   * @param tail what a piece's normal lacks where another follows: the smaller, the further apart
   *     they are
   * @throws DataException unless alpha and tail are in (0, 0.5) and atom in (0, 1]
   */
  public GaussianTransform(double alpha, double atom, double tail, PixelCounts counts) {
    if (!(alpha > 0 && alpha < 0.5)) {
      throw new DataException("alpha of the transform must be in (0, 0.5), was " + alpha);
    }
    if (!(atom > 0 && atom <= 1)) {
      throw new DataException("atom of the transform must be in (0, 1], was " + atom);
    }
    if (!(tail > 0 && tail < 0.5)) {
      throw new DataException("tail of the transform must be in (0, 0.5), was " + tail);
    }
    this.alpha = alpha;
    this.atom = atom;
    this.tail = tail;
    this.counts = PixelCounts.of(counts.values());
    int channels = counts.channels();
    this.centre = new double[channels][BINS];
    this.start = new double[channels][BINS];
    this.width = new double[channels][BINS];
    this.logSlope = new double[channels][BINS];
    this.end = new double[channels][BINS];
    for (int channel = 0; channel < channels; channel++) {
      int piece = 0;
      for (int first = 0; first < BINS; piece++) {
        int after = endOfPiece(channel, first);
        place(channel, piece, first, after);
        first = after;
      }
    }
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private GaussianTransform() {
    alpha = 0;
    atom = 0;
    tail = 0;
    counts = null;
    centre = null;
    start = null;
    width = null;
    logSlope = null;
    end = null;
  }

  /** The bin after the last of the piece that begins with a bin. */
  private int endOfPiece(int channel, int first) {
    int after = first + 1;
    if (!isAtom(channel, first)) {
      while (after < BINS && !isAtom(channel, after)) {
        after++;
      }
    }
    return after;
  }

  private boolean isAtom(int channel, int bin) {
    return counts.of(channel, bin) > atom * counts.total();
  }

  private void place(int channel, int piece, int first, int after) {
    double low = first == 0 ? alpha : tail;
    double high = after == BINS ? 1 - alpha : 1 - tail;
    double distance = -2 * NORMAL.inverseCumulativeProbability(tail);
    long total = 0;
    for (int bin = first; bin < after; bin++) {
      total += 1 + counts.of(channel, bin);
    }
    long below = 0;
    for (int bin = first; bin < after; bin++) {
      double from = low + (high - low) * below / total;
      below += 1 + counts.of(channel, bin);
      double to = low + (high - low) * below / total;
      centre[channel][bin] = piece * distance;
      start[channel][bin] = from;
      width[channel][bin] = to - from;
      logSlope[channel][bin] = StrictMath.log(BINS * (to - from)) + HALF_LOG_TWO_PI;
      end[channel][bin] = centre[channel][bin] + NORMAL.inverseCumulativeProbability(to);
    }
  }

  /** The constant a. */
  public double alpha() {
    return alpha;
  }

  /** Share of a channel's pixels beyond which a value is an atom. */
  public double atom() {
    return atom;
  }

  /** What a piece's normal lacks where another follows. */
  public double tail() {
    return tail;
  }

  /** What was counted. */
  public PixelCounts counts() {
    return counts;
  }

  @Override
  int channels() {
    return centre.length;
  }

  @Override
  double forward(
      byte[] pixels, int from, int to, int channel, KeyedNoise noise, double[] x, int offset) {
    double logDet = 0;
    for (int i = from; i < to; i++) {
      int bin = pixels[i] & 0xFF;
      double q = start[channel][bin] + noise.uniform() * width[channel][bin];
      double z = NORMAL.inverseCumulativeProbability(q);
      x[offset + i - from] = centre[channel][bin] + z;
      logDet += logSlope[channel][bin] + 0.5 * z * z;
    }
    return logDet;
  }

  @Override
  byte pixel(double x, int channel) {
    double[] ends = end[channel];
    int bin = 0;
    while (bin < BINS - 1 && x >= ends[bin]) {
      bin++;
    }
    return (byte) bin;
  }
}
