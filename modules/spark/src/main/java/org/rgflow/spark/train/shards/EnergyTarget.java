package org.rgflow.spark.train.shards;

import org.apache.spark.api.java.JavaSparkContext;
import org.rgflow.data.Shape;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.flow.energy.Lattice;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.train.plan.TrainingPlan;

/**
 * The Boltzmann distribution of an energy; no examples are needed.
 *
 * @param energy by name
 * @param start model whose parameters training starts from; null for new ones
 */
public record EnergyTarget(EnergyConfig energy, FlowModel start) implements Target {
  @Override
  public Shape shape() {
    Lattice lattice = energy.create().lattice();
    return new Shape(lattice.channels(), lattice.shape());
  }

  /**
   * Also checks the energy.
   *
   * @throws IllegalArgumentException if its gradient is not that of its value
   */
  @Override
  public Shards open(
      JavaSparkContext spark, FlowConfig model, SolverConfig solver, TrainingPlan plan) {
    energy.check().requireGradient();
    return new EnergyShards(spark, model, solver, plan, energy);
  }
}
