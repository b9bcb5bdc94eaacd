package org.rgflow.spark.ingest;

import java.net.URI;
import org.apache.hadoop.fs.Path;

/**
 * Consecutive examples of one file: what is read with the file open once.
 *
 * @param root folder, a qualified URI
 * @param name of the file, its path in the root; in errors, and the start of its examples' keys
 * @param stamp by which it is told apart from another of its name
 * @param from index of the first example
 * @param count how many
 */
record FileSlice(String root, String name, FileInventory.Stamp stamp, int from, int count) {
  /** So many of this slice's examples, from one on. */
  FileSlice part(int first, int examples) {
    return new FileSlice(root, name, stamp, from + first, examples);
  }

  /** The same, of a file whose bytes have been read. */
  FileSlice withChecksum(long checksum) {
    FileInventory.Stamp read = new FileInventory.Stamp(stamp.bytes(), stamp.modified(), checksum);
    return new FileSlice(root, name, read, from, count);
  }

  Path path() {
    URI folder = new Path(root).toUri();
    String above = folder.getPath();
    // by its parts: of a name alone, what stands before a colon would be a scheme
    return new Path(
        folder.getScheme(),
        folder.getAuthority(),
        above.endsWith("/") ? above + name : above + "/" + name);
  }

  /** The key of the file's example i, counted in the file, where the file itself says no other. */
  String key(int i) {
    return kind() == FileKind.IMAGE ? name : name + "#" + i;
  }

  FileKind kind() {
    return FileKind.require(name);
  }
}
