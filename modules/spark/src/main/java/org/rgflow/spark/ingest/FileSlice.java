package org.rgflow.spark.ingest;

import java.io.Serializable;
import org.apache.hadoop.fs.Path;

/**
 * Consecutive examples of one file: what a task is told to read.
 *
 * <p>A plain class, as Kryo 4 cannot read records.
 */
final class FileSlice implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String root;
  private final String name;
  private final int from;
  private final int count;

  /**
   * @param root folder, a qualified URI
   * @param name of the file, its path in the root
   * @param from index of the first example
   */
  FileSlice(String root, String name, int from, int count) {
    this.root = root;
    this.name = name;
    this.from = from;
    this.count = count;
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private FileSlice() {
    this(null, null, 0, 0);
  }

  /** So many of this slice's examples, from one on. */
  FileSlice part(int first, int examples) {
    return new FileSlice(root, name, from + first, examples);
  }

  Path path() {
    return new Path(root, name);
  }

  /** The file's name in errors, and the start of its examples' keys. */
  String name() {
    return name;
  }

  int from() {
    return from;
  }

  int count() {
    return count;
  }

  /** The key of the file's example i, counted in the file, where the file itself says no other. */
  String key(int i) {
    return kind() == FileKind.IMAGE ? name : name + "#" + i;
  }

  FileKind kind() {
    return FileKind.require(name);
  }
}
