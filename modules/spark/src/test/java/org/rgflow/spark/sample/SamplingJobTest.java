package org.rgflow.spark.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;
import org.rgflow.data.KeyedNoise;
import org.rgflow.flow.Base;
import org.rgflow.flow.Flow;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.Outcome;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.score.SmallModels;

class SamplingJobTest {
  private static final FlowModel PIXELS = SmallModels.ofPixels();

  private static SparkSession spark;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static SamplingConfig config(SolverConfig solver, long seed, double temperature) {
    return new SamplingConfig(solver, 4, seed, List.of(temperature));
  }

  private static SamplingJob job(FlowModel model, long seed, double temperature) {
    return new SamplingJob(spark, model, config(SmallModels.SOLVER, seed, temperature));
  }

  @Test
  void samplesDependNeitherOnPartitionsNorOnHowManyThereAre() {
    SamplingJob job = job(PIXELS, 5, 1);
    float[] values = job.values(11, 1);
    assertThat(values).hasSize(11 * 64);
    for (int partitions : new int[] {2, 3, 50}) {
      assertThat(job.values(11, partitions)).isEqualTo(values);
    }
    assertThat(job.values(6, 2)).isEqualTo(Arrays.copyOf(values, 6 * 64));
  }

  @Test
  void anAdaptiveSolverChangesNothingAboutThat() {
    SamplingJob job =
        new SamplingJob(
            spark, PIXELS, config(SolverConfig.adaptive(Method.BOSH3, 1e-3, 1e-4), 5, 1));
    assertThat(job.values(5, 2)).isEqualTo(Arrays.copyOf(job.values(9, 1), 5 * 64));
  }

  @Test
  void pixelsAreTheValuesTurnedBack() {
    SamplingJob job = job(PIXELS, 5, 1);
    List<byte[]> pixels = job.pixels(6, 2);
    float[] values = job.values(6, 1);
    assertThat(pixels).hasSize(6);
    for (int i = 0; i < 6; i++) {
      byte[] expected = new byte[64];
      PIXELS.pixelTransform().inverse(values, i * 64, expected);
      assertThat(pixels.get(i)).isEqualTo(expected);
    }
  }

  @Test
  void aSampleIsDecodedFromItsOwnLatents() {
    for (Base base : Base.values()) {
      FlowModel model = SmallModels.ofValues(Activation.TANH, base);
      float[] values = job(model, 5, 0.7).values(2, 1);
      double[] latents = new double[64];
      KeyedNoise noise = new KeyedNoise(5, 1, KeyedNoise.Purpose.LATENT, 0);
      for (int i = 0; i < 64; i++) {
        latents[i] = 0.7 * (base == Base.NORMAL ? noise.gaussian() : noise.laplace());
      }
      try (Flow flow =
          new Flow(
              model.layer().flow(),
              SmallModels.SOLVER,
              DivergenceConfig.of(DivergenceConfig.Kind.COLOURED),
              false,
              DataType.DOUBLE)) {
        flow.load(model.network().params());
        double[] x =
            flow.decode(Nd4j.createFromArray(latents).reshape(1, 64), null)
                .values()
                .data()
                .asDouble();
        for (int i = 0; i < 64; i++) {
          // float32
          assertThat((double) values[64 + i]).isCloseTo(x[i], within(1e-4));
        }
      }
    }
  }

  @Test
  void seedAndTemperatureMatter() {
    float[] one = job(PIXELS, 5, 1).values(2, 1);
    assertThat(job(PIXELS, 6, 1).values(2, 1)).isNotEqualTo(one);
    float[] cold = job(PIXELS, 5, 0).values(2, 1);
    assertThat(Arrays.copyOf(cold, 64)).isEqualTo(Arrays.copyOfRange(cold, 64, 128));
  }

  @Test
  void aTemperatureToALevelActsOnItsLatentsAlone() {
    SamplingConfig cold = new SamplingConfig(SmallModels.SOLVER, 4, 5, List.of(0.0, 0.0, 1.0, 1.0));
    SamplingConfig same = new SamplingConfig(SmallModels.SOLVER, 4, 5, List.of(0.7, 0.7, 0.7, 0.7));
    assertThat(new SamplingJob(spark, PIXELS, same).values(3, 1))
        .isEqualTo(job(PIXELS, 5, 0.7).values(3, 1));
    float[] found = new SamplingJob(spark, PIXELS, cold).values(1, 1);
    // of 8x8 sites 48 and then 12 are latents of the two finest levels
    double[] latents = new double[64];
    new KeyedNoise(5, 0, KeyedNoise.Purpose.LATENT, 0).fillGaussian(latents, 0, 64);
    Arrays.fill(latents, 0, 60, 0);
    try (Flow flow =
        new Flow(
            PIXELS.layer().flow(),
            SmallModels.SOLVER,
            DivergenceConfig.of(DivergenceConfig.Kind.COLOURED),
            false,
            DataType.DOUBLE)) {
      flow.load(PIXELS.network().params());
      double[] x = flow.sample(Nd4j.createFromArray(latents).reshape(1, 64)).data().asDouble();
      for (int i = 0; i < 64; i++) {
        // float32
        assertThat((double) found[i]).isCloseTo(x[i], within(1e-4));
      }
    }
    SamplingConfig three = new SamplingConfig(SmallModels.SOLVER, 4, 5, List.of(1.0, 1.0, 1.0));
    assertThatThrownBy(() -> new SamplingJob(spark, PIXELS, three).values(1, 1))
        .hasMessage("sample.temperature must be 1 number, or 4, one to a level, were 3");
  }

  @Test
  void aModelThatCannotBeSolvedSaysSo() {
    FlowModel model = SmallModels.ofValues(Activation.TANH, Base.NORMAL);
    model.network().params().assign(Float.NaN);
    assertThatThrownBy(() -> job(model, 5, 1).values(1, 1))
        .isInstanceOfSatisfying(
            SolveException.class, e -> assertThat(e.outcome()).isEqualTo(Outcome.NON_FINITE));
  }

  @Test
  void refusesWhatMakesNoSense() {
    FlowModel values = SmallModels.ofValues(Activation.TANH, Base.NORMAL);
    assertThatThrownBy(() -> job(values, 5, 1).pixels(1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pixels need a model of pixels, was one of real values");
    assertThatThrownBy(() -> job(values, 5, 1).values(0, 1))
        .hasMessage("samples and partitions must be at least 1, were 0 and 1");
    assertThatThrownBy(() -> job(values, 5, 1).values(Integer.MAX_VALUE, 1))
        .hasMessageStartingWith(
            "sample.count must be at most 8388607 of samples of 1x8x8, which are one array, was ");
    assertThatThrownBy(() -> config(SmallModels.SOLVER, 1, -1))
        .hasMessage("sample.temperature must be in [0, 100], was [-1.0]");
    assertThatThrownBy(() -> new SamplingConfig(SmallModels.SOLVER, 0, 1, List.of(1.0)))
        .hasMessage("sample.batch must be in [1, 65536], was 0");
  }
}
