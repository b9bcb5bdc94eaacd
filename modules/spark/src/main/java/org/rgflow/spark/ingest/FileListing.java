package org.rgflow.spark.ingest;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleFormat;

/** Finds the files of images under paths. */
final class FileListing {
  private static final String FORMATS =
      "files of " + FileKind.FORMATS + ", their names not starting with '.' or '_'";

  private final Configuration hadoop;
  private final List<Found> found = new ArrayList<>();

  private FileListing(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /**
   * A file.
   *
   * @param root folder, a qualified URI
   * @param name path in the root
   * @param stamp by which it is told apart from another of its name
   */
  record Found(String root, String name, FileInventory.Stamp stamp) {}

  /**
   * Every file of images, sorted by name.
   *
   * @throws DataException if a path does not exist, holds no such file, or two files have one name
   */
  static List<Found> of(List<String> paths, Configuration hadoop) {
    if (paths.isEmpty()) {
      throw new DataException("no path of images; allowed: at least one file or folder");
    }
    FileListing listing = new FileListing(hadoop);
    paths.forEach(listing::add);
    listing.found.sort(Comparator.comparing(Found::name));
    listing.requireDistinct();
    return listing.found;
  }

  private void add(String path) {
    try {
      Path root = new Path(path);
      FileSystem files = root.getFileSystem(hadoop);
      FileStatus status = files.getFileStatus(root);
      if (status.isDirectory()) {
        addFolder(path, files, files.resolvePath(root));
      } else {
        addFile(status);
      }
    } catch (FileNotFoundException e) {
      throw new DataException(path + ": does not exist; allowed: a file or a folder", e);
    } catch (IOException | IllegalArgumentException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new DataException(path + ": cannot be listed: " + reason, e);
    }
  }

  private void addFile(FileStatus status) {
    Path path = status.getPath();
    FileKind.require(path.getName());
    found.add(new Found(path.getParent().toString(), path.getName(), stamp(status)));
  }

  private void addFolder(String path, FileSystem files, Path root) throws IOException {
    int before = found.size();
    String prefix = folderPrefix(root);
    walk(
        files,
        root,
        status -> {
          String name = status.getPath().toUri().getPath().substring(prefix.length());
          if (isImages(name)) {
            found.add(new Found(root.toString(), name, stamp(status)));
          }
        });
    if (found.size() == before) {
      throw new DataException(path + ": holds no images; allowed: " + FORMATS);
    }
  }

  /** Every file below a folder, by as few calls as the file system knows. */
  private static void walk(FileSystem files, Path folder, Consumer<FileStatus> visit)
      throws IOException {
    if (files instanceof LocalFileSystem) {
      // a listing with locations asks for rights too, by a process of its own for every file
      for (FileStatus status : files.listStatus(folder)) {
        if (status.isDirectory()) {
          walk(files, status.getPath(), visit);
        } else {
          visit.accept(status);
        }
      }
      return;
    }
    RemoteIterator<LocatedFileStatus> statuses = files.listFiles(folder, true);
    while (statuses.hasNext()) {
      visit.accept(statuses.next());
    }
  }

  private static FileInventory.Stamp stamp(FileStatus file) {
    return new FileInventory.Stamp(file.getLen(), file.getModificationTime());
  }

  private static String folderPrefix(Path root) {
    String prefix = root.toUri().getPath();
    return prefix.endsWith("/") ? prefix : prefix + "/";
  }

  /** Hidden files, and IDX files of labels, which lie beside those of images, are none. */
  private static boolean isImages(String name) {
    for (String part : name.split("/")) {
      if (part.startsWith(".") || part.startsWith("_")) {
        return false;
      }
    }
    return !isLabels(name) && FileKind.of(name).isPresent();
  }

  private static boolean isLabels(String name) {
    boolean isIdx =
        ExampleFormat.of(name)
            .filter(format -> format == ExampleFormat.IDX || format == ExampleFormat.IDX_GZ)
            .isPresent();
    return isIdx && name.substring(name.lastIndexOf('/') + 1).contains("idx1");
  }

  private void requireDistinct() {
    for (int i = 1; i < found.size(); i++) {
      Found one = found.get(i - 1);
      Found other = found.get(i);
      if (one.name().equals(other.name())) {
        throw new DataException(
            other.name()
                + ": is in both "
                + one.root()
                + " and "
                + other.root()
                + "; allowed: distinct names below the given paths, such as below a common folder");
      }
    }
  }
}
