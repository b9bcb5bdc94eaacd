package org.rgflow.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.Padding;

class FlowMatchingTest {
  private static final int BATCH = 4;
  private static final double[] TIMES = {0.2, 0.85};

  static Stream<FlowConfig> models() {
    return Stream.of(
        SmallModel.on(6).channels(2).hidden(3, 4).hyper(3).config(),
        SmallModel.on(5, 4).hidden(4).hyper(2).base(Base.LAPLACE).config(),
        SmallModel.on(4, 4).hidden(3, 2, 3).padding(Padding.ZEROS).config(),
        SmallModel.on(5, 5).hidden(3, 3).activation(Activation.SILU).withoutBias().config(),
        SmallModel.on(3, 2, 3).hidden(2, 3).padding(Padding.REPLICATE).hyper(2).config(),
        SmallModel.on(4, 3).hidden().hyper(2).position(2).config(),
        SmallModel.on(5, 4).hidden(3, 2).hyper(2).coarsening(Coarsening.AVERAGE).config(),
        SmallModel.on(4, 4).hidden(3, 2).hyper(2).blocks(3).config(),
        SmallModel.on(4, 3).channels(2).hidden(3, 2).hyper(2).skip(true).config(),
        SmallModel.on(5).hidden().padding(Padding.REFLECT).skip(true).config(),
        SmallModel.on(4, 3).hidden(3, 2).hyper(2).position(1).classes(3).config(),
        SmallModel.on(5).channels(2).hidden().classes(2).config());
  }

  /** Bound to the batch; of classes, an example is of each in turn. */
  private static FlowMatching matching(FlowConfig model) {
    FlowMatching matching = new FlowMatching(model, BATCH, 2, DataType.DOUBLE);
    if (!model.classes().isEmpty()) {
      matching.condition(IntStream.range(0, BATCH).map(n -> n % model.classes().size()).toArray());
    }
    return matching;
  }

  private static INDArray x(FlowConfig model) {
    return SmallModel.normal(BATCH, model.dimensions(), 3, DataType.DOUBLE);
  }

  private static INDArray noise(FlowConfig model) {
    return SmallModel.normal(BATCH, model.dimensions(), 5, DataType.DOUBLE);
  }

  private static double loss(FlowMatching matching, FlowConfig model, double[] parameters) {
    matching.load(SmallModel.vector(parameters));
    return Arrays.stream(matching.loss(x(model), noise(model), TIMES, null)).sum();
  }

  @ParameterizedTest
  @MethodSource("models")
  void theGradientIsThatOfTheReportedLoss(FlowConfig model) {
    try (FlowMatching matching = matching(model)) {
      double[] parameters = SmallModel.parameters(model, 7);
      INDArray gradient = SmallModel.vector(new double[parameters.length]);
      matching.load(SmallModel.vector(parameters));
      matching.loss(x(model), noise(model), TIMES, gradient);
      double[] found = HostValues.of(gradient);

      double h = 1e-5;
      for (int i = 0; i < parameters.length; i += Math.max(1, parameters.length / 60)) {
        double[] up = parameters.clone();
        double[] down = parameters.clone();
        up[i] += h;
        down[i] -= h;
        double difference = (loss(matching, model, up) - loss(matching, model, down)) / (2 * h);
        // rounding 1e-15 / h, and h^2 of the third derivative
        assertThat(found[i]).as("parameter %d", i).isCloseTo(difference, within(1e-8));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void aVelocityOfZeroMissesTheWholeDisplacement(FlowConfig model) {
    try (FlowMatching matching = matching(model)) {
      matching.load(SmallModel.vector(new double[(int) new ParameterLayout(model).size()]));
      double[] losses = matching.loss(x(model), noise(model), TIMES, null);

      double[] e = HostValues.of(noise(model));
      double[][] grid = rows(HostValues.of(x(model)), BATCH * model.channels());
      int allSites = model.dimensions() / model.channels();
      int latent = 0;
      List<Partition> levels = model.levels();
      for (int l = 0; l < levels.size(); l++) {
        int[] residual = levels.get(l).residual();
        HaarStep averages = HaarStep.of(model, levels.get(l));
        if (averages != null) {
          Arrays.stream(grid).forEach(averages::apply);
        }
        double sum = 0;
        for (int row = 0; row < grid.length; row++) {
          for (int i = 0; i < residual.length; i++) {
            sum += Math.pow(e[row * allSites + latent + i] - grid[row][residual[i]], 2);
          }
        }
        assertThat(losses[l]).isCloseTo(sum / (grid.length * levels.get(l).sites()), within(1e-12));
        int[] coarse = levels.get(l).coarse();
        grid =
            Arrays.stream(grid)
                .map(row -> Arrays.stream(coarse).mapToDouble(site -> row[site]).toArray())
                .toArray(double[][]::new);
        latent += residual.length;
      }
    }
  }

  private static double[][] rows(double[] values, int count) {
    int length = values.length / count;
    double[][] rows = new double[count][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(values, i * length, (i + 1) * length));
    return rows;
  }

  @Test
  void parametersThatAreNotNumbersLeaveNoTrace() {
    FlowConfig model = SmallModel.on(4, 4).hidden(3, 2).hyper(2).blocks(2).config();
    INDArray parameters = SmallModel.vector(SmallModel.parameters(model, 7));
    INDArray first = parameters.ulike();
    INDArray again = parameters.ulike();
    // of three times the first block has two in one batch, and one in the next
    double[] more = {0.1, 0.3, 0.8};
    double[] fewer = {0.1, 0.6, 0.8};
    try (FlowMatching matching = new FlowMatching(model, BATCH, 3, DataType.DOUBLE)) {
      matching.load(parameters);
      matching.loss(x(model), noise(model), fewer, first);

      matching.load(SmallModel.notNumbers(model));
      assertThatThrownBy(() -> matching.loss(x(model), noise(model), more, again))
          .isInstanceOf(SolveException.class);
      matching.load(parameters);
      matching.loss(x(model), noise(model), fewer, again);
    }
    assertThat(HostValues.of(again)).containsExactly(HostValues.of(first));
  }

  @Test
  void slicesOfOneTimeAreOneSlice() {
    FlowConfig model = SmallModel.on(4, 4).hidden(3, 3).hyper(2).config();
    double[] parameters = SmallModel.parameters(model, 7);
    try (FlowMatching one = new FlowMatching(model, BATCH, 1, DataType.DOUBLE);
        FlowMatching four = new FlowMatching(model, BATCH, 4, DataType.DOUBLE)) {
      one.load(SmallModel.vector(parameters));
      four.load(SmallModel.vector(parameters));
      double[] together = one.loss(x(model), noise(model), new double[] {0.3}, null);
      double[] apart = four.loss(x(model), noise(model), new double[] {0.3, 0.3, 0.3, 0.3}, null);
      assertThat(apart).containsExactly(together, within(1e-12));
    }
  }

  @Test
  void everyExampleOfASliceHasTheSlicesTimeInABatchThatDoesNotDivide() {
    FlowConfig model = SmallModel.on(4).hidden(3).hyper(2).config();
    double[] parameters = SmallModel.parameters(model, 7);
    INDArray x = SmallModel.normal(5, 4, 3, DataType.DOUBLE);
    INDArray e = SmallModel.normal(5, 4, 5, DataType.DOUBLE);
    Slices slices = new Slices(5, 2);
    assertThat(IntStream.range(0, 5).map(slices::of)).containsExactly(0, 0, 1, 1, 1);
    try (FlowMatching whole = new FlowMatching(model, 5, 2, DataType.DOUBLE);
        FlowMatching two = new FlowMatching(model, 2, 1, DataType.DOUBLE);
        FlowMatching three = new FlowMatching(model, 3, 1, DataType.DOUBLE)) {
      for (FlowMatching matching : List.of(whole, two, three)) {
        matching.load(SmallModel.vector(parameters));
      }
      double[] first = two.loss(rows(x, 0, 2), rows(e, 0, 2), new double[] {TIMES[0]}, null);
      double[] second = three.loss(rows(x, 2, 5), rows(e, 2, 5), new double[] {TIMES[1]}, null);
      double[] expected = new double[first.length];
      Arrays.setAll(expected, l -> (2 * first[l] + 3 * second[l]) / 5);

      assertThat(whole.loss(x, e, TIMES, null)).containsExactly(expected, within(1e-12));
    }
  }

  private static INDArray rows(INDArray matrix, int from, int to) {
    return matrix.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
  }

  @Test
  void aBatchOfAnotherSizeIsAnError() {
    FlowConfig model = SmallModel.on(4).config();
    assertThatThrownBy(() -> new FlowMatching(model, 4, 5, DataType.DOUBLE))
        .hasMessage("times must be in [1, 4], was 5");
    try (FlowMatching matching = new FlowMatching(model, 3, 1, DataType.DOUBLE)) {
      assertThatThrownBy(() -> matching.loss(x(model), noise(model), new double[] {0}, null))
          .hasMessage("x must have 3 examples of 4 values, had 16 in all");
    }
  }
}
