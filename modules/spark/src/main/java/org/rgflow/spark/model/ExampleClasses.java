package org.rgflow.spark.model;

import java.util.List;
import org.rgflow.data.Block;
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
    return of(model, example.key(), example.label());
  }

  /**
   * Checks that every example of a block is of one of the model's classes, without a copy of any.
   *
   * @throws DataException if one is not
   */
  public static void require(FlowConfig model, Block block) {
    for (int i = 0; i < block.size(); i++) {
      of(model, block.key(i), block.label(i));
    }
  }

  private static int of(FlowConfig model, String key, String label) {
    int place = label == null ? -1 : model.classes().indexOf(label);
    if (place < 0) {
      throw new DataException(
          key
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
