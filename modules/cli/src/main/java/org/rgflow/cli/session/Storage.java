package org.rgflow.cli.session;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.rgflow.data.DataException;
import org.rgflow.spark.files.WholeFiles;
import org.rgflow.spark.model.FlowModel;
import org.rgflow.spark.registry.RegisteredModel;
import org.rgflow.spark.registry.Registry;
import org.rgflow.spark.run.RunFolder;

/** Files and folders of any Hadoop file system, as the user names them. */
public final class Storage {
  private final Configuration hadoop;

  private Storage(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /** With Hadoop's own settings and Spark's {@code spark.hadoop.*}; needs no session. */
  public static Storage open() {
    SparkConf spark = Patience.set(new SparkConf());
    return new Storage(SparkHadoopUtil.get().newConfiguration(spark));
  }

  /** Hadoop's settings. */
  public Configuration hadoop() {
    return hadoop;
  }

  /**
   * All bytes of a file; a path without a scheme is on this machine, whatever the default file
   * system is.
   *
   * @throws DataException if there is no such file
   */
  public byte[] readLocal(String path) throws IOException {
    boolean bare = new Path(path).toUri().getScheme() == null;
    return read(bare ? java.nio.file.Path.of(path).toUri().toString() : path, path);
  }

  /**
   * All bytes of a file.
   *
   * @throws DataException if there is no such file
   */
  public byte[] read(String uri) throws IOException {
    return read(uri, uri);
  }

  private byte[] read(String uri, String name) throws IOException {
    if (status(uri, name).isDirectory()) {
      throw new DataException(name + ": a folder; allowed: a file");
    }
    try (InputStream in = fileSystem(uri).open(new Path(uri))) {
      return in.readAllBytes();
    }
  }

  /**
   * The model of a file, the newest of a run, or the champion of a registered model.
   *
   * @throws DataException if there is none, or it is damaged
   */
  public FlowModel model(String uri) throws IOException {
    if (!isFolder(uri)) {
      try (InputStream in = fileSystem(uri).open(new Path(uri))) {
        return FlowModel.load(uri, in);
      }
    }
    Optional<RegisteredModel> registered = Registry.modelIn(hadoop, uri);
    return registered.isPresent()
        ? registered.get().championModel()
        : RunFolder.resume(hadoop, uri).latestModel();
  }

  /**
   * Whether the path is a folder.
   *
   * @throws DataException if there is no such path
   */
  public boolean isFolder(String uri) throws IOException {
    return status(uri, uri).isDirectory();
  }

  /** Whether there is a file or folder. */
  public boolean exists(String uri) throws IOException {
    return fileSystem(uri).exists(new Path(uri));
  }

  /** Writes files into a folder; each appears under its name when it is complete. */
  public void write(String folder, Map<String, byte[]> files) throws IOException {
    WholeFiles whole = WholeFiles.of(hadoop, new Path(folder));
    files.forEach((name, bytes) -> whole.write(new Path(folder, name), bytes));
  }

  private FileStatus status(String uri, String name) throws IOException {
    try {
      return fileSystem(uri).getFileStatus(new Path(uri));
    } catch (FileNotFoundException e) {
      throw new DataException(name + ": no such file or folder", e);
    }
  }

  private FileSystem fileSystem(String uri) throws IOException {
    return WholeFiles.of(hadoop, new Path(uri)).fileSystem();
  }
}
