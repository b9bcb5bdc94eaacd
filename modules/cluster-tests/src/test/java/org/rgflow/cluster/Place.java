package org.rgflow.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A folder of some file system, as the tests look at it.
 *
 * @param uri the folder
 * @param settings Hadoop's, with which the tests reach it
 */
record Place(String uri, Map<String, String> settings) {
  /** A folder of this machine. */
  static Place local(java.nio.file.Path folder) {
    return new Place(folder.toUri().toString().replaceAll("/$", ""), Map.of());
  }

  /** The URI of a file or folder below. */
  String at(String name) {
    return uri + "/" + name;
  }

  private Path path(String name) {
    return new Path(at(name));
  }

  private FileSystem files() {
    Configuration hadoop = new Configuration();
    settings.forEach(hadoop::set);
    try {
      FileSystem files = FileSystem.newInstance(new Path(uri).toUri(), hadoop);
      // of a local file: rgflow, which replaces it, would leave a checksum beside it as it was
      files.setWriteChecksum(false);
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Copies a local file to a name below. */
  void put(java.nio.file.Path file, String name) {
    try (FileSystem files = files()) {
      files.copyFromLocalFile(new Path(file.toUri()), path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a file. */
  void write(String name, byte[] bytes) {
    try (FileSystem files = files();
        OutputStream out = files.create(path(name))) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of a file. */
  byte[] bytes(String name) {
    try (FileSystem files = files();
        InputStream in = files.open(path(name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean exists(String name) {
    try (FileSystem files = files()) {
      return files.exists(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Names of what is in a folder, in order. */
  List<String> names(String folder) {
    try (FileSystem files = files()) {
      return Arrays.stream(files.listStatus(path(folder)))
          .map(FileStatus::getPath)
          .map(Path::getName)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rows of a Parquet table, to the last bit of every number, in order of their keys. */
  List<String> rows(String table) {
    try (SparkSession spark =
        SparkSession.builder()
            .master("local[1]")
            .config("spark.ui.enabled", "false")
            .getOrCreate()) {
      return spark
          .read()
          .options(settings)
          .parquet(at(table))
          .drop("chunk")
          .orderBy("key")
          .collectAsList()
          .stream()
          .map(Row::toString)
          .toList();
    }
  }
}
