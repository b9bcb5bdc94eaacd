package org.rgflow.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rgflow.spark.ingest.SmallImages.pixels;
import static org.rgflow.spark.ingest.SmallImages.png;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rgflow.data.Block;
import org.rgflow.data.DataException;
import org.rgflow.spark.LocalSpark;

class ParquetFilesTest {
  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    spark = LocalSpark.start(2);
  }

  private static List<Block> blocks(ImageFiles files, int shards, Selection select) {
    return files.shards(shards, select).collect().stream().map(DecodedShard::require).toList();
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  private ImageFiles write(List<Row> rows, StructType schema) {
    return write(spark.createDataFrame(rows, schema));
  }

  /** With labels of a type. */
  private ImageFiles write(List<Row> rows, StructType schema, String type) {
    Dataset<Row> table = spark.createDataFrame(rows, schema);
    return write(table.withColumn("label", table.col("label").cast(type)));
  }

  private ImageFiles write(Dataset<Row> table) {
    table
        .coalesce(1)
        .write()
        // several row groups, so that whole ones are passed over
        .option("parquet.block.size", 2048)
        .option("parquet.page.row.count.limit", 10)
        .parquet(data());
    return ImageFiles.list(spark, List.of(data()), 0);
  }

  private static List<String> keys(List<Block> blocks) {
    return blocks.stream()
        .flatMap(block -> IntStream.range(0, block.size()).mapToObj(block::key))
        .toList();
  }

  private static StructType schema(String column, DataType type) {
    return new StructType().add("key", DataTypes.StringType).add(column, type);
  }

  @Test
  void encodedImagesKeepTheirKeysAndOrder() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      rows.add(RowFactory.create("image-" + i, png(i, 8)));
    }
    ImageFiles files = write(rows, schema("image", DataTypes.BinaryType));
    assertThat(files.count()).isEqualTo(400);
    assertThat(files.shape()).hasToString("1x8x8");
    List<Block> blocks = blocks(files, 7, Selection.all());
    assertThat(blocks).hasSize(7);
    assertThat(keys(blocks)).isEqualTo(rows.stream().map(row -> row.getString(0)).toList());
    int i = 0;
    for (Block block : blocks) {
      for (int n = 0; n < block.size(); n++) {
        assertThat(block.get(n).pixels()).isEqualTo(pixels(i++, 8));
      }
    }
  }

  @Test
  void aRowThatIsWrongIsNamedWithTheFilesPathWhereThereAreFolders() throws IOException {
    SmallImages.write(folder.resolve("images/a.png"), png(0, 8));
    write(List.of(RowFactory.create("row", png(1, 9))), schema("image", DataTypes.BinaryType));
    String images = folder.resolve("images").toString();
    assertThatThrownBy(
            () -> blocks(ImageFiles.list(spark, List.of(data(), images), 0), 1, Selection.all()))
        .hasMessageStartingWith("file:" + data() + "/part-")
        .hasMessageEndingWith(".parquet: row: shape 1x9x9; allowed: 1x8x8");
  }

  @Test
  void theSplitGoesByTheRowsOwnKeys() throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      rows.add(RowFactory.create("image-" + i, png(i, 8)));
    }
    ImageFiles files = write(rows, schema("image", DataTypes.BinaryType));
    Selection out = Selection.heldOut(1, 0.3);
    assertThat(keys(blocks(files, 2, out)))
        .isEqualTo(rows.stream().map(row -> row.getString(0)).filter(out::test).toList());
  }

  @Test
  void arraysAreRealValues() {
    List<Row> floats =
        List.of(
            RowFactory.create("a", List.of(1f, 2f, 3f)),
            RowFactory.create("b", List.of(4f, 5f, 6f)));
    ImageFiles files =
        write(floats, schema("features", DataTypes.createArrayType(DataTypes.FloatType)));
    assertThat(files.shape()).hasToString("1x3");
    Block block = blocks(files, 1, Selection.all()).get(0);
    assertThat(block.get(1).values()).containsExactly(4f, 5f, 6f);
  }

  @ParameterizedTest
  @ValueSource(strings = {"string", "int", "bigint"})
  void theColumnLabelIsTheClass(String type) throws IOException {
    StructType schema =
        schema("image", DataTypes.BinaryType).add("label", DataTypes.StringType, true);
    ImageFiles files =
        write(
            List.of(
                RowFactory.create("dog/a", png(0, 8), "7"),
                RowFactory.create("dog/b", png(1, 8), null)),
            schema,
            type);
    assertThat(files.labelled().decodeTolerantly(1).collect())
        .extracting(decoded -> decoded.example().label())
        .containsExactly("7", "dog");
  }

  @Test
  void aRowWithoutKeyIsNumbered() {
    StructType schema =
        new StructType().add("image", DataTypes.createArrayType(DataTypes.DoubleType));
    ImageFiles files =
        write(
            List.of(RowFactory.create(List.of(1.0, 2.0)), RowFactory.create(List.of(3.0, 4.0))),
            schema);
    List<Block> blocks = blocks(files, 2, Selection.all());
    assertThat(keys(blocks)).allMatch(key -> key.matches("part-00000-.*\\.parquet#[01]"));
    assertThat(blocks.get(1).get(0).values()).containsExactly(3f, 4f);
  }

  @Test
  void aBadRowCostsOnlyItselfAndKeepsItsKey() throws IOException {
    ImageFiles files =
        write(
            List.of(
                RowFactory.create("good", png(0, 8)),
                RowFactory.create("bad", new byte[] {1, 2, 3}),
                RowFactory.create("none", null),
                RowFactory.create("last", png(1, 8))),
            schema("image", DataTypes.BinaryType));
    List<DecodedExample> decoded = files.decodeTolerantly(2).collect();
    assertThat(decoded)
        .extracting(DecodedExample::key)
        .containsExactly("good", "bad", "none", "last");
    assertThat(decoded)
        .extracting(DecodedExample::error)
        .containsExactly(
            null,
            "bad: not an image; allowed: PNG and JPEG",
            "none: column image is null; allowed: an image",
            null);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDamagedPageCostsRowsButNeverMovesAnImageToAnotherKey(boolean checksums) throws Exception {
    List<Row> rows = new ArrayList<>();
    Map<String, byte[]> written = new HashMap<>();
    for (int i = 0; i < 400; i++) {
      rows.add(RowFactory.create("image-" + i, png(i, 8)));
      written.put("image-" + i, pixels(i, 8));
    }
    spark
        .createDataFrame(rows, schema("image", DataTypes.BinaryType))
        .coalesce(1)
        .write()
        .option("compression", "gzip")
        .option("parquet.page.write-checksum.enabled", checksums)
        .option("parquet.block.size", 8192)
        .option("parquet.page.row.count.limit", 10)
        .parquet(data());
    damage(onlyParquetFile());
    ImageFiles files = ImageFiles.list(spark, List.of(data()), 0);
    for (int partitions : new int[] {1, 3}) {
      List<DecodedExample> decoded = files.decodeTolerantly(partitions).collect();
      assertThat(decoded).hasSize(400);
      List<DecodedExample> whole =
          decoded.stream().filter(example -> example.error() == null).toList();
      assertThat(whole).hasSizeBetween(100, 395);
      assertThat(whole)
          .allSatisfy(one -> assertThat(one.example().pixels()).isEqualTo(written.get(one.key())));
      assertThat(decoded.stream().map(DecodedExample::error).filter(Objects::nonNull))
          .allMatch(error -> error.contains(".parquet: cannot be read as Parquet: "));
    }
  }

  private Path onlyParquetFile() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(data()))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
  }

  /** Turns over bits in the middle of the second row group's images. */
  private static void damage(Path file) throws IOException {
    long at;
    try (ParquetFileReader reader =
        ParquetFileReader.open(
            HadoopInputFile.fromPath(
                new org.apache.hadoop.fs.Path(file.toUri()), new Configuration()))) {
      assertThat(reader.getRowGroups()).hasSizeGreaterThan(2);
      ColumnChunkMetaData images = reader.getRowGroups().get(1).getColumns().get(1);
      assertThat(images.getPath().toDotString()).isEqualTo("image");
      at = images.getStartingPos() + images.getTotalSize() / 2;
    }
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < 4; i++) {
      bytes[(int) at + i] ^= 0x55;
    }
    Files.write(file, bytes);
    // the local file system would tell by itself
    Files.delete(file.resolveSibling("." + file.getFileName() + ".crc"));
  }

  @Test
  void badNumbersAreNamed() {
    List<Float> withNull = new ArrayList<>(List.of(1f));
    withNull.add(null);
    ImageFiles files =
        write(
            List.of(
                RowFactory.create("nan", List.of(1f, Float.NaN)),
                RowFactory.create("null", withNull)),
            schema("features", DataTypes.createArrayType(DataTypes.FloatType)));
    assertThat(files.decodeTolerantly(1).collect())
        .extracting(DecodedExample::error)
        .containsExactly(
            "nan: has NaN at position 1; allowed: finite float32 values",
            "null: has null in its array; allowed: finite float32 values");
  }

  @Test
  void otherColumnsAreRefused() {
    assertThatThrownBy(
            () -> write(List.of(RowFactory.create("a", 1)), schema("label", DataTypes.IntegerType)))
        .isInstanceOf(DataException.class)
        .hasMessageMatching(
            "part-00000-.*\\.parquet: columns \\[key, label\\]; allowed: column image of binary"
                + " \\(PNG or JPEG\\), or image or features of array<float> or array<double>");
  }

  @Test
  void anotherTypeIsRefused() {
    assertThatThrownBy(
            () -> write(List.of(RowFactory.create("a", 1)), schema("image", DataTypes.IntegerType)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("column image has another type; allowed: column image of binary");
  }

  @Test
  void aStructOfANumberIsNoArray() {
    StructType struct = new StructType().add("value", DataTypes.FloatType);
    Row row = RowFactory.create("a", RowFactory.create(1f));
    assertThatThrownBy(() -> write(List.of(row), schema("features", struct)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("column features has another type");
  }

  @Test
  void anArrayOfArraysIsRefusedBeforeARowIsRead() {
    DataType nested = DataTypes.createArrayType(DataTypes.createArrayType(DataTypes.FloatType));
    Row row = RowFactory.create("a", List.of(List.of(1f, 2f), List.of(3f, 4f)));
    assertThatThrownBy(() -> write(List.of(row), schema("features", nested)))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("column features has another type");
  }

  @Test
  void whatIsNoParquetSaysSo() throws IOException {
    SmallImages.write(folder.resolve("x.parquet"), new byte[100]);
    assertThatThrownBy(() -> ImageFiles.list(spark, List.of(folder.toString()), 0))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("x.parquet: cannot be read as Parquet: ");
  }
}
