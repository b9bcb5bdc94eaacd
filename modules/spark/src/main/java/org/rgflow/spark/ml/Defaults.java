package org.rgflow.spark.ml;

import java.util.Arrays;
import org.rgflow.dl4j.Objective;
import org.rgflow.flow.Coarsening;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.ConstantNames;
import org.rgflow.spark.score.UsualScores;
import org.rgflow.spark.train.plan.LearningRate;
import org.rgflow.spark.train.shards.PixelConfig;

/** What holds unless it is set: the defaults of the command line, where it has the setting. */
final class Defaults {
  private Defaults() {}

  static void scoring(ScoringParams<?> stage) {
    stage.setDefault(stage.featuresCol(), "features");
    stage.setDefault(stage.keyCol(), "");
    stage.setDefault(stage.labelCol(), "");
    stage.setDefault(stage.channels(), 0);
    Arrays.stream(Output.values())
        .forEach(output -> stage.setDefault(output.param(stage), output.fallback()));
    stage.setDefault(stage.anomalyBy(), ConstantNames.of(UsualScores.Distance.LIKELIHOOD));
    stage.setDefault(stage.draws(), 1);
    stage.setDefault(stage.scoreSteps(), 0);
    stage.setDefault(stage.maxSolverError(), 0.05);
    stage.setDefault(stage.seed(), 0L);
  }

  static void network(NetworkParams<?> stage) {
    stage.setDefault(stage.hidden(), new int[] {32, 32});
    stage.setDefault(stage.kernelSize(), 3);
    stage.setDefault(stage.padding(), ConstantNames.of(Padding.CIRCULAR));
    stage.setDefault(stage.hyper(), 16);
    stage.setDefault(stage.position(), 0);
    stage.setDefault(stage.coarsening(), ConstantNames.of(Coarsening.DECIMATION));
    stage.setDefault(stage.blocks(), 1);
    stage.setDefault(stage.skip(), false);
    stage.setDefault(stage.classes(), new String[0]);
    stage.setDefault(stage.solver(), ConstantNames.of(Method.RK4));
    stage.setDefault(stage.steps(), 4);
    stage.setDefault(stage.tol(), 1e-5);
  }

  static void training(TrainingParams<?> stage) {
    stage.setDefault(stage.maxIter(), 100);
    stage.setDefault(stage.objective(), ConstantNames.of(Objective.LIKELIHOOD));
    stage.setDefault(stage.refineIter(), 0);
    stage.setDefault(stage.stepSize(), 2e-3);
    stage.setDefault(stage.schedule(), ConstantNames.of(LearningRate.Schedule.CONSTANT));
    stage.setDefault(stage.batchSize(), 64);
    stage.setDefault(stage.localSteps(), 10);
    stage.setDefault(stage.averageDecay(), 0.0);
    stage.setDefault(stage.numShards(), 0);
    stage.setDefault(stage.heldOutFraction(), 0.05);
    stage.setDefault(stage.checkpointInterval(), 10);
    stage.setDefault(stage.runDir(), "");
    stage.setDefault(stage.shape(), new int[0]);
    stage.setDefault(stage.pixels(), false);
    stage.setDefault(stage.pixelTransform(), ConstantNames.of(PixelConfig.Transform.LOGIT));
    stage.setDefault(stage.alpha(), 1e-6);
    stage.setDefault(stage.standardization(), true);
    stage.setDefault(stage.atom(), 0.6);
    stage.setDefault(stage.tail(), 0.002);
    stage.setDefault(stage.flip(), false);
    stage.setDefault(stage.shift(), 0);
    stage.setDefault(stage.contamination(), 0.0);
  }
}
