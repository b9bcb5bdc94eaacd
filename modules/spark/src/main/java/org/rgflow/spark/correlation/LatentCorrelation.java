package org.rgflow.spark.correlation;

import java.util.Arrays;
import org.apache.spark.ml.linalg.Matrix;
import org.apache.spark.ml.stat.Correlation;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.rgflow.data.DataException;

/**
 * Correlations of all pairs of latents over a table of examples, by Spark ML.
 *
 * <p>A model that fits leaves latents that are independent. What is left of dependence shows in the
 * correlation of two latents, or, where one's width depends on the other, in that of their
 * magnitudes |z|.
 */
public final class LatentCorrelation {
  /** With fewer rows a correlation is chance. */
  private static final long FEWEST_ROWS = 8;

  private LatentCorrelation() {}

  /**
   * The correlations over all rows that have latents.
   *
   * @param latents column {@code latents}, an array of numbers (C, sites), the finest level first;
   *     nulls are passed over, as are other columns
   * @param dimensions numbers in each array
   * @throws DataException if there is no such column, an array is of another length, or there are
   *     fewer than 8 rows
   */
  public static Correlations of(Dataset<Row> latents, int dimensions) {
    if (!Arrays.asList(latents.columns()).contains("latents")) {
      throw new DataException(
          "columns "
              + Arrays.toString(latents.columns())
              + " lack latents; allowed: what rgflow score --set score.latents=true writes");
    }
    Dataset<Row> values =
        latents
            .select(functions.col("latents").cast("array<double>").as("z"))
            .filter("z is not null")
            .cache();
    try {
      Row found =
          values.agg(functions.count("z"), functions.min(size()), functions.max(size())).first();
      long rows = found.getLong(0);
      if (rows < FEWEST_ROWS) {
        throw new DataException(
            "latents of " + rows + " examples; allowed: at least " + FEWEST_ROWS);
      }
      if (found.getInt(1) != dimensions || found.getInt(2) != dimensions) {
        throw new DataException(
            "latents of "
                + found.getInt(found.getInt(1) == dimensions ? 2 : 1)
                + " numbers; allowed: "
                + dimensions
                + ", as the model's examples have");
      }
      return new Correlations(
          rows,
          dimensions,
          correlations(values, functions.col("z")),
          correlations(values, functions.expr("transform(z, x -> abs(x))")));
    } finally {
      values.unpersist();
    }
  }

  private static Column size() {
    return functions.size(functions.col("z"));
  }

  private static double[] correlations(Dataset<Row> rows, Column values) {
    Dataset<Row> vectors =
        rows.select(org.apache.spark.ml.functions.array_to_vector(values).as("vector"));
    Matrix matrix = Correlation.corr(vectors, "vector").first().getAs(0);
    return matrix.toArray();
  }
}
