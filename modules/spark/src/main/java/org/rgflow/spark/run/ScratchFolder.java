package org.rgflow.spark.run;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.rgflow.spark.files.Content;

/**
 * A folder of this process alone on its own disk, for what must be kept a while and would fill
 * memory: where Spark has its own such files ({@code spark.local.dir}), which go when the process
 * does.
 */
final class ScratchFolder implements AutoCloseable {
  private static final int BUFFER = 1 << 16;

  private final Path folder;
  private final List<Path> files = new ArrayList<>();

  /**
   * @throws UncheckedIOException where none can be made
   */
  ScratchFolder() {
    Path parent = parent();
    try {
      folder = Files.createTempDirectory(parent, "rgflow-");
    } catch (IOException e) {
      throw new UncheckedIOException(parent + " (spark.local.dir): could not be written", e);
    }
  }

  private static Path parent() {
    SparkEnv spark = SparkEnv.get();
    File parent =
        spark == null
            ? new File(System.getProperty("java.io.tmpdir"))
            : spark.blockManager().diskBlockManager().localDirs()[0];
    return parent.toPath();
  }

  /**
   * Keeps a content as it is now.
   *
   * @throws UncheckedIOException if there is no room
   */
  Content keep(String name, Content content) {
    Path file = folder.resolve(name);
    files.add(file);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
      content.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " (spark.local.dir): could not be written", e);
    }
    return out -> Files.copy(file, out);
  }

  /** Forgets what was kept. */
  @Override
  public void close() {
    try {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": could not be removed", e);
    }
  }
}
