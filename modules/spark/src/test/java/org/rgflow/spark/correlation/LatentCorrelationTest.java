package org.rgflow.spark.correlation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.rgflow.data.DataException;
import org.rgflow.flow.Base;
import org.rgflow.flow.Coarsening;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.LatentPlaces;
import org.rgflow.flow.velocity.Activation;
import org.rgflow.flow.velocity.Padding;
import org.rgflow.spark.LocalSpark;

class LatentCorrelationTest {
  private static final int ROWS = 4000;
  private static SparkSession spark;

  @BeforeAll
  static void open() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void close() {
    spark.close();
  }

  private static Dataset<Row> table(List<double[]> latents) {
    StructType schema =
        new StructType()
            .add("key", DataTypes.StringType)
            .add("latents", DataTypes.createArrayType(DataTypes.FloatType));
    List<Row> rows = new ArrayList<>();
    for (double[] z : latents) {
      Object values = z == null ? null : Arrays.stream(z).mapToObj(v -> (float) v).toList();
      rows.add(RowFactory.create("key" + rows.size(), values));
    }
    return spark.createDataFrame(rows, schema).repartition(3);
  }

  /** Latents 0 and 1 are correlated by 0.6; the width of 3 is decided by 2. */
  private static List<double[]> dependent() {
    Random random = new Random(1);
    List<double[]> latents = new ArrayList<>();
    for (int n = 0; n < ROWS; n++) {
      double[] z = new double[4];
      Arrays.setAll(z, i -> random.nextGaussian());
      z[1] = 0.6 * z[0] + 0.8 * z[1];
      z[3] *= Math.abs(z[2]);
      latents.add(z);
    }
    latents.add(null); // an image that had an error
    return latents;
  }

  private static LatentPlaces places(int... shape) {
    return new LatentPlaces(
        new FlowConfig(
            1,
            shape,
            2,
            new int[] {4},
            3,
            Padding.CIRCULAR,
            Activation.TANH,
            true,
            0,
            Base.NORMAL,
            0,
            Coarsening.DECIMATION,
            1,
            false,
            List.of()));
  }

  private static double at(double[] matrix, int i, int j) {
    return matrix[4 * i + j];
  }

  @Test
  void correlationsAreThoseOfTheRows() {
    List<double[]> latents = dependent();
    Correlations found = LatentCorrelation.of(table(latents), 4);
    latents.remove(null);

    assertThat(found.rows()).isEqualTo(ROWS);
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 4; j++) {
        // floats in the table
        assertThat(at(found.ofValues(), i, j))
            .isCloseTo(pearson(latents, i, j, false), within(1e-6));
        assertThat(at(found.ofMagnitudes(), i, j))
            .isCloseTo(pearson(latents, i, j, true), within(1e-6));
      }
    }
    assertThat(at(found.ofValues(), 0, 1)).isCloseTo(0.6, within(0.04));
    assertThat(at(found.ofValues(), 2, 3)).isCloseTo(0, within(0.08));
    assertThat(at(found.ofMagnitudes(), 2, 3)).isGreaterThan(0.3);
  }

  @Test
  void aLatentThatNeverMovesIsLeftOut() {
    List<double[]> latents = dependent();
    latents.remove(null);
    latents.forEach(z -> z[2] = 1); // at site 1 of the line, the second level's
    List<Correlations.Information> byLevels =
        Correlations.byLevels(LatentCorrelation.of(table(latents), 4).byDistance(places(4)));
    assertThat(byLevels)
        .extracting(
            one -> one.ofPairs().finer() + " " + one.ofPairs().coarser() + " " + one.pairs())
        .containsExactly("0 0 1", "0 2 2");
  }

  private static double pearson(List<double[]> rows, int i, int j, boolean isOfMagnitudes) {
    double[] a = rows.stream().mapToDouble(z -> isOfMagnitudes ? Math.abs(z[i]) : z[i]).toArray();
    double[] b = rows.stream().mapToDouble(z -> isOfMagnitudes ? Math.abs(z[j]) : z[j]).toArray();
    return new org.apache.commons.math3.stat.correlation.PearsonsCorrelation().correlation(a, b);
  }

  @Test
  void informationIsThatOfNormalsOfTheCorrelation() {
    // on a line of 4 the latents stand at 0, 2 (the finest level), 1 and 3
    LatentPlaces places = places(4);
    Correlations found = LatentCorrelation.of(table(dependent()), 4);
    List<Correlations.Information> byLevels = Correlations.byLevels(found.byDistance(places));

    assertThat(byLevels.get(0).ofPairs().finer()).isZero();
    assertThat(byLevels.get(0).ofPairs().coarser()).isZero();
    assertThat(byLevels.get(0).pairs()).isEqualTo(1);
    // of 0.6 exactly: -log(1 - 0.36) / 2; its standard error is 0.6 / sqrt(n)
    assertThat(byLevels.get(0).ofValues()).isCloseTo(-0.5 * Math.log(0.64), within(0.04));
    assertThat(byLevels.stream().mapToLong(Correlations.Information::pairs).sum()).isEqualTo(6);
    List<Correlations.Information> byDistance = found.byDistance(places);
    assertThat(byDistance.get(0).ofPairs()).isEqualTo(new Correlations.Class(0, 0, 1, 2));
    assertThat(byDistance.get(0).ofValues()).isEqualTo(byLevels.get(0).ofValues());
    assertThat(byDistance.stream().mapToLong(Correlations.Information::pairs).sum()).isEqualTo(6);
  }

  @Test
  void independentLatentsHaveNoInformationOnAverage() {
    Random random = new Random(2);
    List<double[]> latents = new ArrayList<>();
    for (int n = 0; n < 60; n++) {
      double[] z = new double[128];
      Arrays.setAll(z, i -> random.nextGaussian());
      latents.add(z);
    }
    Correlations found = LatentCorrelation.of(table(latents), 128);
    Correlations.Information finest = Correlations.byLevels(found.byDistance(places(16, 8))).get(0);

    // 4,560 pairs of a deviation near chance * sqrt(2): a fiftieth is 1 to 2 errors; so few rows
    // would show a tenth more than 1/2n
    assertThat(found.chance()).isCloseTo(1 / 116.0, within(1e-4));
    assertThat(finest.pairs()).isEqualTo(96 * 95 / 2);
    assertThat(finest.ofValues()).isCloseTo(0, within(0.08 * found.chance()));
  }

  @Test
  void saysWhatIsWrongWithATable() {
    assertThatThrownBy(() -> LatentCorrelation.of(table(dependent()), 9))
        .isInstanceOf(DataException.class)
        .hasMessage("latents of 4 numbers; allowed: 9, as the model's examples have");
    assertThatThrownBy(() -> LatentCorrelation.of(table(dependent().subList(0, 7)), 4))
        .isInstanceOf(DataException.class)
        .hasMessage("latents of 7 examples; allowed: at least 8");
    assertThatThrownBy(() -> LatentCorrelation.of(table(dependent()).select("key"), 4))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "columns [key] lack latents; allowed: what rgflow score --set score.latents=true"
                + " writes");
  }
}
