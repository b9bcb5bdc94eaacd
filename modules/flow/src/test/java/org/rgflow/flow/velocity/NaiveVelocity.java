package org.rgflow.flow.velocity;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/**
 * The velocity of one example by plain loops over sites, channels and kernel entries, with its
 * Jacobian by forward differentiation: what the fast one is compared with.
 */
final class NaiveVelocity {
  private final VelocityConfig config;
  private final int[] lengths;
  private final int sites;
  private final double[] mask;
  private final double[] parameters;

  /**
   * @param parameters layers in order, weight [out, in, *kernel] before bias, and the first layer's
   *     [out, positions] behind it; last the skip's [2 channels, channels, *kernel]
   */
  NaiveVelocity(VelocityConfig config, int[] lengths, double[] mask, double[] parameters) {
    this.config = config;
    this.lengths = lengths;
    this.sites = Arrays.stream(lengths).reduce(1, Math::multiplyExact);
    this.mask = mask;
    this.parameters = parameters;
  }

  /** v(x), x and v of (channels * sites). */
  double[] value(double[] x) {
    double[] u = withMask(x, mask);
    int from = 0;
    for (int k = 0; k < config.convolutions(); k++) {
      u = convolve(k, from, u, true);
      from += size(k);
      if (k < config.hidden().length) {
        u = Arrays.stream(u).map(NaiveActivation.of(config.activation()).value()).toArray();
      }
    }
    return withSkip(u, from, x);
  }

  /** [i][j] = d v_i / d x_j. */
  double[][] jacobian(double[] x) {
    double[][] jacobian = new double[x.length][x.length];
    for (int j = 0; j < x.length; j++) {
      double[] unit = new double[x.length];
      unit[j] = 1;
      double[] column = tangent(x, unit);
      for (int i = 0; i < x.length; i++) {
        jacobian[i][j] = column[i];
      }
    }
    return jacobian;
  }

  private double[] tangent(double[] x, double[] direction) {
    double[] u = withMask(x, mask);
    double[] tangent = withMask(direction, new double[sites]);
    int from = 0;
    for (int k = 0; k < config.convolutions(); k++) {
      u = convolve(k, from, u, true);
      tangent = convolve(k, from, tangent, false);
      from += size(k);
      if (k < config.hidden().length) {
        NaiveActivation s = NaiveActivation.of(config.activation());
        for (int i = 0; i < u.length; i++) {
          tangent[i] *= s.derivative().applyAsDouble(u[i]);
          u[i] = s.value().applyAsDouble(u[i]);
        }
      }
    }
    return withSkip(tangent, from, direction);
  }

  static double trace(double[][] jacobian) {
    double trace = 0;
    for (int i = 0; i < jacobian.length; i++) {
      trace += jacobian[i][i];
    }
    return trace;
  }

  static double squaredNorm(double[][] jacobian) {
    return Arrays.stream(jacobian)
        .flatMapToDouble(Arrays::stream)
        .map(entry -> entry * entry)
        .sum();
  }

  private double[] withMask(double[] x, double[] maskValues) {
    double[] all = Arrays.copyOf(x, x.length + sites);
    System.arraycopy(maskValues, 0, all, x.length, sites);
    return all;
  }

  private int size(int k) {
    return config.outputs(k) * (config.inputs(k) * config.taps() + (config.bias() ? 1 : 0))
        + (k == 0 ? config.outputs(k) * config.positions() : 0);
  }

  /** The first layer's share of a site's position: cosines and sines, axis after axis. */
  private double ofPosition(int from, int o, int site) {
    double sum = 0;
    int weight = from + o * config.positions();
    int[] index = new int[lengths.length];
    for (int a = lengths.length - 1; a >= 0; a--) {
      index[a] = site % lengths[a];
      site /= lengths[a];
    }
    for (int a = 0; a < lengths.length; a++) {
      for (int k = 1; k <= config.position(); k++) {
        double angle = 2 * Math.PI * k * index[a] / lengths[a];
        sum += parameters[weight++] * Math.cos(angle);
        sum += parameters[weight++] * Math.sin(angle);
      }
    }
    return sum;
  }

  /** Adds A * x, and at coarse sites B * x. */
  private double[] withSkip(double[] v, int from, double[] x) {
    if (!config.skip()) {
      return v;
    }
    double[] sum = v.clone();
    int channels = config.channels();
    for (int o = 0; o < channels; o++) {
      for (int site = 0; site < sites; site++) {
        double everywhere = tapped(channels, from, o, site, x);
        double atCoarse = tapped(channels, from, channels + o, site, x);
        sum[o * sites + site] += everywhere + mask[site] * atCoarse;
      }
    }
    return sum;
  }

  private double[] convolve(int k, int from, double[] u, boolean bias) {
    int in = config.inputs(k);
    int out = config.outputs(k);
    int taps = config.taps();
    double[] result = new double[out * sites];
    for (int o = 0; o < out; o++) {
      for (int site = 0; site < sites; site++) {
        double sum = bias && config.bias() ? parameters[from + out * in * taps + o] : 0;
        if (bias && k == 0) {
          sum += ofPosition(from + out * (in * taps + (config.bias() ? 1 : 0)), o, site);
        }
        result[o * sites + site] = sum + tapped(in, from, o, site, u);
      }
    }
    return result;
  }

  /** The sum over inputs and kernel entries of a weight [out, in, *kernel] at one site. */
  private double tapped(int in, int from, int o, int site, double[] u) {
    int taps = config.taps();
    double sum = 0;
    for (int i = 0; i < in; i++) {
      for (int tap = 0; tap < taps; tap++) {
        int source = source(site, tap);
        if (source >= 0) {
          sum += parameters[from + (o * in + i) * taps + tap] * u[i * sites + source];
        }
      }
    }
    return sum;
  }

  /** The site a kernel entry reads, or -1 for a zero beyond the edge. */
  private int source(int site, int tap) {
    int source = 0;
    int factor = 1;
    for (int a = lengths.length - 1; a >= 0; a--) {
      int offset = tap % config.kernel() - (config.kernel() - 1) / 2;
      int index = wrapped(site % lengths[a] + offset, lengths[a]);
      if (index < 0) {
        return -1;
      }
      source += factor * index;
      factor *= lengths[a];
      site /= lengths[a];
      tap /= config.kernel();
    }
    return source;
  }

  /** Walks back into the grid one reflection or turn at a time. */
  private int wrapped(int start, int length) {
    int index = start;
    while (index < 0 || index >= length) {
      switch (config.padding()) {
        case CIRCULAR -> index += index < 0 ? length : -length;
        case REPLICATE -> index = index < 0 ? 0 : length - 1;
        case REFLECT -> {
          if (length == 1) {
            return 0;
          }
          index = index < 0 ? -index : 2 * (length - 1) - index;
        }
        case ZEROS -> {
          return -1;
        }
        default -> throw new IllegalStateException();
      }
    }
    return index;
  }

  /** An activation and its first two derivatives by their textbook formulas. */
  record NaiveActivation(
      DoubleUnaryOperator value, DoubleUnaryOperator derivative, DoubleUnaryOperator curvature) {
    static NaiveActivation of(Activation activation) {
      return switch (activation) {
        case TANH ->
            new NaiveActivation(
                Math::tanh,
                a -> 1 / Math.pow(Math.cosh(a), 2),
                a -> -2 * Math.tanh(a) / Math.pow(Math.cosh(a), 2));
        case SOFTPLUS ->
            new NaiveActivation(
                a -> Math.log1p(Math.exp(a)),
                NaiveActivation::sigmoid,
                a -> sigmoid(a) * sigmoid(-a));
        case SIGMOID ->
            new NaiveActivation(
                NaiveActivation::sigmoid,
                a -> sigmoid(a) * sigmoid(-a),
                a -> sigmoid(a) * sigmoid(-a) * (sigmoid(-a) - sigmoid(a)));
        case SILU ->
            new NaiveActivation(
                a -> a * sigmoid(a),
                a -> sigmoid(a) + a * sigmoid(a) * sigmoid(-a),
                a -> sigmoid(a) * sigmoid(-a) * (2 + a * (sigmoid(-a) - sigmoid(a))));
        case GELU ->
            new NaiveActivation(
                a -> a * normalCumulative(a),
                a -> normalCumulative(a) + a * normalDensity(a),
                a -> (2 - a * a) * normalDensity(a));
        case ELU ->
            new NaiveActivation(
                a -> a > 0 ? a : Math.expm1(a),
                a -> a > 0 ? 1 : Math.exp(a),
                a -> a > 0 ? 0 : Math.exp(a));
        case SIN -> new NaiveActivation(Math::sin, Math::cos, a -> -Math.sin(a));
      };
    }

    private static double sigmoid(double a) {
      return 1 / (1 + Math.exp(-a));
    }

    private static double normalDensity(double a) {
      return Math.exp(-a * a / 2) / Math.sqrt(2 * Math.PI);
    }

    /** 1/2 + phi(a) (a + a^3/3 + a^5/(3 5) + ...), Marsaglia (2004). */
    private static double normalCumulative(double a) {
      double sum = a;
      double term = a;
      for (int i = 3; Math.abs(term) > 1e-20 * Math.abs(sum); i += 2) {
        term *= a * a / i;
        sum += term;
      }
      return 0.5 + sum * normalDensity(a);
    }
  }
}
