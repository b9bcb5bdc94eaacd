package org.rgflow.cli.bench;

import java.util.Random;
import java.util.function.LongSupplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.flow.Flow;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.FlowMatching;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.DivergenceConfig;

/** A workload with its model, drawn from a fixed seed in float32, and its input. */
public final class Trial implements AutoCloseable {
  private static final Regularisation WEIGHTS = new Regularisation(0.01, 0.01);

  private final Runnable work;
  private final LongSupplier bytes;
  private final Runnable close;

  /** Makes model and input ready. */
  public Trial(Workload workload) {
    FlowConfig model = workload.model();
    double[] drawn = Initialisation.STATIC.draw(model, 1);
    INDArray parameters = HostValues.toArray(drawn, DataType.FLOAT, drawn.length);
    INDArray gradient = Nd4j.createUninitializedDetached(DataType.FLOAT, 'c', drawn.length);
    Random random = new Random(2);
    INDArray input = normal(random, workload.batch(), model.dimensions());
    if (workload.task() == Workload.Task.MATCH) {
      FlowMatching matching =
          new FlowMatching(model, workload.batch(), workload.steps(), DataType.FLOAT);
      INDArray noise = normal(random, workload.batch(), model.dimensions());
      double[] times = random.doubles(workload.steps()).toArray();
      this.work =
          () -> {
            matching.load(parameters); // as in training, where they change with every batch
            matching.loss(input, noise, times, gradient);
          };
      this.bytes = matching::bytes;
      this.close = matching::close;
    } else {
      Flow flow =
          new Flow(
              model,
              SolverConfig.fixed(Method.RK4, workload.steps()),
              DivergenceConfig.of(workload.divergence()),
              workload.task() == Workload.Task.TRAIN,
              DataType.FLOAT);
      flow.load(parameters);
      INDArray probes =
          flow.needsProbes() ? normal(random, workload.batch(), flow.probeSize()) : null;
      this.work =
          switch (workload.task()) {
            case TRAIN ->
                () -> {
                  flow.load(parameters); // the same
                  flow.likelihoodLoss(input, probes, WEIGHTS, gradient);
                };
            case SCORE -> () -> flow.logProb(input, probes);
            default -> () -> flow.sample(input);
          };
      this.bytes = flow::bytes;
      this.close = flow::close;
    }
  }

  private static INDArray normal(Random random, int batch, int length) {
    double[] values = new double[batch * length];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextGaussian();
    }
    return HostValues.toArray(values, DataType.FLOAT, batch, length);
  }

  /** Does the work once. */
  public void run() {
    work.run();
  }

  /** Bytes of off-heap memory that the model holds. */
  public long bytes() {
    return bytes.getAsLong();
  }

  @Override
  public void close() {
    close.run();
  }
}
