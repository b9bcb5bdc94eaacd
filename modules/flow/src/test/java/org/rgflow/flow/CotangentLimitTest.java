package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.DivergenceConfig;

class CotangentLimitTest {
  private static final DivergenceConfig EXACT =
      DivergenceConfig.of(DivergenceConfig.Kind.CLOSED_FORM);
  private static final FlowConfig SITE = SmallModel.on(1).channels(3).config();
  private static final FlowConfig TWICE = SmallModel.on(1).channels(3).blocks(2).config();
  private static final int SIZE = (int) new ParameterLayout(SITE).size();
  private static final FlowConfig LATTICE = SmallModel.on(4, 4).hidden(3, 2).config();

  private static Flow flow(FlowConfig model, int steps, double[] parameters) {
    SolverConfig solver = SolverConfig.fixed(Method.EULER, steps);
    Flow flow = new Flow(model, solver, EXACT, false, DataType.DOUBLE);
    flow.load(SmallModel.vector(parameters));
    return flow;
  }

  private static double[] gradient(Flow flow, INDArray x, double limit) {
    INDArray gradient = SmallModel.vector(new double[(int) flow.layout().size()]);
    flow.likelihoodLoss(x, null, new Regularisation(0, 0, limit, false), gradient);
    return HostValues.of(gradient);
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
  }

  private static double[] differences(double[] at, ToDoubleFunction<double[]> function) {
    double step = 1e-5;
    double[] slope = new double[at.length];
    for (int i = 0; i < at.length; i++) {
      double[] moved = at.clone();
      moved[i] = at[i] + step;
      double above = function.applyAsDouble(moved);
      moved[i] = at[i] - step;
      slope[i] = (above - function.applyAsDouble(moved)) / (2 * step);
    }
    return slope;
  }

  /** Of two blocks of one step each, the first learns from the second's cotangent made shorter. */
  @Test
  void whatLiesBeforeAStepLearnsFromTheShortenedCotangent() {
    double[] parameters = SmallModel.parameters(TWICE, 3);
    double[] before = Arrays.copyOfRange(parameters, 0, SIZE);
    double[] after = Arrays.copyOfRange(parameters, SIZE, 2 * SIZE);
    INDArray x = SmallModel.normal(1, 3, 5, DataType.DOUBLE);
    try (Flow both = flow(TWICE, 1, parameters);
        Flow first = flow(SITE, 1, before);
        Flow second = flow(SITE, 1, after)) {
      double[] between = HostValues.of(first.encode(x, null).values());
      double[] cotangent =
          differences(between, at -> -second.logProb(SmallModel.vector(at).reshape(1, 3), null)[0]);
      double limit = 0.5 * norm(cotangent) / Math.sqrt(3);

      double[] expected =
          differences(
              before,
              at -> {
                first.load(SmallModel.vector(at));
                Encoding encoding = first.encode(x, null);
                double[] moved = HostValues.of(encoding.values());
                double along = -encoding.logDet()[0];
                for (int i = 0; i < moved.length; i++) {
                  along += 0.5 * cotangent[i] * moved[i];
                }
                return along;
              });

      double[] found = gradient(both, x, limit);
      double[] unlimited = gradient(both, x, 0);
      // central differences: h^2 = 1e-10 of a third derivative of some units
      assertThat(Arrays.copyOfRange(found, 0, SIZE)).containsExactly(expected, within(1e-8));
      assertThat(Arrays.copyOfRange(found, SIZE, 2 * SIZE))
          .containsExactly(Arrays.copyOfRange(unlimited, SIZE, 2 * SIZE));
      assertThat(norm(expected)).isLessThan(0.99 * norm(Arrays.copyOf(unlimited, SIZE)));
    }
  }

  @Test
  void aLimitThatNoExampleReachesChangesNoBit() {
    INDArray x = SmallModel.normal(3, 16, 5, DataType.DOUBLE);
    try (Flow flow = flow(LATTICE, 3, SmallModel.parameters(LATTICE, 3))) {
      assertThat(gradient(flow, x, 1e6)).containsExactly(gradient(flow, x, 0));
    }
  }

  @Test
  void eachExampleIsLimitedByItself() {
    INDArray x = SmallModel.normal(3, 16, 5, DataType.DOUBLE);
    x.getRow(1).muli(0.1); // one that stays below
    try (Flow flow = flow(LATTICE, 3, SmallModel.parameters(LATTICE, 3))) {
      double limit = 0.8;
      double[] mean = new double[(int) flow.layout().size()];
      for (int n = 0; n < 3; n++) {
        double[] ofOne = gradient(flow, x.getRow(n).dup().reshape(1, 16), limit);
        Arrays.setAll(mean, i -> mean[i] + ofOne[i] / 3);
      }
      double[] found = gradient(flow, x, limit);
      assertThat(found).containsExactly(mean, within(1e-14));
      assertThat(found).isNotEqualTo(gradient(flow, x, 0));
    }
  }
}
