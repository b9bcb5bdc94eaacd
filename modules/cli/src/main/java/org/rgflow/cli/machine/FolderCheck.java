package org.rgflow.cli.machine;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.apache.commons.lang3.StringUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.rgflow.data.DataException;
import org.rgflow.spark.JobFailure;
import org.rgflow.spark.files.WholeFiles;

/** Whether a folder of any Hadoop file system can be worked in. */
final class FolderCheck {
  private static final String REMEDY =
      "check the address, the rights, and for s3a spark.hadoop.fs.s3a.endpoint and credentials";

  private static final byte[] PROBE = {1, 2, 3};

  /** Characters of an error's message: that of S3A names every provider of credentials. */
  private static final int MESSAGE = 200;

  private FolderCheck() {}

  /** Lists a folder or file that is only read, and lets the driver and a task read of it. */
  static Finding readable(JavaSparkContext spark, Configuration hadoop, String uri) {
    long begin = System.nanoTime();
    try {
      Optional<String> file = firstFile(hadoop, uri);
      if (file.isEmpty()) {
        return Finding.warning(
            uri, "can be listed, and there is no file in it", "check the address");
      }
      return isReadByAll(spark, hadoop, file.get())
          ? Finding.ok(uri, "can be listed and read by driver and tasks, " + since(begin))
          : Finding.failure(
              uri,
              "a task does not find " + file.get(),
              "use a file system that all machines share, such as hdfs or s3a");
    } catch (IOException | RuntimeException e) {
      return failed(uri, "cannot be read", JobFailure.unwrap(e));
    }
  }

  /** The first file that is listed, however deep. */
  private static Optional<String> firstFile(Configuration hadoop, String uri) throws IOException {
    FileSystem files = WholeFiles.of(hadoop, new Path(uri)).fileSystem();
    RemoteIterator<LocatedFileStatus> listed = files.listFiles(new Path(uri), true);
    return listed.hasNext() ? Optional.of(listed.next().getPath().toString()) : Optional.empty();
  }

  /** Reads a byte of a file, here and in a task. */
  private static boolean isReadByAll(JavaSparkContext spark, Configuration hadoop, String path)
      throws IOException {
    SerializableConfiguration conf = new SerializableConfiguration(hadoop);
    read(hadoop, path);
    return spark.parallelize(List.of(path), 1).map(asked -> read(conf.value(), asked)).first();
  }

  private static boolean read(Configuration hadoop, String path) throws IOException {
    try (InputStream in = new Path(path).getFileSystem(hadoop).open(new Path(path))) {
      in.read();
      return true;
    } catch (FileNotFoundException e) {
      return false;
    }
  }

  /**
   * Lets the driver write a small file, a task read it and write another, and the driver read that:
   * a folder of one machine's own disk fails where tasks run on others.
   */
  static Finding writable(JavaSparkContext spark, Configuration hadoop, String uri) {
    long begin = System.nanoTime();
    String question = uri + "/rgflow-doctor-" + UUID.randomUUID();
    String answer = question + "-answer";
    SerializableConfiguration conf = new SerializableConfiguration(hadoop);
    try {
      WholeFiles files = WholeFiles.of(hadoop, new Path(question));
      List<Path> made = missing(files.fileSystem(), new Path(uri));
      files.write(new Path(question), PROBE);
      boolean answered;
      try {
        boolean seen =
            spark
                .parallelize(List.of(question), 1)
                .map(asked -> answer(conf.value(), asked, answer))
                .first();
        answered = seen && isThere(files, answer);
      } finally {
        files.delete(new Path(question));
        files.delete(new Path(answer));
        made.forEach(files::deleteIfEmpty); // others may have begun to write there
      }
      return answered
          ? Finding.ok(uri, "driver and tasks can write, read and delete, " + since(begin))
          : Finding.failure(
              uri,
              "driver and tasks do not see each other's files",
              "use a file system that all machines share, such as hdfs or s3a");
    } catch (IOException | RuntimeException e) {
      return failed(uri, "cannot be written", JobFailure.unwrap(e));
    }
  }

  /** Of a folder and those above it what is not there, the deepest first. */
  private static List<Path> missing(FileSystem files, Path folder) throws IOException {
    List<Path> missing = new ArrayList<>();
    Path at = files.makeQualified(folder);
    while (at != null && !files.exists(at)) {
      missing.add(at);
      at = at.getParent();
    }
    return missing;
  }

  private static boolean answer(Configuration hadoop, String question, String answer)
      throws IOException {
    WholeFiles files = WholeFiles.of(hadoop, new Path(answer));
    if (!isThere(files, question)) {
      return false;
    }
    files.write(new Path(answer), PROBE);
    return true;
  }

  private static boolean isThere(WholeFiles files, String uri) {
    return files.read(new Path(uri)).filter(found -> Arrays.equals(found, PROBE)).isPresent();
  }

  private static Finding failed(String uri, String what, Exception e) {
    String why = e instanceof DataException ? e.getMessage() : e.toString();
    String line = why.lines().findFirst().orElse("");
    return Finding.failure(uri, what + " (" + StringUtils.abbreviate(line, MESSAGE) + ")", REMEDY);
  }

  private static String since(long begin) {
    return String.format(Locale.ROOT, "%.0f ms", (System.nanoTime() - begin) / 1e6);
  }
}
