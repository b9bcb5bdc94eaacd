package org.rgflow.spark.ml;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.util.SchemaUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.rgflow.spark.score.ExampleScorer;
import org.rgflow.spark.score.Score;

/**
 * The columns that a stage adds, in the order of {@link Output}.
 *
 * @param names of the columns of {@code outputs}
 * @param rule of anomalies; null where there is no prediction
 */
record OutputColumns(List<Output> outputs, List<String> names, AnomalyRule rule)
    implements Serializable {

  /**
   * Those of a stage that have a name.
   *
   * @param rule of anomalies; null for none, and then no prediction
   */
  static OutputColumns of(ScoringParams<?> stage, AnomalyRule rule) {
    List<Output> named =
        Arrays.stream(Output.values())
            .filter(output -> !stage.getOrDefault(output.param(stage)).isEmpty())
            .filter(output -> output != Output.PREDICTION || rule != null)
            .toList();
    List<String> names =
        named.stream().map(output -> stage.getOrDefault(output.param(stage))).toList();
    return new OutputColumns(named, names, rule);
  }

  /**
   * The schema with these columns.
   *
   * @throws IllegalArgumentException in MLlib's words if one of them is there already
   */
  StructType append(StructType schema) {
    StructType all = schema;
    for (int i = 0; i < outputs.size(); i++) {
      all = SchemaUtils.appendColumn(all, names.get(i), outputs.get(i).type(), true);
    }
    return all;
  }

  /** The row with what its example's score says. */
  Row append(Row row, Score score, ExampleScorer scorer) {
    Object[] values = new Object[row.size() + outputs.size()];
    for (int i = 0; i < row.size(); i++) {
      values[i] = row.get(i);
    }
    for (int i = 0; i < outputs.size(); i++) {
      values[row.size() + i] = outputs.get(i).of(score, scorer, rule);
    }
    return RowFactory.create(values);
  }
}
