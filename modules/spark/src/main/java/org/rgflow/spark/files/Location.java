package org.rgflow.spark.files;

import java.io.IOException;
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

  /** Whether it is the other one, or lies below it. */
  public boolean isIn(Location folder) {
    for (Path at = path; at != null; at = at.getParent()) {
      if (at.equals(folder.path)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The same, where no name on the way is hidden, as what is passed over in the folder's images.
   */
  public boolean isVisibleIn(Location folder) {
    if (!isIn(folder)) {
      return false;
    }
    for (Path at = path; !at.equals(folder.path); at = at.getParent()) {
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
