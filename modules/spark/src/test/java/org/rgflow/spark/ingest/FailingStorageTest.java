package org.rgflow.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rgflow.spark.ingest.SmallImages.idx;
import static org.rgflow.spark.ingest.SmallImages.png;
import static org.rgflow.spark.ingest.SmallImages.write;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSInputStream;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.spark.LocalSpark;

/** A storage that fails is tried again by Spark, and makes no row of an image that is whole. */
class FailingStorageTest {
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(1);
    spark.conf().set("fs.file.impl", Failing.class.getName());
    spark.conf().set("fs.file.impl.disable.cache", "true"); // which knows another already
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  /** The local file system, whose files can be read up to the 150th byte. */
  static final class Failing extends RawLocalFileSystem {
    private static final int GOOD = 150;

    @Override
    public FSDataInputStream open(org.apache.hadoop.fs.Path path, int buffer) throws IOException {
      FSDataInputStream file = super.open(path, buffer);
      return new FSDataInputStream(
          new FSInputStream() {
            @Override
            public int read() throws IOException {
              if (file.getPos() >= GOOD) {
                throw new IOException("the connection was reset");
              }
              return file.read();
            }

            @Override
            public void seek(long to) throws IOException {
              file.seek(to);
            }

            @Override
            public long getPos() throws IOException {
              return file.getPos();
            }

            @Override
            public boolean seekToNewSource(long target) {
              return false;
            }

            @Override
            public void close() throws IOException {
              file.close();
            }
          });
    }
  }

  private ImageFiles files() {
    return ImageFiles.list(spark, List.of(folder.toUri().toString()), 0);
  }

  @Test
  void aFileThatStopsHalfWayFailsTheTask() throws IOException {
    write(folder.resolve("images-idx3-ubyte"), idx(0, 5, 8));
    assertThat(files().count()).isEqualTo(5);
    assertThatThrownBy(() -> files().decodeTolerantly(1).collect())
        .rootCause()
        .isInstanceOf(IOException.class)
        .hasMessage("the connection was reset");
    assertThatThrownBy(() -> files().shards(1, Selection.all()).collect())
        .rootCause()
        .hasMessage("the connection was reset");
  }

  @Test
  void anImageOfItsOwnFileFailsTheTaskToo() throws IOException {
    write(folder.resolve("a.png"), png(1, 28));
    assertThatThrownBy(() -> files().decodeTolerantly(1).collect())
        .rootCause()
        .hasMessage("the connection was reset");
  }
}
