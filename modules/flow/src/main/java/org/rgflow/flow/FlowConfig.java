package org.rgflow.flow;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rgflow.flow.energy.Lattice;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.flow.velocity.VelocityConfig;

/**
 * The model: what its parameters mean. How it is solved is no part of it.
 *
 * @param channels C, values per site
 * @param shape sites per axis, 1 to 3 axes
 * @param stride between coarse sites, at least 2
 * @param hidden channels of the velocity's hidden layers
 * @param kernel odd size of the velocity's convolutions
 * @param padding of the velocity's convolutions
 * @param activation of the velocity
 * @param bias whether the velocity's convolutions have one
 * @param hyper q, units of the hypernetwork, or 0 for weights that do not depend on time
 * @param base distribution of the latents
 * @param position harmonics of its position on every axis that a site's velocity sees; 0 keeps the
 *     velocity translation equivariant
 * @param coarsening what the coarse sites of a level carry
 * @param blocks ODEs of a level, one after the other, each with weights of its own
 * @param skip whether convolutions of the data, one of its own at coarse sites, are added to the
 *     velocity's network
 * @param classes names of what examples are of, each with a bias of its own in the velocity's first
 *     layer, and so a density p(x | class); empty for one density of all
 */
public record FlowConfig(
    int channels,
    int[] shape,
    int stride,
    int[] hidden,
    int kernel,
    Padding padding,
    Activation activation,
    boolean bias,
    int hyper,
    Base base,
    int position,
    Coarsening coarsening,
    int blocks,
    boolean skip,
    List<String> classes)
    implements Serializable {
  /** Checks every value. */
  public FlowConfig {
    shape = shape.clone();
    hidden = hidden.clone();
    classes = List.copyOf(classes);
    require(
        channels >= 1 && channels <= 1024, "model.channels must be in [1, 1024], was " + channels);
    require(
        shape.length >= 1 && shape.length <= 3,
        "model.shape must have 1 to 3 axes, was " + Arrays.toString(shape));
    require(
        Arrays.stream(shape).allMatch(n -> n >= 1 && n <= 65_536),
        "model.shape must have sizes in [1, 65536], was " + Arrays.toString(shape));
    require(stride >= 2, "model.stride must be at least 2, was " + stride);
    require(
        Arrays.stream(hidden).allMatch(n -> n >= 1 && n <= 4096),
        "model.hidden must have sizes in [1, 4096], was " + Arrays.toString(hidden));
    require(
        kernel >= 1 && kernel <= 15 && kernel % 2 == 1,
        "model.kernel must be odd and in [1, 15], was " + kernel);
    require(hyper >= 0 && hyper <= 4096, "model.hyper must be in [0, 4096], was " + hyper);
    require(position >= 0 && position <= 64, "model.position must be in [0, 64], was " + position);
    require(
        classes.size() != 1 && classes.size() <= 65_536,
        "model.classes must be 2 to 65536 names, or none, was " + classes);
    require(
        classes.stream().noneMatch(String::isBlank)
            && classes.stream().distinct().count() == classes.size(),
        "model.classes must be names that differ, was " + classes);
    require(classes.isEmpty() || bias, "model.classes needs model.bias, was false");
    require(blocks >= 1 && blocks <= 64, "model.blocks must be in [1, 64], was " + blocks);
  }

  /** A model of one block a level that decimates and does not know positions, arXiv:2203.07975. */
  public FlowConfig(
      int channels,
      int[] shape,
      int stride,
      int[] hidden,
      int kernel,
      Padding padding,
      Activation activation,
      boolean bias,
      int hyper,
      Base base) {
    this(
        channels,
        shape,
        stride,
        hidden,
        kernel,
        padding,
        activation,
        bias,
        hyper,
        base,
        0,
        Coarsening.DECIMATION,
        1,
        false,
        List.of());
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /** Numbers in one example. */
  public int dimensions() {
    return channels * Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** What one example is. */
  public Lattice lattice() {
    return new Lattice(channels, shape);
  }

  /** This model of other classes, or of none. */
  public FlowConfig withClasses(List<String> names) {
    return new FlowConfig(
        channels,
        shape,
        stride,
        hidden,
        kernel,
        padding,
        activation,
        bias,
        hyper,
        base,
        position,
        coarsening,
        blocks,
        skip,
        names);
  }

  /** The grids, finest first, each with its split; the last has no coarse site. */
  public List<Partition> levels() {
    List<Partition> levels = new ArrayList<>();
    Partition level = new Partition(shape, stride);
    levels.add(level);
    while (level.hasCoarse()) {
      level = new Partition(level.coarseShape(), stride);
      levels.add(level);
    }
    return levels;
  }

  /** ODEs that are solved for an example, of all levels. */
  public int odes() {
    return levels().size() * blocks;
  }

  /** The velocity's network, the same on every level. */
  public VelocityConfig velocity() {
    return new VelocityConfig(
        channels,
        shape.length,
        hidden,
        kernel,
        bias,
        padding,
        activation,
        position,
        skip,
        classes.size());
  }

  /** A copy of classes that examples may be of. */
  int[] requireClasses(int[] given) {
    for (int one : given) {
      require(
          one >= 0 && one < classes.size(),
          classes.isEmpty()
              ? "a class is " + one + ", and the model has none"
              : "a class must be in [0, " + (classes.size() - 1) + "], was " + one);
    }
    return given.clone();
  }

  /** The class of each example of a batch, given one for all or one for each; 0 without classes. */
  int[] classesOf(int batch, int[] given) {
    if (classes.isEmpty()) {
      return new int[batch];
    }
    if (given.length == batch) {
      return given;
    }
    require(
        given.length == 1,
        "a batch of " + batch + " examples needs their classes, had " + given.length);
    int[] same = new int[batch];
    Arrays.fill(same, given[0]);
    return same;
  }

  /** Numbers that a probe of every level takes for one example. */
  public int probeSize() {
    return channels * levels().stream().mapToInt(Partition::sites).sum();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FlowConfig that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return toString().hashCode();
  }

  @Override
  public String toString() {
    return "channels="
        + channels
        + " shape="
        + Arrays.toString(shape)
        + " stride="
        + stride
        + " hidden="
        + Arrays.toString(hidden)
        + " kernel="
        + kernel
        + " padding="
        + padding
        + " activation="
        + activation
        + " bias="
        + bias
        + " hyper="
        + hyper
        + " base="
        + base
        + (position > 0 ? " position=" + position : "")
        + (coarsening == Coarsening.DECIMATION ? "" : " coarsening=" + coarsening)
        + (blocks > 1 ? " blocks=" + blocks : "")
        + (skip ? " skip=true" : "")
        + (classes.isEmpty() ? "" : " classes=" + classes);
  }
}
