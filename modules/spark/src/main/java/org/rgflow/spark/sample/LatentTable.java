package org.rgflow.spark.sample;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.Location;
import org.rgflow.spark.files.TableOutput;
import org.rgflow.spark.files.WholeFiles;

/** Latents as {@code rgflow score --set score.latents=true} writes them. */
public final class LatentTable {
  private LatentTable() {}

  /**
   * A table's rows.
   *
   * @throws DataException if it is not of Parquet, or of scores that have not finished
   */
  public static Dataset<Row> read(SparkSession spark, String path) {
    Configuration hadoop = spark.sessionState().newHadoopConf();
    TableOutput.of(hadoop, path).requireFinished();
    requireParquet(hadoop, path);
    try {
      return spark.read().parquet(path);
    } catch (Exception e) {
      if (e instanceof SparkException && !isOfStorage(e)) { // Spark's Scala declares none
        throw notParquet(path, e);
      }
      throw e;
    }
  }

  /** Looks at the first file here, as Spark would log the stack traces of a task of its own. */
  private static void requireParquet(Configuration hadoop, String path) {
    try {
      Path root = new Path(path);
      Path first = first(root.getFileSystem(hadoop), root);
      if (first != null) {
        ParquetFileReader.open(HadoopInputFile.fromPath(first, hadoop)).close();
      }
    } catch (FileNotFoundException e) {
      // of which Spark tells, and it knows patterns of names too
    } catch (IOException e) {
      throw WholeFiles.unreachable(path, e);
    } catch (RuntimeException e) {
      throw notParquet(path, e);
    }
  }

  /** The first file in the order in which Spark looks at them too; null if there is none. */
  private static Path first(FileSystem files, Path folder) throws IOException {
    FileStatus[] entries = files.listStatus(folder);
    Arrays.sort(entries);
    for (FileStatus entry : entries) {
      Path path = entry.getPath();
      if (Location.isHidden(path.getName())) {
        continue;
      }
      Path found = entry.isFile() ? path : first(files, path);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static DataException notParquet(String path, Exception cause) {
    return new DataException(
        path
            + ": not Parquet, or damaged; allowed: what rgflow score --set score.latents=true"
            + " writes",
        cause);
  }

  private static boolean isOfStorage(Throwable thrown) {
    return thrown != null && (thrown instanceof IOException || isOfStorage(thrown.getCause()));
  }
}
