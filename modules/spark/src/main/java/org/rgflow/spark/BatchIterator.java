package org.rgflow.spark;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/**
 * What elements are turned into, a batch of them at a time, in their order.
 *
 * @param <S> elements
 * @param <R> what they are turned into
 */
public final class BatchIterator<S, R> implements Iterator<R> {
  private final Iterator<S> sources;
  private final int batch;
  private final Function<List<S>, List<R>> turn;
  private Iterator<R> ready = Collections.emptyIterator();

  /**
   * Nothing is read before it is asked for.
   *
   * @param batch elements turned at once; at the end there are fewer
   * @param turn of 1 to {@code batch} elements
   */
  public BatchIterator(Iterator<S> sources, int batch, Function<List<S>, List<R>> turn) {
    this.sources = sources;
    this.batch = batch;
    this.turn = turn;
  }

  @Override
  public boolean hasNext() {
    while (!ready.hasNext() && sources.hasNext()) {
      List<S> some = new ArrayList<>();
      while (some.size() < batch && sources.hasNext()) {
        some.add(sources.next());
      }
      ready = turn.apply(some).iterator();
    }
    return ready.hasNext();
  }

  @Override
  public R next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all elements are turned");
    }
    return ready.next();
  }
}
