package org.rgflow.spark.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.rgflow.data.DataException;

/**
 * The examples of one file, in order.
 *
 * <p>What is wrong with the data is a {@link DataException}, or the failure of the one example it
 * concerns; what is wrong with the file system is an {@link UncheckedIOException}, so that the task
 * is tried again.
 */
interface ExampleSource extends AutoCloseable {
  /** Opens a slice's file, at its first example. */
  static ExampleSource open(FileSlice slice, Configuration hadoop, int channels) {
    Path path = slice.path();
    Configuration conf = configurationFor(path, hadoop);
    try {
      return switch (slice.kind()) {
        case PARQUET -> new ParquetSource(path, slice.name(), conf, channels);
        case TAR -> new TarSource(path, slice.name(), conf, channels);
        case IMAGE, NUMBERED -> new StreamSource(path, slice.name(), conf, channels);
      };
    } catch (IOException e) {
      throw new UncheckedIOException(slice.name() + ": " + e.getMessage(), e);
    }
  }

  /**
   * By what a file is opened: Hadoop cannot name the checksum, on a local disk, of one whose name
   * has a colon.
   */
  static Configuration configurationFor(Path path, Configuration hadoop) {
    if (!path.getName().contains(":")) {
      return hadoop;
    }
    Configuration raw = new Configuration(hadoop);
    raw.setClass("fs.file.impl", RawLocalFileSystem.class, FileSystem.class);
    raw.setBoolean("fs.file.impl.disable.cache", true);
    return raw;
  }

  /** Number of examples in the file. */
  int count();

  /** Passes over the next n examples. */
  void skip(int n);

  /**
   * The next example, or what is wrong with it.
   *
   * @param key the example's, if the file names none
   */
  DecodedExample next(String key);

  @Override
  void close();
}
