package org.rgflow.spark.ingest;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
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
import org.rgflow.spark.files.Location;

/** Finds the files of images under paths. */
final class FileListing {
  private static final String FORMATS =
      "files of " + FileKind.FORMATS + ", their names not starting with '.' or '_'";

  /** Folders that are listed at once: a listing waits for its file system. */
  private static final int AT_ONCE = 16;

  /** Entries of a folder whose folders are listed one by one. */
  private static final int FEW = 1000;

  private final Configuration hadoop;
  private final FileSorter found = new FileSorter();
  private final PassedOver passedOver = new PassedOver();

  private FileListing(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /**
   * Lists all that is under paths.
   *
   * @throws DataException if a path does not exist, or holds no file of images
   */
  static FileListing of(List<String> paths, Configuration hadoop) {
    if (paths.isEmpty()) {
      throw new DataException("no path of images; allowed: at least one file or folder");
    }
    FileListing listing = new FileListing(hadoop);
    paths.forEach(listing::add);
    return listing;
  }

  /**
   * Every file of images, of one example each.
   *
   * @throws DataException if two files have one name
   */
  FileTable files() {
    return found.sorted(FileListing::refuse);
  }

  /** Files in folders that are of no known format. */
  PassedOver passedOver() {
    return passedOver;
  }

  private void add(String path) {
    try {
      Path root = new Path(path);
      FileSystem files = root.getFileSystem(hadoop);
      FileStatus status = files.getFileStatus(root);
      if (status.isDirectory()) {
        addFolder(path, files, Location.withoutLinks(files.resolvePath(root)));
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

  private void addFile(FileStatus status) throws IOException {
    Path path = status.getPath();
    FileKind.require(path.getName());
    found.add(entry(Location.withoutLinks(path.getParent()).toString(), path.getName(), status));
  }

  private void addFolder(String path, FileSystem files, Path root) throws IOException {
    String prefix = folderPrefix(root);
    AtomicBoolean any = new AtomicBoolean();
    Consumer<FileStatus> visit =
        status -> {
          String name = status.getPath().toUri().getPath().substring(prefix.length());
          if (isHidden(name) || isLabels(name)) {
            return;
          }
          if (FileKind.of(name).isPresent()) {
            any.set(true);
            found.add(entry(root.toString(), name, status));
          } else {
            passedOver.add(name);
          }
        };
    walkAtOnce(files, root, visit);
    if (!any.get()) {
      String others = passedOver.isEmpty() ? "" : ", " + passedOver;
      throw new DataException(path + ": holds no images" + others + "; allowed: " + FORMATS);
    }
  }

  /**
   * Every file below a folder, the folders in it beside each other where they are few: of many an
   * object store tells faster without asking for each.
   */
  private static void walkAtOnce(FileSystem files, Path root, Consumer<FileStatus> visit)
      throws IOException {
    List<FileStatus> top = new ArrayList<>();
    RemoteIterator<FileStatus> statuses = files.listStatusIterator(root);
    while (statuses.hasNext() && top.size() <= FEW) {
      top.add(statuses.next());
    }
    if (top.size() > FEW) {
      walk(files, root, visit);
      return;
    }
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    try {
      List<Future<Void>> folders = new ArrayList<>();
      for (FileStatus status : top) {
        if (status.isDirectory()) {
          folders.add(
              threads.submit(
                  () -> {
                    walk(files, status.getPath(), visit);
                    return null;
                  }));
        } else {
          visit.accept(status);
        }
      }
      for (Future<Void> folder : folders) {
        folder.get();
      }
    } catch (ExecutionException e) {
      throw declared(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("interrupted while listing").initCause(e);
    } finally {
      threads.shutdownNow();
    }
  }

  /** What a walk threw: as it is where nothing declares it. */
  private static IOException declared(Throwable thrown) {
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    if (thrown instanceof Error error) {
      throw error;
    }
    return (IOException) thrown;
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

  /** A file as it is listed, of one example. */
  static FileSlice entry(String root, String name, FileStatus file) {
    FileInventory.Stamp stamp = new FileInventory.Stamp(file.getLen(), file.getModificationTime());
    return new FileSlice(root, name, stamp, 0, 1);
  }

  private static String folderPrefix(Path root) {
    String prefix = root.toUri().getPath();
    return prefix.endsWith("/") ? prefix : prefix + "/";
  }

  private static boolean isHidden(String name) {
    return Arrays.stream(name.split("/")).anyMatch(Location::isHidden);
  }

  /** IDX files of labels lie beside those of images. */
  private static boolean isLabels(String name) {
    boolean isIdx =
        ExampleFormat.of(name)
            .filter(format -> format == ExampleFormat.IDX || format == ExampleFormat.IDX_GZ)
            .isPresent();
    return isIdx && name.substring(name.lastIndexOf('/') + 1).contains("idx1");
  }

  private static FileSlice refuse(FileSlice one, FileSlice other) {
    throw new DataException(
        other.name()
            + ": is in both "
            + one.root()
            + " and "
            + other.root()
            + "; allowed: distinct names below the given paths, such as below a common folder");
  }
}
