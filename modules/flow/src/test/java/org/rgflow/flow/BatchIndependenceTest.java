package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;
import org.rgflow.flow.velocity.Padding;

/**
 * On a fixed grid an example's result does not depend on its batch mates. (Adaptive steps do: they
 * answer to the error of the whole batch.)
 */
class BatchIndependenceTest {
  private static final int BATCH = 7;

  record Setting(Kind kind, Padding padding, DataType type) {
    Flow open() {
      FlowConfig model = SmallModel.on(4, 3).hidden(4, 3).hyper(2).padding(padding).config();
      Flow flow =
          new Flow(model, SolverConfig.fixed(Method.RK4, 1), DivergenceConfig.of(kind), true, type);
      flow.load(SmallModel.vector(SmallModel.parameters(model, 71)).muli(0.5));
      return flow;
    }

    /** Of one rounding. */
    double epsilon() {
      return type == DataType.DOUBLE ? Math.ulp(1.0) : Math.ulp(1.0f);
    }
  }

  static Stream<Setting> settings() {
    List<Setting> settings = new ArrayList<>();
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      settings.add(new Setting(Kind.CLOSED_FORM, Padding.CIRCULAR, type));
      settings.add(new Setting(Kind.PROBE, Padding.REFLECT, type));
      settings.add(new Setting(Kind.COLOURED, Padding.ZEROS, type));
    }
    settings.add(new Setting(Kind.PROBE, Padding.CIRCULAR, DataType.DOUBLE));
    settings.add(new Setting(Kind.COLOURED, Padding.CIRCULAR, DataType.DOUBLE));
    return settings.stream();
  }

  /** Everything that is known of one example: z, log det, K, F, log p, and its decoding. */
  private static double[] resultAt(Flow flow, int place, double[][] examples, double[][] probes) {
    INDArray x = batch(examples);
    INDArray noise = flow.needsProbes() ? batch(probes) : null;
    Encoding there = flow.encode(x, noise);
    Encoding back = flow.decode(x, noise);
    double[] logProb = flow.logProb(x, noise);
    int dimensions = flow.config().dimensions();
    double[] result = new double[2 * dimensions + 7];
    System.arraycopy(HostValues.of(there.values()), place * dimensions, result, 0, dimensions);
    System.arraycopy(
        HostValues.of(back.values()), place * dimensions, result, dimensions, dimensions);
    int at = 2 * dimensions;
    for (Encoding encoding : List.of(there, back)) {
      result[at++] = encoding.logDet()[place];
      result[at++] = encoding.kinetic()[place];
      result[at++] = encoding.jacobian()[place];
    }
    result[at] = logProb[place];
    return result;
  }

  private static INDArray batch(double[][] rows) {
    return HostValues.toArray(
        Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray(),
        DataType.DOUBLE,
        rows.length,
        rows[0].length);
  }

  /** Rows of standard normal values times a scale, but for the subject's. */
  private static double[][] around(double[] subject, int place, double scale, long seed) {
    double[][] rows = new double[BATCH][];
    for (int n = 0; n < BATCH; n++) {
      rows[n] =
          n == place
              ? subject
              : Arrays.stream(SmallModel.normal(subject.length, seed + n))
                  .map(value -> scale * value)
                  .toArray();
    }
    return rows;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void matesDoNotChangeABit(Setting setting) {
    try (Flow flow = setting.open()) {
      double[] x = SmallModel.normal(flow.config().dimensions(), 72);
      double[] noise = SmallModel.normal(flow.probeSize(), 73);
      for (int place : new int[] {0, BATCH - 1}) {
        double[] first =
            resultAt(flow, place, around(x, place, 1, 100), around(noise, place, 1, 200));

        // a thousand times larger ones make an exchange of any rounding visible
        for (double scale : new double[] {1, 1000}) {
          double[] among =
              resultAt(flow, place, around(x, place, scale, 300), around(noise, place, scale, 400));

          assertThat(among).as("place %d, mates of size %s", place, scale).containsExactly(first);
        }
      }
    }
  }

  /**
   * A matrix product handles its rows in blocks and the rest otherwise, so a row may be summed in
   * another order at another place. Some hundred operations follow each other on the way, each errs
   * by half an epsilon of the largest number, and their sum is a random walk: ten epsilons.
   */
  @ParameterizedTest
  @MethodSource("settings")
  void anotherPlaceChangesRoundingOnly(Setting setting) {
    try (Flow flow = setting.open()) {
      double[] x = SmallModel.normal(flow.config().dimensions(), 72);
      double[] noise = SmallModel.normal(flow.probeSize(), 73);
      double[] first = resultAt(flow, 0, around(x, 0, 1, 100), around(noise, 0, 1, 200));
      double largest = Arrays.stream(first).map(Math::abs).max().orElseThrow();
      for (int place : new int[] {1, 4, BATCH - 1}) {
        double[] there =
            resultAt(flow, place, around(x, place, 1, 100), around(noise, place, 1, 200));

        assertThat(there)
            .as("place %d", place)
            .containsExactly(first, within(10 * setting.epsilon() * largest));
      }
    }
  }
}
