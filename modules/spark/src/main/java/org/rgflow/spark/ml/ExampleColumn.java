package org.rgflow.spark.ml;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.image.ImageSchema;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.util.SchemaUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.spark.ingest.DecodedExample;
import scala.collection.JavaConverters;

/** A column that holds examples, and those, if any, that name them and tell their classes. */
final class ExampleColumn implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final List<DataType> TYPES =
      List.of(
          DataTypes.createArrayType(DataTypes.FloatType),
          DataTypes.createArrayType(DataTypes.DoubleType),
          SQLDataTypes.VectorType(),
          ImageSchema.columnSchema(),
          DataTypes.BinaryType);

  private static final List<DataType> LABELS =
      List.of(
          DataTypes.StringType, DataTypes.IntegerType, DataTypes.LongType, DataTypes.DoubleType);

  private final String name;
  private final int place;
  private final int keyPlace;
  private final int labelPlace;
  private final CellReader reader;

  /**
   * The columns that a stage names.
   *
   * @param numbers how arrays and vectors are read
   * @param areOfClasses whether examples must have a class
   * @throws IllegalArgumentException in MLlib's words if there are none such, or if the metadata of
   *     a vector column tell another size than is wanted
   */
  ExampleColumn(
      StructType schema, ScoringParams<?> stage, NumberCells numbers, boolean areOfClasses) {
    this.name = stage.getFeaturesCol();
    this.reader = reader(schema, name, stage.getChannels(), numbers);
    this.place = schema.fieldIndex(name);
    String key = stage.getKeyCol();
    if (!key.isEmpty()) {
      SchemaUtils.checkColumnType(schema, key, DataTypes.StringType, "");
    }
    this.keyPlace = key.isEmpty() ? -1 : schema.fieldIndex(key);
    this.labelPlace = areOfClasses ? labelPlace(schema, stage.getLabelCol()) : -1;
  }

  private static int labelPlace(StructType schema, String label) {
    if (label.isEmpty()) {
      throw new IllegalArgumentException(
          "labelCol must be the column of examples' classes, as the model has classes, was none");
    }
    SchemaUtils.checkColumnTypes(schema, label, JavaConverters.asScalaBuffer(LABELS).toSeq(), "");
    return schema.fieldIndex(label);
  }

  private static CellReader reader(
      StructType schema, String name, int channels, NumberCells numbers) {
    DataType type = schema.apply(name).dataType();
    if (type.equals(SQLDataTypes.VectorType())) {
      int size = AttributeGroup.fromStructField(schema.apply(name)).size();
      Optional<String> misfit = size < 0 ? Optional.empty() : numbers.misfit(size);
      if (misfit.isPresent()) {
        throw new IllegalArgumentException(misfit.get());
      }
      return numbers;
    }
    if (type instanceof ArrayType array
        && (array.elementType().equals(DataTypes.FloatType)
            || array.elementType().equals(DataTypes.DoubleType))) {
      return numbers;
    }
    if (type.equals(DataTypes.BinaryType)) {
      return new CellReader.Encoded(channels);
    }
    if (type instanceof StructType struct && isImage(struct)) {
      return new ImageStructs();
    }
    SchemaUtils.checkColumnTypes(schema, name, JavaConverters.asScalaBuffer(TYPES).toSeq(), "");
    throw new IllegalStateException("a column of " + type + " holds no examples");
  }

  /** Whether the fields are those of Spark's images, nullable or not. */
  private static boolean isImage(StructType struct) {
    StructType image = ImageSchema.columnSchema();
    return Arrays.equals(struct.fieldNames(), image.fieldNames())
        && Arrays.stream(image.fieldNames())
            .allMatch(
                field -> struct.apply(field).dataType().equals(image.apply(field).dataType()));
  }

  /** The row's example, or what is wrong with it. */
  DecodedExample decode(Row row) {
    String key = keyPlace < 0 ? null : row.getString(keyPlace);
    String called = key == null ? "Column " + name : key;
    try {
      if (keyPlace >= 0 && key == null) {
        throw new DataException(called + ": its key is null; allowed: text");
      }
      if (row.isNullAt(place)) {
        throw new DataException(called + ": null; allowed: an example");
      }
      Example example = reader.read(called, row, place).labelled(label(row));
      return DecodedExample.of(key == null ? example.named(example.contentHash()) : example);
    } catch (DataException e) {
      return DecodedExample.failed(called, e.getMessage());
    }
  }

  /** The class, of which MLlib's double is a whole number; null if there is none. */
  private String label(Row row) {
    if (labelPlace < 0 || row.isNullAt(labelPlace)) {
      return null;
    }
    Object label = row.get(labelPlace);
    return label instanceof Double number && number == Math.rint(number)
        ? String.valueOf(number.longValue())
        : label.toString();
  }
}
