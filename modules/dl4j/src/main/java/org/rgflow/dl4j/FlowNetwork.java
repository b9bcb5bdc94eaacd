package org.rgflow.dl4j;

import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.IUpdater;

/** Makes DL4J networks whose one layer is a flow. */
public final class FlowNetwork {
  private static final String NOT_A_FLOW = "the network is not one flow layer";

  private FlowNetwork() {}

  /**
   * The configuration of a network.
   *
   * @param updater with its learning rate or schedule
   * @param clipNorm largest L2 norm of a gradient, 0 for no limit
   * @param seed of the first parameters
   */
  public static MultiLayerConfiguration configuration(
      FlowLayer layer, IUpdater updater, double clipNorm, long seed, DataType type) {
    NeuralNetConfiguration.Builder builder =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .dataType(type)
            .optimizationAlgo(OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT)
            .trainingWorkspaceMode(WorkspaceMode.NONE)
            .inferenceWorkspaceMode(WorkspaceMode.NONE)
            .updater(updater);
    if (clipNorm > 0) {
      layer.clipGradients(clipNorm);
    }
    return builder.list().layer(layer).build();
  }

  /** A network with freshly drawn parameters. */
  public static MultiLayerNetwork create(
      FlowLayer layer, IUpdater updater, double clipNorm, long seed, DataType type) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(configuration(layer, updater, clipNorm, seed, type));
    network.init();
    return network;
  }

  /**
   * The number of parameters of a network.
   *
   * @throws IllegalArgumentException if it is not one flow layer
   */
  public static long parameters(MultiLayerConfiguration configuration) {
    if (configuration.getConfs().size() == 1
        && configuration.getConf(0).getLayer() instanceof FlowLayer layer) {
      return layer.initializer().numParams(configuration.getConf(0));
    }
    throw new IllegalArgumentException(NOT_A_FLOW);
  }

  /** The flow layer of a network. */
  public static FlowOutputLayer layer(MultiLayerNetwork network) {
    if (network.getnLayers() == 1 && network.getLayer(0) instanceof FlowOutputLayer layer) {
      return layer;
    }
    throw new IllegalArgumentException(NOT_A_FLOW);
  }
}
