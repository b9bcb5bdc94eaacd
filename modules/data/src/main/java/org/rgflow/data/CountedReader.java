package org.rgflow.data;

import java.util.NoSuchElementException;

/** A reader of a file whose header counts its examples: keeps the position, checks every move. */
abstract class CountedReader implements ExampleReader {
  private final String name;
  private final int count;
  private int position;

  CountedReader(String name, int count) {
    this.name = name;
    this.count = count;
  }

  /** Moves past the n examples from an index on. */
  abstract void pass(int index, int n);

  /** Decodes the example at the current position. */
  abstract Example read(int index);

  @Override
  public final int count() {
    return count;
  }

  @Override
  public final boolean hasNext() {
    return position < count;
  }

  @Override
  public final void skip(int n) {
    if (n < 0 || n > count - position) {
      throw new DataException(name + ": skip must be in [0, " + (count - position) + "], was " + n);
    }
    pass(position, n);
    position += n;
  }

  @Override
  public final Example next() {
    if (!hasNext()) {
      throw new NoSuchElementException(name + ": all " + count + " examples are read");
    }
    return read(position++);
  }
}
