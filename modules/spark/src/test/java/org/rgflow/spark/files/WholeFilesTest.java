package org.rgflow.spark.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.util.Progressable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFilesTest {
  private static final byte[] OLD = {1, 2, 3, 4, 5, 6};
  private static final byte[] NEW = {7, 8, 9, 10, 11, 12};

  @TempDir private File folder;
  private Path file;

  @BeforeEach
  void writeTheOld() throws IOException {
    file = new Path(folder.toURI().toString(), "below/file");
    WholeFiles.of(new Configuration(), file).write(file, OLD);
  }

  /** A file system of a scheme. */
  private static Configuration with(String scheme, Class<? extends FileSystem> type) {
    Configuration hadoop = new Configuration();
    hadoop.setClass("fs." + scheme + ".impl", type, FileSystem.class);
    hadoop.setBoolean("fs." + scheme + ".impl.disable.cache", true);
    return hadoop;
  }

  @Test
  void aFileIsReplacedAndNothingLiesBesideIt() throws IOException {
    WholeFiles files = WholeFiles.of(new Configuration(), file);
    files.write(file, NEW);
    assertThat(files.read(file)).hasValue(NEW);
    assertThat(new File(folder, "below").list()).containsExactly("file");
    assertThat(files.read(new Path(folder.toURI().toString(), "none"))).isEmpty();
  }

  @Test
  void aContentThatFailsHalfWayLeavesTheOld() throws IOException {
    Configuration hadoop = with("odd", Odd.class);
    for (Path place : new Path[] {file, new Path("odd://host" + file.toUri().getPath())}) {
      WholeFiles files = WholeFiles.of(hadoop, place);
      assertThatThrownBy(
              () ->
                  files.write(
                      place,
                      out -> {
                        out.write(NEW, 0, 3);
                        throw new IllegalStateException("half-way");
                      }))
          .hasMessage("half-way");
      assertThat(files.read(place)).hasValue(OLD);
      assertThat(new File(folder, "below").list()).containsExactly("file");
    }
  }

  @Test
  void aFolderIsRemovedWhereNothingIsInItAndAFileIsNot() throws IOException {
    for (Path place : new Path[] {file, new Path("odd://host" + file.toUri().getPath())}) {
      WholeFiles files = WholeFiles.of(with("odd", Odd.class), place);
      Path below = place.getParent();
      Path empty = new Path(below, "empty");
      files.deleteIfEmpty(empty);
      files.fileSystem().mkdirs(empty);
      files.deleteIfEmpty(empty);
      files.deleteIfEmpty(below);
      files.deleteIfEmpty(place); // which is a file
      assertThat(new File(folder, "below").list()).containsExactly("file");
    }
  }

  @Test
  void aFileIsTheContentOfAnother() throws IOException {
    WholeFiles files = WholeFiles.of(new Configuration(), file);
    Path copy = new Path(file.getParent(), "copy");
    files.write(copy, files.content(file).orElseThrow());
    assertThat(files.read(copy)).hasValue(OLD);
    assertThat(files.content(new Path(file.getParent(), "none"))).isEmpty();
  }

  @Test
  void aFailingWriterLeavesTheOldContent() throws IOException {
    Configuration hadoop = with("odd", FullDisk.class);
    Path odd = new Path("odd://host" + file.toUri().getPath());
    WholeFiles full = WholeFiles.of(hadoop, odd);
    assertThatThrownBy(() -> full.write(odd, NEW))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(odd + ": could not be written")
        .hasRootCauseMessage("no space left");
    assertThat(full.read(odd)).hasValue(OLD);
    assertThat(new File(folder, "below").list()).containsExactly("file");
  }

  @Test
  void whatCannotBeReplacedStaysAsItWas() throws IOException {
    WholeFiles files = WholeFiles.of(new Configuration(), file);
    Path below = file.getParent();
    assertThatThrownBy(() -> files.write(below, NEW))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(below + ": could not be written");
    assertThat(files.read(file)).hasValue(OLD);
    assertThat(folder.list()).containsExactly("below");
  }

  @Test
  void anObjectStoreGetsTheFileAtOnce() throws IOException {
    Configuration hadoop = with("s3a", ObjectStore.class);
    Path object = new Path("s3a://bucket" + file.toUri().getPath());
    WholeFiles store = WholeFiles.of(hadoop, object);
    store.write(object, NEW);
    assertThat(store.read(object)).hasValue(NEW);
  }

  @Test
  void anotherFileSystemRenamesOverTheOldFile() throws IOException {
    Configuration hadoop = new Configuration();
    hadoop.set("fs.viewfs.mounttable.table.link./mount", folder.toURI().toString());
    Path mounted = new Path("viewfs://table/mount/below/file");
    WholeFiles files = WholeFiles.of(hadoop, mounted);
    files.write(mounted, NEW);
    files.write(mounted, OLD);
    assertThat(files.read(mounted)).hasValue(OLD);
    assertThat(new File(folder, "below").list()).doesNotContain(".file.tmp");
  }

  @Test
  void aFileSystemThatCannotRenameOverAFileLosesTheOldFirst() throws IOException {
    Configuration hadoop = with("odd", Odd.class);
    Path odd = new Path("odd://host" + file.toUri().getPath());
    WholeFiles files = WholeFiles.of(hadoop, odd);
    files.write(odd, NEW);
    assertThat(files.read(odd)).hasValue(NEW);
    assertThat(new File(folder, "below").list()).containsExactly("file");
  }

  /** The local disk under a scheme that Hadoop's FileContext does not know. */
  private static class Odd extends RawLocalFileSystem {
    @Override
    public URI getUri() {
      return URI.create("odd://host");
    }

    @Override
    public File pathToFile(Path path) {
      return new File(path.toUri().getPath());
    }
  }

  /** Takes three bytes of each file. */
  private static final class FullDisk extends Odd {
    @Override
    public FSDataOutputStream create(
        Path path,
        boolean overwrite,
        int bufferSize,
        short replication,
        long blockSize,
        Progressable progress)
        throws IOException {
      OutputStream whole =
          super.create(path, overwrite, bufferSize, replication, blockSize, progress);
      return new FSDataOutputStream(
          new FilterOutputStream(whole) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
              out.write(bytes, offset, 3);
              throw new IOException("no space left");
            }
          },
          null);
    }
  }

  /** The local disk as a bucket, without a rename. */
  private static final class ObjectStore extends Odd {
    @Override
    public URI getUri() {
      return URI.create("s3a://bucket");
    }

    @Override
    public boolean rename(Path from, Path to) {
      throw new AssertionError("renamed " + from + " to " + to);
    }

    @Override
    public void setPermission(Path path, FsPermission permission) {
      // a bucket's objects have none
    }
  }
}
