package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;
import org.rgflow.flow.velocity.Padding;

/** Encoding is a bijection, and its log determinant is that of its Jacobian. */
class BijectorTest {
  private static final int BATCH = 2;

  /** Of differences: their error is about its square, 1e-10, and rounding of 1e-16 over it. */
  private static final double STEP = 1e-5;

  private static Flow flow(FlowConfig model, Method method, int steps, Kind kind) {
    return flow(model, SolverConfig.fixed(method, steps), kind);
  }

  private static Flow flow(FlowConfig model, SolverConfig solver, Kind kind) {
    Flow flow = new Flow(model, solver, DivergenceConfig.of(kind), false, DataType.DOUBLE);
    flow.load(SmallModel.vector(SmallModel.parameters(model, 51)).muli(scale(model)));
    return flow;
  }

  /**
   * A hypernetwork knows nothing of the fan-in that its convolutions' weights should shrink with; a
   * skip's two convolutions are no smaller than the network that they are added to.
   */
  private static double scale(FlowConfig model) {
    double ofSum = model.skip() ? 1.0 / 3 : 1;
    return model.hyper() == 0 ? ofSum : ofSum / Math.sqrt(model.velocity().taps());
  }

  private static INDArray probes(Flow flow) {
    return flow.needsProbes()
        ? SmallModel.normal(BATCH, flow.probeSize(), 52, DataType.DOUBLE)
        : null;
  }

  private static INDArray data(FlowConfig model) {
    return SmallModel.normal(BATCH, model.dimensions(), 53, DataType.DOUBLE);
  }

  /** Every number of axes, stride and padding; every other one with a hypernetwork. */
  static Stream<FlowConfig> models() {
    List<FlowConfig> models = new ArrayList<>();
    for (int[] shape : new int[][] {{5}, {4, 3}, {2, 4, 2}}) {
      for (int stride : new int[] {2, 3}) {
        for (Padding padding : Padding.values()) {
          SmallModel model = SmallModel.on(shape).stride(stride).padding(padding);
          boolean even = (shape.length + stride + padding.ordinal()) % 2 == 0;
          model.position(even ? 1 : 0).coarsening(Coarsening.values()[padding.ordinal() / 2]);
          model.blocks(even ? 1 : 2).skip(even);
          models.add((even ? model.base(Base.NORMAL) : model.base(Base.LAPLACE).hyper(2)).config());
        }
      }
    }
    return models.stream();
  }

  /** A step of rk4 errs by h^5 / 5! times derivatives of the path, here of order one or less. */
  @ParameterizedTest
  @MethodSource("models")
  void decodingTakesLatentsBackToTheData(FlowConfig model) {
    // a block more is as much way more: its own steps are as much shorter
    int steps = 3 * model.blocks();
    double tolerance = rk4Error(3);
    Kind kind = model.padding() == Padding.CIRCULAR ? Kind.CLOSED_FORM : Kind.PROBE;
    INDArray x = data(model);
    try (Flow flow = flow(model, Method.RK4, steps, kind)) {
      Encoding there = flow.encode(x, probes(flow));
      Encoding back = flow.decode(there.values(), probes(flow));

      assertThat(there.values().shape()).containsExactly(BATCH, 1, x.size(1));
      assertThat(back.values().shape()).containsExactly(shapeOfData(model));
      assertThat(HostValues.of(back.values())).containsExactly(HostValues.of(x), within(tolerance));
      for (int n = 0; n < BATCH; n++) {
        assertThat(back.logDet()[n]).isCloseTo(-there.logDet()[n], within(tolerance));
      }
    }
  }

  /** The last of eight steps is 1.9 times as long as they are on average. */
  @ParameterizedTest
  @MethodSource("modelsOfBothBases")
  void decodingGoesBackOverTheNodesOfAGradedGrid(FlowConfig model) {
    INDArray x = data(model);
    SolverConfig solver = SolverConfig.fixed(Method.RK4, 8 * model.blocks()).withGrading(2);
    try (Flow flow = flow(model, solver, Kind.CLOSED_FORM)) {
      Encoding there = flow.encode(x, null);
      Encoding back = flow.decode(there.values(), null);

      double tolerance = rk4Error(4);
      assertThat(HostValues.of(back.values())).containsExactly(HostValues.of(x), within(tolerance));
      for (int n = 0; n < BATCH; n++) {
        assertThat(back.logDet()[n]).isCloseTo(-there.logDet()[n], within(tolerance));
      }
    }
  }

  private static double rk4Error(int steps) {
    return Math.pow(steps, -4) / 120;
  }

  private static long[] shapeOfData(FlowConfig model) {
    return LongStream.concat(LongStream.of(BATCH, 1), Arrays.stream(model.shape()).asLongStream())
        .toArray();
  }

  static Stream<FlowConfig> modelsOfBothBases() {
    return models().filter(model -> model.padding() == Padding.CIRCULAR && model.stride() == 2);
  }

  @ParameterizedTest
  @MethodSource("modelsOfBothBases")
  void theDensityIsThatOfTheBaseTimesTheJacobian(FlowConfig model) {
    INDArray x = data(model);
    try (Flow flow = flow(model, Method.EULER, 1, Kind.PROBE)) {
      Encoding encoding = flow.encode(x, probes(flow));
      double[] logProb = flow.logProb(x, probes(flow));

      double[] z = HostValues.of(encoding.values());
      int dimensions = model.dimensions();
      for (int n = 0; n < BATCH; n++) {
        double expected =
            Arrays.stream(z, n * dimensions, (n + 1) * dimensions)
                    .map(value -> logDensity(model.base(), value))
                    .sum()
                + encoding.logDet()[n];
        // sums of a dozen terms of order one
        assertThat(logProb[n]).isCloseTo(expected, within(1e-13));
      }
    }
  }

  /** What a level hands on has a density of its own: that of the model of the coarser levels. */
  @ParameterizedTest
  @MethodSource("modelsOfBothBases")
  void aLevelsTermIsTheDensityGivenWhatItHandsOn(FlowConfig model) {
    INDArray x = data(model);
    try (Flow flow = flow(model, Method.EULER, 1, Kind.PROBE)) {
      Density density = flow.density(x, probes(flow));
      double[] z = HostValues.of(flow.encode(x, probes(flow)).values());

      assertThat(density.levels()).hasDimensions(model.levels().size(), BATCH);
      int at = 0;
      double[] logDets = new double[BATCH];
      for (int l = 0; l < model.levels().size(); l++) {
        int latents = model.levels().get(l).residual().length;
        for (int n = 0; n < BATCH; n++) {
          double base = 0;
          for (int i = at; i < at + latents; i++) {
            double value = z[n * model.dimensions() + i];
            assertThat(density.latents()[n][i]).isEqualTo(value);
            base += logDensity(model.base(), value);
          }
          logDets[n] += density.levels()[l][n] - base;
        }
        at += latents;
      }
      // what is left of the terms is the log determinant; sums of a dozen terms of order one
      assertThat(logDets).containsExactly(flow.encode(x, probes(flow)).logDet(), within(1e-13));
    }
  }

  private static double logDensity(Base base, double z) {
    return switch (base) {
      case NORMAL -> -z * z / 2 - Math.log(2 * Math.PI) / 2;
      case LAPLACE -> -Math.abs(z) - Math.log(2);
    };
  }

  @ParameterizedTest
  @MethodSource("models")
  void everySiteIsALatentOfOneLevel(FlowConfig model) {
    assertThat(model.levels().stream().mapToInt(level -> level.residual().length).sum())
        .isEqualTo(Arrays.stream(model.shape()).reduce(1, Math::multiplyExact));
  }

  /** By hand from the definition: residual sites row-major, then those of the coarse grid. */
  static Stream<Arguments> ordersOfLatents() {
    return Stream.of(
        Arguments.of(new int[] {5}, 2, new double[] {0, 2, 4, 1, 3}),
        Arguments.of(new int[] {5}, 3, new double[] {0, 2, 3, 1, 4}),
        Arguments.of(
            new int[] {4, 4},
            2,
            new double[] {0, 1, 2, 3, 4, 6, 8, 9, 10, 11, 12, 14, 5, 7, 13, 15}),
        Arguments.of(new int[] {3, 3}, 2, new double[] {0, 1, 2, 3, 5, 6, 7, 8, 4}),
        Arguments.of(new int[] {2, 2, 3}, 2, new double[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 10}));
  }

  @ParameterizedTest
  @MethodSource("ordersOfLatents")
  void withoutAVelocityLatentsAreTheSitesLevelAfterLevel(
      int[] shape, int stride, double[] expected) {
    FlowConfig model = SmallModel.on(shape).stride(stride).channels(2).config();
    int sites = expected.length;
    double[] numbers = new double[2 * sites];
    Arrays.setAll(numbers, i -> i);
    double[] ofBothChannels =
        DoubleStream.concat(
                Arrays.stream(expected), Arrays.stream(expected).map(site -> site + sites))
            .toArray();
    INDArray x = HostValues.toArray(numbers, DataType.DOUBLE, 1, numbers.length);
    try (Flow flow = flow(model, Method.EULER, 1, Kind.CLOSED_FORM)) {
      flow.load(SmallModel.vector(new double[(int) flow.layout().size()]));

      Encoding encoding = flow.encode(x, null);

      assertThat(encoding.values().shape()).containsExactly(1, 2, sites);
      assertThat(HostValues.of(encoding.values())).containsExactly(ofBothChannels);
      assertThat(encoding.logDet()).containsExactly(0);
      assertThat(HostValues.of(flow.decode(encoding.values(), null).values()))
          .containsExactly(numbers);
    }
  }

  static Stream<Arguments> smallGrids() {
    return Stream.of(
        Arguments.of(new int[] {5}, List.of(4, 3), 2, Padding.CIRCULAR, Kind.CLOSED_FORM),
        Arguments.of(new int[] {5}, List.of(4), 0, Padding.CIRCULAR, Kind.COLOURED),
        Arguments.of(new int[] {5}, List.of(3, 3, 2), 2, Padding.ZEROS, Kind.COLOURED),
        Arguments.of(new int[] {3, 3}, List.of(4), 2, Padding.CIRCULAR, Kind.CLOSED_FORM),
        Arguments.of(new int[] {3, 3}, List.of(4, 3), 0, Padding.REFLECT, Kind.COLOURED),
        Arguments.of(new int[] {2, 2, 2}, List.of(3, 3), 0, Padding.CIRCULAR, Kind.CLOSED_FORM),
        Arguments.of(new int[] {2, 2, 2}, List.of(3), 2, Padding.REPLICATE, Kind.COLOURED));
  }

  /**
   * The log determinant is a sum of traces, that of the discrete map's Jacobian is not: they meet
   * as the solve does, with the fourth power of the step.
   */
  @ParameterizedTest
  @MethodSource("smallGrids")
  void theLogDeterminantIsThatOfTheJacobianAsStepsGrow(
      int[] shape, List<Integer> hidden, int hyper, Padding padding, Kind kind) {
    FlowConfig model =
        SmallModel.on(shape)
            .channels(2)
            .hidden(hidden.stream().mapToInt(Integer::intValue).toArray())
            .hyper(hyper)
            .padding(padding)
            .position(hyper)
            .skip(hyper > 0)
            .coarsening(hyper > 0 ? Coarsening.AVERAGE : Coarsening.DECIMATION)
            .config();

    double atTwo = logDetError(model, kind, 2);
    double atSix = logDetError(model, kind, 6);

    // the next power of the step takes its part of the 81
    assertThat(atSix).isLessThan(atTwo / 50).isLessThan(rk4Error(6));
  }

  /** The largest of four points: at a single one the leading power's term may happen to vanish. */
  private static double logDetError(FlowConfig model, Kind kind, int steps) {
    double largest = 0;
    try (Flow flow = flow(model, Method.RK4, steps, kind)) {
      for (int seed = 54; seed < 58; seed++) {
        double[] x = SmallModel.normal(model.dimensions(), seed);
        INDArray one = HostValues.toArray(x, DataType.DOUBLE, 1, x.length);
        double byTraces = flow.encode(one, null).logDet()[0];
        double error = Math.abs(byTraces - logAbsDet(jacobian(model, steps, x)));
        largest = Math.max(largest, error);
      }
    }
    return largest;
  }

  /** [j][i] = d z_i / d x_j by central differences, whose points make up one batch. */
  private static double[][] jacobian(FlowConfig model, int steps, double[] x) {
    int dimensions = x.length;
    double[] points = new double[2 * dimensions * dimensions];
    for (int j = 0; j < dimensions; j++) {
      for (int side = 0; side < 2; side++) {
        int at = (2 * j + side) * dimensions;
        System.arraycopy(x, 0, points, at, dimensions);
        points[at + j] += side == 0 ? STEP : -STEP;
      }
    }
    double[] z;
    try (Flow flow = flow(model, Method.RK4, steps, Kind.PROBE)) {
      INDArray batch = HostValues.toArray(points, DataType.DOUBLE, 2L * dimensions, dimensions);
      INDArray unused = Nd4j.zeros(DataType.DOUBLE, 2L * dimensions, flow.probeSize());
      z = HostValues.of(flow.encode(batch, unused).values());
    }
    double[][] jacobian = new double[dimensions][dimensions];
    for (int j = 0; j < dimensions; j++) {
      for (int i = 0; i < dimensions; i++) {
        double up = z[2 * j * dimensions + i];
        double down = z[(2 * j + 1) * dimensions + i];
        jacobian[j][i] = (up - down) / (2 * STEP);
      }
    }
    return jacobian;
  }

  /** By elimination with the largest pivot of each column. */
  private static double logAbsDet(double[][] matrix) {
    int size = matrix.length;
    double sum = 0;
    for (int k = 0; k < size; k++) {
      int pivot = k;
      for (int i = k + 1; i < size; i++) {
        pivot = Math.abs(matrix[i][k]) > Math.abs(matrix[pivot][k]) ? i : pivot;
      }
      double[] row = matrix[pivot];
      matrix[pivot] = matrix[k];
      matrix[k] = row;
      sum += Math.log(Math.abs(row[k]));
      for (int i = k + 1; i < size; i++) {
        double factor = matrix[i][k] / row[k];
        for (int j = k; j < size; j++) {
          matrix[i][j] -= factor * row[j];
        }
      }
    }
    return sum;
  }

  @ParameterizedTest
  @MethodSource("models")
  void aSampleIsWhatDecodingGivesBesideTheLogDeterminant(FlowConfig model) {
    try (Flow flow = flow(model, Method.RK4, 2, Kind.PROBE)) {
      INDArray z = data(model);
      double[] decoded = HostValues.of(flow.decode(z, probes(flow)).values());
      assertThat(HostValues.of(flow.sample(z))).isEqualTo(decoded);
    }
  }

  /** Whatever it says on this machine: where an example keeps its bits, others do too. */
  @ParameterizedTest
  @MethodSource("models")
  void whereATrialFoundPlacesAlikeAnyExampleKeepsItsBits(FlowConfig model) {
    try (Flow flow = flow(model, Method.RK4, 2, Kind.PROBE)) {
      INDArray one = SmallModel.normal(1, model.dimensions(), 77, DataType.DOUBLE);
      INDArray probe = SmallModel.normal(1, flow.probeSize(), 78, DataType.DOUBLE);
      Encoding found = flow.encode(one.repeat(0, 3), probe.repeat(0, 3));
      double[] z = HostValues.of(found.values());
      boolean isAlike = true;
      for (int n = 1; n < 3; n++) {
        int from = n * model.dimensions();
        isAlike &= found.logDet()[n] == found.logDet()[0];
        isAlike &= Arrays.equals(z, 0, model.dimensions(), z, from, from + model.dimensions());
      }
      assertThat(isAlike || !flow.isPlaceIndependent(3)).isTrue();
    }
  }

  @Test
  void whatATrialFindsDoesNotDependOnTheModelThatAsks() {
    FlowConfig model = models().findFirst().orElseThrow();
    try (Flow astray = flow(model, Method.RK4, 3, Kind.PROBE);
        Flow calm = flow(model, Method.RK4, 3, Kind.PROBE)) {
      astray.load(SmallModel.vector(new double[(int) astray.layout().size()]).addi(Double.NaN));
      boolean found = astray.isPlaceIndependent(4);
      assertThat(calm.isPlaceIndependent(4)).isEqualTo(found);
    }
  }

  @Test
  void anAdaptiveSolverSaysThatABatchIsCoupled() {
    FlowConfig model = models().findFirst().orElseThrow();
    SolverConfig adaptive = SolverConfig.adaptive(Method.BOSH3, 1e-2, 1e-3);
    DivergenceConfig probe = DivergenceConfig.of(Kind.PROBE);
    try (Flow flow = new Flow(model, adaptive, probe, false, DataType.DOUBLE)) {
      flow.load(SmallModel.vector(SmallModel.parameters(model, 51)).muli(scale(model)));
      assertThat(flow.isPlaceIndependent(3)).isFalse();
    }
  }
}
