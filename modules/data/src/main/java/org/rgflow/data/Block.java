package org.rgflow.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Examples of one shape and kind, side by side in one array: what a shard holds.
 *
 * <p>Example i takes the elements from i D to (i + 1) D. A plain class, as Kryo 4 cannot read
 * records.
 */
public final class Block implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Shape geometry;
  private final String[] keys;
  private final byte[] pixels;
  private final float[] values;

  /** The class of each example; null if none is known. */
  private final String[] labels;

  private Block(Shape geometry, String[] keys, byte[] pixels, float[] values, String[] labels) {
    this.labels = labels;
    this.geometry = geometry;
    this.keys = keys;
    this.pixels = pixels;
    this.values = values;
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private Block() {
    this(null, null, null, null, null);
  }

  /** Number of examples, at least one. */
  public int size() {
    return keys.length;
  }

  /** The shape of every example. */
  public Shape geometry() {
    return geometry;
  }

  /** Whether the examples are 8-bit pixels, not real numbers. */
  public boolean isPixels() {
    return pixels != null;
  }

  /** The key of example i. */
  public String key(int i) {
    return keys[i];
  }

  /** The class of example i; null if that is not known. */
  public String label(int i) {
    return labels == null ? null : labels[i];
  }

  /** Example i, with its own copy of the elements. */
  public Example get(int i) {
    int from = i * geometry.dimensions();
    int to = from + geometry.dimensions();
    Example example =
        isPixels()
            ? Example.ofPixels(keys[i], geometry, Arrays.copyOfRange(pixels, from, to))
            : Example.ofValues(keys[i], geometry, Arrays.copyOfRange(values, from, to));
    return labels == null ? example : example.labelled(label(i));
  }

  /** Gathers examples of the first one's shape and kind. */
  public static final class Builder {
    private final List<Example> examples = new ArrayList<>();

    /**
     * Appends an example.
     *
     * @throws DataException if its shape or kind is not that of the first, or the block would hold
     *     more than 2^31 - 1 elements
     */
    public Builder add(Example example) {
      if (!examples.isEmpty()) {
        Example first = examples.get(0);
        example.geometry().requireSame(example.key(), first.geometry());
        if (example.isPixels() != first.isPixels()) {
          throw new DataException(
              example + " does not go with " + first + "; allowed: one kind in a block");
        }
      }
      long elements = (examples.size() + 1L) * example.dimensions();
      if (elements > Integer.MAX_VALUE) {
        throw new DataException(
            example.key()
                + ": block would hold "
                + elements
                + " elements; allowed: "
                + Integer.MAX_VALUE);
      }
      examples.add(example);
      return this;
    }

    public int size() {
      return examples.size();
    }

    /**
     * The block of the examples so far.
     *
     * @throws DataException if there is none
     */
    public Block build() {
      if (examples.isEmpty()) {
        throw new DataException("block of 0 examples; allowed: at least 1");
      }
      Shape geometry = examples.get(0).geometry();
      boolean isPixels = examples.get(0).isPixels();
      int dimensions = geometry.dimensions();
      int elements = examples.size() * dimensions;
      byte[] pixels = isPixels ? new byte[elements] : null;
      float[] values = isPixels ? null : new float[elements];
      String[] keys = new String[examples.size()];
      String[] labels = new String[keys.length];
      Map<String, String> names = new HashMap<>();
      for (int i = 0; i < keys.length; i++) {
        Example example = examples.get(i);
        keys[i] = example.key();
        labels[i] = names.computeIfAbsent(example.label(), label -> label); // one object of each
        if (isPixels) {
          System.arraycopy(example.pixels(), 0, pixels, i * dimensions, dimensions);
        } else {
          System.arraycopy(example.values(), 0, values, i * dimensions, dimensions);
        }
      }
      boolean isLabelled = !names.isEmpty();
      return new Block(geometry, keys, pixels, values, isLabelled ? labels : null);
    }
  }
}
