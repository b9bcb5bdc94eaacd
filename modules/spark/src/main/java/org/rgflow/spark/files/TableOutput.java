package org.rgflow.spark.files;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.rgflow.data.DataException;

/**
 * The folder that a job writes a table to: apart from what the job reads, and replaced only where
 * it holds a table.
 */
public final class TableOutput {
  /** Without it a table is not finished: what a job writes last, and removes first. */
  public static final String MANIFEST = "_manifest.json";

  /** What a job that goes on after it was killed writes first: what its table is of. */
  public static final String PLAN = "_plan.json";

  /**
   * What Spark and the jobs that write tables leave in a table's folder: nothing else, as what else
   * is hidden, such as {@code .git}, is somebody's.
   */
  private static final Pattern OF_TABLE = ofTable();

  /** Claims to the lease of a job that takes one, which are no part of the table. */
  public static final String LEASE = "_lease";

  private final Configuration hadoop;
  private final String uri;
  private final Path root;
  private final FileSystem files;

  private static Pattern ofTable() {
    String name =
        "(_SUCCESS|_temporary|__magic.*|part-.*|chunk=\\d+"
            + "|_plan\\.json|_manifest\\.json|_(files|earlier|labels)\\.jsonl\\.gz)";
    return Pattern.compile(name + "|\\." + name + "\\.(crc|tmp)|\\.spark-staging-.*");
  }

  private TableOutput(Configuration hadoop, String uri, Path root, FileSystem files) {
    this.hadoop = hadoop;
    this.uri = uri;
    this.root = root;
    this.files = files;
  }

  /**
   * The folder, which may not exist.
   *
   * @throws DataException if its file system cannot be reached
   */
  public static TableOutput of(Configuration hadoop, String uri) {
    try {
      Path path = new Path(uri);
      FileSystem files = path.getFileSystem(hadoop);
      return new TableOutput(hadoop, uri, files.makeQualified(path), files);
    } catch (IOException e) {
      throw WholeFiles.unreachable(uri, e);
    }
  }

  /** The folder as file systems name it. */
  public Path root() {
    return root;
  }

  /**
   * Checks that it neither holds what is read nor lies in it.
   *
   * @param inputs folders or files
   * @throws DataException if it does
   */
  public void requireApartFrom(List<String> inputs) {
    Location own = new Location(root);
    for (String input : inputs) {
      Location other = Location.of(hadoop, input);
      if (other.isIn(own) || own.isIn(other)) {
        throw new DataException(
            uri + ": holds " + input + ", which is read, or lies in it; allowed: another path");
      }
    }
  }

  /**
   * Checks that there is nothing, or an empty folder, or a table that may be replaced.
   *
   * @param overwrite whether a table may be
   * @param allowed what else can be done, such as {@code another --output, or --overwrite}
   * @throws DataException if something else is there
   */
  public void requireFree(boolean overwrite, String allowed) {
    try {
      if (!files.exists(root)) {
        return;
      }
      if (!files.getFileStatus(root).isDirectory()) {
        throw new DataException(uri + ": is a file; allowed: a folder for the table");
      }
      List<Path> entries = entries();
      if (!entries.isEmpty() && !overwrite) {
        throw new DataException(uri + ": exists already; allowed: " + allowed);
      }
      for (Path entry : entries) {
        String name = entry.getName();
        if (!OF_TABLE.matcher(name).matches()) {
          throw new DataException(
              uri
                  + ": holds "
                  + name
                  + ", which is of no table, so it is not replaced; allowed: another path");
        }
      }
    } catch (IOException e) {
      throw WholeFiles.unreachable(uri, e);
    }
  }

  private List<Path> entries() throws IOException {
    return Arrays.stream(files.listStatus(root))
        .map(FileStatus::getPath)
        .filter(path -> !path.getName().equals(LEASE))
        .toList();
  }

  /**
   * Checks that a table is whole; one of another job, which has no plan, is.
   *
   * @throws DataException if it was begun and is not finished
   */
  public void requireFinished() {
    try {
      if (files.exists(new Path(root, PLAN)) && !files.exists(new Path(root, MANIFEST))) {
        throw new DataException(
            uri + ": holds no " + MANIFEST + "; allowed: the output of a score that has finished");
      }
    } catch (IOException e) {
      throw WholeFiles.unreachable(uri, e);
    }
  }

  /**
   * Removes what is there, but for a lease; first what says that it is finished, then its plan, and
   * last the folder, if nothing is left in it.
   */
  public void delete() {
    try {
      if (files.exists(root)) {
        files.delete(new Path(root, MANIFEST), false);
        files.delete(new Path(root, PLAN), false);
        for (Path entry : entries()) {
          files.delete(entry, true);
        }
        // an object store's folder may have gone with what was in it
        if (files.exists(root) && files.listStatus(root).length == 0) {
          files.delete(root, false);
        }
      }
    } catch (IOException e) {
      throw new DataException(uri + ": cannot be deleted: " + e.getMessage(), e);
    }
  }
}
