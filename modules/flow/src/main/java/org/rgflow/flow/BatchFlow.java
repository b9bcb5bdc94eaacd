package org.rgflow.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.rgflow.flow.energy.Energy;
import org.rgflow.flow.ode.TimeGrid;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.HostValues;

/**
 * All levels, with their buffers, for one size of batch: data goes through them from the finest to
 * the coarsest, latents the other way, and cotangents against either.
 */
final class BatchFlow implements AutoCloseable {
  private final SolveConfig solve;
  private final LevelPaths paths;
  private final int size;
  private final int channels;
  private final int sites;
  private final Arena arena;
  private final List<LevelFlow> levels = new ArrayList<>();

  /**
   * @param paths whose weights are used, and where gradients are left
   */
  BatchFlow(SolveConfig solve, LevelPaths paths, DataType type, int size) {
    this.solve = solve;
    this.paths = paths;
    this.size = size;
    this.channels = solve.model().channels();
    this.sites = solve.model().dimensions() / channels;
    this.arena = new Arena(type);
    List<Partition> partitions = solve.model().levels();
    for (int l = 0; l < partitions.size(); l++) {
      levels.add(new LevelFlow(solve, l, partitions.get(l), paths.level(l), arena, size));
    }
  }

  int size() {
    return size;
  }

  long bytes() {
    return arena.bytes();
  }

  @Override
  public void close() {
    arena.close();
  }

  /** Sets the class of each example, for the solves that follow. */
  void setClasses(int[] classes) {
    levels.forEach(level -> level.setClasses(classes));
  }

  /**
   * @param probes (N, probeSize); not read where none are needed
   */
  void setProbes(INDArray probes) {
    if (!solve.needsProbes()) {
      return;
    }
    if (probes == null || probes.length() != (long) size * solve.probeSize()) {
      throw new IllegalArgumentException(
          "this divergence needs probes of " + solve.probeSize() + " values per example");
    }
    INDArray all = probes.castTo(arena.type()).reshape(size, solve.probeSize());
    long at = 0;
    for (int p = 0; p < solve.probes(); p++) {
      for (LevelFlow level : levels) {
        long length = (long) channels * level.partition().sites();
        INDArray part = all.get(NDArrayIndex.all(), NDArrayIndex.interval(at, at + length));
        level.probes().get(p).assign(channelsFirst(part, level.partition()));
        at += length;
      }
    }
  }

  /**
   * Takes data to latents.
   *
   * @param record whether {@link #encodeGradient} follows, which completes the integrals
   */
  PathIntegrals encode(INDArray x, TimeGrid grid, boolean record) {
    PathIntegrals totals = integrals();
    encode(x, grid, Collections.nCopies(levels.size(), totals), record);
    return totals;
  }

  /** Takes data to latents, and integrates nothing else. */
  void encodeState(INDArray x, TimeGrid grid) {
    encode(x, grid, Collections.nCopies(levels.size(), null), false);
  }

  /** Takes data to latents, and integrates each level by itself. */
  Density density(INDArray x, TimeGrid grid) {
    List<PathIntegrals> totals = levels.stream().map(level -> integrals()).toList();
    encode(x, grid, totals, false);
    Base base = solve.model().base();
    double[][] terms = new double[levels.size()][size];
    for (int l = 0; l < terms.length; l++) {
      LevelFlow level = levels.get(l);
      Arrays.fill(terms[l], channels * level.partition().residual().length * base.logConstant());
      level.addLogDensity(base, terms[l]);
      add(totals.get(l).logDet, terms[l]);
    }
    double[] all = latentValues(LevelFlow::state);
    int dimensions = channels * sites;
    double[][] latents = new double[size][];
    Arrays.setAll(latents, n -> Arrays.copyOfRange(all, n * dimensions, (n + 1) * dimensions));
    return new Density(terms, latents);
  }

  /** log p of each example of an encoding. */
  double[] logProb(PathIntegrals totals) {
    Base base = solve.model().base();
    double[] logProb = new double[size];
    Arrays.fill(logProb, channels * sites * base.logConstant());
    levels.forEach(level -> level.addLogDensity(base, logProb));
    add(totals.logDet, logProb);
    return logProb;
  }

  /** Leaves the gradient of an encoding's mean loss in the paths. */
  void encodeGradient(Regularisation weights, PathIntegrals totals) {
    for (int l = levels.size() - 1; l >= 0; l--) {
      LevelFlow level = levels.get(l);
      level.startCotangent(solve.model().base(), 1.0 / size);
      if (l + 1 < levels.size()) {
        level.coarse(level.cotangent()).assign(levels.get(l + 1).cotangent());
      }
      backward(l, size, weights, totals);
      level.exchangeAverages(level.cotangent());
    }
  }

  /**
   * Takes latents to data.
   *
   * @param record whether {@link #decodeGradient} follows, which completes the integrals
   */
  PathIntegrals decode(INDArray z, TimeGrid grid, boolean record) {
    PathIntegrals totals = integrals();
    decode(z, grid, totals, record);
    return totals;
  }

  /**
   * Takes latents to data, and integrates nothing else.
   *
   * @param record whether {@link #pullback} follows
   */
  void decodeState(INDArray z, TimeGrid grid, boolean record) {
    decode(z, grid, null, record);
  }

  /**
   * The energies of decoded examples.
   *
   * @param energies by their places in the batch
   * @param slope set to their gradients, [example][C * sites]
   */
  double[] energies(IntFunction<? extends Energy> energies, double[] slope) {
    int dimensions = channels * sites;
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
   * Takes the slope of a decoding's loss to its latents, and leaves the gradient in the paths.
   *
   * @param slope of the loss by the data, [example][C * sites]
   * @param count what the loss divides its sum over examples by
   */
  void decodeGradient(double[] slope, int count, Regularisation weights, PathIntegrals totals) {
    double[] share = Arrays.stream(slope).map(value -> value / count).toArray();
    decodeGradient(share, level -> backward(level, count, weights, totals));
  }

  /** Takes the slope of a decoding's loss to its latents, of the state alone. */
  void pullback(double[] slope) {
    decodeGradient(slope, level -> levels.get(level).pullback());
  }

  /** (N, C, sites): the residual latents, level after level. */
  INDArray latents() {
    return HostValues.toArray(latentValues(LevelFlow::state), arena.type(), size, channels, sites);
  }

  /** The loss's cotangent of each latent, [example][C * sites]. */
  double[] latentCotangents() {
    return latentValues(LevelFlow::cotangent);
  }

  /** (N, C, *shape): the finest level's state. */
  INDArray data() {
    LevelFlow finest = levels.get(0);
    return HostValues.toArray(
        examplesFirst(finest.state()), arena.type(), finest.partition().shape(size, channels));
  }

  private PathIntegrals integrals() {
    return new PathIntegrals(size, solve.jacobian());
  }

  private static void add(double[] values, double[] sums) {
    for (int n = 0; n < sums.length; n++) {
      sums[n] += values[n];
    }
  }

  /** Each level adds to totals of its own, or to those of others. */
  private void encode(INDArray x, TimeGrid grid, List<PathIntegrals> totals, boolean record) {
    LevelFlow first = levels.get(0);
    first.state().assign(channelsFirst(x, first.partition()));
    for (int l = 0; l < levels.size(); l++) {
      LevelFlow level = levels.get(l);
      level.exchangeAverages(level.state());
      level.encode(grid, totals.get(l), record);
      if (l + 1 < levels.size()) {
        levels.get(l + 1).state().assign(level.coarse(level.state()));
      }
    }
  }

  private void decode(INDArray z, TimeGrid grid, PathIntegrals totals, boolean record) {
    double[] latents = HostValues.of(z);
    int firstLatent = sites;
    for (int l = levels.size() - 1; l >= 0; l--) {
      LevelFlow level = levels.get(l);
      firstLatent -= level.partition().residual().length;
      setResidual(level, latents, firstLatent);
      if (l + 1 < levels.size()) {
        level.coarse(level.state()).assign(levels.get(l + 1).state());
      }
      level.decode(grid, totals, record);
      level.exchangeAverages(level.state());
    }
  }

  /**
   * @param backward takes a level's cotangent from the data's end to the latents'
   */
  private void decodeGradient(double[] slope, IntConsumer backward) {
    LevelFlow first = levels.get(0);
    INDArray array = HostValues.toArray(slope, arena.type(), slope.length);
    first.cotangent().assign(channelsFirst(array, first.partition()));
    for (int l = 0; l < levels.size(); l++) {
      LevelFlow level = levels.get(l);
      level.exchangeAverages(level.cotangent());
      backward.accept(l);
      if (l + 1 < levels.size()) {
        levels.get(l + 1).cotangent().assign(level.coarse(level.cotangent()));
      }
    }
  }

  private void backward(int l, int count, Regularisation weights, PathIntegrals totals) {
    paths.clearGradient(l);
    double longest = weights.cotangentLimit() * Math.sqrt(channels * sites);
    levels
        .get(l)
        .backward(
            -1.0 / count,
            weights.kinetic() / count,
            weights.jacobian() / count,
            longest / count,
            totals);
  }

  private void setResidual(LevelFlow level, double[] latents, int firstLatent) {
    int[] residual = level.partition().residual();
    int levelSites = level.partition().sites();
    double[] values = new double[size * channels * levelSites];
    for (int nc = 0; nc < size * channels; nc++) {
      for (int i = 0; i < residual.length; i++) {
        values[nc * levelSites + residual[i]] = latents[nc * sites + firstLatent + i];
      }
    }
    INDArray array = HostValues.toArray(values, arena.type(), values.length);
    level.state().assign(channelsFirst(array, level.partition()));
  }

  /** What such arrays of the levels hold at residual sites, [example][C * sites]. */
  private double[] latentValues(Function<LevelFlow, INDArray> values) {
    double[] latents = new double[size * channels * sites];
    int firstLatent = 0;
    for (LevelFlow level : levels) {
      double[] state = examplesFirst(values.apply(level));
      int[] residual = level.partition().residual();
      int levelSites = level.partition().sites();
      for (int nc = 0; nc < size * channels; nc++) {
        for (int i = 0; i < residual.length; i++) {
          latents[nc * sites + firstLatent + i] = state[nc * levelSites + residual[i]];
        }
      }
      firstLatent += residual.length;
    }
    return latents;
  }

  /** (N, C * sites) as (C, N, *grid). */
  private INDArray channelsFirst(INDArray values, Partition partition) {
    long[] shape = partition.shape(size, channels);
    return values.castTo(arena.type()).dup('c').reshape(shape).permute(swapped(shape.length));
  }

  /** (C, N, *grid) as [example][C * sites]. */
  private static double[] examplesFirst(INDArray state) {
    return HostValues.of(state.permute(swapped(state.rank())).dup('c'));
  }

  /** The order of axes with the first two exchanged. */
  private static int[] swapped(int rank) {
    int[] order = new int[rank];
    Arrays.setAll(order, i -> i);
    order[0] = 1;
    order[1] = 0;
    return order;
  }
}
