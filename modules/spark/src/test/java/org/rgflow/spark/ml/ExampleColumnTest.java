package org.rgflow.spark.ml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.rgflow.data.Shape;
import org.rgflow.spark.score.SmallModels;

class ExampleColumnTest {
  private static StructType schema(int size) {
    return new StructType()
        .add("key", DataTypes.StringType)
        .add(new AttributeGroup("features", size).toStructField());
  }

  @Test
  void aVectorColumnOfAnotherSizeIsRefusedAsMllibRefusesSchemas() {
    RgFlow stage = new RgFlow().setShape(1, 8, 8);
    assertThatThrownBy(() -> stage.transformSchema(schema(784)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Column features has size 784 but Param shape asks for 64 (8x8x1)");
    RgFlowModel model = new RgFlowModel("m", SmallModels.ofPixels(), List.of());
    assertThatThrownBy(() -> model.transformSchema(schema(784)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Column features has size 784 but the model was trained on 64 (8x8x1)");
  }

  @Test
  void aVectorColumnOfTheSizeIsTaken() {
    RgFlow stage = new RgFlow().setShape(1, 8, 8);
    assertThat(stage.transformSchema(schema(64)).fieldNames()).contains("logLikelihood");
  }

  @Test
  void aRowOfAnotherSizeIsAnExampleThatCannotBeRead() {
    NumberCells numbers = new NumberCells("features", new Shape(1, 2, 2), "the test wants", true);
    ExampleColumn column =
        new ExampleColumn(
            ImageRows.Kind.VECTOR.schema(), new RgFlow().setKeyCol("key"), numbers, false);
    assertThat(column.decode(RowFactory.create("short", Vectors.zeros(3))).error())
        .isEqualTo("Column features has size 3 but the test wants 4 (2x2x1)");
  }
}
