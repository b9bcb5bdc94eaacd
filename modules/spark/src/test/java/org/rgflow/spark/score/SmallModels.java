package org.rgflow.spark.score;

import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Sgd;
import org.rgflow.data.LogitTransform;
import org.rgflow.data.Standardisation;
import org.rgflow.data.ValueTransform;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.dl4j.FlowNetwork;
import org.rgflow.flow.Base;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.model.FlowModel;

/** Makes untrained models of 8x8 images. */
public final class SmallModels {
  /** Few steps, so that tests are fast. */
  public static final SolverConfig SOLVER = SolverConfig.fixed(Method.RK4, 2);

  private SmallModels() {}

  /** A model of 8-bit gray images. */
  public static FlowModel ofPixels() {
    return ofPixels(List.of());
  }

  /** A model of 8-bit gray images of some classes, or of none. */
  public static FlowModel ofPixels(List<String> classes) {
    return new FlowModel(
        network(flow(Activation.TANH, Base.NORMAL).withClasses(classes)),
        new LogitTransform(0.05, new Standardisation(new double[] {0.1}, new double[] {1.5})));
  }

  /** A model of real values. */
  public static FlowModel ofValues(Activation activation, Base base) {
    return new FlowModel(network(flow(activation, base)), new ValueTransform());
  }

  /** A model of real values with v = factor x at every site. */
  public static FlowModel linear(double factor) {
    FlowConfig flow =
        new FlowConfig(
            1,
            new int[] {8, 8},
            2,
            new int[0],
            1,
            Padding.CIRCULAR,
            Activation.TANH,
            false,
            0,
            Base.NORMAL);
    FlowModel model = new FlowModel(network(flow), new ValueTransform());
    double[] parameters = new double[model.parameters().length];
    for (int i = 0; i < parameters.length; i += 2) {
      parameters[i] = factor; // of the data; that of the mask stays 0
    }
    return model.with(parameters);
  }

  private static FlowConfig flow(Activation activation, Base base) {
    return new FlowConfig(
        1, new int[] {8, 8}, 2, new int[] {5, 6}, 3, Padding.CIRCULAR, activation, true, 4, base);
  }

  private static MultiLayerNetwork network(FlowConfig flow) {
    FlowLayer layer =
        new FlowLayer(
            flow,
            Initialisation.values()[0],
            SOLVER,
            DivergenceConfig.of(DivergenceConfig.Kind.AUTO),
            new Regularisation(0, 0));
    return FlowNetwork.create(layer, new Sgd(0.1), 0, 3, DataType.FLOAT);
  }
}
