package org.rgflow.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import org.apache.spark.serializer.SerializerInstance;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.flow.Base;
import org.rgflow.flow.Coarsening;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;
import scala.reflect.ClassTag$;

class KryoTest {
  private static final SerializerInstance KRYO = LocalSpark.kryo();

  private static <T> T roundTrip(T value) {
    ByteBuffer bytes = KRYO.serialize(value, ClassTag$.MODULE$.apply(value.getClass()));
    return KRYO.deserialize(bytes, ClassTag$.MODULE$.apply(value.getClass()));
  }

  private static MultiLayerConfiguration configuration(IUpdater updater) {
    FlowLayer layer =
        new FlowLayer(
                new FlowConfig(
                    3,
                    new int[] {4, 4},
                    2,
                    new int[] {5, 4},
                    3,
                    Padding.ZEROS,
                    Activation.SOFTPLUS,
                    true,
                    3,
                    Base.LAPLACE,
                    2,
                    Coarsening.AVERAGE,
                    3,
                    true,
                    List.of("a", "b")),
                Initialisation.STATIC,
                SolverConfig.adaptive(Method.DOPRI5, 1e-4, 1e-6),
                new DivergenceConfig(
                    DivergenceConfig.Kind.PROBE, DivergenceConfig.Noise.GAUSSIAN, 2),
                new Regularisation(0.01, 0.02))
            .trainedByEnergy(new EnergyConfig("phi4", Map.of("lattice", "4,4", "channels", "3")));
    return FlowNetwork.configuration(layer, updater, 0.5, 7, DataType.DOUBLE);
  }

  private static IUpdater updater(String name) {
    return switch (name) {
      case "adam" -> new Adam(1e-3);
      case "amsgrad" -> new AMSGrad(1e-3);
      case "nesterovs" -> new Nesterovs(1e-3);
      case "rmsprop" -> new RmsProp(1e-3);
      default -> new Sgd(1e-3);
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {"adam", "amsgrad", "nesterovs", "rmsprop", "sgd"})
  void theConfigurationIsTheSameAfterKryoAndAfterJson(String name) {
    MultiLayerConfiguration configuration = configuration(updater(name));
    MultiLayerConfiguration byKryo = roundTrip(configuration);
    assertThat(byKryo).isEqualTo(configuration);
    assertThat(byKryo.toJson()).isEqualTo(configuration.toJson());
    assertThat(MultiLayerConfiguration.fromJson(configuration.toJson())).isEqualTo(configuration);
    FlowLayer layer = (FlowLayer) byKryo.getConf(0).getLayer();
    assertThat(layer).isEqualTo(configuration.getConf(0).getLayer());
    assertThat(layer.getGradientNormalization()).isEqualTo(GradientNormalization.ClipL2PerLayer);
    assertThat(layer.getGradientNormalizationThreshold()).isEqualTo(0.5);
  }

  @Test
  void aNetworkOfAConfigurationThatTravelledHasTheSameParameters() {
    MultiLayerConfiguration configuration = configuration(new Adam(1e-3));
    MultiLayerNetwork here = new MultiLayerNetwork(configuration);
    here.init();
    MultiLayerNetwork there = new MultiLayerNetwork(roundTrip(configuration));
    there.init();
    assertThat(there.params()).isEqualTo(here.params());
  }

  @Test
  void arraysAndDataSetsTravel() {
    INDArray array = Nd4j.arange(6).castTo(DataType.FLOAT).reshape(2, 3);
    assertThat(roundTrip(array)).isEqualTo(array);
    DataSet set = new DataSet(array, Nd4j.ones(DataType.FLOAT, 2, 1));
    assertThat(roundTrip(set)).isEqualTo(set);
  }

  @Test
  void whatIsNotRegisteredIsRefused() {
    assertThatThrownBy(() -> roundTrip(TimeZone.getTimeZone("UTC")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Class is not registered");
  }
}
