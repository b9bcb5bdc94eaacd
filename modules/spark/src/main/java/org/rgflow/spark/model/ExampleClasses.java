package org.rgflow.spark.model;

import java.util.List;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;
import org.rgflow.flow.FlowConfig;

/** Of which of a model's classes examples are, by their labels. */
public final class ExampleClasses {
  private ExampleClasses() {}

  /**
   * The place of an example's class among the model's.
   *
   * @throws DataException if it is none of them
   */
  public static int of(FlowConfig model, Example example) {
    String label = example.label();
    int place = label == null ? -1 : model.classes().indexOf(label);
    if (place < 0) {
      throw new DataException(
          example.key()
              + ": is of "
              + (label == null ? "no known class" : "class " + label)
              + "; allowed: "
              + model.classes()
              + ", as model.classes");
    }
    return place;
  }

  /** The places of examples' classes, as {@link #of}. */
  static int[] of(FlowConfig model, List<Example> examples) {
    return examples.stream().mapToInt(example -> of(model, example)).toArray();
  }
}
