import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Makes sequences of four symbols in three classes, and says how well they can be known.
 *
 * <p>A class is a Markov chain. A symbol is one of the corners (+-1, +-1) of a square, seen through
 * normal noise of deviation 0.5: an example is 2 channels of 32 places. So the density of each class
 * is that of a hidden Markov model, exact by the forward algorithm, and with it the best that a
 * classifier and a likelihood can be.
 *
 * <pre>java examples/sequences/Sequences.java DIR</pre>
 *
 * writes DIR/train-C.npy and DIR/test-C.npy of each class C, float32 of shape (N, 2, 32).
 */
public final class Sequences {
  private static final int LENGTH = 32;
  private static final int SYMBOLS = 4;
  private static final double NOISE = 0.5;
  private static final int TRAINING = 4000;
  private static final int TEST = 1000;

  /** Chances of the next symbol given the one before, row by row. */
  private static final double[][][] CHAINS = {
    {{.55, .15, .15, .15}, {.15, .55, .15, .15}, {.15, .15, .55, .15}, {.15, .15, .15, .55}},
    {{.20, .50, .15, .15}, {.15, .20, .50, .15}, {.15, .15, .20, .50}, {.50, .15, .15, .20}},
    {{.20, .15, .15, .50}, {.50, .20, .15, .15}, {.15, .50, .20, .15}, {.15, .15, .50, .20}},
  };

  private Sequences() {}

  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      System.err.println("usage: java Sequences.java DIR");
      System.exit(2);
    }
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    int right = 0;
    for (int c = 0; c < CHAINS.length; c++) {
      Random random = new Random(c);
      write(folder.resolve("train-" + c + ".npy"), draw(CHAINS[c], TRAINING, random));
      double[][] test = draw(CHAINS[c], TEST, random);
      write(folder.resolve("test-" + c + ".npy"), test);
      double sum = 0;
      for (double[] x : test) {
        double[] scores = Arrays.stream(CHAINS).mapToDouble(chain -> logDensity(chain, x)).toArray();
        sum += scores[c];
        right += scores[c] == Arrays.stream(scores).max().getAsDouble() ? 1 : 0;
      }
      System.out.printf(
          Locale.ROOT,
          "class %d exact -log p of the test set: %.4f nats/dim%n",
          c,
          -sum / TEST / (2 * LENGTH));
    }
    System.out.printf(
        Locale.ROOT,
        "the exact densities tell %.2f %% of the test set right%n",
        100.0 * right / (CHAINS.length * TEST));
  }

  private static double corner(int symbol, int channel) {
    return (symbol >> channel & 1) == 0 ? -1 : 1;
  }

  private static double[][] draw(double[][] chain, int count, Random random) {
    double[][] examples = new double[count][2 * LENGTH];
    for (double[] x : examples) {
      int symbol = random.nextInt(SYMBOLS); // each chain's stationary distribution
      for (int i = 0; i < LENGTH; i++) {
        for (int channel = 0; channel < 2; channel++) {
          x[channel * LENGTH + i] = corner(symbol, channel) + NOISE * random.nextGaussian();
        }
        symbol = next(chain[symbol], random.nextDouble());
      }
    }
    return examples;
  }

  private static int next(double[] chances, double uniform) {
    double sum = 0;
    for (int s = 0; s < SYMBOLS - 1; s++) {
      sum += chances[s];
      if (uniform < sum) {
        return s;
      }
    }
    return SYMBOLS - 1;
  }

  /** log p(x) by the forward algorithm. */
  private static double logDensity(double[][] chain, double[] x) {
    double[] chances = new double[SYMBOLS];
    Arrays.fill(chances, 1.0 / SYMBOLS);
    double log = 0;
    for (int i = 0; i < LENGTH; i++) {
      double[] seen = new double[SYMBOLS];
      double sum = 0;
      for (int s = 0; s < SYMBOLS; s++) {
        double square = 0;
        for (int channel = 0; channel < 2; channel++) {
          square += Math.pow((x[channel * LENGTH + i] - corner(s, channel)) / NOISE, 2);
        }
        seen[s] = chances[s] * Math.exp(-square / 2) / (2 * Math.PI * NOISE * NOISE);
        sum += seen[s];
      }
      log += Math.log(sum);
      Arrays.fill(chances, 0);
      for (int s = 0; s < SYMBOLS; s++) {
        for (int t = 0; t < SYMBOLS; t++) {
          chances[t] += seen[s] / sum * chain[s][t];
        }
      }
    }
    return log;
  }

  private static void write(Path file, double[][] examples) throws IOException {
    String header =
        "{'descr': '<f4', 'fortran_order': False, 'shape': ("
            + examples.length
            + ", 2, "
            + LENGTH
            + "), }";
    String padded = header + " ".repeat(63 - (10 + header.length()) % 64) + "\n";
    ByteBuffer bytes =
        ByteBuffer.allocate(10 + padded.length() + 4 * examples.length * 2 * LENGTH)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
    bytes.putShort((short) padded.length()).put(padded.getBytes(StandardCharsets.US_ASCII));
    for (double[] x : examples) {
      for (double value : x) {
        bytes.putFloat((float) value);
      }
    }
    Files.write(file, bytes.array());
  }
}
