package org.rgflow.flow;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.ode.Outcome;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.HostValues;

/**
 * Training without a solve: every level regresses its velocity on straight paths from the data to
 * where that level should take them (flow matching, arXiv:2210.02747, 2302.00482, level by level).
 *
 * <pre>
 *   x1 = x0 at coarse sites, e at residual sites;   x_t = (1 - t) x0 + t x1
 *   loss = sum over levels of mean over sites of |v(x_t, t) - (x1 - x0)|^2
 * </pre>
 *
 * x0 of a level is the data coarsened to its grid, and e is drawn from the base. Of B blocks, block
 * b covers the times from b/B to (b + 1)/B in its own from 0 to 1, so its velocity is v/B. The
 * model is that of {@link Flow}, which encodes, decodes and scores with the same parameters.
 *
 * <p>Owns its buffers and is not safe for use by several threads at once.
 */
public final class FlowMatching implements AutoCloseable {
  private final FlowConfig config;
  private final int batch;
  private final int times;
  private final Arena arena;
  private final LevelPaths paths;
  private final List<LevelMatching> levels = new ArrayList<>();
  private int[] classes = {};

  /**
   * Bound to a batch size.
   *
   * @param times slices of a batch, each of which has a time of its own, in [1, batch]
   * @param type {@code FLOAT} or {@code DOUBLE}
   */
  public FlowMatching(FlowConfig config, int batch, int times, DataType type) {
    if (times < 1 || times > batch) {
      throw new IllegalArgumentException("times must be in [1, " + batch + "], was " + times);
    }
    this.config = config;
    this.batch = batch;
    this.times = times;
    this.arena = new Arena(type);
    this.paths = new LevelPaths(config, times, arena);
    List<Partition> partitions = config.levels();
    for (int l = 0; l < partitions.size(); l++) {
      levels.add(new LevelMatching(partitions.get(l), config, paths.level(l), arena, batch, times));
    }
  }

  /** Examples of a batch. */
  public int batch() {
    return batch;
  }

  /** Slices of a batch, each with its own time. */
  public int times() {
    return times;
  }

  /** Bytes of off-heap memory held. */
  public long bytes() {
    return arena.bytes();
  }

  /** Takes the parameters: a contiguous vector in the order of {@link ParameterLayout}. */
  public void load(INDArray parameters) {
    paths.load(parameters);
  }

  /**
   * Sets of which class examples are, from now on, see {@link Flow#condition}.
   *
   * @param classes one for each example of a batch, or one for all
   */
  public void condition(int... classes) {
    this.classes = config.requireClasses(classes);
  }

  /**
   * The loss of each level; their sum is what is differentiated.
   *
   * @param x (batch, C * sites), the data
   * @param noise (batch, C * sites), e of every level in the order of latents
   * @param t of each slice, in [0, 1]
   * @param gradient set to the gradient of the parameters; null if not wanted
   * @throws SolveException when a level's loss is not finite
   */
  public double[] loss(INDArray x, INDArray noise, double[] t, INDArray gradient) {
    require(x, "x");
    require(noise, "noise");
    if (t.length != times) {
      throw new IllegalArgumentException("t must have " + times + " values, had " + t.length);
    }
    double[] data = HostValues.of(x);
    double[] base = HostValues.of(noise);
    double[] losses = new double[levels.size()];
    int[] ofBatch = config.classesOf(batch, classes);
    int latent = 0;
    for (int l = 0; l < levels.size(); l++) {
      LevelMatching level = levels.get(l);
      if (l == 0) {
        level.setData(data);
      } else {
        level.setData(levels.get(l - 1).coarse());
      }
      level.setClasses(ofBatch);
      level.setNoise(base, latent);
      latent += level.residualSites();
      if (gradient != null) {
        paths.clearGradient(l);
      }
      losses[l] = level.loss(t, gradient != null);
      if (!Double.isFinite(losses[l])) {
        throw new SolveException(Outcome.NON_FINITE, l, t[0], 0);
      }
    }
    if (gradient != null) {
      paths.store(gradient);
    }
    return losses;
  }

  private void require(INDArray array, String name) {
    if (array.length() != (long) batch * config.dimensions()) {
      throw new IllegalArgumentException(
          name
              + " must have "
              + batch
              + " examples of "
              + config.dimensions()
              + " values, had "
              + array.length()
              + " in all");
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
