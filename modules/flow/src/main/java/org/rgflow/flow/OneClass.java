package org.rgflow.flow;

import java.util.List;
import org.rgflow.flow.velocity.VelocityConfig;

/**
 * One class of a model of classes, as a model without: p(x | class) is a density like any other.
 *
 * <p>A class has a bias of its own in the first layer of every velocity. Here it is added to the
 * layer's, or where a hypernetwork makes both, the rows that make the one to those that make the
 * other.
 *
 * @param model that of the classes, without them
 * @param parameters in the order of its {@link ParameterLayout}
 */
public record OneClass(FlowConfig model, double[] parameters) {
  /**
   * The model of a class.
   *
   * @param all parameters of the model of classes
   * @param one place of its name among the model's
   */
  public static OneClass of(FlowConfig classes, double[] all, int one) {
    classes.requireClasses(new int[] {one});
    FlowConfig model = classes.withClasses(List.of());
    ParameterLayout layout = new ParameterLayout(model);
    ParameterLayout layoutOfAll = new ParameterLayout(classes);
    double[] parameters = new double[Math.toIntExact(layout.size())];
    VelocityConfig velocity = classes.velocity();
    int q = classes.hyper();
    for (int level = 0; level < classes.levels().size(); level++) {
      for (int block = 0; block < classes.blocks(); block++) {
        int from = (int) layoutOfAll.blockOffset(level, block);
        int to = (int) layout.blockOffset(level, block);
        if (q > 0) {
          System.arraycopy(all, from, parameters, to, 2 * q);
          copy(velocity, one, q, all, from + 2 * q, parameters, to + 2 * q);
          from += 2 * q + velocity.size() * q;
          to += 2 * q + model.velocity().size() * q;
        }
        copy(velocity, one, 1, all, from, parameters, to);
      }
    }
    return new OneClass(model, parameters);
  }

  /** Copies a velocity's weights, of which each is {@code width} numbers. */
  private static void copy(
      VelocityConfig velocity, int one, int width, double[] all, int from, double[] to, int at) {
    int outputs = velocity.weightShape(0)[0];
    int bias = outputs * velocity.weightShape(0)[1] * velocity.taps();
    int classes = bias + outputs * (1 + velocity.positions());
    int behind = classes + outputs * velocity.classes();
    System.arraycopy(all, from, to, at, classes * width);
    System.arraycopy(
        all, from + behind * width, to, at + classes * width, (velocity.size() - behind) * width);
    for (int o = 0; o < outputs; o++) {
      int own = from + (classes + o * velocity.classes() + one) * width;
      for (int i = 0; i < width; i++) {
        to[at + (bias + o) * width + i] += all[own + i];
      }
    }
  }
}
