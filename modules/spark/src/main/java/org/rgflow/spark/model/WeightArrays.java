package org.rgflow.spark.model;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.GaussianTransform;
import org.rgflow.data.LogitTransform;
import org.rgflow.data.NpyArray;
import org.rgflow.data.Standardisation;
import org.rgflow.data.ValueTransform;
import org.rgflow.flow.ParameterLayout;

/** A model's numbers by name, for readers that know NumPy and not DL4J. */
public final class WeightArrays {
  private WeightArrays() {}

  /**
   * The parameters in their own precision, such as {@code level0.hyper.out.bias}, in the order of
   * {@link ParameterLayout}; and what becomes of pixels: {@code pixels.alpha} with {@code
   * pixels.mean} and {@code pixels.deviation}, float64, or {@code pixels.atom}, {@code pixels.tail}
   * and {@code pixels.counts}, int64 (C, 256); of standardised real values {@code values.mean} and
   * {@code values.deviation}.
   */
  public static Map<String, NpyArray> of(FlowModel model) {
    Map<String, NpyArray> arrays = new LinkedHashMap<>();
    boolean isDouble = model.network().params().dataType() == DataType.DOUBLE;
    double[] all = model.parameters();
    for (ParameterLayout.Tensor tensor : new ParameterLayout(model.layer().flow()).tensors()) {
      int from = (int) tensor.offset();
      double[] part = Arrays.copyOfRange(all, from, from + tensor.length());
      NpyArray array = NpyArray.of(part, tensor.shape());
      arrays.put(tensor.name(), isDouble ? array : NpyArray.of(array.floats(), tensor.shape()));
    }
    addTransform(model.transform(), arrays);
    return arrays;
  }

  private static void addTransform(ExampleTransform transform, Map<String, NpyArray> arrays) {
    if (transform instanceof LogitTransform logit) {
      arrays.put("pixels.alpha", NpyArray.of(new double[] {logit.alpha()}));
      add("pixels", logit.standardisation(), arrays);
    } else if (transform instanceof GaussianTransform gaussian) {
      long[] counts = gaussian.counts().values();
      arrays.put("pixels.alpha", NpyArray.of(new double[] {gaussian.alpha()}));
      arrays.put("pixels.atom", NpyArray.of(new double[] {gaussian.atom()}));
      arrays.put("pixels.tail", NpyArray.of(new double[] {gaussian.tail()}));
      arrays.put("pixels.counts", NpyArray.of(counts, gaussian.counts().channels(), 256));
    } else if (transform instanceof ValueTransform values && !values.standardisation().isNone()) {
      add("values", values.standardisation(), arrays);
    }
  }

  private static void add(String name, Standardisation affine, Map<String, NpyArray> arrays) {
    arrays.put(name + ".mean", NpyArray.of(affine.mean(), affine.channels()));
    arrays.put(name + ".deviation", NpyArray.of(affine.deviation(), affine.channels()));
  }
}
