package org.rgflow.flow.tensor;

import java.util.List;

/** An operator bound to its arrays: running it allocates nothing and reads what they hold now. */
@FunctionalInterface
public interface Kernel {
  /** Runs the operator once. */
  void run();

  /** This kernel, then another. */
  default Kernel then(Kernel next) {
    return () -> {
      run();
      next.run();
    };
  }

  /** The kernels one after the other, in the order of the list. */
  static Kernel sequence(List<Kernel> kernels) {
    Kernel[] steps = kernels.toArray(Kernel[]::new);
    return () -> {
      for (Kernel step : steps) {
        step.run();
      }
    };
  }
}
