package org.rgflow.spark.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.rgflow.spark.ingest.SmallImages.pixels;
import static org.rgflow.spark.ingest.SmallImages.png;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
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
    spark
        .createDataFrame(rows, schema)
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
  void whatIsNoParquetSaysSo() throws IOException {
    SmallImages.write(folder.resolve("x.parquet"), new byte[100]);
    assertThatThrownBy(() -> ImageFiles.list(spark, List.of(folder.toString()), 0))
        .isInstanceOf(DataException.class)
        .hasMessageStartingWith("x.parquet: cannot be read as Parquet: ");
  }
}
