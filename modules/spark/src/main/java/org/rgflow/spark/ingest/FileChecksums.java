package org.rgflow.spark.ingest;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.IOUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.rgflow.data.DataException;
import org.rgflow.data.Sha256;
import org.rgflow.spark.JobFailure;

/**
 * The first 8 bytes of the SHA-256 of files, each read once by a Spark job.
 *
 * <p>A file is compared with what it was itself, so that a change goes unseen once in 2^64, of
 * whatever kind it is; a CRC would be no faster than storage either, and has changes that it never
 * sees.
 */
final class FileChecksums {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MOST_TASKS = 10_000;

  /** What a task reads at least, if there is as much. */
  private static final long TASK_BYTES = 1L << 26;

  /** What is read in the time that opening a file takes. */
  private static final long OPENING_BYTES = 1L << 18;

  private FileChecksums() {}

  /**
   * The files with their checksums; one that its file system knows to be damaged has none.
   *
   * @throws DataException if a file is not the one that was listed
   */
  static FileTable of(SparkSession spark, FileTable files) {
    List<FileTable> parts = parts(files);
    if (parts.isEmpty()) {
      return files;
    }
    SerializableConfiguration hadoop =
        new SerializableConfiguration(spark.sessionState().newHadoopConf());
    Function<FileTable, long[]> read = part -> checksums(part, hadoop.value());
    List<long[]> checksums;
    try {
      checksums =
          JavaSparkContext.fromSparkContext(spark.sparkContext())
              .parallelize(parts, parts.size())
              .map(read)
              .collect();
    } catch (Exception e) {
      throw JobFailure.unwrap(e);
    }
    FileTable.Builder known = new FileTable.Builder();
    for (int p = 0; p < parts.size(); p++) {
      int at = 0;
      for (FileSlice file : parts.get(p)) {
        known.add(file.withChecksum(checksums.get(p)[at++]));
      }
    }
    return known.build();
  }

  /** What one task reads, for each. */
  private static List<FileTable> parts(FileTable files) {
    long total = 0;
    for (FileSlice file : files) {
      total += cost(file);
    }
    long most = Math.max(TASK_BYTES, total / MOST_TASKS);
    List<FileTable> parts = new ArrayList<>();
    FileTable.Builder part = new FileTable.Builder();
    long cost = 0;
    for (FileSlice file : files) {
      part.add(file);
      cost += cost(file);
      if (cost >= most) {
        parts.add(part.build());
        part = new FileTable.Builder();
        cost = 0;
      }
    }
    if (cost > 0) {
      parts.add(part.build());
    }
    return parts;
  }

  private static long cost(FileSlice file) {
    return file.stamp().bytes() + OPENING_BYTES;
  }

  private static long[] checksums(FileTable files, Configuration hadoop) {
    long[] checksums = new long[files.size()];
    int at = 0;
    for (FileSlice file : files) {
      checksums[at++] = checksum(file, hadoop);
    }
    return checksums;
  }

  private static long checksum(FileSlice file, Configuration hadoop) {
    Path path = file.path();
    try {
      FileSystem files = path.getFileSystem(ExampleSource.configurationFor(path, hadoop));
      Sha256 digest = new Sha256();
      try (FSDataInputStream in = files.open(path)) {
        IOUtils.copyBytes(in, digest.stream(), BUFFER_BYTES, false);
      }
      if (digest.length() != file.stamp().bytes() || !isOf(file, files.getFileStatus(path))) {
        throw changed(file, null);
      }
      return ByteBuffer.wrap(digest.bytes()).getLong();
    } catch (FileNotFoundException e) {
      throw changed(file, e);
    } catch (ChecksumException e) {
      return 0; // whoever wants the image says what is wrong with it
    } catch (IOException e) {
      throw new UncheckedIOException(file.name() + ": " + e.getMessage(), e);
    }
  }

  /** By seconds: listings of some object stores alone know their parts. */
  private static boolean isOf(FileSlice file, FileStatus now) {
    long listed = file.stamp().modified();
    return now.getLen() == file.stamp().bytes()
        && (listed == 0 || listed / 1000 == now.getModificationTime() / 1000);
  }

  private static DataException changed(FileSlice file, IOException cause) {
    return new DataException(
        file.path()
            + ": was changed or removed while it was read; allowed: files that stay as they are",
        cause);
  }
}
