package org.rgflow.spark.ingest;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.rgflow.data.DataException;
import org.rgflow.spark.JobFailure;

/**
 * How many examples files hold, as their headers tell it, or an archive's entries: of many files,
 * and of archives, by a Spark job.
 */
final class ExampleCounts {
  /** Files whose headers the driver reads itself: starting a job takes as long. */
  private static final int FEW = 16;

  private static final int MOST_TASKS = 10_000;

  private ExampleCounts() {}

  /**
   * The files with all their examples.
   *
   * @throws DataException if a header cannot be read
   */
  static List<FileSlice> of(SparkSession spark, List<FileSlice> files, int channels) {
    List<FileSlice> unknown = files.stream().filter(file -> file.kind() != FileKind.IMAGE).toList();
    SerializableConfiguration hadoop =
        new SerializableConfiguration(spark.sessionState().newHadoopConf());
    boolean hasArchives = unknown.stream().anyMatch(file -> file.kind() == FileKind.TAR);
    Iterator<Integer> counts =
        (unknown.size() <= FEW && !hasArchives
                ? unknown.stream().map(file -> count(file, hadoop.value(), channels)).toList()
                : counted(spark, unknown, hasArchives ? 1 : FEW, hadoop, channels))
            .iterator();
    List<FileSlice> whole = new ArrayList<>();
    for (FileSlice file : files) {
      whole.add(file.kind() == FileKind.IMAGE ? file : file.part(0, counts.next()));
    }
    return whole;
  }

  private static List<Integer> counted(
      SparkSession spark,
      List<FileSlice> files,
      int ofTask,
      SerializableConfiguration hadoop,
      int channels) {
    Function<FileSlice, Integer> count = file -> count(file, hadoop.value(), channels);
    try {
      return JavaSparkContext.fromSparkContext(spark.sparkContext())
          .parallelize(new ArrayList<>(files), Math.min(files.size() / ofTask + 1, MOST_TASKS))
          .map(count)
          .collect();
    } catch (Exception e) {
      throw JobFailure.unwrap(e);
    }
  }

  private static int count(FileSlice file, Configuration hadoop, int channels) {
    try (ExampleSource source = ExampleSource.open(file, hadoop, channels)) {
      return source.count();
    } catch (UncheckedIOException e) {
      throw new DataException(e.getMessage(), e);
    }
  }
}
