package org.rgflow.spark.train.plan;

import java.util.List;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/** ND4J's updaters by name. */
public final class Updaters {
  /** The names on offer. */
  public static final List<String> NAMES =
      List.of("adam", "amsgrad", "nesterovs", "rmsprop", "sgd");

  private Updaters() {}

  /** The updater of a name with a learning rate. */
  public static IUpdater of(String name, double learningRate) {
    return switch (name) {
      case "adam" -> new Adam(learningRate);
      case "amsgrad" -> new AMSGrad(learningRate);
      case "nesterovs" -> new Nesterovs(learningRate);
      case "rmsprop" -> new RmsProp(learningRate);
      case "sgd" -> new Sgd(learningRate);
      default ->
          throw new IllegalArgumentException(
              "train.updater must be one of " + NAMES + ", was " + name);
    };
  }
}
