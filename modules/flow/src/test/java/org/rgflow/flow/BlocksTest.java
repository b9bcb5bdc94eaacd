package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.DivergenceConfig;

class BlocksTest {
  private static final DivergenceConfig EXACT =
      DivergenceConfig.of(DivergenceConfig.Kind.CLOSED_FORM);

  private static Flow flow(FlowConfig model, int steps, double[] parameters) {
    SolverConfig solver = SolverConfig.fixed(Method.RK4, steps);
    Flow flow = new Flow(model, solver, EXACT, false, DataType.DOUBLE);
    flow.load(SmallModel.vector(parameters));
    return flow;
  }

  private static FlowConfig model(int blocks) {
    return SmallModel.on(4, 4).hidden(3, 2).blocks(blocks).config();
  }

  /** With weights constant in time, v through two blocks is 2 v through one. */
  @Test
  void twoEqualBlocksAreOneOfTwiceTheVelocity() {
    FlowConfig one = model(1);
    double[] single = SmallModel.parameters(one, 3);
    double[] doubled = single.clone();
    ParameterLayout layout = new ParameterLayout(one);
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      if (tensor.name().contains(".conv2.")) {
        for (int i = 0; i < tensor.length(); i++) {
          doubled[(int) tensor.offset() + i] *= 2;
        }
      }
    }
    double[] twice = new double[2 * single.length];
    for (int level = 0; level < one.levels().size(); level++) {
      int from = (int) layout.blockOffset(level, 0);
      int size = single.length / one.levels().size();
      System.arraycopy(single, from, twice, 2 * from, size);
      System.arraycopy(single, from, twice, 2 * from + size, size);
    }
    INDArray x = SmallModel.normal(3, 16, 5, DataType.DOUBLE);
    try (Flow inOne = flow(one, 8, doubled);
        Flow inTwo = flow(model(2), 4, twice)) {
      Encoding expected = inOne.encode(x, null);
      Encoding found = inTwo.encode(x, null);
      // the same steps, but for rounding
      assertThat(HostValues.of(found.values()))
          .containsExactly(HostValues.of(expected.values()), within(1e-13));
      assertThat(found.logDet()).containsExactly(expected.logDet(), within(1e-13));
      double[] ofTwiceTheVelocity = Arrays.stream(expected.kinetic()).map(k -> k / 4).toArray();
      assertThat(found.kinetic()).containsExactly(ofTwiceTheVelocity, within(1e-13));
    }
  }

  @Test
  void decodingPassesTheBlocksInOppositeOrder() {
    double[] parameters = SmallModel.parameters(model(3), 7);
    INDArray x = SmallModel.normal(2, 16, 5, DataType.DOUBLE);
    try (Flow flow = flow(model(3), 20, parameters)) {
      Encoding there = flow.encode(x, null);
      Encoding back = flow.decode(there.values(), null);
      // rk4 of 20 steps of a velocity of order one: h^4 = 6e-6, and less
      assertThat(HostValues.of(back.values())).containsExactly(HostValues.of(x), within(1e-6));
      assertThat(back.logDet()[0]).isCloseTo(-there.logDet()[0], within(1e-6));
    }
  }

  /** v of a block is a third of the way's: with zero weights all of the displacement is missed. */
  @Test
  void aTimeOfMatchingBelongsToTheBlockThatCoversIt() {
    FlowConfig model = model(3);
    double[] parameters = new double[(int) new ParameterLayout(model).size()];
    for (ParameterLayout.Tensor tensor : new ParameterLayout(model).tensors()) {
      if (tensor.name().equals("level0.block1.conv2.bias")) {
        parameters[(int) tensor.offset()] = 1; // this block alone moves everything by 1
      }
    }
    INDArray x = SmallModel.normal(2, 16, 5, DataType.DOUBLE);
    INDArray e = SmallModel.normal(2, 16, 6, DataType.DOUBLE);
    try (FlowMatching matching = new FlowMatching(model, 2, 1, DataType.DOUBLE)) {
      matching.load(SmallModel.vector(parameters));
      double early = matching.loss(x, e, new double[] {0.3}, null)[0];
      double inside = matching.loss(x, e, new double[] {0.4}, null)[0];
      double late = matching.loss(x, e, new double[] {0.7}, null)[0];
      assertThat(early).isEqualTo(late).isNotEqualTo(inside);
    }
  }
}
