package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.energy.MixtureEnergy;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;
import org.rgflow.flow.velocity.DivergenceConfig.Noise;
import org.rgflow.flow.velocity.Padding;

/** Gradients are those of the discrete solve: finite differences of the reported loss show them. */
class GradientTest {
  private static final int BATCH = 2;

  /** Differences of fourth order: rounding of 1e-14 / h, and some h^4 of the fifth derivative. */
  private static final double STEP = 2e-5;

  private static final double PRECISION = 1e-6;

  /** Of losses of some ten nats: of a gradient longer than this rounding leaves too little. */
  private static final double MOST_SENSITIVE = 1e4;

  enum Source {
    SAMPLES,
    ENERGY
  }

  record Case(
      Source source,
      DivergenceConfig divergence,
      Method method,
      int axes,
      Padding padding,
      Activation activation,
      List<Integer> hidden,
      int hyper,
      boolean bias,
      Base base,
      Regularisation weights,
      int position,
      Coarsening coarsening,
      int blocks,
      boolean skip,
      int classes,
      double shift,
      double grading,
      int channels,
      int kernel,
      int stride) {
    boolean exists() {
      boolean hasDivergence =
          divergence.kind() != Kind.CLOSED_FORM
              || (padding == Padding.CIRCULAR && hidden.size() <= 2);
      // which mirrors more sites than these lattices have
      boolean hasPadding = padding != Padding.REFLECT || kernel <= 3;
      boolean hasClasses = classes == 0 || bias;
      return hasDivergence && hasPadding && hasClasses;
    }

    FlowConfig config() {
      int[][] shapes = {{5}, {4, 3}, {3, 2, 3}};
      SmallModel model =
          SmallModel.on(shapes[axes - 1])
              .channels(channels)
              .kernel(kernel)
              .stride(stride)
              .hidden(hidden.stream().mapToInt(Integer::intValue).toArray())
              .padding(padding)
              .activation(activation)
              .hyper(hyper)
              .base(base)
              .position(position)
              .coarsening(coarsening)
              .blocks(blocks)
              .skip(skip)
              .classes(classes);
      return (bias ? model : model.withoutBias()).config();
    }

    SolverConfig solver() {
      return SolverConfig.fixed(method, 2).withGrading(grading);
    }
  }

  private static final Object[][] CHOICES = {
    Source.values(),
    {
      new DivergenceConfig(Kind.PROBE, Noise.GAUSSIAN, 1),
      new DivergenceConfig(Kind.PROBE, Noise.GAUSSIAN, 2),
      DivergenceConfig.of(Kind.CLOSED_FORM),
      DivergenceConfig.of(Kind.COLOURED)
    },
    {Method.EULER, Method.MIDPOINT, Method.HEUN, Method.RK4, Method.RK4_38},
    {1, 2, 3},
    Padding.values(),
    Activation.values(),
    {List.of(), List.of(4), List.of(4, 3), List.of(3, 2, 3)},
    {0, 3},
    {true, false},
    Base.values(),
    {
      new Regularisation(0.3, 0.2),
      new Regularisation(0.3, 0),
      new Regularisation(0, 0.2),
      Regularisation.NONE
    },
    {0, 2},
    Coarsening.values(),
    {1, 2},
    {false, true},
    {0, 3},
    {0.0, -0.4},
    {1.0, 1.5},
    {1, 2},
    {1, 3, 5},
    {2, 3}
  };

  /** Two sets of cases that each hold every pair of choices that can occur together. */
  static Stream<Case> everyPairOfChoices() {
    return Stream.of(1, 2).flatMap(seed -> everyPairOfChoices(new Random(seed)));
  }

  private static Stream<Case> everyPairOfChoices(Random random) {
    List<Case> cases = new ArrayList<>();
    Set<String> covered = new HashSet<>();
    for (int[] best = best(random, covered); best != null; best = best(random, covered)) {
      covered.addAll(pairs(best));
      cases.add(toCase(best));
    }
    return cases.stream();
  }

  /** Of many random cases the one with most pairs not covered yet, or null if none has any. */
  private static int[] best(Random random, Set<String> covered) {
    int[] best = null;
    long most = 0;
    for (int i = 0; i < 4000; i++) {
      int[] candidate = new int[CHOICES.length];
      Arrays.setAll(candidate, c -> random.nextInt(CHOICES[c].length));
      if (!toCase(candidate).exists()) {
        continue;
      }
      long gain = pairs(candidate).stream().filter(pair -> !covered.contains(pair)).count();
      if (gain > most) {
        most = gain;
        best = candidate;
      }
    }
    return best;
  }

  private static List<String> pairs(int[] choice) {
    List<String> pairs = new ArrayList<>();
    for (int a = 0; a < choice.length; a++) {
      for (int b = 0; b < a; b++) {
        pairs.add(a + "=" + choice[a] + " " + b + "=" + choice[b]);
      }
    }
    return pairs;
  }

  @SuppressWarnings("unchecked")
  private static Case toCase(int[] choice) {
    Object[] values = new Object[choice.length];
    Arrays.setAll(values, c -> CHOICES[c][choice[c]]);
    return new Case(
        (Source) values[0],
        (DivergenceConfig) values[1],
        (Method) values[2],
        (int) values[3],
        (Padding) values[4],
        (Activation) values[5],
        (List<Integer>) values[6],
        (int) values[7],
        (boolean) values[8],
        (Base) values[9],
        (Regularisation) values[10],
        (int) values[11],
        (Coarsening) values[12],
        (int) values[13],
        (boolean) values[14],
        (int) values[15],
        (double) values[16],
        (double) values[17],
        (int) values[18],
        (int) values[19],
        (int) values[20]);
  }

  @ParameterizedTest
  @MethodSource("everyPairOfChoices")
  void theSlopeAlongARandomDirectionIsThatOfTheLoss(Case c) {
    try (Subject subject = new Subject(c, c.solver())) {
      double[] direction = SmallModel.normal(subject.parameters.length, 5);

      subject.assertSlope(direction, c.toString());
    }
  }

  static Stream<Arguments> oneOfEachKind() {
    return Stream.of(
        Arguments.of(Source.SAMPLES, Kind.PROBE, List.of(2, 2), 2, Padding.REFLECT),
        Arguments.of(Source.ENERGY, Kind.PROBE, List.of(), 0, Padding.REPLICATE),
        Arguments.of(Source.SAMPLES, Kind.CLOSED_FORM, List.of(3, 2), 0, Padding.CIRCULAR),
        Arguments.of(Source.ENERGY, Kind.CLOSED_FORM, List.of(3), 2, Padding.CIRCULAR),
        Arguments.of(Source.SAMPLES, Kind.COLOURED, List.of(3, 2, 2), 0, Padding.ZEROS));
  }

  @ParameterizedTest
  @MethodSource("oneOfEachKind")
  void everySingleCoordinateIsThatOfTheLoss(
      Source source, Kind kind, List<Integer> hidden, int hyper, Padding padding) {
    Case c =
        new Case(
            source,
            DivergenceConfig.of(kind),
            Method.HEUN,
            1,
            padding,
            Activation.TANH,
            hidden,
            hyper,
            true,
            Base.NORMAL,
            new Regularisation(0.1, 0.1),
            1,
            Coarsening.AVERAGE,
            1, // every pair of choices has blocks
            true,
            BATCH,
            0,
            1,
            2,
            3,
            2);
    try (Subject subject = new Subject(c, SolverConfig.fixed(c.method, 1))) {
      double[] numerical = new double[subject.parameters.length];
      for (int i = 0; i < numerical.length; i++) {
        double[] unit = new double[numerical.length];
        unit[i] = 1;
        numerical[i] = subject.centralSlope(unit);
      }

      // rounding: a loss of some 10 nats at 1e-15, over a step of 5e-6; and h^2 of a third
      // derivative
      assertThat(subject.gradient).containsExactly(numerical, within(1e-7));
    }
  }

  /**
   * The accepted steps depend on the parameters, so a difference also sees the solver's error
   * change: at most a few tolerances over the step. The step's own error is h^4 of a derivative.
   */
  @ParameterizedTest
  @EnumSource(Source.class)
  void adaptiveSolvesAreDifferentiatedToTheirTolerance(Source source) {
    double step = 1e-3;
    Map<Method, Double> tolerances = Map.of(Method.BOSH3, 1e-6, Method.DOPRI5, 1e-9);
    for (Method method : tolerances.keySet()) {
      Case c =
          new Case(
              source,
              DivergenceConfig.of(Kind.CLOSED_FORM),
              method,
              1,
              Padding.CIRCULAR,
              Activation.TANH,
              List.of(3),
              2,
              true,
              Base.NORMAL,
              Regularisation.NONE,
              0,
              Coarsening.DECIMATION,
              2,
              true,
              0,
              0.3,
              1,
              2,
              3,
              2);
      double tolerance = tolerances.get(method);
      try (Subject subject = new Subject(c, SolverConfig.adaptive(method, tolerance, tolerance))) {
        double[] direction = SmallModel.normal(subject.parameters.length, 5);
        // of a loss of some ten nats, four values of which enter the difference
        double precision = 10 * tolerance / step;

        assertThat(subject.along(direction))
            .isCloseTo(subject.slope(direction, step), within(precision));
        assertThat(precision).isLessThan(0.1 * subject.gradientNorm());
      }
    }
  }

  /** A loss as a function of the parameters, with its gradient at one point. */
  private static final class Subject implements AutoCloseable {
    private final Case c;
    private final Flow flow;
    private final double[] parameters;
    private final double[] gradient;
    private final INDArray values;
    private final INDArray probes;

    Subject(Case c, SolverConfig solver) {
      FlowConfig config = c.config();
      this.c = c;
      this.flow = new Flow(config, solver, c.divergence, c.weights.jacobian() > 0, DataType.DOUBLE);
      if (!config.classes().isEmpty()) {
        flow.condition(0, 1);
      }
      this.parameters = SmallModel.parameters(config, 2);
      this.values = SmallModel.normal(BATCH, config.dimensions(), 3, DataType.DOUBLE);
      this.probes =
          flow.needsProbes()
              ? SmallModel.normal(BATCH, flow.probeSize(), 4, DataType.DOUBLE)
              : null;
      // sensitivity grows exponentially with blocks and depth: weaker ones keep differences
      // meaningful
      double weaker = 1.0 / c.blocks;
      INDArray result = SmallModel.vector(new double[parameters.length]);
      do {
        for (int i = 0; i < parameters.length; i++) {
          parameters[i] *= weaker;
        }
        loss(parameters, result);
        weaker = 0.7;
      } while (!(norm(HostValues.of(result)) < MOST_SENSITIVE));
      this.gradient = HostValues.of(result);
    }

    private double loss(double[] at, INDArray result) {
      flow.load(SmallModel.vector(at));
      Loss loss =
          c.source == Source.SAMPLES
              ? flow.likelihoodLoss(values, probes, c.shift, c.weights, result)
              : flow.energyLoss(values, probes, c.shift, energy(), c.weights, result);
      return loss.value();
    }

    private Energy energy() {
      return new MixtureEnergy(flow.config().lattice(), 0.8, 0.6);
    }

    double slope(double[] direction) {
      return slope(direction, STEP);
    }

    /** Difference along a direction, (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12 h. */
    double slope(double[] direction, double step) {
      return (8 * (lossAt(direction, step) - lossAt(direction, -step))
              - lossAt(direction, 2 * step)
              + lossAt(direction, -2 * step))
          / (12 * step);
    }

    /** Difference along a direction, (f(h) - f(-h)) / 2 h: half the work, where h^2 is little. */
    double centralSlope(double[] direction) {
      double step = STEP / 4;
      return (lossAt(direction, step) - lossAt(direction, -step)) / (2 * step);
    }

    private double lossAt(double[] direction, double distance) {
      double length = norm(direction);
      double[] at = new double[parameters.length];
      Arrays.setAll(at, i -> parameters[i] + distance * direction[i] / length);
      return loss(at, null);
    }

    double along(double[] direction) {
      double sum = 0;
      for (int i = 0; i < direction.length; i++) {
        sum += direction[i] * gradient[i];
      }
      return sum / norm(direction);
    }

    double gradientNorm() {
      return norm(gradient);
    }

    void assertSlope(double[] direction, String what) {
      // a random direction sees about the gradient's norm over the root of the dimension
      double scale = gradientNorm() / Math.sqrt(gradient.length);
      assertThat(scale).isPositive();
      // ELU's second derivative jumps at 0: where a pre-activation crosses it within a step, the
      // difference errs by about the step, and a shorter one tells
      double along = along(direction);
      double precision = PRECISION * scale + 1e-9;
      double closest = Double.POSITIVE_INFINITY;
      for (int shorter : new int[] {1, 16, 64}) {
        double slope = slope(direction, STEP / shorter);
        closest = Math.abs(slope - along) < Math.abs(closest - along) ? slope : closest;
        if (Math.abs(closest - along) <= precision) {
          break;
        }
      }
      assertThat(along).as(what).isCloseTo(closest, within(precision));
    }

    private static double norm(double[] values) {
      return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
    }

    @Override
    public void close() {
      flow.close();
    }
  }
}
