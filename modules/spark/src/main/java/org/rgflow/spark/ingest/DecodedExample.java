package org.rgflow.spark.ingest;

import java.io.Serializable;
import org.rgflow.data.DataException;
import org.rgflow.data.Example;

/**
 * An example, or its key with what is wrong with it.
 *
 * <p>A plain class, as Kryo 4 cannot read records.
 */
public final class DecodedExample implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String key;
  private final Example example;
  private final String error;

  private DecodedExample(String key, Example example, String error) {
    this.key = key;
    this.example = example;
    this.error = error;
  }

  /** For serialisers that fill the fields themselves. */
  @SuppressWarnings("unused")
  private DecodedExample() {
    this(null, null, null);
  }

  /** An example that could be read. */
  public static DecodedExample of(Example example) {
    return new DecodedExample(example.key(), example, null);
  }

  /** What is wrong with an example that could not be read, in one line. */
  public static DecodedExample failed(String key, String error) {
    return new DecodedExample(key, null, error);
  }

  /** The example's stable name, also where it could not be read. */
  public String key() {
    return key;
  }

  /** What is wrong with the example, one line; null if nothing. */
  public String error() {
    return error;
  }

  /** The example; null if there is an {@link #error()}. */
  public Example example() {
    return example;
  }

  /** The example, or an exception with the {@link #error()}. */
  Example require() {
    if (error != null) {
      throw new DataException(error);
    }
    return example;
  }
}
