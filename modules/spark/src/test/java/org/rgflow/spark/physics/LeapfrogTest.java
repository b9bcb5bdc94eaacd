package org.rgflow.spark.physics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.flow.Base;
import org.rgflow.flow.Flow;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.energy.GaussianEnergy;
import org.rgflow.flow.energy.Lattice;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.score.SmallModels;

/** Trajectories through the flow itself, in float64. */
class LeapfrogTest {
  private static final int SIZE = 3;
  private static final double LENGTH = 0.2;

  private static final Energy ENERGY = new GaussianEnergy(new Lattice(1, 8, 8), 0.3, 0.8);

  /** The identity, or an untrained model whose weights are made small: as drawn, U is stiff. */
  private static FlowModel model(boolean isIdentity) {
    if (isIdentity) {
      return SmallModels.linear(0);
    }
    FlowModel drawn = SmallModels.ofValues(Activation.TANH, Base.NORMAL);
    return drawn.with(Arrays.stream(drawn.parameters()).map(w -> 0.4 * w).toArray());
  }

  private static Flow open(FlowModel model) {
    Flow flow =
        new Flow(
            model.layer().flow(),
            SmallModels.SOLVER,
            DivergenceConfig.of(DivergenceConfig.Kind.COLOURED),
            false,
            DataType.DOUBLE);
    flow.load(model.network().params());
    return flow;
  }

  private static double[] normal(long seed) {
    Random random = new Random(seed);
    double[] values = new double[SIZE * 64];
    Arrays.setAll(values, i -> random.nextGaussian());
    return values;
  }

  private static double[] filled(double value) {
    double[] values = new double[SIZE];
    Arrays.fill(values, value);
    return values;
  }

  private static Leapfrog leapfrog(Flow flow) {
    return new Leapfrog(new EnergyPotential(flow, ENERGY));
  }

  private static Place start(Flow flow) {
    double[] z = normal(1);
    return new Place(z, new EnergyPotential(flow, ENERGY).at(z, SIZE));
  }

  private static double largestRise(Flow flow, int count) {
    Place start = start(flow);
    double[] rise = leapfrog(flow).follow(start, normal(2), filled(LENGTH / count), count).rise();
    return Arrays.stream(rise).map(Math::abs).max().orElseThrow();
  }

  /** The next order is h^4, with a h^2 in units of the fastest motion of less than a hundredth. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theEnergyIsKeptToSecondOrderOfTheStep(boolean isIdentity) {
    try (Flow flow = open(model(isIdentity))) {
      double ratio = largestRise(flow, 8) / largestRise(flow, 16);
      assertThat(ratio).isCloseTo(4, within(0.1));
    }
  }

  @Test
  void turnedRoundATrajectoryLeadsBack() {
    try (Flow flow = open(model(false))) {
      Leapfrog leapfrog = leapfrog(flow);
      Place start = start(flow);
      Leapfrog.End end = leapfrog.follow(start, normal(2), new double[] {0.01, 0.02, 0.005}, 6);
      double[] turned = Arrays.stream(end.momenta()).map(p -> -p).toArray();
      Leapfrog.End back = leapfrog.follow(end.place(), turned, new double[] {0.01, 0.02, 0.005}, 6);
      // rounding of 1e-16, which the stiffest directions increase over a trajectory
      assertThat(back.place().z()).containsExactly(start.z(), within(1e-10));
      for (int n = 0; n < SIZE; n++) {
        assertThat(back.rise()[n]).isCloseTo(-end.rise()[n], within(1e-9));
      }
    }
  }

  @Test
  void anExampleThatFliesAwayIsGivenUpAndTheOthersAreNot() {
    try (Flow flow = open(model(true))) {
      Leapfrog leapfrog = leapfrog(flow);
      Place start = start(flow);
      // a step of more than twice the deviation is unstable
      double[] rise = leapfrog.follow(start, normal(2), new double[] {0.1, 50, 0.1}, 400).rise();
      assertThat(rise[1]).isInfinite();
      double[] calm = leapfrog.follow(start, normal(2), filled(0.1), 400).rise();
      assertThat(rise[0]).isEqualTo(calm[0]);
      assertThat(rise[2]).isEqualTo(calm[2]);
    }
  }
}
