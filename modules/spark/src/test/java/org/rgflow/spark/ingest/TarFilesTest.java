package org.rgflow.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.rgflow.spark.ingest.SmallImages.pixels;
import static org.rgflow.spark.ingest.SmallImages.png;
import static org.rgflow.spark.ingest.SmallImages.tar;
import static org.rgflow.spark.ingest.SmallImages.write;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rgflow.spark.LocalSpark;

class TarFilesTest {
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

  private static String name(int i) {
    return String.format("sample-%03d.png", i);
  }

  /** Samples of WebDataset: an image and what goes with it. */
  private static Map<String, byte[]> samples(int from, int count) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int i = from; i < from + count; i++) {
      files.put(name(i), png(i, 8));
      files.put(name(i).replace(".png", ".cls"), "7".getBytes(StandardCharsets.US_ASCII));
    }
    return files;
  }

  private ImageFiles files() {
    return ImageFiles.list(spark, List.of(folder.toString()), 0);
  }

  private List<DecodedExample> decoded(int partitions) {
    return files().decodeTolerantly(partitions).collect();
  }

  @Test
  void imagesAreExamplesUnderTheirOwnNamesWhateverLiesBesideThem() throws IOException {
    Map<String, byte[]> first = new LinkedHashMap<>();
    first.put("./._hidden.png", new byte[] {1});
    first.put("./deep/" + "long-".repeat(30) + "name.PNG", png(40, 8));
    write(folder.resolve("a.tar"), tar(first));
    write(folder.resolve("b.tar"), tar(samples(0, 13)));
    ImageFiles files = files();
    assertThat(files.count()).isEqualTo(14);
    assertThat(files.shape()).hasToString("1x8x8");
    for (int partitions : new int[] {1, 3, 14}) {
      List<DecodedExample> examples = decoded(partitions);
      assertThat(examples.get(0).key()).isEqualTo("a.tar/deep/" + "long-".repeat(30) + "name.PNG");
      assertThat(examples.get(0).require().pixels()).isEqualTo(pixels(40, 8));
      for (int i = 0; i < 13; i++) {
        assertThat(examples.get(i + 1).key()).isEqualTo("b.tar/" + name(i));
        assertThat(examples.get(i + 1).require().pixels()).isEqualTo(pixels(i, 8));
      }
    }
  }

  @Test
  void theClassOfAnImageIsTheTextBeforeItElseTheFolder() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("./cat/1.cls", " 7\n".getBytes(StandardCharsets.UTF_8));
    files.put("./cat/1.png", png(0, 8));
    files.put("cat/2.png", png(1, 8));
    files.put("3.cls", "h\u00e9ron".getBytes(StandardCharsets.UTF_8));
    files.put("4.png", png(2, 8));
    write(folder.resolve("a.tar"), tar(files));
    for (int partitions : new int[] {1, 3}) {
      assertThat(files().labelled().decodeTolerantly(partitions).collect())
          .extracting(decoded -> decoded.example().label())
          .containsExactly("7", "cat", "a.tar");
    }
  }

  @Test
  void aSecondNameOfAnEntryIsPassedOver() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
      byte[] image = png(1, 8);
      TarArchiveEntry file = new TarArchiveEntry("a.png");
      file.setSize(image.length);
      out.putArchiveEntry(file);
      out.write(image);
      out.closeArchiveEntry();
      for (byte kind : new byte[] {TarConstants.LF_LINK, TarConstants.LF_SYMLINK}) {
        TarArchiveEntry link = new TarArchiveEntry("b" + kind + ".png", kind);
        link.setLinkName("a.png");
        out.putArchiveEntry(link);
        out.closeArchiveEntry();
      }
    }
    write(folder.resolve("a.tar"), bytes.toByteArray());
    assertThat(files().count()).isEqualTo(1);
    assertThat(decoded(1)).extracting(DecodedExample::key).containsExactly("a.tar/a.png");
  }

  @Test
  void theSplitGoesByTheImagesOwnNames() throws IOException {
    write(folder.resolve("a.tar"), tar(samples(0, 40)));
    Selection out = Selection.heldOut(1, 0.3);
    List<String> keys =
        files().shards(2, out).collect().stream()
            .map(DecodedShard::require)
            .flatMap(block -> IntStream.range(0, block.size()).mapToObj(block::key))
            .toList();
    assertThat(keys)
        .isNotEmpty()
        .isEqualTo(decoded(1).stream().map(DecodedExample::key).filter(out::test).toList());
  }

  @Test
  void aBadImageCostsOnlyItselfAndKeepsItsName() throws IOException {
    Map<String, byte[]> files = samples(0, 5);
    files.put(name(2), new byte[] {1, 2, 3});
    write(folder.resolve("a.tar"), tar(files));
    List<DecodedExample> examples = decoded(2);
    assertThat(examples).hasSize(5);
    assertThat(examples.get(2).key()).isEqualTo("a.tar/" + name(2));
    assertThat(examples.get(2).error())
        .isEqualTo("a.tar/" + name(2) + ": not an image; allowed: PNG and JPEG");
    assertThat(examples.get(3).require().pixels()).isEqualTo(pixels(3, 8));
  }

  @ParameterizedTest(name = "{0} bytes more")
  @ValueSource(ints = {0, 100, 512})
  void anArchiveThatIsCutOffKeepsWhatItHasAndSaysSo(int more) throws IOException {
    byte[] whole = tar(samples(0, 5));
    // a header and a block for each file: this ends before, within or after the fourth's header
    write(folder.resolve("a.tar"), Arrays.copyOf(whole, 12 * 512 + more));
    write(folder.resolve("b.tar"), tar(samples(10, 2)));
    for (int partitions : new int[] {1, 6}) {
      List<DecodedExample> examples = decoded(partitions);
      List<String> expected =
          new ArrayList<>(List.of("a.tar/" + name(0), "a.tar/" + name(1), "a.tar/" + name(2)));
      if (more == 512) {
        // an image whose header is there fails for itself, and for what may have come after it
        expected.add("a.tar/" + name(3));
        assertThat(examples.get(3).error()).startsWith("a.tar: cannot be read to its end: ");
      }
      int rest = expected.size();
      expected.addAll(List.of("a.tar#" + rest, "b.tar/" + name(10), "b.tar/" + name(11)));
      assertThat(examples).extracting(DecodedExample::key).isEqualTo(expected);
      assertThat(examples.get(rest).error()).startsWith("a.tar: cannot be read to its end: ");
      assertThat(examples.get(2).require().pixels()).isEqualTo(pixels(2, 8));
      assertThat(examples.get(rest + 2).error()).isNull();
    }
  }

  @Test
  void headersOfManyFilesAreReadByAJobInTheFilesOrder() throws IOException {
    for (int i = 0; i < 20; i++) {
      write(folder.resolve(String.format("%02d.tar", i)), tar(samples(i, i % 3)));
      write(folder.resolve(String.format("%02d.png", i)), png(i, 8));
    }
    List<String> keys = decoded(4).stream().map(DecodedExample::key).toList();
    assertThat(keys).hasSize(20 + 19).isSorted().contains("04.tar/" + name(4), "05.tar/" + name(6));
  }
}
