package org.rgflow.flow;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rgflow.flow.velocity.VelocityConfig;

/** Names, shapes and places of a model's parameters in one flat vector. */
public final class ParameterLayout {
  private final List<Tensor> tensors = new ArrayList<>();
  private final long[][] blockOffset;
  private final long size;

  /**
   * The layout of a model.
   *
   * @throws IllegalArgumentException if there are more parameters than one array holds
   */
  public ParameterLayout(FlowConfig config) {
    requireArray(config);
    int levels = config.levels().size();
    this.blockOffset = new long[levels][config.blocks()];
    long at = 0;
    for (int level = 0; level < levels; level++) {
      for (int block = 0; block < config.blocks(); block++) {
        blockOffset[level][block] = at;
        String ofBlock = config.blocks() > 1 ? "block" + block + "." : "";
        at = addNetwork("level" + level + "." + ofBlock, at, config);
      }
    }
    this.size = at;
  }

  private static void requireArray(FlowConfig config) {
    long parameters = parameters(config);
    if (parameters > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "model.hidden must make at most "
              + Integer.MAX_VALUE
              + " parameters, was "
              + Arrays.toString(config.hidden())
              + ", which with model.kernel "
              + config.kernel()
              + ", model.hyper "
              + config.hyper()
              + " and model.blocks "
              + config.blocks()
              + " makes "
              + parameters);
    }
  }

  /** A network of every level and block: q (1 + 1 + P) + P by a hypernetwork, or P. */
  private static long parameters(FlowConfig config) {
    long velocity = config.velocity().parameters();
    long q = config.hyper();
    return config.odes() * (q > 0 ? q * (2 + velocity) + velocity : velocity);
  }

  private long addNetwork(String prefix, long offset, FlowConfig config) {
    VelocityConfig velocity = config.velocity();
    long at = offset;
    if (config.hyper() > 0) {
      int q = config.hyper();
      at = add(prefix + "hyper.hidden.weight", at, 1, q, 1);
      at = add(prefix + "hyper.hidden.bias", at, 1, q);
      at = add(prefix + "hyper.out.weight", at, q, velocity.size(), q);
      return add(prefix + "hyper.out.bias", at, q, velocity.size());
    }
    for (int k = 0; k < velocity.convolutions(); k++) {
      int[] shape = velocity.weightShape(k);
      int fanIn = shape[1] * velocity.taps();
      at = add(prefix + "conv" + k + ".weight", at, fanIn, shape);
      if (velocity.bias()) {
        at = add(prefix + "conv" + k + ".bias", at, fanIn, shape[0]);
      }
      if (k == 0 && velocity.positions() > 0) {
        at = add(prefix + "conv" + k + ".position", at, fanIn, shape[0], velocity.positions());
      }
      if (k == 0 && velocity.classes() > 0) {
        at = add(prefix + "conv" + k + ".class", at, fanIn, shape[0], velocity.classes());
      }
    }
    if (velocity.skip()) {
      int fanIn = config.channels() * velocity.taps();
      at = add(prefix + "skip.weight", at, fanIn, velocity.skipShape());
    }
    return at;
  }

  private long add(String name, long offset, int fanIn, int... shape) {
    Tensor tensor = new Tensor(name, offset, shape, fanIn);
    tensors.add(tensor);
    return offset + tensor.length();
  }

  /** The tensors in order. */
  public List<Tensor> tensors() {
    return List.copyOf(tensors);
  }

  /** Numbers in all tensors. */
  public long size() {
    return size;
  }

  /** Numbers in the tensors of a level. */
  public long sizeOf(int level) {
    String prefix = "level" + level + ".";
    return tensors.stream()
        .filter(tensor -> tensor.name().startsWith(prefix))
        .mapToLong(Tensor::length)
        .sum();
  }

  /** Where the tensors of a level's block begin. */
  long blockOffset(int level, int block) {
    return blockOffset[level][block];
  }

  /**
   * One parameter tensor.
   *
   * @param name such as {@code level0.hyper.out.bias}, or of several blocks {@code
   *     level0.block1.hyper.out.bias}
   * @param offset of its first number in the vector
   * @param shape row-major
   * @param fanIn inputs of a unit it belongs to
   */
  public record Tensor(String name, long offset, int[] shape, int fanIn) {
    /** Numbers in it. */
    public int length() {
      return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
  }
}
