package org.rgflow.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.rgflow.flow.Base;
import org.rgflow.flow.Coarsening;
import org.rgflow.flow.Flow;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Loss;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;

class FlowLayerTest {
  private static final int BATCH = 3;

  private static FlowConfig flow() {
    return new FlowConfig(
        1,
        new int[] {4, 4},
        2,
        new int[] {5, 4},
        3,
        Padding.CIRCULAR,
        Activation.TANH,
        true,
        3,
        Base.NORMAL);
  }

  private static FlowLayer layer(DivergenceConfig.Kind kind) {
    return layer(flow(), kind);
  }

  private static FlowLayer layer(FlowConfig flow, DivergenceConfig.Kind kind) {
    return new FlowLayer(
        flow,
        Initialisation.STATIC,
        SolverConfig.fixed(Method.RK4, 2),
        DivergenceConfig.of(kind),
        new Regularisation(0.01, 0.01));
  }

  private static MultiLayerNetwork network(IUpdater updater, double clipNorm) {
    return FlowNetwork.create(
        layer(DivergenceConfig.Kind.PROBE), updater, clipNorm, 5, DataType.DOUBLE);
  }

  private static INDArray input() {
    return Nd4j.linspace(DataType.DOUBLE, -1.5, 0.07, BATCH * 16).reshape(BATCH, 16);
  }

  private static INDArray probes() {
    int size = layer(DivergenceConfig.Kind.PROBE).labelSize();
    INDArray probes = Nd4j.create(DataType.DOUBLE, BATCH, size);
    for (int i = 0; i < probes.length(); i++) {
      probes.putScalar(i, i % 3 == 0 ? 1 : -1);
    }
    return probes;
  }

  @Test
  void aStepOfSgdMovesAgainstTheFlowsOwnGradient() {
    MultiLayerNetwork network = network(new Sgd(0.1), 0);
    INDArray before = network.params().dup();
    INDArray gradient = Nd4j.create(DataType.DOUBLE, before.length());
    Loss loss;
    try (Flow flow =
        new Flow(
            flow(),
            SolverConfig.fixed(Method.RK4, 2),
            DivergenceConfig.of(DivergenceConfig.Kind.PROBE),
            true,
            DataType.DOUBLE)) {
      flow.load(before);
      loss = flow.likelihoodLoss(input(), probes(), new Regularisation(0.01, 0.01), gradient);
    }
    network.fit(new DataSet(input(), probes()));
    assertThat(network.score()).isCloseTo(loss.value(), within(1e-12));
    INDArray expected = before.sub(gradient.reshape(before.shape()).mul(0.1));
    assertThat(network.params().sub(expected).amaxNumber().doubleValue()).isLessThan(1e-12);
  }

  @Test
  void theLastColumnOfLabelsIsTheClassOfAModelOfClasses() {
    FlowConfig model = flow().withClasses(List.of("a", "b"));
    FlowLayer layer = layer(model, DivergenceConfig.Kind.PROBE);
    MultiLayerNetwork network = FlowNetwork.create(layer, new Sgd(0), 0, 5, DataType.DOUBLE);
    int[] classes = {1, 0, 1};
    INDArray column = Nd4j.create(new double[] {1, 0, 1}, new long[] {BATCH, 1});
    double expected;
    try (Flow flow = new Flow(model, layer.solver(), layer.divergence(), true, DataType.DOUBLE)) {
      flow.load(network.params());
      flow.condition(classes);
      expected = flow.likelihoodLoss(input(), probes(), layer.regularisation(), null).value();
      flow.condition(0);
      assertThat(flow.likelihoodLoss(input(), probes(), layer.regularisation(), null).value())
          .isNotCloseTo(expected, within(1e-6));
    }
    network.fit(new DataSet(input(), Nd4j.hstack(probes(), column)));
    assertThat(network.score()).isCloseTo(expected, within(1e-12));
    assertThatThrownBy(() -> network.fit(new DataSet(input(), probes())))
        .hasMessageContaining("labels of this flow hold " + layer.labelSize());
  }

  @Test
  void aConfigurationStoredBeforeTheyExistedDecimatesInOneBlockWithoutPositionsOrSkip() {
    String json =
        FlowNetwork.configuration(
                layer(DivergenceConfig.Kind.PROBE), new Sgd(0.1), 0, 5, DataType.DOUBLE)
            .toJson();
    String older =
        json.replaceAll("\\s*\"coarsening\" : \"DECIMATION\",", "")
            .replaceAll("\\s*\"position\" : 0,", "")
            .replaceAll("\\s*\"blocks\" : 1,", "")
            .replaceAll("\\s*\"skip\" : false,", "");
    assertThat(older).doesNotContain("coarsening", "position", "blocks", "skip").isNotEqualTo(json);
    FlowLayer read = (FlowLayer) MultiLayerConfiguration.fromJson(older).getConf(0).getLayer();
    assertThat(read.flow()).isEqualTo(flow());
  }

  @Test
  void aStepOnAnEnergyMovesAgainstTheFlowsOwnGradientFromTheLatents() {
    EnergyConfig config = new EnergyConfig("ising", Map.of("lattice", "4", "temperature", "2.5"));
    FlowLayer layer = layer(DivergenceConfig.Kind.PROBE).trainedByEnergy(config);
    MultiLayerConfiguration configuration =
        FlowNetwork.configuration(layer, new Sgd(0.1), 0, 5, DataType.DOUBLE);
    MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
    assertThat(read).isEqualTo(configuration);
    MultiLayerNetwork network = new MultiLayerNetwork(read);
    network.init();
    INDArray before = network.params().dup();
    INDArray gradient = Nd4j.create(DataType.DOUBLE, before.length());
    Loss loss;
    try (Flow flow = new Flow(flow(), layer.solver(), layer.divergence(), true, DataType.DOUBLE)) {
      flow.load(before);
      loss = flow.energyLoss(input(), probes(), config.create(), layer.regularisation(), gradient);
    }
    DataSet batch = new DataSet(input(), probes());
    assertThat(network.score(batch)).isCloseTo(loss.value(), within(1e-12));
    network.fit(batch);
    assertThat(network.score()).isCloseTo(loss.value(), within(1e-12));
    assertThat(FlowNetwork.layer(network).loss().bound()).isCloseTo(loss.bound(), within(1e-12));
    INDArray expected = before.sub(gradient.reshape(before.shape()).mul(0.1));
    assertThat(network.params().sub(expected).amaxNumber().doubleValue()).isLessThan(1e-12);
  }

  @Test
  void clippingBoundsTheStep() {
    MultiLayerNetwork network = network(new Sgd(1), 1e-3);
    INDArray before = network.params().dup();
    network.fit(new DataSet(input(), probes()));
    double step = network.params().sub(before).norm2Number().doubleValue();
    assertThat(step).isCloseTo(1e-3, within(1e-9));
  }

  @Test
  void adamLowersTheLossAndListenersSeeIt() {
    MultiLayerNetwork network = network(new Adam(1e-2), 0);
    List<Double> scores = new ArrayList<>();
    network.setListeners(
        new BaseTrainingListener() {
          @Override
          public void iterationDone(Model model, int iteration, int epoch) {
            scores.add(model.score());
          }
        });
    for (int i = 0; i < 30; i++) {
      network.fit(new DataSet(input(), probes()));
    }
    assertThat(scores).hasSize(30);
    assertThat(scores.get(29)).isLessThan(scores.get(0) - 1);
  }

  @Test
  void withoutProbesInTheLabelsTheyAreDrawn() {
    INDArray first = afterDrawing(1);
    assertThat(afterDrawing(1)).isEqualTo(first);
    assertThat(afterDrawing(2)).isNotEqualTo(first);
  }

  /** Parameters after a step with probes of ND4J's generator. */
  private static INDArray afterDrawing(long seed) {
    MultiLayerNetwork network = network(new Sgd(1e-3), 0);
    Nd4j.getRandom().setSeed(seed);
    network.fit(new DataSet(input(), Nd4j.zeros(DataType.DOUBLE, BATCH, 1)));
    return network.params();
  }

  @Test
  void aScoreIsOfTheBatchThatItIsAskedOf() {
    MultiLayerNetwork network = network(new Sgd(1e-3), 0);
    network.fit(new DataSet(input(), probes()));
    DataSet other = new DataSet(input().mul(2), probes());
    double expected = network.score(other, false);
    assertThat(network.score(other, true)).isCloseTo(expected, within(1e-12));
    assertThat(network.score(new DataSet(input(), probes()), true))
        .isNotCloseTo(expected, within(0.1));
  }

  @Test
  void aStepOnAShiftedGridTakesTheShiftFromTheLabels() {
    Regularisation shifted = new Regularisation(0.01, 0.01, 0, true);
    SolverConfig solver = SolverConfig.fixed(Method.RK4, 2);
    DivergenceConfig divergence = DivergenceConfig.of(DivergenceConfig.Kind.PROBE);
    FlowLayer layer = new FlowLayer(flow(), Initialisation.STATIC, solver, divergence, shifted);
    MultiLayerNetwork network = FlowNetwork.create(layer, new Sgd(0.1), 0, 5, DataType.DOUBLE);
    Flow flow = FlowNetwork.layer(network).flow();
    double expected = flow.likelihoodLoss(input(), probes(), 0.3, shifted, null).value();
    double even = flow.likelihoodLoss(input(), probes(), shifted, null).value();
    assertThat(expected).isNotCloseTo(even, within(1e-9));
    INDArray shift = Nd4j.valueArrayOf(new long[] {BATCH, 1}, 0.3, DataType.DOUBLE);
    DataSet batch = new DataSet(input(), Nd4j.hstack(probes(), shift));
    assertThat(batch.getLabels().size(1)).isEqualTo(layer.labelSize());
    assertThat(network.score(batch)).isCloseTo(even, within(1e-12));
    network.fit(batch);
    assertThat(network.score()).isCloseTo(expected, within(1e-12));

    DataSet withoutShift = new DataSet(input(), probes());
    assertThatThrownBy(() -> network.fit(withoutShift))
        .hasMessage(
            "labels of this flow hold 22 values of noise per example, or one column of anything; had 21");
  }

  @Test
  void aLayerOfFlowMatchingScoresWithTheProbesOfASolveAndNotWithMatchingsNoise() {
    FlowLayer matching = layer(DivergenceConfig.Kind.PROBE).trainedByFlowMatching(1);
    MultiLayerNetwork network = FlowNetwork.create(matching, new Sgd(0.1), 0, 5, DataType.DOUBLE);
    double expected =
        FlowNetwork.layer(network)
            .flow()
            .likelihoodLoss(input(), probes(), matching.regularisation(), null)
            .value();
    assertThat(network.score(new DataSet(input(), probes()))).isCloseTo(expected, within(1e-12));

    DataSet noise = new DataSet(input(), Nd4j.zeros(DataType.DOUBLE, BATCH, matching.labelSize()));
    assertThatThrownBy(() -> network.score(noise)).hasMessageContaining("hold 21 values of noise");
  }

  @Test
  void scoresOfExamplesAreNegativeLogLikelihoodsAndOutputIsTheLatents() {
    FlowLayer exact =
        new FlowLayer(
            flow(),
            Initialisation.STATIC,
            SolverConfig.fixed(Method.RK4, 2),
            DivergenceConfig.of(DivergenceConfig.Kind.CLOSED_FORM),
            Regularisation.NONE);
    MultiLayerNetwork network = FlowNetwork.create(exact, new Sgd(0.1), 0, 5, DataType.DOUBLE);
    INDArray scores = network.scoreExamples(new DataSet(input(), null), false);
    Flow flow = FlowNetwork.layer(network).flow();
    double[] logProb = flow.logProb(input(), null);
    for (int n = 0; n < BATCH; n++) {
      assertThat(scores.getDouble(n)).isEqualTo(-logProb[n]);
    }
    INDArray latents = network.output(input());
    assertThat(latents.shape()).containsExactly(BATCH, 16);
    assertThat(latents).isEqualTo(flow.encode(input(), null).values().reshape(BATCH, 16));
  }

  @Test
  void jsonRoundTripKeepsTheConfiguration() {
    MultiLayerConfiguration configuration = network(new Adam(1e-3), 0).getLayerWiseConfigurations();
    MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
    assertThat(read).isEqualTo(configuration);
    FlowLayer layer = (FlowLayer) read.getConf(0).getLayer();
    assertThat(layer.flow()).isEqualTo(flow());
    assertThat(layer.solver()).isEqualTo(SolverConfig.fixed(Method.RK4, 2));
  }

  /** None of whose settings is the one that a field has by itself. */
  @Test
  void everySettingIsKept() {
    FlowConfig flow =
        new FlowConfig(
            2,
            new int[] {6, 9},
            3,
            new int[] {5, 4, 3},
            5,
            Padding.REFLECT,
            Activation.SILU,
            true,
            3,
            Base.LAPLACE,
            2,
            Coarsening.AVERAGE,
            2,
            true,
            List.of("a", "b"));
    SolverConfig solver = new SolverConfig(Method.DOPRI5, 7, 1.5, 1e-3, 1e-4, 1e-5, 0.5, 99);
    DivergenceConfig divergence =
        new DivergenceConfig(DivergenceConfig.Kind.PROBE, DivergenceConfig.Noise.RADEMACHER, 3);
    Regularisation weights = new Regularisation(0.1, 0.2, 3, true);
    FlowLayer layer =
        new FlowLayer(flow, Initialisation.UNIFORM, solver, divergence, weights)
            .trainedByFlowMatching(4);
    FlowLayer read =
        (FlowLayer)
            MultiLayerConfiguration.fromJson(
                    FlowNetwork.configuration(layer, new Sgd(0.1), 2, 5, DataType.DOUBLE).toJson())
                .getConf(0)
                .getLayer();
    assertThat(read.flow()).isEqualTo(flow);
    assertThat(read.initialisation()).isEqualTo(Initialisation.UNIFORM);
    assertThat(read.solver()).isEqualTo(solver);
    assertThat(read.divergence()).isEqualTo(divergence);
    assertThat(read.regularisation()).isEqualTo(weights);
    assertThat(read.objective()).isEqualTo(Objective.FLOW_MATCHING);
    assertThat(read.times()).isEqualTo(4);
    assertThat(read.getGradientNormalizationThreshold()).isEqualTo(2);
  }

  @Test
  void javaSerialisationKeepsTheConfiguration() throws IOException, ClassNotFoundException {
    FlowLayer layer = layer(DivergenceConfig.Kind.PROBE);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(layer);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(layer);
    }
  }

  @Test
  void theModelZipKeepsParametersUpdaterStateAndScores() throws IOException {
    MultiLayerNetwork network = network(new Adam(1e-2), 0);
    network.fit(new DataSet(input(), probes()));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, bytes, true);
    MultiLayerNetwork read =
        ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(bytes.toByteArray()));
    assertThat(read.params()).isEqualTo(network.params());
    assertThat(read.getUpdater().getStateViewArray())
        .isEqualTo(network.getUpdater().getStateViewArray());
    network.fit(new DataSet(input(), probes()));
    read.fit(new DataSet(input(), probes()));
    assertThat(read.params()).isEqualTo(network.params());
  }

  @Test
  void theFirstParametersAreAFunctionOfTheSeed() {
    INDArray first = network(new Sgd(1), 0).params();
    assertThat(network(new Sgd(1), 0).params()).isEqualTo(first);
    FlowLayer layer = layer(DivergenceConfig.Kind.PROBE);
    assertThat(FlowNetwork.create(layer, new Sgd(1), 0, 6, DataType.DOUBLE).params())
        .isNotEqualTo(first);
    assertThat(first.amaxNumber().doubleValue()).isBetween(0.1, 1.0);
  }
}
