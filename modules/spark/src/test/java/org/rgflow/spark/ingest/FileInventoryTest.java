package org.rgflow.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.rgflow.data.DataException;
import org.rgflow.spark.ingest.FileInventory.Stamp;

class FileInventoryTest {
  private static final long TIME = 1_700_000_000_000L;

  private static FileInventory of(Stamp first, Stamp second) {
    FileTable.Builder files = new FileTable.Builder();
    files.add(new FileSlice("file:/r", "a/1.png", first, 0, 1));
    files.add(new FileSlice("file:/r", "b.npy", second, 0, 5));
    return FileInventory.of(files.build());
  }

  private static FileInventory ofOne(Stamp file) {
    FileTable.Builder files = new FileTable.Builder();
    files.add(new FileSlice("file:/r", "a/1.png", file, 0, 1));
    return FileInventory.of(files.build());
  }

  private static boolean isKnown(Stamp known, Stamp found, ToldBy told) {
    return ofOne(known).toldBy(told).has("a/1.png", found);
  }

  @Test
  void aFileOfOtherBytesIsAnotherByContentAlone() {
    Stamp known = new Stamp(7, TIME, -2);
    Stamp changed = new Stamp(7, TIME, 3);
    assertThat(isKnown(known, changed, ToldBy.CONTENT)).isFalse();
    assertThat(isKnown(known, changed, ToldBy.TIME)).isTrue();
    assertThat(isKnown(known, changed, ToldBy.LENGTH)).isTrue();
  }

  @Test
  void aFileThatWasTouchedIsAnotherByTimeAlone() {
    Stamp known = new Stamp(7, TIME, -2);
    Stamp touched = new Stamp(7, TIME + 1, -2);
    assertThat(isKnown(known, touched, ToldBy.CONTENT)).isTrue();
    assertThat(isKnown(known, touched, ToldBy.TIME)).isFalse();
    assertThat(isKnown(known, touched, ToldBy.LENGTH)).isTrue();
  }

  @Test
  void aFileOfAnotherLengthIsAnotherWhateverElseItIs() {
    for (ToldBy told : ToldBy.values()) {
      assertThat(isKnown(new Stamp(7, TIME, 1), new Stamp(8, TIME, 1), told)).isFalse();
      assertThat(isKnown(new Stamp(7, 0), new Stamp(8, 0), told)).isFalse();
    }
  }

  @Test
  void whatIsNotKnownOfAFileTellsItFromNone() {
    assertThat(isKnown(new Stamp(7, TIME), new Stamp(7, TIME + 1, 3), ToldBy.CONTENT)).isTrue();
    assertThat(isKnown(new Stamp(7, TIME, 3), new Stamp(7, TIME), ToldBy.CONTENT)).isTrue();
    assertThat(isKnown(new Stamp(7, 0), new Stamp(7, TIME), ToldBy.TIME)).isTrue();
  }

  /** Runs and scores that are kept are told apart by these. */
  @Test
  void theFingerprintIsOfNamesLengthsAndWhatElseTellsThem() {
    FileInventory read = of(new Stamp(7, TIME, -2), new Stamp(9, 0, 0x1F));
    FileInventory unread = of(new Stamp(7, TIME), new Stamp(9, 0));
    for (FileInventory files : new FileInventory[] {read, unread}) {
      assertThat(files.fingerprint())
          .isEqualTo("ce8a6b9703053a4bd7124dd3197252621a83dd9365a4479be357a5623adf9da4")
          .isEqualTo(files.toldBy(ToldBy.LENGTH).fingerprint());
      assertThat(files.toldBy(ToldBy.TIME).fingerprint())
          .isEqualTo("6576980a7f6984b372b4743448173b78eca95ea24552ccb7eba39b929a50819e");
    }
    String content = read.toldBy(ToldBy.CONTENT).fingerprint();
    assertThat(of(new Stamp(7, TIME + 1, -2), new Stamp(9, TIME, 0x1F)))
        .extracting(touched -> touched.toldBy(ToldBy.CONTENT).fingerprint())
        .isEqualTo(content);
    assertThat(of(new Stamp(7, TIME, -3), new Stamp(9, 0, 0x1F)))
        .extracting(changed -> changed.toldBy(ToldBy.CONTENT).fingerprint())
        .isNotEqualTo(content);
  }

  @Test
  void theFileHasChecksumsWhereTheyAreKnown() throws IOException {
    FileInventory files = of(new Stamp(7, TIME, -2), new Stamp(9, TIME));
    assertThat(text(files))
        .isEqualTo(
            """
            {"name":"a/1.png","bytes":7,"modified":1700000000000,"sha256":"fffffffffffffffe"}
            {"name":"b.npy","bytes":9,"modified":1700000000000}
            """);
    FileInventory again = FileInventory.read("x", files.bytes());
    assertThat(text(again)).isEqualTo(text(files));
    assertThat(again.toldBy(ToldBy.CONTENT).has("a/1.png", new Stamp(7, TIME, 3))).isFalse();
    assertThat(again.knowsContent()).isFalse();
    assertThat(ofOne(new Stamp(7, TIME, 3)).knowsContent()).isTrue();
  }

  private static String text(FileInventory files) throws IOException {
    ByteArrayInputStream bytes = new ByteArrayInputStream(files.bytes());
    return new String(new GZIPInputStream(bytes).readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void aChecksumThatIsNoneIsADamagedFile() throws IOException {
    String line = "{\"name\":\"a\",\"bytes\":7,\"modified\":0,\"sha256\":\"xyz\"}\n";
    byte[] damaged = SmallImages.gzip(line.getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> FileInventory.read("files.jsonl.gz", damaged))
        .isInstanceOf(DataException.class)
        .hasMessage("files.jsonl.gz: not a list of files, or damaged");
  }
}
