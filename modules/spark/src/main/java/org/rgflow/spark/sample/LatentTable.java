package org.rgflow.spark.sample;

import java.io.IOException;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.TableOutput;

/** Latents as {@code rgflow score --set score.latents=true} writes them. */
public final class LatentTable {
  private LatentTable() {}

  /**
   * A table's rows.
   *
   * @throws DataException if it is not of Parquet, or of scores that have not finished
   */
  public static Dataset<Row> read(SparkSession spark, String path) {
    TableOutput.of(spark.sessionState().newHadoopConf(), path).requireFinished();
    try {
      return spark.read().parquet(path);
    } catch (Exception e) {
      if (e instanceof SparkException && !isOfStorage(e)) { // Spark's Scala declares none
        throw new DataException(
            path
                + ": not Parquet, or damaged; allowed: what rgflow score --set score.latents=true"
                + " writes",
            e);
      }
      throw e;
    }
  }

  private static boolean isOfStorage(Throwable thrown) {
    return thrown != null && (thrown instanceof IOException || isOfStorage(thrown.getCause()));
  }
}
