package org.rgflow.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.rgflow.flow.ode.TimeGrid;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.HostValues;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;
import org.rgflow.flow.velocity.WeightPath;

/**
 * One level for a whole batch: its state between solves, which pass through it slice by slice.
 *
 * <p>On a fixed grid examples do not know of each other, so a slice is as large as the cache likes;
 * an adaptive solver chooses its steps by the whole batch.
 */
final class LevelFlow {
  private final Partition partition;
  private final int batch;
  private final INDArray state;
  private final INDArray cotangent;
  private final INDArray residual;
  private final List<INDArray> probes = new ArrayList<>();
  private final List<Slice> slices = new ArrayList<>();
  private final HaarStep averages;
  private final int blocks;
  private int[] classes;
  private double span;

  /** Examples from {@code first} on, and how they get to their solver and back. */
  private record Slice(
      int first,
      SliceFlow flow,
      Recording recording,
      Kernel loadState,
      Kernel loadProbes,
      Kernel loadClasses,
      Kernel leave,
      INDArray cotangent) {
    void load() {
      loadState.run();
      loadProbes.run();
      loadClasses.run();
    }
  }

  LevelFlow(
      SolveConfig solve,
      int level,
      Partition partition,
      List<WeightPath> paths,
      Arena arena,
      int batch) {
    this.partition = partition;
    this.batch = batch;
    this.classes = new int[batch];
    this.averages = HaarStep.of(solve.model(), partition);
    this.blocks = solve.model().blocks();
    long[] shape = partition.shape(solve.model().channels(), batch);
    this.state = arena.zeros(shape);
    this.cotangent = arena.zeros(shape);
    this.residual = arena.filled(1, shape);
    if (partition.hasCoarse()) {
      coarse(residual).assign(0);
    }
    for (int p = 0; p < solve.probes(); p++) {
      probes.add(arena.zeros(shape));
    }
    Map<Integer, SliceFlow> flows = new HashMap<>();
    Slices cuts =
        solve.solver().method().isAdaptive()
            ? new Slices(batch, 1)
            : Slices.thatStayInCache(solve.model(), partition, batch);
    for (int i = 0; i < cuts.count(); i++) {
      int first = cuts.first(i);
      int size = cuts.size(i);
      SliceFlow flow =
          flows.computeIfAbsent(size, n -> new SliceFlow(solve, level, partition, paths, arena, n));
      slices.add(slice(arena, flow, first, size));
    }
  }

  private Slice slice(Arena arena, SliceFlow flow, int first, int size) {
    INDArray part = Views.slice(state, 1, first, size, 1);
    INDArray inside = flow.interior(flow.state());
    List<Kernel> loadProbes = new ArrayList<>();
    for (int p = 0; p < probes.size(); p++) {
      INDArray probe = Views.slice(probes.get(p), 1, first, size, 1);
      loadProbes.add(arena.copy(probe, flow.interior(flow.probes().get(p))));
    }
    return new Slice(
        first,
        flow,
        new Recording(arena, flow.state()),
        arena.copy(part, inside),
        Kernel.sequence(loadProbes),
        () -> flow.setClasses(Arrays.copyOfRange(classes, first, first + size)),
        arena.copy(inside, part),
        Views.slice(cotangent, 1, first, size, 1));
  }

  Partition partition() {
    return partition;
  }

  /** Sets the class of each example, for the solves that follow. */
  void setClasses(int[] classes) {
    this.classes = classes;
  }

  /** (channels, batch, *grid): where a solve starts and ends. */
  INDArray state() {
    return state;
  }

  /** (channels, batch, *grid): the loss's cotangent of the state. */
  INDArray cotangent() {
    return cotangent;
  }

  /** (channels, batch, *grid) of each random probe. */
  List<INDArray> probes() {
    return probes;
  }

  /** The coarse sites of such an array, (channels, batch, *coarse grid). */
  INDArray coarse(INDArray values) {
    INDArray view = values;
    int[] shape = partition.coarseShape();
    for (int a = 0; a < shape.length; a++) {
      view = Views.slice(view, 2 + a, partition.first(), shape[a], partition.stride());
    }
    return view;
  }

  /**
   * Exchanges sites and block averages with details in such an array, where the model averages:
   * before an encoding, after a decoding, and of cotangents the other way round.
   */
  void exchangeAverages(INDArray values) {
    if (averages != null) {
      double[] all = HostValues.of(values);
      averages.apply(all);
      HostValues.copy(all, values);
    }
  }

  /** Adds the log density of the residual latents, the state taken as the end of an encoding. */
  void addLogDensity(Base base, double[] logDensity) {
    double[] values = HostValues.of(state);
    int sites = partition.sites();
    int[] latent = partition.residual();
    for (int row = 0; row < values.length / sites; row++) {
      double sum = 0;
      for (int site : latent) {
        sum += base.logKernel(values[row * sites + site]);
      }
      logDensity[row % batch] += sum;
    }
  }

  /** Sets the cotangent to {@code -weight * d log p / d z} at the residual sites, 0 elsewhere. */
  void startCotangent(Base base, double weight) {
    cotangent.assign(state).muli(residual);
    if (base == Base.LAPLACE) {
      Transforms.sign(cotangent, false);
    }
    cotangent.muli(weight);
  }

  /**
   * Integrates the state from data to latents.
   *
   * @param grid of the steps, where the method has a fixed one
   * @param totals added to; null where no rates are wanted
   * @param record whether to keep what {@link #backward} needs, which completes the totals
   */
  void encode(TimeGrid grid, PathIntegrals totals, boolean record) {
    span = blocks;
    for (Slice slice : slices) {
      slice.load();
      slice.flow.encode(grid, totals, slice.first, record ? slice.recording : null);
      slice.leave.run();
    }
  }

  /** Integrates the state from latents to data; arguments as of {@link #encode}. */
  void decode(TimeGrid grid, PathIntegrals totals, boolean record) {
    span = -blocks;
    for (Slice slice : slices) {
      slice.load();
      slice.flow.decode(grid, totals, slice.first, record ? slice.recording : null);
      slice.leave.run();
    }
  }

  /**
   * Takes the cotangent from the end of the recorded solve to its start, and adds the gradient of
   * the parameters to the weight paths.
   *
   * @param logDet weight of each example's log determinant in the loss
   * @param kinetic weight of each example's kinetic energy
   * @param jacobian weight of each example's squared Jacobian norm
   * @param limit largest L2 norm of an example's cotangent, 0 for none
   * @param totals of the recorded solve, completed
   */
  void backward(
      double logDet, double kinetic, double jacobian, double limit, PathIntegrals totals) {
    for (Slice slice : slices) {
      slice.loadProbes.run(); // slices of one size share their buffers
      slice.loadClasses.run();
      INDArray inside = slice.flow.interior(slice.flow.cotangent());
      inside.assign(slice.cotangent);
      slice.flow.backward(
          slice.recording, span, logDet, kinetic, jacobian, limit, totals, slice.first);
      slice.cotangent.assign(inside);
    }
  }

  /** Takes the cotangent from the end of the recorded solve to its start, of the state alone. */
  void pullback() {
    for (Slice slice : slices) {
      slice.loadClasses.run();
      INDArray inside = slice.flow.interior(slice.flow.cotangent());
      inside.assign(slice.cotangent);
      slice.flow.pullback(slice.recording);
      slice.cotangent.assign(inside);
    }
  }
}
