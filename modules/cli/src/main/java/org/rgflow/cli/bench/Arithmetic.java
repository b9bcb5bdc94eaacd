package org.rgflow.cli.bench;

import java.util.List;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.Partition;
import org.rgflow.flow.velocity.DivergenceConfig;

/**
 * Multiply-adds that the algorithm needs at one site for one evaluation of the velocity, the halo
 * left out. Counted are convolutions, and products with weights or giving their gradients; not what
 * is done once per value (activations, biases, sums of the solver) or once per time (the
 * hypernetwork).
 *
 * <p>With T kernel taps, C data channels, hidden widths h_1 ... h_m and M = sum_i h_i h_(i+1):
 *
 * <pre>
 *   forward   F = T ((C + 1) h_1 + M + h_m C)   the network; its input has the mask beside the data
 *   pullback  P = T (C h_1 + M + h_m C)         its transpose, to the data channels alone
 *   adjoint   B = T (M + h_m C)                 its part down to the first hidden layer
 *   tangent   A = T (C h_1 + M)                 forward again to the last hidden layer
 *   trace     K = T h_1 h_2                     the closed form's convolution; none with one layer
 * </pre>
 *
 * A sample takes F; a score F + P with a probe, F + K in closed form. A gradient solves once
 * without the divergence, F, and sweeps back. An evaluation of the sweep is
 *
 * <pre>
 *   F          computed again from the state before the step
 *   P          the pullback of the probe
 *   A + P      its gradient: the tangent, and what it adds to the weights' gradient
 *   F + P      the gradient of the velocity: of the weights, the mask's included, and of the input
 *   3 K        in closed form, besides: the convolution, its adjoint, the kernel's gradient
 * </pre>
 *
 * so 3 F + 3 P + A in all. In closed form the probe stays, for the Jacobian's norm. Flow matching
 * evaluates an example once: F, B, and F again for the gradient of the weights.
 *
 * @param forward F
 * @param pullback P
 * @param adjoint B
 * @param tangent A
 * @param trace K
 */
public record Arithmetic(long forward, long pullback, long adjoint, long tangent, long trace) {

  /** The counts of a network. */
  public static Arithmetic of(int taps, int channels, List<Integer> hidden) {
    long middle = 0;
    for (int i = 1; i < hidden.size(); i++) {
      middle += (long) hidden.get(i - 1) * hidden.get(i);
    }
    long first = hidden.get(0);
    long last = hidden.get(hidden.size() - 1);
    return new Arithmetic(
        taps * ((channels + 1) * first + middle + last * channels),
        taps * (channels * first + middle + last * channels),
        taps * (middle + last * channels),
        taps * (channels * first + middle),
        hidden.size() == 2 ? taps * first * last : 0);
  }

  /** Multiply-adds of a task, for each site and evaluation. */
  public long of(Workload.Task task, DivergenceConfig.Kind divergence) {
    boolean closed = divergence == DivergenceConfig.Kind.CLOSED_FORM;
    return switch (task) {
      case SAMPLE -> forward;
      case MATCH -> 2 * forward + adjoint;
      case SCORE -> forward + (closed ? trace : pullback);
      case TRAIN -> 3 * forward + 3 * pullback + tangent + (closed ? 3 * trace : 0);
    };
  }

  /** 1e9 floating-point operations of one call, two for each multiply-add. */
  public static double gigaflop(Workload workload) {
    FlowConfig model = workload.model();
    long sites = model.levels().stream().mapToLong(Partition::sites).sum();
    long evaluations = workload.task() == Workload.Task.MATCH ? 1 : 4L * workload.steps(); // rk4
    long perSite =
        of(model.velocity().taps(), workload.channels(), workload.hidden())
            .of(workload.task(), workload.divergence());
    return 2e-9 * perSite * sites * evaluations * workload.batch();
  }
}
