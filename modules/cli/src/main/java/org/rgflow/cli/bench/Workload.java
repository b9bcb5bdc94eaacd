package org.rgflow.cli.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.rgflow.flow.Base;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;

/**
 * A piece of work of fixed content: one call of a {@link org.rgflow.flow.Flow} or of a {@link
 * org.rgflow.flow.FlowMatching} on one batch.
 *
 * @param name such as {@code W1}
 * @param task what the call computes
 * @param divergence how it comes by the divergence, if it needs one
 * @param channels of an image
 * @param size sites per axis of a square image
 * @param hidden channels of the velocity's hidden layers, at least one layer
 * @param batch images
 * @param steps of rk4 for each level; of matching, slices of the batch with a time each
 */
public record Workload(
    String name,
    Task task,
    DivergenceConfig.Kind divergence,
    int channels,
    int size,
    List<Integer> hidden,
    int batch,
    int steps) {
  private static final Map<String, Workload> ALL = new LinkedHashMap<>();

  static {
    add("W1", Task.TRAIN, DivergenceConfig.Kind.PROBE, 1, 28, 32);
    add("W1X", Task.TRAIN, DivergenceConfig.Kind.CLOSED_FORM, 1, 28, 32);
    add("W2", Task.SCORE, DivergenceConfig.Kind.PROBE, 1, 28, 32);
    add("W3", Task.SCORE, DivergenceConfig.Kind.CLOSED_FORM, 1, 28, 32);
    add("W4", Task.TRAIN, DivergenceConfig.Kind.PROBE, 1, 28, 64);
    add("W5", Task.SAMPLE, DivergenceConfig.Kind.PROBE, 1, 28, 32);
    add("M1", Task.MATCH, DivergenceConfig.Kind.PROBE, 1, 28, 32);
    add("C1", Task.TRAIN, DivergenceConfig.Kind.PROBE, 3, 32, 64);
  }

  private static void add(
      String name, Task task, DivergenceConfig.Kind divergence, int channels, int size, int width) {
    ALL.put(
        name, new Workload(name, task, divergence, channels, size, List.of(width, width), 64, 4));
  }

  /** Checks every value. */
  public Workload {
    hidden = List.copyOf(hidden);
    require(size >= 2 && size <= 4096, "--size must be in [2, 4096], was " + size);
    require(batch >= 1 && batch <= 65536, "--batch must be in [1, 65536], was " + batch);
    require(steps >= 1 && steps <= 100_000, "--steps must be in [1, 100000], was " + steps);
    require(
        !hidden.isEmpty() && hidden.stream().allMatch(width -> width >= 1 && width <= 4096),
        "--hidden must be one or more widths in [1, 4096], was " + hidden);
    require(
        divergence != DivergenceConfig.Kind.CLOSED_FORM || hidden.size() <= 2,
        "--hidden of " + name + " must be one or two widths, was " + hidden);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  /** The names of all workloads. */
  public static List<String> names() {
    return List.copyOf(ALL.keySet());
  }

  /**
   * A workload by its name.
   *
   * @throws IllegalArgumentException for another name
   */
  public static Workload named(String name) {
    Workload workload = ALL.get(name);
    require(
        workload != null,
        "workload must be one of " + String.join(", ", names()) + ", was " + name);
    return workload;
  }

  /** The same with other numbers; null leaves one as it is. */
  public Workload with(
      Integer otherSize, Integer otherBatch, Integer otherSteps, List<Integer> otherHidden) {
    return new Workload(
        name,
        task,
        divergence,
        channels,
        otherSize == null ? size : otherSize,
        otherHidden == null ? hidden : otherHidden,
        otherBatch == null ? batch : otherBatch,
        otherSteps == null ? steps : otherSteps);
  }

  /** The model: circular padding, kernel 3, tanh, a hypernetwork of 16 units, all levels. */
  public FlowConfig model() {
    int[] widths = hidden.stream().mapToInt(Integer::intValue).toArray();
    int[] shape = {size, size};
    return new FlowConfig(
        channels, shape, 2, widths, 3, Padding.CIRCULAR, Activation.TANH, true, 16, Base.LAPLACE);
  }

  /** Width of the widest hidden layer. */
  public int width() {
    return hidden.stream().mapToInt(Integer::intValue).max().orElseThrow();
  }

  /** What it is, in a few words. */
  public String description() {
    return String.format(
        Locale.ROOT,
        "%s, %dx%dx%d, hidden %s, batch %d, %s",
        task.description(divergence),
        size,
        size,
        channels,
        hidden,
        batch,
        task == Task.MATCH ? steps + " times" : "rk4 of " + steps + " steps");
  }

  /** What a call computes. */
  public enum Task {
    /** The loss and the gradient of every parameter, kinetic and Jacobian weights 0.01. */
    TRAIN,
    /** The loss of flow matching and the gradient of every parameter. */
    MATCH,
    /** log p of every image. */
    SCORE,
    /** Images of latents. */
    SAMPLE;

    private String description(DivergenceConfig.Kind divergence) {
      String how = divergence == DivergenceConfig.Kind.PROBE ? "one probe" : "closed form";
      return switch (this) {
        case TRAIN -> "loss and gradients, " + how;
        case MATCH -> "flow matching with gradients";
        case SCORE -> "log p, " + how;
        case SAMPLE -> "samples";
      };
    }
  }
}
