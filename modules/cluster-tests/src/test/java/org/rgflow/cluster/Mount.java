package org.rgflow.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder made a file system of its own, until closed; only root can, others skip the test. */
final class Mount implements AutoCloseable {
  private final Path folder;

  private Mount(Path folder) {
    this.folder = folder;
  }

  /** An empty disk of so many bytes. */
  static Mount disk(Path folder, long bytes) {
    requireDone(folder, "mount", "-t", "tmpfs", "-o", "size=" + bytes, "tmpfs");
    return new Mount(folder);
  }

  /** What a folder holds, and nobody may change. */
  static Mount readOnly(Path folder) {
    requireDone(folder, "mount", "-o", "bind", folder.toString());
    requireDone(folder, "mount", "-o", "remount,ro,bind");
    return new Mount(folder);
  }

  private static void requireDone(Path folder, String... command) {
    assumeTrue(status(folder, command) == 0, "only root can mount");
  }

  private static int status(Path folder, String... command) {
    List<String> whole = Stream.concat(Stream.of(command), Stream.of(folder.toString())).toList();
    return ChildProcess.start(command[0], folder.getParent(), Map.of(), whole).status();
  }

  @Override
  public void close() {
    status(folder, "umount");
  }
}
