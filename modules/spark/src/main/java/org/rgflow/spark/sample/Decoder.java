package org.rgflow.spark.sample;

import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.flow.Flow;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.TaskResources;

/** A flow in a task, which turns latents into what they are of. */
final class Decoder {
  private final Flow flow;
  private final int dimensions;

  private Decoder(Flow flow, int dimensions) {
    this.flow = flow;
    this.dimensions = dimensions;
  }

  /** A flow with these parameters, freed when the task ends. */
  static Decoder inTask(FlowConfig model, SolverConfig solver, double[] parameters) {
    TaskResources.use();
    DivergenceConfig divergence = DivergenceConfig.of(DivergenceConfig.Kind.AUTO);
    Flow flow = Flow.open(model, solver, divergence, parameters);
    TaskCompletionListener close = context -> flow.close();
    TaskContext.get().addTaskCompletionListener(close);
    return new Decoder(flow, model.dimensions());
  }

  /** Whether an example's x is the same bits at every place of a batch. */
  boolean isPlaceIndependent(int batch) {
    return flow.isPlaceIndependent(batch);
  }

  /**
   * Tells of which class the latents are that follow: one for each of a batch, or one for all.
   *
   * @param classes places among the model's; none of a model without
   */
  void condition(int... classes) {
    flow.condition(classes);
  }

  /**
   * x of a batch, (N, C, *shape) row-major.
   *
   * @param latents (N, C, sites)
   * @throws org.rgflow.flow.ode.SolveException if the model cannot be solved
   */
  float[] decode(double[] latents) {
    try (INDArray z = Nd4j.createFromArray(latents);
        INDArray x = flow.sample(z.reshape(latents.length / dimensions, dimensions))) {
      return x.data().asFloat();
    }
  }
}
