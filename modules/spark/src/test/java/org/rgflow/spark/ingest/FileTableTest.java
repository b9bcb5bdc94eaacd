package org.rgflow.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.function.IntToLongFunction;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.KryoSerializer;
import org.junit.jupiter.api.Test;
import org.rgflow.spark.kryo.RgFlowRegistrator;
import scala.reflect.ClassTag$;

class FileTableTest {
  private static final String ALPHABET = "ab/.é€\uD83D\uDE00z";

  /** Names of a few letters, some of more bytes than one, so that many begin alike. */
  private static List<FileSlice> files(int count) {
    Random random = new Random(1);
    TreeSet<String> names = new TreeSet<>();
    while (names.size() < count) {
      StringBuilder name = new StringBuilder();
      for (int letter = 0; letter < 1 + random.nextInt(12); letter++) {
        int at = ALPHABET.offsetByCodePoints(0, random.nextInt(8));
        name.appendCodePoint(ALPHABET.codePointAt(at));
      }
      names.add(name.toString());
    }
    List<FileSlice> files = new ArrayList<>();
    for (String name : names) {
      FileInventory.Stamp stamp =
          new FileInventory.Stamp(
              random.nextLong() >>> 1 + random.nextInt(60),
              random.nextLong() >> random.nextInt(60),
              random.nextBoolean() ? 0 : random.nextLong());
      String root = random.nextBoolean() ? "s3a://bucket/a" : "file:/b";
      files.add(new FileSlice(root, name, stamp, random.nextInt(9), random.nextInt(4)));
    }
    return files;
  }

  private static FileTable table(List<FileSlice> files) {
    FileTable.Builder builder = new FileTable.Builder();
    files.forEach(builder::add);
    return builder.build();
  }

  @Test
  void filesComeBackAsTheyWereAndAreFoundByName() {
    for (int count : new int[] {0, 1, 31, 32, 33, 1000}) {
      List<FileSlice> files = files(count);
      FileTable table = table(files);
      assertThat(table).containsExactlyElementsOf(files);
      assertThat(table.size()).isEqualTo(count);
      files.forEach(file -> assertThat(table.find(file.name())).contains(file));
      assertThat(table.find("")).isEmpty();
      assertThat(table.find("b/not/there")).isEmpty();
      assertThat(table.find("\uFFFF")).isEmpty();
    }
  }

  @Test
  void aRangeHasTheExamplesBetween() {
    List<FileSlice> files = files(200);
    FileTable table = table(files);
    List<String> all = examples(table);
    assertThat(table.count()).isEqualTo(all.size());
    for (int from = 0; from <= all.size(); from += 7) {
      for (int to = from; to <= all.size(); to += 11) {
        assertThat(examples(table.range(from, to))).isEqualTo(all.subList(from, to));
      }
    }
    List<String> dealt = new ArrayList<>();
    table.parts(0, table.count(), 7).forEach(part -> dealt.addAll(examples(part)));
    assertThat(dealt).isEqualTo(all);
  }

  @Test
  void filesOfManyExamplesAreCountedPastWhatAnIntHolds() {
    List<FileSlice> files = new ArrayList<>();
    for (int i = 10; i < 42; i++) {
      files.add(new FileSlice("r", "f" + i, new FileInventory.Stamp(1, 1), 0, Integer.MAX_VALUE));
    }
    FileTable table = table(files);
    assertThat(table.count()).isEqualTo(32L * Integer.MAX_VALUE);
    long from = 20L * Integer.MAX_VALUE + 5;
    assertThat(table.range(from, from + 10)).containsExactly(files.get(20).part(5, 10));
  }

  private static List<String> examples(FileTable table) {
    List<String> examples = new ArrayList<>();
    for (FileSlice file : table) {
      for (int i = 0; i < file.count(); i++) {
        examples.add(file.root() + " " + file.name() + " " + (file.from() + i));
      }
    }
    return examples;
  }

  @Test
  void filesAreSortedByNameInAndBetweenRuns() {
    List<FileSlice> sorted = new ArrayList<>();
    for (int i = 0; i < 70_000; i++) { // more than are sorted at once
      String name = Integer.toString(i, 36);
      sorted.add(new FileSlice("r", name, new FileInventory.Stamp(i, 0), 0, 1));
    }
    List<FileSlice> shuffled = new ArrayList<>(sorted);
    Collections.shuffle(shuffled, new Random(2));
    FileSorter sorter = new FileSorter();
    shuffled.forEach(sorter::add);
    shuffled.subList(0, 10).forEach(sorter::add);
    List<String> twice = Collections.synchronizedList(new ArrayList<>());
    FileTable table =
        sorter.sorted(
            (first, second) -> {
              twice.add(second.name());
              return second;
            });
    sorted.sort(Comparator.comparing(FileSlice::name));
    assertThat(table).containsExactlyElementsOf(sorted);
    assertThat(twice)
        .containsExactlyElementsOf(
            shuffled.subList(0, 10).stream().map(FileSlice::name).sorted().toList());
  }

  @Test
  void aFileTakesFewBytes() {
    assertThat(bytesOfAFile(i -> 0)).isLessThan(20);
  }

  @Test
  void aChecksumTakesEightBytesWhereItIsKnown() {
    double without = bytesOfAFile(i -> 0);
    assertThat(bytesOfAFile(i -> ~i)).isCloseTo(without + 8, within(0.01));
    assertThat(bytesOfAFile(i -> i % 2)).isCloseTo(without + 4, within(0.01));
  }

  private static double bytesOfAFile(IntToLongFunction checksum) {
    FileTable.Builder builder = new FileTable.Builder();
    for (int i = 0; i < 100_000; i++) {
      String name = String.format("part-%03d/image-%08d.png", i / 1000, i);
      builder.add(
          new FileSlice(
              "hdfs://host/images",
              name,
              new FileInventory.Stamp(
                  2000 + i % 100, 1_700_000_000_000L + 1000L * i, checksum.applyAsLong(i)),
              0,
              1));
    }
    SparkConf conf = new SparkConf(false);
    conf.set("spark.kryo.registrator", RgFlowRegistrator.class.getName());
    int bytes =
        new KryoSerializer(conf)
            .newInstance()
            .serialize(builder.build(), ClassTag$.MODULE$.apply(FileTable.class))
            .limit();
    return bytes / 100_000.0;
  }
}
