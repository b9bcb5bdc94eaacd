package org.rgflow.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rgflow.spark.ingest.SmallImages.gzip;
import static org.rgflow.spark.ingest.SmallImages.idx;
import static org.rgflow.spark.ingest.SmallImages.pixels;
import static org.rgflow.spark.ingest.SmallImages.png;
import static org.rgflow.spark.ingest.SmallImages.write;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rgflow.data.Block;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.NpyArray;
import org.rgflow.spark.JobFailure;
import org.rgflow.spark.LocalSpark;

class ImageFilesTest {
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

  private ImageFiles files() {
    return list(folder);
  }

  private static ImageFiles list(Path... paths) {
    return ImageFiles.list(spark, Arrays.stream(paths).map(Path::toString).toList(), 0);
  }

  private static List<Block> blocks(ImageFiles files, int shards, Selection select) {
    try {
      return files.shards(shards, select).collect().stream().map(DecodedShard::require).toList();
    } catch (Exception e) {
      throw JobFailure.unwrap(e);
    }
  }

  private static List<Block> blocks(ImageFiles files, int shards) {
    return blocks(files, shards, Selection.all());
  }

  private static List<String> keys(List<Block> blocks) {
    return blocks.stream()
        .flatMap(block -> IntStream.range(0, block.size()).mapToObj(block::key))
        .toList();
  }

  private static List<byte[]> contents(List<Block> blocks) {
    List<byte[]> all = new ArrayList<>();
    for (Block block : blocks) {
      IntStream.range(0, block.size()).forEach(i -> all.add(block.get(i).pixels()));
    }
    return all;
  }

  private static List<String> numbered(String name, int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> name + "#" + i).toList();
  }

  /** Two IDX files, one zipped, labels, a nested folder of PNG, an npy file, hidden files. */
  private void writeMixed() throws IOException {
    write(folder.resolve("train-images-idx3-ubyte"), idx(0, 5, 8));
    write(folder.resolve("more-images-idx3-ubyte.gz"), gzip(idx(5, 4, 8)));
    write(folder.resolve("train-labels-idx1-ubyte"), new byte[] {0, 0, 8, 1, 0, 0, 0, 0});
    write(folder.resolve("png/deep er/b.png"), png(9, 8));
    write(folder.resolve("png/a.PNG"), png(10, 8));
    SmallImages.npy(folder.resolve("z.npy"), NpyArray.of(pixels(11, 3, 8), 3, 8, 8));
    write(folder.resolve("_temporary/c.png"), png(12, 8));
    write(folder.resolve(".hidden.png"), png(12, 8));
    write(folder.resolve("README.md"), new byte[] {1});
  }

  @Test
  void whatIsWrongIsNamedByItsPathWhereThereAreFolders() throws IOException {
    write(folder.resolve("a/1.png"), png(0, 8));
    write(folder.resolve("b/2.png"), png(1, 9));
    write(folder.resolve("c/0.png"), new byte[] {1});
    Path a = folder.resolve("a");
    Path b = folder.resolve("b");
    Path c = folder.resolve("c");
    assertThatThrownBy(() -> blocks(list(a, b), 1))
        .isInstanceOf(DataException.class)
        .hasMessage("file:" + b + "/2.png: shape 1x9x9; allowed: 1x8x8");
    assertThatThrownBy(() -> list(a, c).shape())
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("file:" + c + "/0.png: ");
    assertThatThrownBy(() -> list(c).shape()).hasMessageStartingWith("0.png: ");
    assertThat(list(a, c).decodeTolerantly(1).collect())
        .extracting(DecodedExample::key)
        .containsExactly("0.png", "1.png");
  }

  @Test
  void examplesComeInTheOrderOfTheirFilesNames() throws IOException {
    writeMixed();
    ImageFiles files = files();
    List<String> expected = new ArrayList<>(numbered("more-images-idx3-ubyte.gz", 0, 4));
    expected.addAll(List.of("png/a.PNG", "png/deep er/b.png"));
    expected.addAll(numbered("train-images-idx3-ubyte", 0, 5));
    expected.addAll(numbered("z.npy", 0, 3));
    assertThat(files.count()).isEqualTo(14);
    assertThat(files.shape()).hasToString("1x8x8");
    List<Block> blocks = blocks(files, 3);
    assertThat(keys(blocks)).isEqualTo(expected);
    int[] images = {5, 6, 7, 8, 10, 9, 0, 1, 2, 3, 4, 11, 12, 13};
    List<byte[]> contents = contents(blocks);
    for (int i = 0; i < images.length; i++) {
      assertThat(contents.get(i)).as(expected.get(i)).isEqualTo(pixels(images[i], 8));
    }
  }

  @Test
  void aColonInANameIsALetterLikeOthers() throws IOException {
    write(folder.resolve("12:30.png"), png(1, 8));
    write(folder.resolve("a:b/c:d.png"), png(2, 8));
    SmallImages.npy(folder.resolve("file:x.npy"), NpyArray.of(pixels(3, 2, 8), 2, 8, 8));
    ImageFiles files = files();
    List<Block> blocks = blocks(files, 1);
    assertThat(keys(blocks))
        .containsExactly("12:30.png", "a:b/c:d.png", "file:x.npy#0", "file:x.npy#1");
    List<byte[]> contents = contents(blocks);
    for (int i = 0; i < contents.size(); i++) {
      assertThat(contents.get(i)).isEqualTo(pixels(i + 1, 8));
    }
    assertThat(files.firstSharedWith(list(folder.resolve("12:30.png")))).endsWith("/12:30.png");
  }

  @Test
  void filesOfNoKnownFormatAreCountedByTheirEndings() throws IOException {
    writeMixed();
    write(folder.resolve("png/notes.txt"), new byte[] {1});
    write(folder.resolve("png/deep er/more.txt"), new byte[] {1});
    write(folder.resolve("LICENSE"), new byte[] {1});
    FileListing listing =
        FileListing.of(List.of(folder.toString()), spark.sessionState().newHadoopConf());
    assertThat(listing.passedOver())
        .hasToString("4 files were passed over: 2 .txt, 1 .md, 1 without an ending");
  }

  @Test
  void onlyIdxFilesAreLabelsByTheirName() throws IOException {
    write(folder.resolve("photo-idx1.png"), png(1, 8));
    write(folder.resolve("x-idx10.PNG"), png(2, 8));
    write(folder.resolve("t10k-labels-idx1-ubyte"), new byte[] {0, 0, 8, 1, 0, 0, 0, 0});
    write(folder.resolve("labels.idx1.idx"), new byte[] {0, 0, 8, 1, 0, 0, 0, 0});
    assertThat(keys(blocks(files(), 1))).containsExactly("photo-idx1.png", "x-idx10.PNG");
  }

  @Test
  void classesAreWhatAFileOfLabelsSaysElseTheFolder() throws IOException {
    Path files = folder.resolve("set");
    write(files.resolve("cat/1.png"), png(0, 8));
    write(files.resolve("old/dog/1.png"), png(1, 8));
    write(files.resolve("z-images-idx3-ubyte"), idx(2, 3, 8));
    byte[] labels = {0, 0, 8, 1, 0, 0, 0, 3, 7, 0, (byte) 200};
    write(files.resolve("z-labels-idx1-ubyte"), labels);
    write(files.resolve("y.png"), png(5, 8));

    assertThat(labels(list(files).labelled(), 2))
        .containsExactly("cat", "dog", "set", "7", "0", "200");
    assertThat(labels(list(files).labelled().spread(3), 2)).containsExactly("cat", "set", "0");
    assertThat(labels(list(files), 2)).containsOnlyNulls();
    assertThat(list(files).labelled().count()).isEqualTo(6);
    assertThat(list(files).labelled().decodeTolerantly(3).collect())
        .extracting(decoded -> decoded.example().label())
        .containsExactly("cat", "dog", "set", "7", "0", "200");
  }

  private static List<String> labels(ImageFiles files, int shards) {
    return blocks(files, shards).stream()
        .flatMap(block -> IntStream.range(0, block.size()).mapToObj(i -> block.get(i).label()))
        .toList();
  }

  @Test
  void fewerLabelsThanImagesAreAnErrorOfThoseWhoAskForThem() throws IOException {
    write(folder.resolve("z-images-idx3-ubyte"), idx(2, 3, 8));
    write(folder.resolve("z-labels-idx1-ubyte"), new byte[] {0, 0, 8, 1, 0, 0, 0, 2, 7, 0});
    ImageFiles files = list(folder);

    assertThat(blocks(files, 1)).hasSize(1);
    assertThatThrownBy(() -> blocks(files.labelled(), 1))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "z-labels-idx1-ubyte: 2 labels; allowed: one for each image of z-images-idx3-ubyte, of"
                + " which there are 3 or more");
  }

  @Test
  void everyShardHoldsNearlyTheSameNumber() throws IOException {
    writeMixed();
    for (int shards : new int[] {1, 2, 3, 5, 14}) {
      List<Block> blocks = blocks(files(), shards);
      assertThat(blocks).hasSize(shards);
      assertThat(blocks)
          .allSatisfy(block -> assertThat(block.size()).isBetween(14 / shards, 13 / shards + 1));
      assertThat(keys(blocks)).hasSize(14).doesNotHaveDuplicates();
    }
  }

  @Test
  void fewerExamplesThanShardsAreAShardEach() throws IOException {
    write(folder.resolve("t-idx3-ubyte"), idx(0, 3, 8));
    ImageFiles files = files();
    assertThat(files.shards(10, Selection.all()).getNumPartitions()).isEqualTo(3);
    assertThat(blocks(files, 10)).extracting(Block::size).containsExactly(1, 1, 1);
  }

  @Test
  void aSpreadSetIsFromAllOverTheFilesAndOfExactlySoMany() throws IOException {
    write(folder.resolve("a-idx3-ubyte"), idx(0, 40, 4));
    write(folder.resolve("b-idx3-ubyte"), idx(40, 60, 4));
    List<String> all = keys(blocks(files(), 1));
    for (int wanted : new int[] {1, 7, 16, 33, 99}) {
      List<String> spread = keys(blocks(files().spread(wanted), 3));
      assertThat(spread).hasSize(wanted).isSubsetOf(all).doesNotHaveDuplicates();
      assertThat(spread).isSortedAccordingTo(Comparator.comparingInt(all::indexOf));
      int runs = Math.min(16, wanted);
      for (int run = 0; run < runs; run++) {
        List<String> part = all.subList(Math.max(0, 100 * run / runs - 1), 100 * (run + 1) / runs);
        assertThat(spread).as("run %d of %d", run, runs).containsAnyElementsOf(part);
      }
    }
    assertThat(keys(blocks(files().spread(100), 1))).isEqualTo(all);
  }

  @Test
  void examplesAreFoundByTheirKeys() throws IOException {
    write(folder.resolve("a-idx3-ubyte"), idx(0, 3, 4));
    write(folder.resolve("b.png"), png(3, 4));
    write(folder.resolve("broken.png"), "no image".getBytes(StandardCharsets.US_ASCII));
    Map<String, Example> found =
        files().examples(Set.of("a-idx3-ubyte#1", "b.png", "broken.png", "absent"), 2);
    assertThat(found).containsOnlyKeys("a-idx3-ubyte#1", "b.png");
    assertThat(found.get("a-idx3-ubyte#1").pixels()).isEqualTo(pixels(1, 4));
    assertThat(found.get("b.png").pixels()).isEqualTo(pixels(3, 4));
  }

  @Test
  void shardsDoNotDependOnTheNumberOfCores() throws IOException {
    writeMixed();
    List<Block> two = blocks(files(), 4);
    spark.stop();
    spark = LocalSpark.start(1);
    List<Block> one = blocks(files(), 4);
    spark.stop();
    spark = LocalSpark.start(2);
    assertThat(one).hasSameSizeAs(two);
    for (int s = 0; s < one.size(); s++) {
      assertThat(keys(one.subList(s, s + 1))).isEqualTo(keys(two.subList(s, s + 1)));
    }
    assertThat(contents(one)).usingRecursiveComparison().isEqualTo(contents(two));
  }

  @Test
  void keysAndFingerprintStayWhenTheFolderMoves(@TempDir Path elsewhere) throws IOException {
    for (Path root : List.of(folder, elsewhere)) {
      write(root.resolve("a/x.png"), png(0, 8));
      write(root.resolve("b/x.png"), png(1, 8));
    }
    assertThat(keys(blocks(list(folder), 1))).containsExactly("a/x.png", "b/x.png");
    assertThat(keys(blocks(list(elsewhere), 1))).containsExactly("a/x.png", "b/x.png");
    assertThat(list(folder).inventory().fingerprint())
        .isEqualTo(list(elsewhere).inventory().fingerprint())
        .matches("[0-9a-f]{64}");
    write(folder.resolve("b/y.png"), png(2, 8));
    assertThat(list(folder).inventory().fingerprint())
        .isNotEqualTo(list(elsewhere).inventory().fingerprint());
  }

  @Test
  void theOrderOfThePathsDoesNotMatter() throws IOException {
    Path one = write(folder.resolve("one-ubyte"), idx(0, 2, 8));
    Path two = write(folder.resolve("two-ubyte"), idx(2, 2, 8));
    assertThat(keys(blocks(list(two, one), 1)))
        .isEqualTo(keys(blocks(list(one, two), 1)))
        .startsWith("one-ubyte#0");
  }

  @Test
  void theHeldOutSplitIsDisjointAndComplete() throws IOException {
    writeMixed();
    ImageFiles files = files();
    List<String> out = keys(blocks(files, 2, Selection.heldOut(5, 0.4)));
    List<String> in = keys(blocks(files, 2, Selection.notHeldOut(5, 0.4)));
    assertThat(out).isNotEmpty();
    assertThat(in).isNotEmpty().doesNotContainAnyElementsOf(out);
    List<String> both = new ArrayList<>(in);
    both.addAll(out);
    assertThat(both).containsExactlyInAnyOrderElementsOf(keys(blocks(files, 1)));
    List<byte[]> selected = contents(blocks(files, 1, Selection.heldOut(5, 0.4)));
    List<String> allKeys = keys(blocks(files, 1));
    List<byte[]> all = contents(blocks(files, 1));
    for (int i = 0; i < out.size(); i++) {
      assertThat(selected.get(i)).isEqualTo(all.get(allKeys.indexOf(out.get(i))));
    }
  }

  @Test
  void aShardOfWhichNothingIsSelectedHasNoBlock() throws IOException {
    writeMixed();
    assertThat(blocks(files(), 3, Selection.heldOut(5, 0))).isEmpty();
  }

  @Test
  void channelsConvertImages() throws IOException {
    write(folder.resolve("a.png"), png(0, 8));
    ImageFiles files = ImageFiles.list(spark, List.of(folder.toString()), 3);
    assertThat(files.shape()).hasToString("3x8x8");
    assertThat(blocks(files, 1).get(0).geometry()).hasToString("3x8x8");
    assertThatThrownBy(() -> ImageFiles.list(spark, List.of(folder.toString()), 2))
        .isInstanceOf(DataException.class)
        .hasMessage("channels of images must be 0, 1 or 3, was 2");
  }

  @Test
  void anotherSizeIsRefusedByName() throws IOException {
    write(folder.resolve("a.png"), png(0, 8));
    write(folder.resolve("sub/b.png"), png(0, 9));
    assertThatThrownBy(() -> blocks(files(), 2))
        .isInstanceOf(DataException.class)
        .hasMessage("sub/b.png: shape 1x9x9; allowed: 1x8x8");
  }

  @Test
  void batchesOfCifarAreReadFromTheMiddle() throws IOException {
    byte[] batch = new byte[5 * 3073];
    for (int n = 0; n < 5; n++) {
      Arrays.fill(batch, n * 3073 + 1, (n + 1) * 3073, (byte) n);
    }
    write(folder.resolve("data_batch_1.bin"), batch);
    write(folder.resolve("data_batch_2.bin"), Arrays.copyOf(batch, 2 * 3073));
    ImageFiles files = files();
    assertThat(files.count()).isEqualTo(7);
    assertThat(files.shape()).hasToString("3x32x32");
    List<Block> blocks = blocks(files, 2);
    assertThat(keys(blocks)).contains("data_batch_1.bin#4", "data_batch_2.bin#0").hasSize(7);
    assertThat(contents(blocks))
        .extracting(pixels -> pixels[3071])
        .containsExactly((byte) 0, (byte) 1, (byte) 2, (byte) 3, (byte) 4, (byte) 0, (byte) 1);
    write(folder.resolve("data_batch_2.bin"), Arrays.copyOf(batch, 2 * 3073 - 5));
    assertThatThrownBy(this::files)
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("data_batch_2.bin: 6141 bytes; allowed: whole records of 3073");
  }

  @Test
  void pixelsAndRealValuesDoNotMix() throws IOException {
    write(folder.resolve("a.png"), png(0, 8));
    SmallImages.npy(folder.resolve("b.npy"), NpyArray.of(new float[64], 1, 1, 8, 8));
    for (int shards : new int[] {1, 2}) {
      assertThatThrownBy(() -> blocks(files(), shards))
          .isInstanceOf(DataException.class)
          .hasMessage("b.npy#0: real values; allowed: pixels, as a.png");
    }
  }

  @Test
  void aMissingPathSaysSo() {
    Path missing = folder.resolve("nowhere");
    assertThatThrownBy(() -> list(missing))
        .isInstanceOf(DataException.class)
        .hasMessage(missing + ": does not exist; allowed: a file or a folder");
  }

  @Test
  void aFolderWithoutImagesSaysWhatWouldBeOne() throws IOException {
    write(folder.resolve("notes.txt"), new byte[] {1});
    assertThatThrownBy(this::files)
        .isInstanceOf(DataException.class)
        .hasMessage(
            folder
                + ": holds no images, 1 file was passed over: 1 .txt; allowed: files of idx, idx.gz,"
                + " png, jpg, jpeg, npy, npz, bin (CIFAR), tar or parquet, their names not starting with '.' or '_'");
  }

  @Test
  void anEmptyFolderHoldsNoImages() {
    assertThatThrownBy(this::files)
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith(folder + ": holds no images; allowed: files of idx, ");
  }

  @Test
  void aFileOfAnotherFormatSaysWhichAreKnown() throws IOException {
    Path notes = write(folder.resolve("notes.txt"), new byte[] {1});
    assertThatThrownBy(() -> list(notes))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "notes.txt: not a known format; allowed: idx, idx.gz, png, jpg, jpeg, npy, npz, bin (CIFAR),"
                + " tar or parquet");
  }

  @Test
  void noPathAndAnUnknownFileSystemSaySo() {
    assertThatThrownBy(() -> ImageFiles.list(spark, List.of(), 0))
        .isInstanceOf(DataException.class)
        .hasMessage("no path of images; allowed: at least one file or folder");
    assertThatThrownBy(() -> ImageFiles.list(spark, List.of("nofs://x/y"), 0))
        .isInstanceOf(DataException.class)
        .hasMessage("nofs://x/y: cannot be listed: No FileSystem for scheme \"nofs\"");
    assertThatThrownBy(() -> ImageFiles.list(spark, List.of(""), 0))
        .isInstanceOf(DataException.class)
        .hasMessage(": cannot be listed: Can not create a Path from an empty string");
  }

  @Test
  void twoFilesOfOneNameAreRefused(@TempDir Path elsewhere) throws IOException {
    write(folder.resolve("a.png"), png(0, 8));
    write(elsewhere.resolve("a.png"), png(1, 8));
    assertThatThrownBy(() -> list(folder, elsewhere))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("a.png: is in both file:")
        .hasMessageEndingWith(
            "; allowed: distinct names below the given paths, such as below a common folder");
  }

  @Test
  void aFileOfNoExampleSaysSo() throws IOException {
    Path empty = write(folder.resolve("t-idx3-ubyte"), idx(0, 0, 8));
    assertThatThrownBy(() -> list(empty))
        .isInstanceOf(DataException.class)
        .hasMessage(empty + ": 0 images; allowed: at least 1");
  }

  @Test
  void anEmptyFileAmongOthersIsPassedOver() throws IOException {
    write(folder.resolve("a-idx3-ubyte"), idx(0, 0, 8));
    write(folder.resolve("b-idx3-ubyte"), idx(0, 2, 8));
    assertThat(files().shape()).hasToString("1x8x8");
    assertThat(keys(blocks(files(), 2))).containsExactly("b-idx3-ubyte#0", "b-idx3-ubyte#1");
  }

  @Test
  void aTruncatedFileSaysWhere() throws IOException {
    byte[] bytes = idx(0, 6, 8);
    byte[] zipped = gzip(bytes);
    Path plain = write(folder.resolve("t-idx3-ubyte"), Arrays.copyOf(bytes, bytes.length - 70));
    Path gz = write(folder.resolve("t-idx3-ubyte.gz"), Arrays.copyOf(zipped, zipped.length - 100));
    Path header = write(folder.resolve("h-idx3-ubyte.gz"), Arrays.copyOf(zipped, 4));
    assertThatThrownBy(() -> blocks(list(plain), 2))
        .isInstanceOf(DataException.class)
        .hasMessage("t-idx3-ubyte: truncated at image 4 of 6");
    assertThatThrownBy(() -> blocks(list(gz), 1))
        .isInstanceOf(DataException.class)
        .hasMessageMatching("t-idx3-ubyte.gz: truncated at image [45] of 6");
    assertThatThrownBy(() -> list(header))
        .isInstanceOf(DataException.class)
        .hasMessage("h-idx3-ubyte.gz: truncated at its header");
  }

  @Test
  void whatCannotBeReadCostsOnlyItselfWhereThatIsAllowed() throws IOException {
    byte[] bytes = idx(0, 6, 8);
    byte[] image = png(6, 8);
    write(folder.resolve("a-idx3-ubyte"), Arrays.copyOf(bytes, bytes.length - 70));
    write(folder.resolve("b.png"), Arrays.copyOf(image, image.length / 2));
    write(folder.resolve("c.png"), image);
    write(folder.resolve("d.png"), new byte[0]);
    float[] values = new float[3 * 4];
    values[5] = Float.NaN;
    SmallImages.npy(folder.resolve("e.npy"), NpyArray.of(values, 3, 1, 2, 2));
    for (int partitions : new int[] {1, 4, 12}) {
      List<DecodedExample> decoded = files().decodeTolerantly(partitions).collect();
      assertThat(decoded)
          .extracting(DecodedExample::key)
          .containsExactly(
              "a-idx3-ubyte#0",
              "a-idx3-ubyte#1",
              "a-idx3-ubyte#2",
              "a-idx3-ubyte#3",
              "a-idx3-ubyte#4",
              "a-idx3-ubyte#5",
              "b.png",
              "c.png",
              "d.png",
              "e.npy#0",
              "e.npy#1",
              "e.npy#2");
      assertThat(decoded)
          .filteredOn(one -> one.error() != null)
          .extracting(DecodedExample::key)
          .containsExactly("a-idx3-ubyte#4", "a-idx3-ubyte#5", "b.png", "d.png", "e.npy#1");
      assertThat(decoded.get(8).error()).isEqualTo("d.png: not an image; allowed: PNG and JPEG");
      assertThat(decoded.get(10).error())
          .isEqualTo("e.npy: example 1 has NaN at position 1; allowed: finite float32 values");
      Example good = decoded.get(7).example();
      assertThat(good.pixels()).isEqualTo(pixels(6, 8));
    }
  }

  @Test
  void aFileThatIsGoneFailsTheTaskToBeTriedAgain() throws IOException {
    write(folder.resolve("a.png"), png(0, 8));
    Path gone = write(folder.resolve("b.png"), png(1, 8));
    ImageFiles files = files();
    Files.delete(gone);
    assertThatThrownBy(() -> files.decodeTolerantly(1).collect())
        .hasStackTraceContaining("b.png: ")
        .hasStackTraceContaining("does not exist");
  }

  @Test
  void knowsWhatLiesInAFolder() throws IOException {
    write(folder.resolve("a/x.png"), png(0, 8));
    ImageFiles files = list(folder.resolve("a"));
    assertThat(files.anyIn(new org.apache.hadoop.fs.Path(folder.toString()))).isTrue();
    assertThat(files.anyIn(new org.apache.hadoop.fs.Path(folder + "/a"))).isTrue();
    assertThat(files.anyIn(new org.apache.hadoop.fs.Path(folder + "/b"))).isFalse();
    assertThat(files.anyIn(new org.apache.hadoop.fs.Path(folder + "/a/x"))).isFalse();
  }
}
