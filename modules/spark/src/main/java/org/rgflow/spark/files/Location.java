package org.rgflow.spark.files;

import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Where a file or folder is, which may not exist, however the user names it.
 *
 * @param path with its file system
 */
public record Location(Path path) {
  /**
   * The location of a path.
   *
   * @throws org.rgflow.data.DataException if its file system cannot be reached
   */
  public static Location of(Configuration hadoop, String uri) {
    try {
      Path path = new Path(uri);
      return new Location(path.getFileSystem(hadoop).makeQualified(path));
    } catch (IOException e) {
      throw WholeFiles.unreachable(uri, e);
    }
  }

  /**
   * A path without symbolic links, of which only a local disk's are followed: no other file system
   * of Hadoop has them.
   *
   * @param qualified with its file system; the last of its names may not exist
   */
  public static Path withoutLinks(Path qualified) throws IOException {
    if (!"file".equals(qualified.toUri().getScheme())) {
      return qualified;
    }
    java.nio.file.Path whole = java.nio.file.Path.of(qualified.toUri().getPath());
    java.nio.file.Path there = whole;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    if (there == null) {
      return qualified;
    }
    java.nio.file.Path real = there.toRealPath().resolve(there.relativize(whole));
    return new Path("file", null, real.toString());
  }

  /** Whether it is the other one, or lies below it, by whatever links. */
  public boolean isIn(Location folder) {
    return isIn(real(), folder.real());
  }

  private Path real() {
    try {
      return withoutLinks(path);
    } catch (IOException e) {
      throw WholeFiles.unreachable(path.toString(), e);
    }
  }

  private static boolean isIn(Path below, Path folder) {
    for (Path at = below; at != null; at = at.getParent()) {
      if (at.equals(folder)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The same, where no name on the way is hidden, as what is passed over in the folder's images.
   */
  public boolean isVisibleIn(Location folder) {
    Path below = real();
    Path end = folder.real();
    if (!isIn(below, end)) {
      return false;
    }
    for (Path at = below; !at.equals(end); at = at.getParent()) {
      if (isHidden(at.getName())) {
        return false;
      }
    }
    return true;
  }

  /** Whether a file or folder of this name is passed over, as Hadoop and Spark do. */
  public static boolean isHidden(String name) {
    return name.startsWith(".") || name.startsWith("_");
  }
}
