package org.rgflow.data;

import java.util.NoSuchElementException;

/** The examples of one file, in order, each decoded when asked for. */
public interface ExampleReader extends AutoCloseable {
  /** Number of examples in the file, read or not. */
  int count();

  /** Whether {@link #next()} has another example. */
  boolean hasNext();

  /**
   * Passes over the next n examples without decoding them.
   *
   * @throws DataException if fewer are left, or the file ends early
   */
  void skip(int n);

  /**
   * The next example.
   *
   * @throws NoSuchElementException after the last one
   * @throws DataException if the file ends early or holds what no example may
   */
  Example next();

  /** Closes the file. */
  @Override
  void close();
}
