package org.rgflow.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A stream of random numbers that is a function of (seed, key, purpose, draw) alone, whoever asks
 * for it and wherever.
 *
 * <p>With P the bijection Philox4x32-10, P(key; counter low, counter high) as pairs of longs: A =
 * P(seed; key, purpose), B = P(A0; A1, draw), and block i of the stream is P(B0; i, B1). Two
 * streams are the same only if 128 bits of B agree. Logarithms and sines are {@link StrictMath}'s,
 * so the numbers are the same on every machine. Not for use by several threads.
 */
public final class KeyedNoise {
  private static final double UNIT_53 = 0x1p-53;
  private static final float UNIT_24 = 0x1p-24f;

  /** What noise is drawn for; purposes never share a stream, and a code never changes. */
  public enum Purpose {
    DEQUANTISATION(1),
    PROBE(2),
    LATENT(3),
    SHUFFLE(4),
    INITIALISATION(5),
    SPLIT(6),
    TIME(7),
    MOMENTUM(8),
    ACCEPTANCE(9),
    RESAMPLING(10),
    AUGMENTATION(11);

    private final int code;

    Purpose(int code) {
      this.code = code;
    }

    /** The number that enters the stream's key. */
    public int code() {
      return code;
    }
  }

  private final long streamKey;
  private final long streamCounter;
  private final int[] words = new int[4];
  private long block;
  private int used = 4;

  private double spareGaussian;
  private boolean hasSpareGaussian;
  private int signs;
  private int signsLeft;

  /**
   * The stream of a seed, a key such as {@link #key(String) key(name)}, a purpose and a draw such
   * as the epoch.
   */
  public KeyedNoise(long seed, long key, Purpose purpose, long draw) {
    Philox.block(seed, key, purpose.code(), words);
    Philox.block(pair(0), pair(2), draw, words);
    streamKey = pair(0);
    streamCounter = pair(2);
  }

  /** A name's key: the first eight bytes, big-endian, of the SHA-256 of its UTF-8 bytes. */
  public static long key(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.wrap(new Sha256().add(bytes).bytes()).getLong();
  }

  /** Uniform in [0, 1), a multiple of 2^-53. */
  public double uniform() {
    return (nextLong() >>> 11) * UNIT_53;
  }

  /** Uniform in [0, 1), a multiple of 2^-24, so that no rounding to float gives 1. */
  public float uniformFloat() {
    return (nextInt() >>> 8) * UNIT_24;
  }

  /**
   * Normal of mean 0 and variance 1 by Box and Muller: sqrt(-2 log u) cos(2 pi v), then the sine.
   */
  public double gaussian() {
    if (hasSpareGaussian) {
      hasSpareGaussian = false;
      return spareGaussian;
    }
    double radius = StrictMath.sqrt(-2 * StrictMath.log(positive(nextLong())));
    double angle = 2 * Math.PI * uniform();
    spareGaussian = radius * StrictMath.sin(angle);
    hasSpareGaussian = true;
    return radius * StrictMath.cos(angle);
  }

  /** Laplace of mean 0 and scale 1, density exp(-|x|)/2, variance 2: -log u with a random sign. */
  public double laplace() {
    long bits = nextLong();
    double magnitude = -StrictMath.log(positive(bits));
    return (bits & 1) == 0 ? magnitude : -magnitude;
  }

  /** -1 or 1 with equal chance, 32 signs to a word. */
  public double rademacher() {
    if (signsLeft == 0) {
      signs = nextInt();
      signsLeft = Integer.SIZE;
    }
    double sign = (signs & 1) == 0 ? 1 : -1;
    signs >>>= 1;
    signsLeft--;
    return sign;
  }

  /**
   * Uniform in {0, ..., bound - 1}, without bias.
   *
   * @throws IllegalArgumentException if bound is less than 1
   */
  public long nextLong(long bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("bound must be at least 1, was " + bound);
    }
    long bits = nextLong() >>> 1;
    long value = bits % bound;
    // the last, incomplete run of residues overflows here and is drawn again
    while (bits - value + (bound - 1) < 0) {
      bits = nextLong() >>> 1;
      value = bits % bound;
    }
    return value;
  }

  /** A uniform permutation of 0, ..., n - 1 by Fisher and Yates. */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      int j = (int) nextLong(i + 1L);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** Fills with {@link #uniformFloat()}. */
  public void fillUniform(float[] target, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      target[i] = uniformFloat();
    }
  }

  /** Fills with {@link #uniform()}. */
  public void fillUniform(double[] target, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      target[i] = uniform();
    }
  }

  /** Fills with {@link #gaussian()}, rounded. */
  public void fillGaussian(float[] target, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      target[i] = (float) gaussian();
    }
  }

  /** Fills with {@link #gaussian()}. */
  public void fillGaussian(double[] target, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      target[i] = gaussian();
    }
  }

  /** Fills with {@link #laplace()}, rounded. */
  public void fillLaplace(float[] target, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      target[i] = (float) laplace();
    }
  }

  /** Fills with {@link #laplace()}. */
  public void fillLaplace(double[] target, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      target[i] = laplace();
    }
  }

  /** Fills with {@link #rademacher()}. */
  public void fillRademacher(float[] target, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      target[i] = (float) rademacher();
    }
  }

  /** Fills with {@link #rademacher()}. */
  public void fillRademacher(double[] target, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      target[i] = rademacher();
    }
  }

  /** Uniform in (0, 1], from the upper 53 bits, so that its logarithm is finite. */
  private static double positive(long bits) {
    return ((bits >>> 11) + 1) * UNIT_53;
  }

  private long nextLong() {
    long low = nextInt() & 0xFFFFFFFFL;
    return (long) nextInt() << 32 | low;
  }

  private int nextInt() {
    if (used == words.length) {
      Philox.block(streamKey, block++, streamCounter, words);
      used = 0;
    }
    return words[used++];
  }

  private long pair(int first) {
    return (long) words[first + 1] << 32 | words[first] & 0xFFFFFFFFL;
  }
}
