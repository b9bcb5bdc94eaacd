package org.rgflow.spark.sample;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.rgflow.data.DataException;
import org.rgflow.data.ExampleTransform;
import org.rgflow.data.PixelTransform;
import org.rgflow.data.PngImage;
import org.rgflow.data.Shape;
import org.rgflow.data.ValueTransform;
import org.rgflow.flow.FlowConfig;
import org.rgflow.flow.ode.SolveException;
import org.rgflow.flow.ode.SolverConfig;
import org.rgflow.spark.BatchIterator;
import org.rgflow.spark.model.FlowModel;

/**
 * Rows of keys and latents as rows of keys and what the latents are of.
 *
 * <p>A row is a function of its latents, the model and the solver alone: the flow always sees
 * batches of one size, or examples singly where a processor's products round a row by its place.
 */
final class LatentRows implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Examples decoded at once: enough for the engine's full speed. */
  private static final int BATCH = 32;

  private final FlowConfig model;
  private final SolverConfig solver;
  private final ExampleTransform transform;
  private final Shape shape;
  private final boolean isPng;

  LatentRows(FlowModel model, SolverConfig solver) {
    this.model = model.layer().flow();
    this.solver = solver;
    this.transform = model.transform();
    this.shape = model.shape();
    this.isPng = model.isOfPictures();
  }

  /** {@code key}; {@code image}, a PNG, or {@code features}; {@code error}. */
  StructType schema() {
    return new StructType()
        .add("key", DataTypes.StringType)
        .add(
            isPng ? "image" : "features",
            isPng ? DataTypes.BinaryType : DataTypes.createArrayType(DataTypes.FloatType))
        .add("error", DataTypes.StringType);
  }

  /**
   * The rows of this task.
   *
   * @param rows a key, an array of double, null where there is none, and the class, if any
   */
  Iterator<Row> decode(Iterator<Row> rows, double[] parameters) {
    if (!rows.hasNext()) {
      return Collections.emptyIterator();
    }
    Decoder decoder = Decoder.inTask(model, solver, parameters);
    int batch = decoder.isPlaceIndependent(BATCH) ? BATCH : 1;
    return new BatchIterator<>(rows, batch, some -> decode(decoder, batch, some));
  }

  private List<Row> decode(Decoder decoder, int batch, List<Row> rows) {
    Row[] decoded = new Row[rows.size()];
    List<Integer> places = new ArrayList<>();
    List<double[]> latents = new ArrayList<>();
    for (int i = 0; i < decoded.length; i++) {
      try {
        latents.add(latents(rows.get(i)));
        places.add(i);
      } catch (DataException e) {
        decoded[i] = failed(rows.get(i), e);
      }
    }
    try {
      float[] x = new float[0];
      if (!latents.isEmpty()) {
        decoder.condition(classes(rows, places, batch));
        x = decoder.decode(filled(latents, batch));
      }
      for (int i = 0; i < places.size(); i++) {
        Row row = rows.get(places.get(i));
        decoded[places.get(i)] = RowFactory.create(row.getString(0), example(x, i), null);
      }
    } catch (SolveException e) {
      // a solve fails for the whole batch; then each is solved alone, to find the guilty
      for (int place : places) {
        decoded[place] =
            places.size() == 1
                ? failed(rows.get(place), e)
                : decode(decoder, batch, List.of(rows.get(place))).get(0);
      }
    }
    return Arrays.asList(decoded);
  }

  private static Row failed(Row row, RuntimeException reason) {
    return RowFactory.create(row.getString(0), null, reason.getMessage());
  }

  private double[] latents(Row row) {
    String key = row.getString(0);
    if (row.isNullAt(1)) {
      throw new DataException(key + ": has no latents; allowed: " + model.dimensions());
    }
    List<Double> values = row.getList(1);
    requireClass(row);
    if (values.size() != model.dimensions() || values.contains(null)) {
      throw new DataException(
          key + ": has " + values.size() + " latents; allowed: " + model.dimensions() + " numbers");
    }
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private void requireClass(Row row) {
    if (!model.classes().isEmpty()
        && (row.isNullAt(2) || !model.classes().contains(row.getString(2)))) {
      throw new DataException(
          row.getString(0) + ": class " + row.get(2) + "; allowed: " + model.classes());
    }
  }

  /** The classes of a batch, filled up with the last example's; none of a model without. */
  private int[] classes(List<Row> rows, List<Integer> places, int batch) {
    int last = places.size() - 1;
    return IntStream.range(0, model.classes().isEmpty() ? 0 : batch)
        .map(n -> model.classes().indexOf(rows.get(places.get(Math.min(n, last))).getString(2)))
        .toArray();
  }

  /** A batch of the flow's size, filled up with the last example's latents. */
  private double[] filled(List<double[]> latents, int batch) {
    double[] all = new double[batch * model.dimensions()];
    for (int n = 0; n < batch; n++) {
      double[] one = latents.get(Math.min(n, latents.size() - 1));
      System.arraycopy(one, 0, all, n * model.dimensions(), model.dimensions());
    }
    return all;
  }

  private Object example(float[] x, int n) {
    int from = n * model.dimensions();
    float[] numbers = new float[model.dimensions()];
    if (transform instanceof ValueTransform values) {
      values.inverse(x, from, numbers);
      return numbers;
    }
    byte[] pixels = new byte[model.dimensions()];
    ((PixelTransform) transform).inverse(x, from, pixels);
    if (isPng) {
      return PngImage.encode(pixels, shape);
    }
    for (int i = 0; i < pixels.length; i++) {
      numbers[i] = pixels[i] & 0xFF;
    }
    return numbers;
  }
}
