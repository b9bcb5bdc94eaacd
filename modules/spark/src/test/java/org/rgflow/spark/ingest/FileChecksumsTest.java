package org.rgflow.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rgflow.spark.ingest.SmallImages.png;
import static org.rgflow.spark.ingest.SmallImages.write;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.data.DataException;
import org.rgflow.data.Sha256;
import org.rgflow.spark.LocalSpark;

class FileChecksumsTest {
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private FileTable listed() {
    return FileListing.of(List.of(folder.toString()), spark.sessionState().newHadoopConf()).files();
  }

  private FileTable read() {
    return FileChecksums.of(spark, listed());
  }

  private ImageFiles since(FileInventory known) {
    return ImageFiles.listNew(spark, List.of(folder.toString()), 0, known.toldBy(ToldBy.CONTENT));
  }

  /** Other bytes in a file that is as long and as old as it was. */
  private static void replace(Path file) throws IOException {
    FileTime time = Files.getLastModifiedTime(file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1]++;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, time);
  }

  /** More than one task reads. */
  @Test
  void checksumsAreTheBeginningsOfSha256InTheOrderOfTheFiles() throws IOException {
    for (int i = 0; i < 600; i++) {
      write(folder.resolve("some/" + i + ".png"), new byte[] {(byte) i, (byte) (i >> 8)});
    }
    write(folder.resolve("12:30.png"), new byte[1 << 20]);
    write(folder.resolve("empty.npy"), new byte[0]);
    FileTable read = read();
    assertThat(read).hasSize(602);
    for (FileSlice file : read) {
      String sha256 = Sha256.hex(Files.readAllBytes(folder.resolve(file.name())));
      assertThat(HexFormat.of().toHexDigits(file.stamp().checksum()))
          .isEqualTo(sha256.substring(0, 16));
    }
    FileTable.Builder without = new FileTable.Builder();
    read.forEach(file -> without.add(file.withChecksum(0)));
    assertThat(without.build()).containsExactlyElementsOf(listed());
  }

  @Test
  void ofNoFileThereIsNothingToRead() {
    assertThat(FileChecksums.of(spark, new FileTable.Builder().build())).isEmpty();
  }

  @Test
  void newByContentIsWhatHasOtherBytesAndNotWhatWasTouched() throws IOException {
    Path replaced = folder.resolve("a.png");
    Path touched = folder.resolve("b.png");
    for (Path file : List.of(replaced, touched, folder.resolve("c.png"))) {
      write(file, png(1, 8));
    }
    FileInventory known =
        ImageFiles.list(spark, List.of(folder.toString()), 0, ToldBy.CONTENT).inventory();
    replace(replaced);
    Files.setLastModifiedTime(touched, FileTime.from(Instant.now().plusSeconds(60)));
    write(folder.resolve("d.png"), png(2, 8));

    assertThat(names(since(known))).containsExactly("a.png", "d.png");
    ImageFiles all = ImageFiles.list(spark, List.of(folder.toString()), 0, ToldBy.CONTENT);
    assertThat(names(all.except(known.toldBy(ToldBy.CONTENT)))).containsExactly("a.png", "d.png");
    assertThat(names(all.except(known.toldBy(ToldBy.TIME)))).containsExactly("b.png", "d.png");
    assertThat(names(all.except(known))).containsExactly("d.png");
  }

  private static List<String> names(ImageFiles files) {
    return files.decodeTolerantly(1).collect().stream().map(DecodedExample::key).toList();
  }

  @Test
  void ofAnInventoryWithoutChecksumsLengthsTellAndTheNextHasThem() throws IOException {
    write(folder.resolve("a.png"), png(1, 8));
    write(folder.resolve("b.png"), png(2, 8));
    FileInventory before = ImageFiles.list(spark, List.of(folder.toString()), 0).inventory();
    assertThat(before.knowsContent()).isFalse();

    replace(folder.resolve("a.png")); // which nothing tells
    ImageFiles none = since(before);
    assertThat(none.count()).isZero();
    assertThat(none.known().size()).isEqualTo(2);
    assertThat(none.known().knowsContent()).isTrue();
    replace(folder.resolve("a.png"));
    assertThat(names(since(none.known()))).containsExactly("a.png");
  }

  @Test
  void aFileThatChangesOrGoesWhileItIsReadIsAnError() throws IOException {
    Path file = write(folder.resolve("a.png"), png(1, 8));
    FileTable listed = listed();
    String message =
        file.toUri().toString().replace("file:///", "file:/")
            + ": was changed or removed while it was read; allowed: files that stay as they are";
    write(file, new byte[] {1, 2, 3});
    assertRefused(listed, message);
    write(file, png(1, 8));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(60)));
    assertRefused(listed, message);
    Files.delete(file);
    assertRefused(listed, message);
  }

  private static void assertRefused(FileTable listed, String message) {
    assertThatThrownBy(() -> FileChecksums.of(spark, listed))
        .isInstanceOf(DataException.class)
        .hasMessage(message);
  }

  @Test
  void aFileThatItsFileSystemKnowsToBeDamagedHasNoChecksum() throws IOException {
    write(folder.resolve("a.png"), png(1, 8));
    byte[] others = {'c', 'r', 'c', 0, 0, 0, 2, 0, 1, 2, 3, 4};
    write(folder.resolve(".a.png.crc"), others);
    assertThat(read()).extracting(file -> file.stamp().checksum()).containsExactly(0L);
  }
}
