package org.rgflow.spark.train.averaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.flow.Base;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.train.plan.Updaters;

/** A network's state in blocks, and the outer step that takes them. */
class NetworkStateTest {
  /** A network large enough for several blocks. */
  static MultiLayerNetwork network(String updater) {
    FlowLayer layer =
        new FlowLayer(
                new FlowConfig(
                    1,
                    new int[] {2, 2},
                    2,
                    new int[] {60, 60},
                    3,
                    Padding.CIRCULAR,
                    Activation.TANH,
                    true,
                    3,
                    Base.NORMAL),
                Initialisation.STATIC,
                SolverConfig.fixed(Method.RK4, 1),
                DivergenceConfig.of(DivergenceConfig.Kind.CLOSED_FORM),
                new Regularisation(0.01, 0))
            .trainedByEnergy(
                new EnergyConfig(
                    "gaussian",
                    Map.of("lattice", "2,2", "channels", "1", "mean", "0.5", "deviation", "2")));
    return FlowNetwork.create(layer, Updaters.of(updater, 1e-3), 0, 5, DataType.FLOAT);
  }

  @Test
  void anOuterStepByBlocksIsOneOfTheWhole() {
    double[][] ends = new double[2][];
    int[] blocks = {1, 7};
    for (int i = 0; i < blocks.length; i++) {
      MultiLayerNetwork network = network("adam");
      OuterStep outer = new OuterStep(0.7, 0.9, new double[0]);
      for (int step = 0; step < 2; step++) {
        MultiLayerNetwork averaged = network("adam");
        averaged.params().muli(1.5 + step);
        for (int block = 0; block < blocks[i]; block++) {
          outer.step(network, block, blocks[i], NetworkState.of(averaged, block, blocks[i]));
        }
      }
      ends[i] = StateVector.of(network.params()).toDoubles();
      double w = StateVector.of(network("adam").params()).toDoubles()[3];
      // d = 0.5 w, m = d: w + 0.7 (d + 0.9 d); then d = 2.5 w - that, m = 0.9 m + d
      double first = w * (1 + 0.7 * 1.9 * 0.5);
      double change = 2.5 * w - first;
      double m = 0.9 * 0.5 * w + change;
      assertThat(outer.velocity()[3]).isCloseTo(m, within(1e-6));
      assertThat(ends[i][3]).isCloseTo(first + 0.7 * (change + 0.9 * m), within(1e-6));
    }
    assertThat(ends[1]).isEqualTo(ends[0]);
  }

  @Test
  void networksAreCutByTasksAndByWhatAMessageHolds() {
    MultiLayerNetwork network = network("adam");
    long numbers = 3 * network.params().length();
    assertThat(NetworkState.blocks(network, 1)).isEqualTo(1);
    assertThat(NetworkState.blocks(network, 2)).isEqualTo(2);
    assertThat(NetworkState.blocks(network, 100_000)).isEqualTo((int) (numbers >> 16));
  }

  @Test
  void oneParameterThatIsNoNumberIsSeen() {
    MultiLayerNetwork network = network("sgd");
    assertThat(NetworkState.areParametersFinite(network)).isTrue();
    network.params().putScalar(7, Float.MAX_VALUE);
    assertThat(NetworkState.areParametersFinite(network)).isTrue();
    for (double value :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      network.params().putScalar(7, value);
      assertThat(NetworkState.areParametersFinite(network)).isFalse();
    }
  }
}
