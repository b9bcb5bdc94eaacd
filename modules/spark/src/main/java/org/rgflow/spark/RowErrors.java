package org.rgflow.spark;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.rgflow.data.DataException;

/**
 * How many rows of a table with columns {@code key} and {@code error} failed.
 *
 * @param rows of the table
 * @param errors rows whose error is not null
 * @param first error by the order of keys, as Spark reads files in an order of its own; null where
 *     there is none
 */
public record RowErrors(long rows, long errors, String first) {
  /** Counts those of a table. */
  public static RowErrors of(Dataset<Row> table) {
    Row found =
        table
            .agg(
                functions.count(functions.lit(1)),
                functions.count("error"),
                functions.expr("min_by(error, coalesce(key, '')) filter (where error is not null)"))
            .first();
    return new RowErrors(found.getLong(0), found.getLong(1), found.getString(2));
  }

  /** Whether there are rows of which each failed. */
  public boolean areAll() {
    return rows > 0 && errors == rows;
  }

  /**
   * What to throw where each failed.
   *
   * @param what none of the rows is, such as {@code images has a score}
   */
  public DataException none(String what) {
    return new DataException(first + " (none of " + rows + " " + what + ")");
  }
}
