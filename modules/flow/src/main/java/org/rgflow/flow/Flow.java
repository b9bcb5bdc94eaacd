package org.rgflow.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
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

  private final FlowConfig config;
  private final SolverConfig solver;
  private final TimeGrid grid;
  private final DivergenceConfig divergence;
  private final boolean jacobian;
  private final List<Partition> partitions;
  private final Arena shared;
  private final LevelPaths paths;
  private final Map<Integer, Batch> batches = new LinkedHashMap<>(4, 0.75f, true);

  /**
   * @param divergence resolved: not {@code AUTO}
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
    this.divergence = divergence.resolve(config.velocity(), DivergenceConfig.Use.TRAINING);
    this.jacobian = jacobian;
    this.partitions = config.levels();
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
    return divergence.needsProbes(jacobian);
  }

  /** Numbers that the random probes take for one example: all levels, for each probe. */
  public int probeSize() {
    return needsProbes() ? divergence.probes() * config.probeSize() : 0;
  }

  /** Bytes of off-heap memory held. */
  public long bytes() {
    return shared.bytes() + batches.values().stream().mapToLong(b -> b.arena.bytes()).sum();
  }

  /** Takes the parameters: a contiguous vector in the order of {@link #layout()}. */
  public void load(INDArray parameters) {
    paths.load(parameters);
  }

  /**
   * z, log |det dz/dx| and the path's integrals.
   *
   * @param x (N, C, *shape) or (N, C * sites)
   * @param probes (N, probeSize), for each probe the levels one after the other, each (C, *grid);
   *     null where none are needed
   */
  public Encoding encode(INDArray x, INDArray probes) {
    Batch batch = batch(x, config.dimensions(), probes);
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
    Batch batch = batch(z, config.dimensions(), probes);
    PathIntegrals totals = batch.decode(z, grid, false);
    return new Encoding(batch.data(), totals.logDet, totals.kinetic, totals.jacobian);
  }

  /**
   * z of data alone, without the log determinant: (N, C, sites).
   *
   * @param x as for {@link #encode}
   */
  public INDArray latents(INDArray x) {
    Batch batch = batch(x, config.dimensions());
    batch.encode(x, grid, Collections.nCopies(partitions.size(), null), false);
    return batch.latents();
  }

  /**
   * x of latents alone, without the log determinant: half the cost of {@link #decode} or less. An
   * adaptive solver chooses its steps by the state alone.
   *
   * @param z as for {@link #decode}
   */
  public INDArray sample(INDArray z) {
    Batch batch = batch(z, config.dimensions());
    batch.decode(z, grid, null, false);
    return batch.data();
  }

  /** log p(x) of each example in nats; arguments as for {@link #encode}. */
  public double[] logProb(INDArray x, INDArray probes) {
    return density(x, probes).logProb();
  }

  /** log p(x) of each example level by level, and its latents; arguments as for {@link #encode}. */
  public Density density(INDArray x, INDArray probes) {
    return batch(x, config.dimensions(), probes).density(x);
  }

  /**
   * Whether an example's encoding is the same bits at every place of a batch: there are processors
   * whose matrix products round a row by its place. An adaptive solver couples a batch anyway.
   *
   * <p>Found by trial, with one random example at every place.
   */
  public boolean isPlaceIndependent(int batch) {
    Random random = new Random(batch);
    INDArray x = repeated(random, batch, config.dimensions());
    INDArray probes = needsProbes() ? repeated(random, batch, probeSize()) : null;
    Encoding encoding = encode(x, probes);
    double[] latents = HostValues.of(encoding.values());
    for (int n = 1; n < batch; n++) {
      int from = n * config.dimensions();
      int to = from + config.dimensions();
      if (encoding.logDet()[n] != encoding.logDet()[0]
          || !Arrays.equals(latents, from, to, latents, 0, config.dimensions())) {
        return false;
      }
    }
    return !solver.method().isAdaptive();
  }

  private INDArray repeated(Random random, int batch, int length) {
    double[] values = new double[batch * length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextGaussian();
    }
    for (int n = 1; n < batch; n++) {
      System.arraycopy(values, 0, values, n * length, length);
    }
    return HostValues.toArray(values, shared.type(), batch, length);
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
    Batch batch = batch(x, config.dimensions(), probes);
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
    Batch batch = batch(z, config.dimensions(), probes);
    PathIntegrals totals = batch.decode(z, solver.grid(shift), gradient != null);
    double[] slope = new double[batch.size * config.dimensions()];
    double[] energies = batch.energies(n -> energy, slope);
    if (gradient != null) {
      Arrays.setAll(slope, i -> slope[i] / batch.size);
      batch.decodeGradient(slope, level -> batch.backward(level, batch.size, weights, totals));
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
    Batch batch = batch(z, config.dimensions(), probes);
    PathIntegrals totals = batch.decode(z, grid, true);
    double[] slope = new double[batch.size * config.dimensions()];
    double[] energies = batch.energies(n -> energy, slope);
    batch.decodeGradient(slope, level -> batch.backward(level, 1, Regularisation.NONE, totals));
    double[] values = new double[batch.size];
    Arrays.setAll(values, n -> energies[n] - totals.logDet[n]);
    return new Pullback(values, energies, batch.latentValues(LevelFlow::cotangent));
  }

  /**
   * E(x) of each example with x decoded from z, and dE/dz, without the log determinant: a quarter
   * of the cost of {@link #pullback} or less.
   *
   * @param z as for {@link #decode}
   * @param energies of the examples, by their places in the batch
   */
  public Pullback samplePullback(INDArray z, IntFunction<? extends Energy> energies) {
    Batch batch = batch(z, config.dimensions());
    batch.decode(z, grid, null, true);
    double[] slope = new double[batch.size * config.dimensions()];
    double[] values = batch.energies(energies, slope);
    batch.decodeGradient(slope, level -> batch.levels.get(level).pullback());
    return new Pullback(values, values, batch.latentValues(LevelFlow::cotangent));
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

  private Batch batch(INDArray values, int dimensions, INDArray probes) {
    Batch batch = batch(values, dimensions);
    batch.setProbes(probes);
    return batch;
  }

  private Batch batch(INDArray values, int dimensions) {
    int size = (int) values.size(0);
    if (values.length() != (long) size * dimensions) {
      throw new IllegalArgumentException(
          "a batch of this model has "
              + dimensions
              + " values per example, got shape "
              + Arrays.toString(values.shape()));
    }
    Batch batch = batches.get(size);
    if (batch == null) {
      if (batches.size() >= KEPT_BATCH_SIZES) {
        int eldest = batches.keySet().iterator().next();
        batches.remove(eldest).arena.close();
      }
      batch = new Batch(size);
      batches.put(size, batch);
    }
    return batch;
  }

  @Override
  public void close() {
    batches.values().forEach(batch -> batch.arena.close());
    batches.clear();
    shared.close();
  }

  /** The levels with their buffers for one batch size. */
  private final class Batch {
    private final int size;
    private final Arena arena = new Arena(shared.type());
    private final List<LevelFlow> levels = new ArrayList<>();

    Batch(int size) {
      this.size = size;
      for (int l = 0; l < partitions.size(); l++) {
        levels.add(
            new LevelFlow(
                l,
                partitions.get(l),
                config,
                solver,
                divergence,
                jacobian,
                paths.level(l),
                arena,
                size));
      }
    }

    void setProbes(INDArray probes) {
      if (!needsProbes()) {
        return;
      }
      if (probes == null || probes.length() != (long) size * probeSize()) {
        throw new IllegalArgumentException(
            "this divergence needs probes of " + probeSize() + " values per example");
      }
      INDArray all = probes.castTo(arena.type()).reshape(size, probeSize());
      long at = 0;
      for (int p = 0; p < divergence.probes(); p++) {
        for (LevelFlow level : levels) {
          long length = (long) config.channels() * level.partition().sites();
          INDArray part = all.get(NDArrayIndex.all(), NDArrayIndex.interval(at, at + length));
          level.probes().get(p).assign(channelsFirst(part, level.partition()));
          at += length;
        }
      }
    }

    /** (N, C * sites) as (C, N, *grid). */
    private INDArray channelsFirst(INDArray values, Partition partition) {
      int[] grid = partition.shape();
      long[] shape = new long[2 + grid.length];
      shape[0] = size;
      shape[1] = config.channels();
      int[] order = new int[shape.length];
      for (int a = 0; a < grid.length; a++) {
        shape[2 + a] = grid[a];
        order[2 + a] = 2 + a;
      }
      order[0] = 1;
      order[1] = 0;
      return values.castTo(arena.type()).dup('c').reshape(shape).permute(order);
    }

    PathIntegrals encode(INDArray x, TimeGrid steps, boolean record) {
      PathIntegrals totals = new PathIntegrals(size, jacobian);
      encode(x, steps, Collections.nCopies(levels.size(), totals), record);
      return totals;
    }

    /** Each level adds to totals of its own, or to those of others. */
    private void encode(INDArray x, TimeGrid steps, List<PathIntegrals> totals, boolean record) {
      LevelFlow first = levels.get(0);
      first.state().assign(channelsFirst(x, first.partition()));
      for (int l = 0; l < levels.size(); l++) {
        LevelFlow level = levels.get(l);
        level.exchangeAverages(level.state());
        level.encode(steps, totals.get(l), record);
        if (l + 1 < levels.size()) {
          LevelFlow next = levels.get(l + 1);
          next.state().assign(level.coarse(level.state()));
        }
      }
    }

    Density density(INDArray x) {
      List<PathIntegrals> totals = new ArrayList<>();
      levels.forEach(level -> totals.add(new PathIntegrals(size, jacobian)));
      encode(x, grid, totals, false);
      double[][] terms = new double[levels.size()][size];
      for (int l = 0; l < terms.length; l++) {
        int latents = config.channels() * levels.get(l).partition().residual().length;
        Arrays.fill(terms[l], latents * config.base().logConstant());
        levels.get(l).addLogDensity(config.base(), terms[l]);
        for (int n = 0; n < size; n++) {
          terms[l][n] += totals.get(l).logDet[n];
        }
      }
      double[] all = latentValues(LevelFlow::state);
      double[][] latents = new double[size][];
      Arrays.setAll(
          latents,
          n -> Arrays.copyOfRange(all, n * config.dimensions(), (n + 1) * config.dimensions()));
      return new Density(terms, latents);
    }

    double[] logProb(PathIntegrals totals) {
      double[] logProb = new double[size];
      Arrays.fill(logProb, config.dimensions() * config.base().logConstant());
      for (LevelFlow level : levels) {
        level.addLogDensity(config.base(), logProb);
      }
      for (int n = 0; n < size; n++) {
        logProb[n] += totals.logDet[n];
      }
      return logProb;
    }

    void encodeGradient(Regularisation weights, PathIntegrals totals) {
      for (int l = levels.size() - 1; l >= 0; l--) {
        LevelFlow level = levels.get(l);
        level.startCotangent(config.base(), 1.0 / size);
        if (l + 1 < levels.size()) {
          LevelFlow next = levels.get(l + 1);
          level.coarse(level.cotangent()).assign(next.cotangent());
        }
        backward(l, size, weights, totals);
        level.exchangeAverages(level.cotangent());
      }
    }

    /**
     * @param count what the loss divides its sum over examples by
     */
    private void backward(int l, int count, Regularisation weights, PathIntegrals totals) {
      paths.clearGradient(l);
      double longest = weights.cotangentLimit() * Math.sqrt(config.dimensions());
      levels
          .get(l)
          .backward(
              -1.0 / count,
              weights.kinetic() / count,
              weights.jacobian() / count,
              longest / count,
              totals);
    }

    PathIntegrals decode(INDArray z, TimeGrid steps, boolean record) {
      PathIntegrals totals = new PathIntegrals(size, jacobian);
      decode(z, steps, totals, record);
      return totals;
    }

    void decode(INDArray z, TimeGrid steps, PathIntegrals totals, boolean record) {
      double[] latents = HostValues.of(z);
      int latent = config.dimensions() / config.channels();
      for (int l = levels.size() - 1; l >= 0; l--) {
        LevelFlow level = levels.get(l);
        latent -= level.partition().residual().length;
        setResidual(level, latents, latent);
        if (l + 1 < levels.size()) {
          LevelFlow next = levels.get(l + 1);
          level.coarse(level.state()).assign(next.state());
        }
        level.decode(steps, totals, record);
        level.exchangeAverages(level.state());
      }
    }

    private void setResidual(LevelFlow level, double[] latents, int firstLatent) {
      int[] residual = level.partition().residual();
      int sites = level.partition().sites();
      int allSites = config.dimensions() / config.channels();
      double[] values = new double[size * config.channels() * sites];
      for (int nc = 0; nc < size * config.channels(); nc++) {
        for (int i = 0; i < residual.length; i++) {
          values[nc * sites + residual[i]] = latents[nc * allSites + firstLatent + i];
        }
      }
      INDArray array = HostValues.toArray(values, arena.type(), values.length);
      level.state().assign(channelsFirst(array, level.partition()));
    }

    double[] energies(IntFunction<? extends Energy> energies, double[] slope) {
      int dimensions = config.dimensions();
      double[] x = HostValues.of(data());
      double[] found = new double[size];
      double[] gradient = new double[dimensions];
      for (int n = 0; n < size; n++) {
        double[] example = Arrays.copyOfRange(x, n * dimensions, (n + 1) * dimensions);
        found[n] = energies.apply(n).value(example, gradient);
        System.arraycopy(gradient, 0, slope, n * dimensions, dimensions);
      }
      return found;
    }

    /**
     * @param slope of the loss by the data
     * @param backward takes a level's cotangent from the data's end to the latents'
     */
    void decodeGradient(double[] slope, IntConsumer backward) {
      LevelFlow first = levels.get(0);
      INDArray array = HostValues.toArray(slope, arena.type(), slope.length);
      first.cotangent().assign(channelsFirst(array, first.partition()));
      for (int l = 0; l < levels.size(); l++) {
        LevelFlow level = levels.get(l);
        level.exchangeAverages(level.cotangent());
        backward.accept(l);
        if (l + 1 < levels.size()) {
          LevelFlow next = levels.get(l + 1);
          next.cotangent().assign(level.coarse(level.cotangent()));
        }
      }
    }

    /** (N, C, sites): the residual latents, level after level. */
    INDArray latents() {
      int channels = config.channels();
      return HostValues.toArray(
          latentValues(LevelFlow::state),
          arena.type(),
          size,
          channels,
          config.dimensions() / channels);
    }

    /** What such arrays of the levels hold at residual sites, [example][C * sites]. */
    private double[] latentValues(Function<LevelFlow, INDArray> values) {
      int channels = config.channels();
      int allSites = config.dimensions() / channels;
      double[] latents = new double[size * channels * allSites];
      int latent = 0;
      for (LevelFlow level : levels) {
        double[] state = examplesFirst(values.apply(level));
        int[] residual = level.partition().residual();
        int sites = level.partition().sites();
        for (int nc = 0; nc < size * channels; nc++) {
          for (int i = 0; i < residual.length; i++) {
            latents[nc * allSites + latent + i] = state[nc * sites + residual[i]];
          }
        }
        latent += residual.length;
      }
      return latents;
    }

    /** (N, C, *shape): the finest level's state. */
    INDArray data() {
      int[] grid = config.shape();
      long[] shape = new long[2 + grid.length];
      shape[0] = size;
      shape[1] = config.channels();
      for (int a = 0; a < grid.length; a++) {
        shape[2 + a] = grid[a];
      }
      return HostValues.toArray(examplesFirst(levels.get(0).state()), arena.type(), shape);
    }

    private double[] examplesFirst(INDArray state) {
      int[] order = new int[state.rank()];
      Arrays.setAll(order, i -> i);
      order[0] = 1;
      order[1] = 0;
      return HostValues.of(state.permute(order).dup('c'));
    }
  }
}
