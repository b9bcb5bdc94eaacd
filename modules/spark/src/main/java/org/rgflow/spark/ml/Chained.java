package org.rgflow.spark.ml;

import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * Params that are set one after the other: {@code new RgFlow().setSeed(7).setMaxIter(50)}.
 *
 * <p>A Param is equal to any other of its owner and name, so each call of its method may make a new
 * one. What it means is its doc, which {@code explainParams} prints.
 *
 * @param <T> the stage itself, which setters return
 */
public interface Chained<T extends Chained<T>> extends Params {
  /** Sets any Param; returns the stage. */
  @SuppressWarnings("unchecked") // T is the stage
  default <V> T with(Param<V> param, V value) {
    set(param, value);
    return (T) this;
  }
}
