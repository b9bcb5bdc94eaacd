package org.rgflow.flow.velocity;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.Partition;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.HostValues;

/** A velocity with seeded weights and inputs beside the naive one of the same numbers. */
final class VelocityFixture implements AutoCloseable {
  static final int BATCH = 2;

  final Arena arena = new Arena(DataType.DOUBLE);
  final VelocityConfig config;
  final int[] lengths;
  final Velocity velocity;
  final NaiveVelocity naive;
  final double[][] examples = new double[BATCH][];

  VelocityFixture(VelocityConfig config, int[] lengths) {
    this.config = config;
    this.lengths = lengths;
    Random random = new Random(7);
    Partition partition = new Partition(lengths, 2);
    this.velocity = Velocity.create(config, arena, BATCH, lengths, partition.mask());
    double[] parameters = random.doubles(config.size(), -0.7, 0.7).toArray();
    this.naive = new NaiveVelocity(config, lengths, partition.mask(), parameters);
    WeightPath path = WeightPath.create(config, 0, 1, arena);
    path.load(HostValues.toArray(parameters, DataType.DOUBLE, parameters.length), 0);
    path.apply(0, velocity);
    int dimensions = config.channels() * partition.sites();
    for (int n = 0; n < BATCH; n++) {
      examples[n] = random.doubles(dimensions, -1.5, 1.5).toArray();
    }
    set(velocity.input(), examples);
  }

  /** Puts (channels * sites) values of each example into planes, by their definition. */
  void set(INDArray planes, double[][] values) {
    INDArray interior = velocity.grid().interior(planes);
    int[] order = new int[interior.rank()];
    Arrays.setAll(order, i -> i);
    order[0] = 1;
    order[1] = 0;
    double[] all = Arrays.stream(values).flatMapToDouble(Arrays::stream).toArray();
    INDArray examplesFirst = interior.permute(order);
    examplesFirst.assign(HostValues.toArray(all, DataType.DOUBLE, examplesFirst.shape()));
  }

  /** The sites of planes, (channels * sites) per example. */
  double[][] get(INDArray planes) {
    INDArray interior = velocity.grid().interior(planes);
    int[] order = new int[interior.rank()];
    Arrays.setAll(order, i -> i);
    order[0] = 1;
    order[1] = 0;
    double[] all = HostValues.of(interior.permute(order));
    int dimensions = all.length / BATCH;
    double[][] values = new double[BATCH][];
    Arrays.setAll(values, n -> Arrays.copyOfRange(all, n * dimensions, (n + 1) * dimensions));
    return values;
  }

  /** A stage at the input, linearised. */
  Stage stage() {
    Stage stage = velocity.newStage();
    stage.forward();
    stage.linearise();
    return stage;
  }

  Divergence divergence(DivergenceConfig.Kind kind, boolean jacobian, List<INDArray> probes) {
    return DivergenceConfig.of(kind).create(velocity, lengths, probes, jacobian);
  }

  double[] traces() {
    return Arrays.stream(examples).map(naive::jacobian).mapToDouble(NaiveVelocity::trace).toArray();
  }

  double[] squaredNorms() {
    return Arrays.stream(examples)
        .map(naive::jacobian)
        .mapToDouble(NaiveVelocity::squaredNorm)
        .toArray();
  }

  @Override
  public void close() {
    arena.close();
  }
}
