package org.rgflow.spark.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.HadoopReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.data.ExampleFormat;
import org.rgflow.data.Shape;

/**
 * Rows of a Parquet file.
 *
 * <p>Column {@code image}, else {@code features}: binary is an encoded PNG or JPEG, an array of
 * float or double is D real values of shape 1xD. Column {@code key}, else {@code path}, of strings
 * names the examples, if there is one, and column {@code label}, of strings or integers, their
 * classes. Whole row groups are passed over unread, and pages whose checksum is wrong are not
 * believed.
 */
final class ParquetSource implements ExampleSource {
  private static final String ALLOWED =
      "; allowed: column image of binary (PNG or JPEG), or image or features of array<float> or"
          + " array<double>";

  private static final String LABEL = "label";

  private final String name;
  private final int channels;
  private final ParquetFileReader file;
  private final int count;
  private final Type elements;
  private final String keyColumn;
  private final boolean hasLabels;
  private final MessageType wanted;
  private final MessageColumnIO columns;
  private RecordReader<Group> rows;
  private int rowGroup;
  private long leftInGroup;

  /** Why no further row of the group can be read: its columns are not at the same row any more. */
  private DataException broken;

  ParquetSource(Path path, String name, Configuration hadoop, int channels) throws IOException {
    this.name = name;
    this.channels = channels;
    this.file = openFile(path, name, hadoop);
    try {
      if (file.getRecordCount() > Integer.MAX_VALUE) {
        throw new DataException(
            name + ": " + file.getRecordCount() + " rows; allowed: " + Integer.MAX_VALUE);
      }
      this.count = (int) file.getRecordCount();
      MessageType schema = file.getFooter().getFileMetaData().getSchema();
      this.elements = elements(name, schema);
      this.keyColumn =
          Stream.of("key", "path")
              .filter(schema::containsField)
              .filter(column -> isBinary(schema.getType(column)))
              .findFirst()
              .orElse(null);
      List<Type> fields = new ArrayList<>(List.of(elements));
      if (keyColumn != null) {
        fields.add(schema.getType(keyColumn));
      }
      this.hasLabels = schema.containsField(LABEL) && isName(schema.getType(LABEL));
      if (hasLabels) {
        fields.add(schema.getType(LABEL));
      }
      this.wanted = new MessageType(schema.getName(), fields);
      this.columns = new ColumnIOFactory().getColumnIO(wanted, schema);
      file.setRequestedSchema(wanted);
    } catch (DataException e) {
      file.close();
      throw e;
    }
  }

  private static ParquetFileReader openFile(Path path, String name, Configuration hadoop)
      throws IOException {
    HadoopInputFile input = HadoopInputFile.fromPath(path, hadoop);
    try {
      return ParquetFileReader.open(
          input, HadoopReadOptions.builder(hadoop).usePageChecksumVerification().build());
    } catch (RuntimeException e) {
      throw unreadable(name, e);
    }
  }

  private static Type elements(String name, MessageType schema) {
    for (String column : List.of("image", "features")) {
      if (schema.containsField(column)) {
        Type type = schema.getType(column);
        boolean isEncoded = column.equals("image") && isBinary(type);
        if (!isEncoded && !isNumeric(leaf(type))) {
          throw new DataException(name + ": column " + column + " has another type" + ALLOWED);
        }
        return type;
      }
    }
    List<String> found = schema.getFields().stream().map(Type::getName).toList();
    throw new DataException(name + ": columns " + found + ALLOWED);
  }

  private static boolean isBinary(Type type) {
    return type.isPrimitive()
        && type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
  }

  private static boolean isName(Type type) {
    return isBinary(type)
        || type.isPrimitive()
            && (type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT32
                || type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT64);
  }

  private static boolean isNumeric(Type leaf) {
    return leaf != null
        && (leaf.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.FLOAT
            || leaf.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.DOUBLE);
  }

  /**
   * What an array is of: of lists in three levels, as written today, or in two, as once; null of
   * what is no array, or one of more than numbers.
   */
  private static Type leaf(Type type) {
    if (type.isPrimitive() || type.asGroupType().getFieldCount() != 1) {
      return null;
    }
    Type repeated = type.asGroupType().getType(0);
    if (!repeated.isRepetition(Type.Repetition.REPEATED)) {
      return null;
    }
    if (repeated.isPrimitive()) {
      return repeated;
    }
    boolean isOfNumbers =
        repeated.asGroupType().getFieldCount() == 1
            && repeated.asGroupType().getType(0).isPrimitive();
    return isOfNumbers ? repeated.asGroupType().getType(0) : null;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public void skip(int n) {
    int left = n;
    while (left > 0) {
      if (leftInGroup == 0 && left >= rowsOfNextGroup()) {
        left -= (int) rowsOfNextGroup();
        file.skipNextRowGroup();
        rowGroup++;
      } else {
        pass();
        left--;
      }
    }
  }

  private void pass() {
    try {
      read();
    } catch (DataException e) {
      // those after it tell of the damage too
    }
  }

  private long rowsOfNextGroup() {
    return file.getRowGroups().get(rowGroup).getRowCount();
  }

  private Group read() {
    try {
      while (leftInGroup == 0) {
        openNextGroup();
      }
      leftInGroup--;
      if (broken == null) {
        return rows.read();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      broken = unreadable(name, e);
    }
    throw broken;
  }

  private void openNextGroup() throws IOException {
    leftInGroup = rowsOfNextGroup();
    rowGroup++;
    broken = null;
    PageReadStore pages;
    try {
      pages = file.readNextRowGroup();
    } catch (RuntimeException e) {
      file.skipNextRowGroup();
      broken = unreadable(name, e);
      return;
    }
    rows = columns.getRecordReader(pages, new GroupRecordConverter(wanted));
  }

  private static DataException unreadable(String name, RuntimeException cause) {
    return new DataException(name + ": cannot be read as Parquet: " + cause.getMessage(), cause);
  }

  @Override
  public DecodedExample next(String key) {
    String found = key;
    try {
      Group row = read();
      if (keyColumn != null && row.getFieldRepetitionCount(keyColumn) > 0) {
        found = row.getString(keyColumn, 0);
      }
      return DecodedExample.of(decode(found, row).labelled(label(row)));
    } catch (DataException e) {
      return DecodedExample.failed(found, e.getMessage());
    }
  }

  private String label(Group row) {
    return hasLabels && row.getFieldRepetitionCount(LABEL) > 0
        ? row.getValueToString(wanted.getFieldIndex(LABEL), 0)
        : null;
  }

  private Example decode(String key, Group row) {
    String column = elements.getName();
    if (row.getFieldRepetitionCount(column) == 0) {
      throw new DataException(key + ": column " + column + " is null; allowed: an image");
    }
    if (isBinary(elements)) {
      return ExampleFormat.image(key, row.getBinary(column, 0).getBytes(), channels);
    }
    float[] values = Example.requireFinite(key + ":", values(key, row.getGroup(column, 0)));
    return Example.ofValues(key, new Shape(1, values.length), values);
  }

  private static float[] values(String key, Group list) {
    float[] values = new float[list.getFieldRepetitionCount(0)];
    boolean isNested = !list.getType().getType(0).isPrimitive();
    for (int i = 0; i < values.length; i++) {
      values[i] = isNested ? value(key, list.getGroup(0, i), 0) : value(key, list, i);
    }
    return values;
  }

  private static float value(String key, Group group, int i) {
    if (group.getFieldRepetitionCount(0) <= i) {
      throw new DataException(key + ": has null in its array; allowed: finite float32 values");
    }
    boolean isDouble =
        group.getType().getType(0).asPrimitiveType().getPrimitiveTypeName()
            == PrimitiveTypeName.DOUBLE;
    return isDouble ? (float) group.getDouble(0, i) : group.getFloat(0, i);
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(name + ": " + e.getMessage(), e);
    }
  }
}
