package org.rgflow.spark.ml;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.image.ImageSchema;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.rgflow.spark.ingest.SmallImages;

/** Data frames of small images: {@code key}, such as {@code 03.png}, and {@code features}. */
final class ImageRows {
  /** The types of column that hold images. */
  enum Kind {
    FLOATS(DataTypes.createArrayType(DataTypes.FloatType)) {
      @Override
      Object cell(int i, int side) {
        float[] values = new float[side * side];
        for (int k = 0; k < values.length; k++) {
          values[k] = SmallImages.pixels(i, side)[k] & 0xFF;
        }
        return values;
      }
    },
    DOUBLES(DataTypes.createArrayType(DataTypes.DoubleType, false)) {
      @Override
      Object cell(int i, int side) {
        return doubles(i, side);
      }
    },
    VECTOR(SQLDataTypes.VectorType()) {
      @Override
      Object cell(int i, int side) {
        return Vectors.dense(doubles(i, side));
      }
    },
    SPARSE(SQLDataTypes.VectorType()) {
      @Override
      Object cell(int i, int side) {
        return Vectors.dense(doubles(i, side)).toSparse();
      }
    },
    IMAGE(ImageSchema.columnSchema()) {
      @Override
      Object cell(int i, int side) {
        return RowFactory.create(
            i + ".png", side, side, 1, 0, SmallImages.pixels(i, side)); // 0 is CV_8UC1
      }
    },
    ENCODED(DataTypes.BinaryType) {
      @Override
      Object cell(int i, int side) throws IOException {
        return SmallImages.png(i, side);
      }
    };

    private final DataType type;

    Kind(DataType type) {
      this.type = type;
    }

    abstract Object cell(int i, int side) throws IOException;

    StructType schema() {
      return new StructType().add("key", DataTypes.StringType).add("features", type);
    }
  }

  private ImageRows() {}

  static String key(int i) {
    return String.format("%02d.png", i);
  }

  static double[] doubles(int i, int side) {
    byte[] pixels = SmallImages.pixels(i, side);
    double[] values = new double[pixels.length];
    for (int k = 0; k < values.length; k++) {
      values[k] = pixels[k] & 0xFF;
    }
    return values;
  }

  static List<Row> rows(Kind kind, int count, int side) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(RowFactory.create(key(i), kind.cell(i, side)));
    }
    return rows;
  }

  static Dataset<Row> frame(SparkSession spark, Kind kind, int count, int side) throws IOException {
    return spark.createDataFrame(rows(kind, count, side), kind.schema());
  }
}
