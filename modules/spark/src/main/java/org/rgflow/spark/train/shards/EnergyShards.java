package org.rgflow.spark.train.shards;

import java.util.ArrayList;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.rgflow.data.Block;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.ValueTransform;
import org.rgflow.dl4j.FlowLayer;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.energy.EnergyConfig;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.physics.FreeEnergy;
import org.rgflow.spark.physics.LatentDraws;
import org.rgflow.spark.physics.LatentDrawsJob;
import org.rgflow.spark.train.plan.PhaseConfig;
import org.rgflow.spark.train.plan.TrainingPlan;

/** Shards of latents, which tasks draw as they need them. */
final class EnergyShards implements Shards {
  /** A draw that no step of training uses. */
  private static final long VALIDATION = -1;

  private final JavaSparkContext spark;
  private final FlowConfig model;
  private final SolverConfig solver;
  private final TrainingPlan plan;
  private final EnergyConfig energy;

  EnergyShards(
      JavaSparkContext spark,
      FlowConfig model,
      SolverConfig solver,
      TrainingPlan plan,
      EnergyConfig energy) {
    this.spark = spark;
    this.model = model;
    this.solver = solver;
    this.plan = plan;
    this.energy = energy;
  }

  @Override
  public JavaRDD<Block> blocks() {
    return spark.parallelize(new ArrayList<>(), plan.common().shards());
  }

  @Override
  public long size() {
    return 0;
  }

  @Override
  public long heldOutSize() {
    return plan.common().validation().examples();
  }

  @Override
  public long validatedSize() {
    return heldOutSize();
  }

  @Override
  public void require(FlowModel found) {
    found.requireOfPlainValues();
  }

  @Override
  public ExampleTransform transform() {
    return new ValueTransform();
  }

  @Override
  public void describe(FlowLayer layer, PhaseConfig phase) {
    layer.trainedByEnergy(energy);
  }

  @Override
  public Minibatches minibatches(FlowModel found, PhaseConfig phase) {
    return new LatentMinibatches(
        found.layer(), phase.batch(), plan.common().seed(), plan.common().dtype());
  }

  /** On the same latents at every validation. */
  @Override
  public HeldOut validate(FlowModel found, double[] parameters) {
    LatentDraws draws =
        new LatentDraws(
            model, solver.finer(), energy, plan.first().batch(), plan.common().seed(), VALIDATION);
    LatentDrawsJob job = new LatentDrawsJob(spark, plan.common().shards());
    int samples = plan.common().validation().examples();
    FreeEnergy fine = job.draw(draws, parameters, samples).freeEnergy();
    FreeEnergy asTrained = job.draw(draws.with(solver), parameters, samples).freeEnergy();
    double dimensions = model.dimensions();
    return new HeldOut(
        fine.bound() / dimensions, (fine.bound() - asTrained.bound()) / dimensions, fine);
  }

  @Override
  public void close() {
    // nothing is kept
  }
}
