package org.rgflow.spark.ingest;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
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
  static FileTable of(SparkSession spark, FileTable files, int channels) {
    FileTable.Builder unknown = new FileTable.Builder();
    boolean hasArchives = false;
    for (FileSlice file : files) {
      if (file.kind() != FileKind.IMAGE) {
        unknown.add(file);
        hasArchives |= file.kind() == FileKind.TAR;
      }
    }
    Iterator<Integer> counts =
        counts(spark, unknown.build(), hasArchives ? 1 : FEW, channels).iterator();
    if (!counts.hasNext()) {
      return files;
    }
    FileTable.Builder counted = new FileTable.Builder();
    for (FileSlice file : files) {
      counted.add(file.kind() == FileKind.IMAGE ? file : file.part(0, counts.next()));
    }
    return counted.build();
  }

  private static List<Integer> counts(
      SparkSession spark, FileTable files, int ofTask, int channels) {
    SerializableConfiguration hadoop =
        new SerializableConfiguration(spark.sessionState().newHadoopConf());
    FlatMapFunction<FileTable, Integer> count =
        some -> counts(some, hadoop.value(), channels).iterator();
    if (files.size() <= FEW && ofTask == FEW) {
      return counts(files, hadoop.value(), channels);
    }
    int tasks = Math.min((files.size() - 1) / ofTask + 1, MOST_TASKS);
    try {
      return JavaSparkContext.fromSparkContext(spark.sparkContext())
          .parallelize(files.parts(0, files.count(), tasks), tasks)
          .flatMap(count)
          .collect();
    } catch (Exception e) {
      throw JobFailure.unwrap(e);
    }
  }

  private static List<Integer> counts(FileTable files, Configuration hadoop, int channels) {
    List<Integer> counts = new ArrayList<>();
    for (FileSlice file : files) {
      counts.add(count(file, hadoop, channels));
    }
    return counts;
  }

  private static int count(FileSlice file, Configuration hadoop, int channels) {
    try (ExampleSource source = ExampleSource.open(file, hadoop, channels)) {
      return source.count();
    } catch (UncheckedIOException e) {
      throw new DataException(e.getMessage(), e);
    }
  }
}
