package org.rgflow.spark.ingest;

import java.util.Locale;
import java.util.Optional;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleFormat;

/** How files hold examples, told apart by their names. */
enum FileKind {
  /** One PNG or JPEG. */
  IMAGE,
  /** Many examples of one shape, told apart by their numbers. */
  NUMBERED,
  /** Rows of Parquet, which may have keys. */
  PARQUET,
  /** PNG and JPEG files in an archive, as in WebDataset's shards. */
  TAR;

  static final String FORMATS =
      "idx, idx.gz, png, jpg, jpeg, npy, npz, bin (CIFAR), tar or parquet";

  /** The kind a file's name tells, in upper or lower case; empty if it tells none. */
  static Optional<FileKind> of(String fileName) {
    String lower = fileName.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".parquet")) {
      return Optional.of(PARQUET);
    }
    if (lower.endsWith(".tar")) {
      return Optional.of(TAR);
    }
    return ExampleFormat.of(fileName)
        .map(
            format ->
                format == ExampleFormat.PNG || format == ExampleFormat.JPEG ? IMAGE : NUMBERED);
  }

  /**
   * The kind a file's name tells.
   *
   * @throws DataException naming the file and the known formats if it tells none
   */
  static FileKind require(String fileName) {
    return of(fileName)
        .orElseThrow(
            () -> new DataException(fileName + ": not a known format; allowed: " + FORMATS));
  }

  /** Whether the examples have names of their own, known when they are read. */
  boolean namesItsExamples() {
    return this == PARQUET || this == TAR;
  }
}
