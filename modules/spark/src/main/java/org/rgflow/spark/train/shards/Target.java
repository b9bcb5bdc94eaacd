package org.rgflow.spark.train.shards;

import org.apache.spark.api.java.JavaSparkContext;
import org.rgflow.data.Shape;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.train.plan.TrainingPlan;

/** The distribution that a model learns: known by examples, or by an energy. */
public sealed interface Target permits TrainingInput, EnergyTarget {
  /** Shape of an example. */
  Shape shape();

  /** Model whose parameters training starts from; null for new ones. */
  FlowModel start();

  /**
   * Makes ready what the tasks of a run learn from.
   *
   * @param solver of training
   */
  Shards open(JavaSparkContext spark, FlowConfig model, SolverConfig solver, TrainingPlan plan);
}
