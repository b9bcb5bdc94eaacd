package org.rgflow.spark.train.averaging;

import java.io.Serializable;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.reduce.longer.MatchCondition;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.rgflow.flow.Slices;

/** Parameters and updater state of a network, or a block of each. */
public final class NetworkState implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Numbers below which a block is not worth a task. */
  private static final int SMALLEST = 1 << 16;

  /** Numbers above which a block is too much for one message. */
  private static final int LARGEST = 1 << 22;

  private StateVector parameters;
  private StateVector updater;

  /** For deserialisation. */
  NetworkState() {}

  NetworkState(StateVector parameters, StateVector updater) {
    this.parameters = parameters;
    this.updater = updater;
  }

  /**
   * Blocks that so many tasks share the averaging in: with one block each, a task takes as many
   * numbers as it gave, and those of large networks lie in some more.
   */
  static int blocks(MultiLayerNetwork network, int tasks) {
    long numbers = network.params().length() + length(updater(network));
    long useful = Math.max(1, Math.min(tasks, numbers / SMALLEST));
    return (int) Math.max(useful, -Math.floorDiv(-numbers, LARGEST));
  }

  static NetworkState of(MultiLayerNetwork network) {
    return of(network, 0, 1);
  }

  /** One of so many blocks. */
  static NetworkState of(MultiLayerNetwork network, int block, int blocks) {
    return new NetworkState(
        part(network.params(), block, blocks), part(updater(network), block, blocks));
  }

  private static StateVector part(INDArray array, int block, int blocks) {
    return StateVector.of(array, first(array, block, blocks), first(array, block + 1, blocks));
  }

  void load(MultiLayerNetwork network) {
    load(network, 0, 1);
  }

  /** Sets one of so many blocks of a network's. */
  void load(MultiLayerNetwork network, int block, int blocks) {
    parameters.load(network.params(), first(network.params(), block, blocks));
    updater.load(updater(network), first(updater(network), block, blocks));
  }

  /** Where the block begins of an array cut into so many. */
  static int first(INDArray array, int block, int blocks) {
    return new Slices((int) length(array), blocks).first(block);
  }

  /** Whether no parameter is infinite or not a number. */
  public static boolean areParametersFinite(MultiLayerNetwork network) {
    MatchCondition others = new MatchCondition(network.params(), Conditions.notFinite());
    return Nd4j.getExecutioner().exec(others).getInt(0) == 0;
  }

  private static INDArray updater(MultiLayerNetwork network) {
    return network.getUpdater().getStateViewArray();
  }

  private static long length(INDArray array) {
    return array == null ? 0 : array.length();
  }

  StateVector parameters() {
    return parameters;
  }

  StateVector updater() {
    return updater;
  }
}
