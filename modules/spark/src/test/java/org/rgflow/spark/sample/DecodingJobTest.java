package org.rgflow.spark.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.rgflow.spark.ingest.SmallImages.idx;
import static org.rgflow.spark.ingest.SmallImages.pixels;
import static org.rgflow.spark.ingest.SmallImages.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleFormat;
import org.rgflow.data.KeyedNoise;
import org.rgflow.data.NpyArray;
import org.rgflow.flow.Base;
import org.rgflow.flow.ode.Method;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.DivergenceConfig;
import org.rgflow.flow.velocity.DivergenceConfig.Kind;
import org.rgflow.spark.LocalSpark;
import org.rgflow.spark.RowErrors;
import org.rgflow.spark.ingest.ImageFiles;
import org.rgflow.spark.ingest.SmallImages;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.score.ScoreOutput;
import org.rgflow.spark.score.ScoringConfig;
import org.rgflow.spark.score.ScoringJob;
import org.rgflow.spark.score.ScoringListener;
import org.rgflow.spark.score.SmallModels;

class DecodingJobTest {
  private static final FlowModel PIXELS = gentle(SmallModels.ofPixels());
  private static final FlowModel VALUES =
      gentle(SmallModels.ofValues(Activation.TANH, Base.NORMAL));

  /** Fine enough for a gentle flow that forth and back agree to float32. */
  private static final SolverConfig SOLVER = SolverConfig.fixed(Method.RK4, 4);

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static FlowModel gentle(FlowModel model) {
    return model.with(Arrays.stream(model.parameters()).map(value -> value / 3).toArray());
  }

  private String encoded(FlowModel model) {
    ScoringConfig config =
        new ScoringConfig(SOLVER, DivergenceConfig.of(Kind.AUTO), 11, 1, false, 10);
    String output = folder.resolve("coded").toString();
    ImageFiles files = ImageFiles.list(spark, List.of(folder.resolve("in").toString()), 0);
    new ScoringJob(spark, model, config)
        .write(files, ScoreOutput.whole(output, 2).withLatents(), ScoringListener.NONE);
    return output;
  }

  private static List<Row> decoded(FlowModel model, Dataset<Row> latents) {
    return new DecodingJob(spark, model, SOLVER).decode(latents).orderBy("key").collectAsList();
  }

  private static byte[] image(Row row) {
    assertThat(row.getString(2)).isNull();
    return ExampleFormat.image(row.getString(0), row.getAs(1), 0).pixels();
  }

  @Test
  void imagesComeBackFromTheirLatents() throws IOException {
    write(folder.resolve("in/all-idx3-ubyte"), idx(0, 9, 8));
    List<Row> rows = decoded(PIXELS, spark.read().parquet(encoded(PIXELS)));
    assertThat(rows).hasSize(9);
    int others = 0;
    for (int i = 0; i < 9; i++) {
      assertThat(rows.get(i).getString(0)).isEqualTo("all-idx3-ubyte#" + i);
      byte[] found = image(rows.get(i));
      byte[] image = pixels(i, 8);
      for (int k = 0; k < 64; k++) {
        // where noise put a pixel next to the border of its bin, rounding may cross it
        assertThat((found[k] & 0xFF) - (image[k] & 0xFF)).isBetween(-1, 1);
        others += found[k] == image[k] ? 0 : 1;
      }
    }
    assertThat(others).isLessThan(6);
  }

  @Test
  void realValuesComeBackFromTheirLatents() throws IOException {
    float[] values = new float[5 * 64];
    new KeyedNoise(1, 2, KeyedNoise.Purpose.LATENT, 0).fillGaussian(values, 0, values.length);
    SmallImages.npy(folder.resolve("in/v.npy"), NpyArray.of(values, 5, 1, 8, 8));
    List<Row> rows = decoded(VALUES, spark.read().parquet(encoded(VALUES)));
    for (int i = 0; i < 5; i++) {
      List<Float> x = rows.get(i).getList(1);
      for (int k = 0; k < 64; k++) {
        // float32 through 5 levels, forth and back
        assertThat(x.get(k)).isCloseTo(values[64 * i + k], within(1e-4f));
      }
    }
  }

  @Test
  void theCoarseLatentsOfOneImageMixWithTheFineOnesOfAnotherInAQuery() throws IOException {
    write(folder.resolve("in/all-idx3-ubyte"), idx(0, 2, 8));
    spark.read().parquet(encoded(PIXELS)).createOrReplaceTempView("coded");
    Dataset<Row> mixed =
        spark.sql(
            "select 'mix' as key, concat(slice(a.latents, 1, 48), slice(b.latents, 49, 16)) as"
                + " latents from coded a, coded b where a.key like '%#0' and b.key like '%#1'");
    Dataset<Row> same =
        spark.sql(
            "select 'same' as key, concat(slice(latents, 1, 48), slice(latents, 49, 16)) as latents"
                + " from coded where key like '%#0'");
    byte[] mix = image(decoded(PIXELS, mixed).get(0));
    byte[] first = image(decoded(PIXELS, same).get(0));
    assertThat(first).isEqualTo(image(decoded(PIXELS, spark.table("coded")).get(0)));
    assertThat(mix).isNotEqualTo(first).isNotEqualTo(pixels(1, 8));
  }

  @Test
  void aRowDependsNeitherOnBatchMatesNorOnPartitions() throws IOException {
    write(folder.resolve("in/all-idx3-ubyte"), idx(0, 33, 8));
    Dataset<Row> coded = spark.read().parquet(encoded(PIXELS));
    List<String> expected = decoded(PIXELS, coded.coalesce(1)).stream().map(Row::json).toList();
    for (int partitions : new int[] {3, 33}) {
      assertThat(decoded(PIXELS, coded.repartition(partitions)).stream().map(Row::json).toList())
          .isEqualTo(expected);
    }
  }

  @Test
  void latentsThatCannotBeDecodedCostTheirOwnRow() {
    Dataset<Row> latents =
        spark.sql(
            "select 'a' as key, transform(sequence(1, 64), i -> i / 64.0D) as latents"
                + " union all select 'b', null"
                + " union all select 'c', array(1.0D, 2.0D)"
                + " union all select 'd', transform(sequence(1, 64), i -> double('NaN'))"
                + " union all select 'e', transform(sequence(1, 64), i -> i / 64.0D)");
    List<Row> rows = decoded(VALUES, latents.coalesce(1));
    assertThat(rows).extracting(row -> row.getString(0)).containsExactly("a", "b", "c", "d", "e");
    assertThat(rows.get(0).getList(1)).hasSize(64).isEqualTo(rows.get(4).getList(1));
    assertThat(rows.get(1).getString(2)).isEqualTo("b: has no latents; allowed: 64");
    assertThat(rows.get(2).getString(2)).isEqualTo("c: has 2 latents; allowed: 64 numbers");
    assertThat(rows.get(3).getString(2)).contains("not finite");
    assertThat(rows.get(3).isNullAt(1)).isTrue();
  }

  @Test
  void aTableIsWrittenThatIsReadAsData() throws IOException {
    write(folder.resolve("in/all-idx3-ubyte"), idx(0, 4, 8));
    String coded = encoded(PIXELS);
    String output = folder.resolve("decoded").toString();
    DecodingJob job = new DecodingJob(spark, PIXELS, SOLVER);
    assertThat(job.write(coded, output, false)).isEqualTo(new RowErrors(4, 0, null));
    ImageFiles files = ImageFiles.list(spark, List.of(output), 0);
    assertThat(files.count()).isEqualTo(4);
    assertThat(files.shape()).hasToString("1x8x8");

    assertThatThrownBy(() -> job.write(coded, output, false))
        .isInstanceOf(DataException.class)
        .hasMessage(output + ": exists already; allowed: another --output, or --overwrite");
    assertThat(job.write(coded, output, true).rows()).isEqualTo(4);
    assertThatThrownBy(() -> job.write(coded, coded, true))
        .isInstanceOf(DataException.class)
        .hasMessage(
            coded + ": holds " + coded + ", which is read, or lies in it; allowed: another path");
    assertThat(spark.read().parquet(coded).count()).isEqualTo(4);
  }

  @Test
  void whatIsNotParquetIsRefusedInOneLine() throws IOException {
    Path images = folder.resolve("images");
    SmallImages.write(images.resolve("a.png"), SmallImages.png(1, 8));
    DecodingJob job = new DecodingJob(spark, VALUES, SOLVER);
    assertThatThrownBy(() -> job.write(images.toString(), folder.resolve("no").toString(), false))
        .isInstanceOf(DataException.class)
        .hasMessage(
            images
                + ": not Parquet, or damaged; allowed: what rgflow score --set score.latents=true"
                + " writes")
        .cause()
        .isNotInstanceOf(SparkException.class); // whose tasks log stack traces
  }

  @Test
  void latentsOfWhichNoneCanBeDecodedAreRefusedAndLeaveNothing() {
    String table = folder.resolve("table").toString();
    spark
        .sql("select 'b' as key, array(1.0D) as latents union all select 'a', null")
        .write()
        .parquet(table);
    Path output = folder.resolve("none");
    DecodingJob job = new DecodingJob(spark, VALUES, SOLVER);
    assertThatThrownBy(() -> job.write(table, output.toString(), false))
        .isInstanceOf(DataException.class)
        .hasMessage("a: has no latents; allowed: 64 (none of 2 rows can be decoded)");
    assertThat(Files.exists(output)).isFalse();
  }

  @Test
  void aTableWithoutLatentsIsRefusedAndLeavesNothing() {
    String table = folder.resolve("table").toString();
    spark.sql("select 'a' as key, 1 as x").write().parquet(table);
    Path output = folder.resolve("none");
    DecodingJob job = new DecodingJob(spark, VALUES, SOLVER);
    assertThatThrownBy(() -> job.write(table, output.toString(), false))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "columns [key, x] lack latents; allowed: key and latents, as rgflow score --set"
                + " score.latents=true writes");
    assertThat(Files.exists(output)).isFalse();
  }
}
