package org.rgflow.spark.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.rgflow.data.DataException;
import org.rgflow.data.NpyArray;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.SmallImages;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.run.RunFolder;
import org.rgflow.spark.sample.DecodingJob;
import org.rgflow.spark.sample.SamplingConfig;
import org.rgflow.spark.sample.SamplingJob;
import org.rgflow.spark.score.ScoringConfig;
import org.rgflow.spark.score.ScoringJob;
import org.rgflow.spark.train.plan.TrainingConfig;
import org.rgflow.spark.train.plan.TrainingPlan;

/** Images of two classes, bright and dark, in folders of these names. */
class ClassTrainingTest extends ImageTraining {
  private static final List<String> CLASSES = List.of("bright", "dark");
  private static final int OF_EACH = 24;
  private static final SolverConfig SOLVER = SolverConfig.fixed(Method.RK4, 2);

  @BeforeEach
  void writeClasses() throws IOException {
    Random random = new Random(4);
    for (String name : CLASSES) {
      byte[] pixels = new byte[OF_EACH * 16];
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) ((name.equals("bright") ? 150 : 40) + random.nextInt(60));
      }
      SmallImages.npy(
          images().resolve(name).resolve("images.npy"), NpyArray.of(pixels, OF_EACH, 1, 4, 4));
    }
    data = images().toUri().toString();
  }

  private Path images() {
    return folder.resolve("set");
  }

  private FlowModel train(String run, FlowConfig model, TrainingPlan plan) {
    DivergenceConfig auto = DivergenceConfig.of(DivergenceConfig.Kind.AUTO);
    RunFolder begun = RunFolder.create(new Configuration(), uri(run));
    return job(begun, plan, new Silent(), model, auto).run().model();
  }

  private static FlowConfig model(List<String> classes) {
    return model(4, Padding.CIRCULAR).withClasses(classes);
  }

  private static TrainingPlan plan() {
    TrainingPlan likelihood =
        config(4, 4, 12, "adam", 1e-2, 2, 0.1, TrainingConfig.Master.AVERAGING, 0);
    return with(likelihood, matching(30, 0), likelihood.phases().get(0));
  }

  private static List<Double> scores(Dataset<Row> scored) {
    assertThat(scored.where("error is not null").count()).isZero();
    return scored.collectAsList().stream().map(row -> row.<Double>getAs("log_likelihood")).toList();
  }

  @Test
  void everyClassHasADensityOfItsOwn() {
    FlowModel model = train("run", model(CLASSES), plan());
    ImageFiles files = ImageFiles.list(spark, List.of(data), 0);
    ScoringConfig scoring =
        new ScoringConfig(SOLVER, DivergenceConfig.of(DivergenceConfig.Kind.AUTO), 0, 1, false, 1);

    Dataset<Row> encoded = new ScoringJob(spark, model, scoring).encode(files, 3);
    List<Double> own = scores(encoded);
    List<Double> bright =
        scores(new ScoringJob(spark, model.ofClass("bright"), scoring).score(files, 2));
    List<Double> dark =
        scores(new ScoringJob(spark, model.ofClass("dark"), scoring).score(files, 2));

    for (int n = 0; n < 2 * OF_EACH; n++) {
      boolean isBright = n < OF_EACH;
      // float32 of some ten nats, the class's bias added before or after a product
      assertThat(own.get(n)).isCloseTo((isBright ? bright : dark).get(n), within(1e-3));
      assertThat(own.get(n)).isGreaterThan((isBright ? dark : bright).get(n));
    }
    assertThat(encoded.select("class").collectAsList())
        .extracting(row -> row.getString(0))
        .startsWith("bright")
        .endsWith("dark");
    Row first = encoded.collectAsList().get(0);
    Row decoded =
        new DecodingJob(spark, model, SOLVER).decode(encoded.limit(1)).collectAsList().get(0);
    assertThat(decoded.isNullAt(2)).isTrue();
    assertThat(decoded.getString(0)).isEqualTo(first.getString(0));
    Row ofNone =
        new DecodingJob(spark, model, SOLVER)
            .decode(encoded.limit(1).withColumn("class", functions.expr("cast(null as string)")))
            .first();
    assertThat(ofNone.getString(2)).endsWith(": class null; allowed: [bright, dark]");
    assertThatThrownBy(() -> new DecodingJob(spark, model, SOLVER).decode(encoded.drop("class")))
        .isInstanceOf(DataException.class)
        .hasMessageEndingWith("lack class; allowed: one of [bright, dark] in each row, or --class");

    List<byte[]> samples = new SamplingJob(spark, model, sampling()).pixels(40, 2);
    for (int n = 0; n < samples.size(); n++) {
      byte[] sample = samples.get(n);
      double mean = Arrays.stream(ints(sample)).average().orElseThrow();
      assertThat(mean > 115).as("sample %d, of mean %s", n, mean).isEqualTo(n % 2 == 0);
    }
    List<byte[]> ofDark = new SamplingJob(spark, model.ofClass("dark"), sampling()).pixels(4, 1);
    assertThat(difference(ofDark.get(1), samples.get(1))).isLessThanOrEqualTo(1);
    assertThat(difference(ofDark.get(0), samples.get(0))).isGreaterThan(20);
  }

  private static SamplingConfig sampling() {
    return new SamplingConfig(SOLVER, 16, 3, List.of(1.0));
  }

  private static int[] ints(byte[] pixels) {
    int[] values = new int[pixels.length];
    Arrays.setAll(values, i -> pixels[i] & 0xFF);
    return values;
  }

  private static int difference(byte[] first, byte[] second) {
    int most = 0;
    for (int i = 0; i < first.length; i++) {
      most = Math.max(most, Math.abs(ints(first)[i] - ints(second)[i]));
    }
    return most;
  }

  @Test
  void anImageOfAnotherClassIsNamed() {
    assertThatThrownBy(() -> train("run", model(List.of("bright", "grey")), plan()))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "dark/images.npy#0: is of class dark; allowed: [bright, grey], as model.classes");
    assertThatThrownBy(() -> train("other", model(CLASSES), plan()).ofClass("grey"))
        .hasMessage("class must be one of [bright, dark], was grey");
  }
}
