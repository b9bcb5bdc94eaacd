package org.rgflow.flow.velocity;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Arena.Factor;
import org.rgflow.flow.tensor.Arena.Sum;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/**
 * The divergence of a skip on a torus, the same for every example: {@code sum over channels and
 * taps at the origin of (sites A + coarse sites B)}.
 */
final class SkipTrace {
  private final int batch;
  private final INDArray weight;
  private final INDArray trace;
  private final Kernel renew;
  private final Kernel addGradient;

  SkipTrace(Velocity velocity, WeightLayout layout, TraceGeometry geometry) {
    Arena arena = velocity.grid().arena();
    this.batch = velocity.grid().batch();
    this.weight = arena.zeros(1, 1);
    this.trace = arena.zeros(1, 1);
    double[] values = coefficients(velocity, geometry);
    INDArray coefficients = arena.zeros(1, values.length);
    HostValues.copy(values, coefficients);
    this.renew =
        arena.matmul(
            Factor.of(coefficients),
            Factor.of(Views.block(layout.skip(velocity.weights()), 0, values.length, 1)),
            trace,
            Sum.SET);
    this.addGradient =
        arena.combine(
            weight, coefficients, Views.flat(layout.skip(velocity.weightGradient())), Sum.ADD);
  }

  /** What each weight adds to the trace, in the order of the skip's weights. */
  private static double[] coefficients(Velocity velocity, TraceGeometry geometry) {
    VelocityConfig config = velocity.config();
    double[] mask = HostValues.of(velocity.grid().interior(velocity.mask()));
    double coarse = Arrays.stream(mask).sum() / velocity.grid().batch();
    double sites = (double) mask.length / velocity.grid().batch();
    int taps = config.taps();
    double[] coefficients = new double[config.skipSize()];
    for (int c = 0; c < config.channels(); c++) {
      for (int tap = 0; tap < taps; tap++) {
        if (geometry.isAtOrigin(tap)) {
          int row = c * config.channels() + c;
          coefficients[row * taps + tap] = sites;
          coefficients[(config.channels() * config.channels() + row) * taps + tap] = coarse;
        }
      }
    }
    return coefficients;
  }

  /** Adds it to every example's. */
  void addTo(double[] divergence) {
    renew.run();
    double value = trace.getDouble(0);
    for (int n = 0; n < batch; n++) {
      divergence[n] += value;
    }
  }

  /** Adds the gradient of {@code factor} times the sum over examples to that of the weights. */
  void addGradient(double factor) {
    weight.putScalar(0, factor * batch);
    addGradient.run();
  }
}
