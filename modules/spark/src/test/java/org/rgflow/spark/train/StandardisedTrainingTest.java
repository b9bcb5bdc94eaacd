package org.rgflow.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.rgflow.data.DataException;
import org.rgflow.data.Moments;
import org.rgflow.data.Npy;
import org.rgflow.data.NpyArray;
import org.rgflow.data.ValueTransform;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.sample.SamplingConfig;
import org.rgflow.spark.sample.SamplingJob;
import org.rgflow.spark.train.plan.TrainingConfig;
import org.rgflow.spark.train.plan.TrainingPlan;
import org.rgflow.spark.train.shards.TransformConfig;

class StandardisedTrainingTest extends ImageTraining {
  private static final TransformConfig STANDARDISED = new TransformConfig(null, true);
  private static final TransformConfig AS_THEY_ARE = new TransformConfig(null, false);

  /** Flow matching, then likelihood. */
  private static TrainingPlan twoPhases() {
    TrainingPlan plan = config(4, 2, 3, "adam", 1e-2, 2, 0.25, TrainingConfig.Master.AVERAGING, 0);
    return with(plan, matching(4, 0.5), plan.first());
  }

  /** Numbers of mean 200 and deviation 3, times a factor; noise is keyed by the file's name. */
  private void values(double factor) {
    Random random = new Random(2);
    double[] values = new double[EXAMPLES * 16];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (200 + 3 * random.nextGaussian()) * factor;
    }
    Path file = folder.resolve("times" + factor).resolve("values.npy");
    try {
      Files.createDirectories(file.getParent());
      try (OutputStream out = Files.newOutputStream(file)) {
        Npy.write(out, NpyArray.of(values, EXAMPLES, 1, 4, 4));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    data = file.toUri().toString();
  }

  private TrainingJob job(RunFolder run, TransformConfig transform, TrainingListener listener) {
    DivergenceConfig auto = DivergenceConfig.of(DivergenceConfig.Kind.AUTO);
    return job(run, twoPhases(), listener, model(4, Padding.CIRCULAR), auto, transform, null);
  }

  private FlowModel train(String name, TransformConfig transform, List<RoundReport> reports) {
    TrainingListener listener = collecting(reports);
    return job(RunFolder.create(new Configuration(), uri(name)), transform, listener).run().model();
  }

  @Test
  void unitsOfTheValuesDoNotMatterAndLikelihoodsAreThoseOfTheValues() {
    values(1);
    List<RoundReport> plain = new ArrayList<>();
    double[] parameters = parameters(train("plain", STANDARDISED, plain));
    values(8); // a power of two, so that no bit of a mantissa changes
    List<RoundReport> scaled = new ArrayList<>();
    assertThat(parameters(train("scaled", STANDARDISED, scaled))).containsExactly(parameters);
    assertThat(plain).hasSize(7);
    for (int round = 3; round < 7; round++) {
      assertThat(scaled.get(round).heldOut().loss())
          .isCloseTo(plain.get(round).heldOut().loss() + Math.log(8), within(1e-12));
    }
    assertThat(plain.get(6).heldOut().loss())
        .as("near the entropy of a normal of deviation 3")
        .isCloseTo(0.5 + 0.5 * Math.log(2 * Math.PI) + Math.log(3), within(0.3));
    assertThat(parameters(train("asTheyAre", AS_THEY_ARE, new ArrayList<>())))
        .isNotEqualTo(parameters);
  }

  @Test
  void aResumptionKeepsTheMapAndEndsWithTheSameBits() {
    values(1);
    FlowModel whole = train("whole", STANDARDISED, new ArrayList<>());
    RunFolder cut = RunFolder.create(new Configuration(), uri("cut"));
    assertThatThrownBy(() -> job(cut, STANDARDISED, killer(2)).run()).hasMessage("killed");
    RunFolder again = RunFolder.resume(new Configuration(), uri("cut"));
    FlowModel resumed = job(again, STANDARDISED, new Silent()).run().model();
    assertThat(parameters(resumed)).containsExactly(parameters(whole));
    assertThat(resumed.transform()).usingRecursiveComparison().isEqualTo(whole.transform());
    assertThat(((ValueTransform) whole.transform()).standardisation().mean()[0])
        .isCloseTo(200, within(1.0));
  }

  @Test
  void samplesAreOfTheValuesOwnMeanAndDeviation() {
    values(8);
    FlowModel model = train("run", STANDARDISED, new ArrayList<>());
    SamplingConfig config =
        new SamplingConfig(SolverConfig.fixed(Method.RK4, 2), 32, 1, List.of(1.0));
    float[] samples = new SamplingJob(spark, model, config).values(100, 2);
    Moments moments = new Moments(1);
    moments.add(samples, 0, samples.length);
    // 1,600 numbers of deviation 24; the flow has learnt little
    assertThat(moments.mean()[0]).isCloseTo(1600, within(6.0));
    assertThat(moments.deviation()[0]).isCloseTo(24, within(5.0));
  }

  @Test
  void anEnergyTakesNoModelOfStandardisedValues() {
    values(1);
    FlowModel model = train("run", STANDARDISED, new ArrayList<>());
    assertThatThrownBy(model::requireOfPlainValues)
        .isInstanceOf(DataException.class)
        .hasMessageContaining("values.standardise=false");
    train("plain", AS_THEY_ARE, new ArrayList<>()).requireOfPlainValues();
  }
}
