package org.rgflow.spark.physics;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.data.DataException;
import org.rgflow.flow.Density;
import org.rgflow.flow.Encoding;
import org.rgflow.flow.Flow;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.model.ExampleNoise;

/**
 * What independent samples of a model have, in batches of one size: sample n of batch b is decoded
 * from latents keyed by (seed, b size + n, draw), so it depends on nothing else. Exact divergence.
 *
 * <p>An adaptive solver chooses its steps by all of a batch, so there a batch is one sample.
 */
public final class LatentDraws implements LatentBatches {
  private static final long serialVersionUID = 1L;

  private final FlowConfig model;
  private final SolverConfig solver;
  private final EnergyConfig energy;
  private final int batch;
  private final int size;
  private final long seed;
  private final long draw;
  private final boolean isEven;

  /**
   * Draws that a task makes by the batches' numbers.
   *
   * @param batch samples that are solved at once
   * @param draw tells draws for one purpose from those for another
   * @throws IllegalArgumentException if a batch is more numbers than an array holds
   */
  public LatentDraws(
      FlowConfig model, SolverConfig solver, EnergyConfig energy, int batch, long seed, long draw) {
    this(model, solver, energy, batch, seed, draw, false);
  }

  private LatentDraws(
      FlowConfig model,
      SolverConfig solver,
      EnergyConfig energy,
      int batch,
      long seed,
      long draw,
      boolean isEven) {
    ExampleNoise.requireOneArray("a batch of latents", batch, model);
    this.model = model;
    this.solver = solver;
    this.energy = energy;
    this.batch = batch;
    this.size = solver.method().isAdaptive() ? 1 : batch;
    this.seed = seed;
    this.draw = draw;
    this.isEven = isEven;
  }

  /**
   * These draws, weighed as of the model made even, (q(x) + q(-x)) / 2: what it is worth for an
   * energy that is even where it has found one of two mirrored states alone. Twice the cost.
   */
  public LatentDraws madeEven() {
    return new LatentDraws(model, solver, energy, batch, seed, draw, true);
  }

  /** These draws of the same latents, solved otherwise. */
  public LatentDraws with(SolverConfig other) {
    return new LatentDraws(model, other, energy, batch, seed, draw, isEven);
  }

  @Override
  public int batches(int samples) {
    return (samples - 1) / size + 1;
  }

  /** Samples of a batch. */
  int size() {
    return size;
  }

  long seed() {
    return seed;
  }

  /** What the samples are weighed against. */
  Energy target() {
    return energy.create();
  }

  /** The model with these parameters and the exact divergence; the caller closes it. */
  Flow open(double[] parameters) {
    DivergenceConfig exact =
        DivergenceConfig.of(DivergenceConfig.Kind.AUTO)
            .resolve(model.velocity(), DivergenceConfig.Use.SCORING);
    return Flow.open(model, solver, exact, parameters);
  }

  /**
   * E - log |det dx/dz| of each sample, then log p_Z, then E; of a model made even the first is E +
   * log q - log p_Z, so that it is the same but for q.
   *
   * @throws DataException if the model is made even and the energy is not
   */
  @Override
  public double[][] evaluate(double[] parameters, int... batches) {
    Energy target = target();
    double[][] found = new double[3][size * batches.length];
    try (Flow flow = open(parameters)) {
      for (int i = 0; i < batches.length; i++) {
        evaluate(flow, target, batches[i], found, i * size);
      }
    }
    return found;
  }

  private void evaluate(Flow flow, Energy target, int batch, double[][] found, int at) {
    int dimensions = model.dimensions();
    try (INDArray z = HostValues.toArray(latents(batch), DataType.DOUBLE, size, dimensions)) {
      Encoding decoded = flow.decode(z, null);
      double[] x = HostValues.take(decoded.values());
      double[] logBase = flow.baseLogDensity(z);
      double[] mirrored = isEven ? mirrored(flow, x) : null;
      for (int n = 0; n < size; n++) {
        double[] example = Arrays.copyOfRange(x, n * dimensions, (n + 1) * dimensions);
        double value = target.value(example, new double[dimensions]);
        if (isEven) {
          requireEven(target, example, value);
        }
        double logDensity = logBase[n] - decoded.logDet()[n];
        found[0][at + n] =
            isEven
                ? value + Density.logMean(logDensity, mirrored[n]) - logBase[n]
                : value - decoded.logDet()[n];
        found[1][at + n] = logBase[n];
        found[2][at + n] = value;
      }
    }
  }

  /** log q(-x) of samples. */
  private double[] mirrored(Flow flow, double[] x) {
    double[] mirrored = Arrays.stream(x).map(value -> -value).toArray();
    try (INDArray array = HostValues.toArray(mirrored, DataType.DOUBLE, size, model.dimensions())) {
      return flow.logProb(array, null);
    }
  }

  private static void requireEven(Energy target, double[] x, double value) {
    double[] mirrored = Arrays.stream(x).map(v -> -v).toArray();
    double other = target.value(mirrored, new double[x.length]);
    if (!(Math.abs(other - value) <= 1e-9 * Math.max(1, Math.abs(value)))) {
      throw new DataException(
          "physics.even=true with an energy of "
              + value
              + " at x and "
              + other
              + " at -x; allowed: with an even energy");
    }
  }

  /** z of a batch, [sample][D] in one row. */
  double[] latents(int batch) {
    return ExampleNoise.latents(model, seed, (long) batch * size, draw, size);
  }
}
