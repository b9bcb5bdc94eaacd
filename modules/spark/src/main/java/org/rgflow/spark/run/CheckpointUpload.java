package org.rgflow.spark.run;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Writes checkpoints while the next rounds run: one at a time, in order.
 *
 * <p>A failure to write is thrown where the next checkpoint begins, or at the end.
 */
public final class CheckpointUpload implements AutoCloseable {
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread uploading = new Thread(task, "rgflow-checkpoint");
            uploading.setDaemon(true);
            return uploading;
          });
  private final BiConsumer<Integer, String> written;
  private int round;
  private Future<String> pending;

  /**
   * @param written told of a round's checkpoint and its path when that is complete, on the thread
   *     of the caller
   */
  public CheckpointUpload(BiConsumer<Integer, String> written) {
    this.written = written;
  }

  /** Begins to write; first the one before must have ended. */
  public void begin(int ofRound, Supplier<String> write) {
    await();
    round = ofRound;
    pending = thread.submit(write::get);
  }

  /** Waits until all are written. */
  public void await() {
    if (pending == null) {
      return;
    }
    Future<String> awaited = pending;
    pending = null;
    try {
      written.accept(round, awaited.get());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException unchecked
          ? unchecked
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a checkpoint was written", e);
    }
  }

  /** Lets the last one end, whatever else went wrong. */
  @Override
  public void close() {
    thread.shutdown();
    await();
  }
}
