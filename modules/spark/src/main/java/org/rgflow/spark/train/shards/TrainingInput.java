package org.rgflow.spark.train.shards;

import org.apache.spark.api.java.JavaSparkContext;
import org.rgflow.data.DataException;
import org.rgflow.data.Shape;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.spark.ingest.Examples;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.train.plan.TrainingPlan;

/**
 * Examples that a model is trained and validated on.
 *
 * @param training examples to learn from
 * @param validation examples to validate on; null for a held-out part of the training data
 * @param transform of a new model
 * @param augmentation of the examples to learn from, and of no others
 * @param start model whose parameters and transform training starts from; null for new ones
 */
public record TrainingInput(
    Examples training,
    Examples validation,
    TransformConfig transform,
    Augmentation augmentation,
    FlowModel start)
    implements Target {
  /**
   * Checks that the augmentation is one of such examples.
   *
   * @throws DataException if they would be moved by all of an axis
   */
  public TrainingInput {
    augmentation.requireWithin(training.shape());
  }

  @Override
  public Shape shape() {
    return training.shape();
  }

  @Override
  public Shards open(
      JavaSparkContext spark, FlowConfig model, SolverConfig solver, TrainingPlan plan) {
    return new ExampleShards(spark, model, solver, plan, this);
  }

  /**
   * Checks that all of it is of one shape and kind.
   *
   * @throws DataException naming what is not
   */
  void require(Shape shape, boolean isOfPixels) {
    require("the training data", training, shape, isOfPixels);
    if (validation != null) {
      require("the validation data", validation, shape, isOfPixels);
    }
  }

  private static void require(String what, Examples files, Shape shape, boolean isOfPixels) {
    files.shape().requireSame(what, shape);
    if (files.isPixels() != isOfPixels) {
      throw new DataException(
          what + ": " + kind(files.isPixels()) + "; allowed: " + kind(isOfPixels));
    }
  }

  private static String kind(boolean isOfPixels) {
    return isOfPixels ? "pixels" : "real values";
  }
}
