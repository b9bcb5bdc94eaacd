package org.rgflow.cli.bench;

import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.flow.Flow;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Initialisation;
import org.rgflow.flow.Regularisation;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.DivergenceConfig;

/** A workload with its model, drawn from a fixed seed in float32, and its input. */
public final class Trial implements AutoCloseable {
  private static final Regularisation WEIGHTS = new Regularisation(0.01, 0.01);

  private final Workload.Task task;
  private final Flow flow;
  private final INDArray input;
  private final INDArray probes;
  private final INDArray gradient;

  /** Makes model and input ready. */
  public Trial(Workload workload) {
    this.task = workload.task();
    FlowConfig model = workload.model();
    boolean trains = task == Workload.Task.TRAIN;
    this.flow =
        new Flow(
            model,
            SolverConfig.fixed(Method.RK4, workload.steps()),
            DivergenceConfig.of(workload.divergence()),
            trains,
            DataType.FLOAT);
    double[] parameters = Initialisation.STATIC.draw(model, 1);
    flow.load(HostValues.toArray(parameters, DataType.FLOAT, parameters.length));
    Random random = new Random(2);
    this.input = normal(random, workload.batch(), model.dimensions());
    this.probes = flow.needsProbes() ? normal(random, workload.batch(), flow.probeSize()) : null;
    this.gradient =
        trains ? Nd4j.createUninitializedDetached(DataType.FLOAT, 'c', parameters.length) : null;
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
    switch (task) {
      case TRAIN -> flow.likelihoodLoss(input, probes, WEIGHTS, gradient);
      case SCORE -> flow.logProb(input, probes);
      case SAMPLE -> flow.sample(input);
    }
  }

  /** Bytes of off-heap memory that the model holds. */
  public long bytes() {
    return flow.bytes();
  }

  @Override
  public void close() {
    flow.close();
  }
}
