package org.rgflow.flow;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.ode.TimeGrid;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.velocity.DivergenceConfig;

/**
 * An RG-Flow model (arXiv:2203.07975): a bijection of data x and latents z by levels, its density
 * and the gradients of its losses.
 *
 * <pre>
 *   log p(x) = log p_Z(z) + log |det dz/dx|
 * </pre>
 *
 * Owns its buffers, one set per batch size, and is not safe for use by several threads at once.
 */
public final class Flow implements AutoCloseable {
  private static final int KEPT_BATCH_SIZES = 2;

  /** Of a trial's parameters: small enough for every flow to be solved. */
  private static final double TRIAL_DEVIATION = 0.05;

  /** What trials in this process found: by solve, precision and batch. */
  private static final Map<List<Object>, Boolean> PLACE_INDEPENDENT = new ConcurrentHashMap<>();

  private final FlowConfig config;
  private final SolverConfig solver;
  private final SolveConfig solve;
  private final TimeGrid grid;
  private final Arena shared;
  private final LevelPaths paths;
  private int[] classes = {};
  private final Map<Integer, BatchFlow> batches = new LinkedHashMap<>(4, 0.75f, true);

  /**
   * @param divergence AUTO is resolved for training
   * @param jacobian whether the squared Jacobian norm is computed
   * @param type {@code FLOAT} or {@code DOUBLE}
   */
  public Flow(
      FlowConfig config,
      SolverConfig solver,
      DivergenceConfig divergence,
      boolean jacobian,
      DataType type) {
    this.config = config;
    this.solver = solver;
    this.grid = solver.grid(0);
    this.solve =
        new SolveConfig(
            config,
            solver,
            divergence.resolve(config.velocity(), DivergenceConfig.Use.TRAINING),
            jacobian);
    this.shared = new Arena(type);
    this.paths = new LevelPaths(config, solver.evaluationTimes(), shared);
  }

  /**
   * A flow of float32 with parameters, without the Jacobian's norm; the caller closes it.
   *
   * @param parameters in the order of {@link #layout()}
   */
  public static Flow open(
      FlowConfig config, SolverConfig solver, DivergenceConfig divergence, double[] parameters) {
    Flow flow = new Flow(config, solver, divergence, false, DataType.FLOAT);
    try (INDArray vector = HostValues.toArray(parameters, DataType.DOUBLE, parameters.length)) {
      flow.load(vector);
    }
    return flow;
  }

  /** What the parameters mean. */
  public FlowConfig config() {
    return config;
  }

  /** Names and places of the parameters. */
  public ParameterLayout layout() {
    return paths.layout();
  }

  /** Whether random probes must be given with each batch. */
  public boolean needsProbes() {
    return solve.needsProbes();
  }

  /** Numbers that the random probes take for one example: all levels, for each probe. */
  public int probeSize() {
    return solve.probeSize();
  }

  /** Bytes of off-heap memory held. */
  public long bytes() {
    return shared.bytes() + batches.values().stream().mapToLong(BatchFlow::bytes).sum();
  }

  /** Takes the parameters: a contiguous vector in the order of {@link #layout()}. */
  public void load(INDArray parameters) {
    paths.load(parameters);
  }

  /**
   * Sets of which class examples are, from now on: each batch must have as many, or it is one for
   * all. What a model of classes knows of x is log p(x | class).
   *
   * @param classes places of the model's names
   */
  public void condition(int... classes) {
    this.classes = config.requireClasses(classes);
  }

  /**
   * z, log |det dz/dx| and the path's integrals.
   *
   * @param x (N, C, *shape) or (N, C * sites)
   * @param probes (N, probeSize), for each probe the levels one after the other, each (C, *grid);
   *     null where none are needed
   */
  public Encoding encode(INDArray x, INDArray probes) {
    BatchFlow batch = batch(x, probes);
    PathIntegrals totals = batch.encode(x, grid, false);
    return new Encoding(batch.latents(), totals.logDet, totals.kinetic, totals.jacobian);
  }

  /**
   * x, log |det dx/dz| and the path's integrals.
   *
   * @param z (N, C, sites) or (N, C * sites)
   * @param probes as for {@link #encode}
   */
  public Encoding decode(INDArray z, INDArray probes) {
    BatchFlow batch = batch(z, probes);
    PathIntegrals totals = batch.decode(z, grid, false);
    return new Encoding(batch.data(), totals.logDet, totals.kinetic, totals.jacobian);
  }

  /**
   * z of data alone, without the log determinant: (N, C, sites).
   *
   * @param x as for {@link #encode}
   */
  public INDArray latents(INDArray x) {
    BatchFlow batch = batch(x);
    batch.encodeState(x, grid);
    return batch.latents();
  }

  /**
   * x of latents alone, without the log determinant: half the cost of {@link #decode} or less. An
   * adaptive solver chooses its steps by the state alone.
   *
   * @param z as for {@link #decode}
   */
  public INDArray sample(INDArray z) {
    BatchFlow batch = batch(z);
    batch.decodeState(z, grid, false);
    return batch.data();
  }

  /** log p(x) of each example in nats; arguments as for {@link #encode}. */
  public double[] logProb(INDArray x, INDArray probes) {
    return density(x, probes).logProb();
  }

  /** log p(x) of each example level by level, and its latents; arguments as for {@link #encode}. */
  public Density density(INDArray x, INDArray probes) {
    return batch(x, probes).density(x, grid);
  }

  /**
   * Whether an example's encoding is the same bits at every place of a batch: there are processors
   * whose matrix products round a row by its place. An adaptive solver couples a batch anyway.
   *
   * <p>Found by trial, with one random example at every place and parameters of its own, once in a
   * process for each kind of solve: what it finds is the processor's, whatever model asks first.
   */
  public boolean isPlaceIndependent(int batch) {
    if (solver.method().isAdaptive()) {
      return false;
    }
    return PLACE_INDEPENDENT.computeIfAbsent(
        List.of(solve, shared.type(), batch),
        key -> {
          try (Flow trial =
              new Flow(config, solver, solve.divergence(), solve.jacobian(), shared.type())) {
            return trial.keepsBitsAtEveryPlace(batch);
          }
        });
  }

  private boolean keepsBitsAtEveryPlace(int batch) {
    Random random = new Random(batch);
    Encoding encoding;
    try (INDArray parameters =
            normal(random, 1, Math.toIntExact(layout().size()), TRIAL_DEVIATION);
        INDArray x = normal(random, batch, config.dimensions(), 1);
        INDArray probes = needsProbes() ? normal(random, batch, probeSize(), 1) : null) {
      load(parameters);
      condition(config.classes().isEmpty() ? new int[0] : new int[] {0});
      encoding = encode(x, probes);
    }
    double[] latents = HostValues.take(encoding.values());
    for (int n = 1; n < batch; n++) {
      int from = n * config.dimensions();
      int to = from + config.dimensions();
      if (encoding.logDet()[n] != encoding.logDet()[0]
          || !Arrays.equals(latents, from, to, latents, 0, config.dimensions())) {
        return false;
      }
    }
    return true;
  }

  /** The same random numbers in each of so many rows. */
  private INDArray normal(Random random, int rows, int length, double deviation) {
    double[] values = new double[rows * length];
    for (int i = 0; i < length; i++) {
      values[i] = deviation * random.nextGaussian();
    }
    for (int n = 1; n < rows; n++) {
      System.arraycopy(values, 0, values, n * length, length);
    }
    return HostValues.toArray(values, shared.type(), rows, length);
  }

  /**
   * mean(-log p) + lk mean K + lg mean F, on the grid of all solves.
   *
   * @param x as for {@link #encode}
   * @param gradient set to the gradient of the parameters; null if not wanted
   */
  public Loss likelihoodLoss(
      INDArray x, INDArray probes, Regularisation weights, INDArray gradient) {
    return likelihoodLoss(x, probes, 0, weights, gradient);
  }

  /**
   * As {@link #likelihoodLoss(INDArray, INDArray, Regularisation, INDArray)} on a shifted grid.
   *
   * @param shift of the inner nodes, see {@link TimeGrid}; an adaptive method has none
   */
  public Loss likelihoodLoss(
      INDArray x, INDArray probes, double shift, Regularisation weights, INDArray gradient) {
    requireNorm(weights);
    BatchFlow batch = batch(x, probes);
    PathIntegrals totals = batch.encode(x, solver.grid(shift), gradient != null);
    if (gradient != null) {
      batch.encodeGradient(weights, totals);
      paths.store(gradient);
    }
    double main = -mean(batch.logProb(totals));
    return loss(main, totals, weights, Double.NaN);
  }

  /**
   * mean(E(x) - log |det dx/dz|) + lk mean K + lg mean F with x decoded from z, on the grid of all
   * solves.
   *
   * @param z as for {@link #decode}, drawn from the base distribution
   * @param gradient set to the gradient of the parameters; null if not wanted
   */
  public Loss energyLoss(
      INDArray z, INDArray probes, Energy energy, Regularisation weights, INDArray gradient) {
    return energyLoss(z, probes, 0, energy, weights, gradient);
  }

  /**
   * As {@link #energyLoss(INDArray, INDArray, Energy, Regularisation, INDArray)} on a shifted grid.
   *
   * @param shift of the inner nodes, see {@link TimeGrid}; an adaptive method has none
   */
  public Loss energyLoss(
      INDArray z,
      INDArray probes,
      double shift,
      Energy energy,
      Regularisation weights,
      INDArray gradient) {
    requireLattice(energy);
    requireNorm(weights);
    BatchFlow batch = batch(z, probes);
    PathIntegrals totals = batch.decode(z, solver.grid(shift), gradient != null);
    double[] slope = new double[batch.size() * config.dimensions()];
    double[] energies = batch.energies(n -> energy, slope);
    if (gradient != null) {
      batch.decodeGradient(slope, batch.size(), weights, totals);
      paths.store(gradient);
    }
    double main = mean(energies) - mean(totals.logDet);
    return loss(main, totals, weights, main + mean(baseLogDensity(z)));
  }

  /**
   * U(z) = E(x) - log |det dx/dz| of each example with x decoded from z, and dU/dz: the gradient
   * that {@link #energyLoss} has on its way to the parameters.
   *
   * @param z as for {@link #decode}
   * @param probes as for {@link #encode}
   */
  public Pullback pullback(INDArray z, INDArray probes, Energy energy) {
    requireLattice(energy);
    BatchFlow batch = batch(z, probes);
    PathIntegrals totals = batch.decode(z, grid, true);
    double[] slope = new double[batch.size() * config.dimensions()];
    double[] energies = batch.energies(n -> energy, slope);
    batch.decodeGradient(slope, 1, Regularisation.NONE, totals);
    double[] values = new double[batch.size()];
    Arrays.setAll(values, n -> energies[n] - totals.logDet[n]);
    return new Pullback(values, energies, batch.latentCotangents());
  }

  /**
   * E(x) of each example with x decoded from z, and dE/dz, without the log determinant: a quarter
   * of the cost of {@link #pullback} or less.
   *
   * @param z as for {@link #decode}
   * @param energies of the examples, by their places in the batch
   */
  public Pullback samplePullback(INDArray z, IntFunction<? extends Energy> energies) {
    BatchFlow batch = batch(z);
    batch.decodeState(z, grid, true);
    double[] slope = new double[batch.size() * config.dimensions()];
    double[] values = batch.energies(energies, slope);
    batch.pullback(slope);
    return new Pullback(values, values, batch.latentCotangents());
  }

  private void requireNorm(Regularisation weights) {
    if (weights.jacobian() > 0 && !solve.jacobian()) {
      throw new IllegalArgumentException(
          "a loss with the squared Jacobian norm, weighed "
              + weights.jacobian()
              + ", needs a flow that computes it");
    }
  }

  private void requireLattice(Energy energy) {
    if (!energy.lattice().equals(config.lattice())) {
      throw new IllegalArgumentException(
          "the energy is of "
              + energy.lattice()
              + ", as energy.lattice and energy.channels have it, and the model of "
              + config.lattice());
    }
  }

  private Loss loss(double main, PathIntegrals totals, Regularisation weights, double bound) {
    double kinetic = mean(totals.kinetic);
    double norm = totals.jacobian == null ? 0 : mean(totals.jacobian);
    return new Loss(
        main + weights.kinetic() * kinetic + weights.jacobian() * norm, main, kinetic, norm, bound);
  }

  /** log p_Z of each example's latents, (N, C, sites) or (N, C * sites), in nats. */
  public double[] baseLogDensity(INDArray z) {
    double[] values = HostValues.of(z);
    int dimensions = config.dimensions();
    double[] density = new double[values.length / dimensions];
    for (int i = 0; i < values.length; i++) {
      density[i / dimensions] += config.base().logKernel(values[i]);
    }
    for (int n = 0; n < density.length; n++) {
      density[n] += dimensions * config.base().logConstant();
    }
    return density;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  private BatchFlow batch(INDArray values, INDArray probes) {
    BatchFlow batch = batch(values);
    batch.setProbes(probes);
    return batch;
  }

  private BatchFlow batch(INDArray values) {
    int size = (int) values.size(0);
    if (values.length() != (long) size * config.dimensions()) {
      throw new IllegalArgumentException(
          "a batch of this model has "
              + config.dimensions()
              + " values per example, got shape "
              + Arrays.toString(values.shape()));
    }
    BatchFlow batch = batches.get(size);
    if (batch == null) {
      if (batches.size() >= KEPT_BATCH_SIZES) {
        int eldest = batches.keySet().iterator().next();
        batches.remove(eldest).close();
      }
      batch = new BatchFlow(solve, paths, shared.type(), size);
      batches.put(size, batch);
    }
    batch.setClasses(config.classesOf(size, classes));
    return batch;
  }

  @Override
  public void close() {
    batches.values().forEach(BatchFlow::close);
    batches.clear();
    shared.close();
  }
}
