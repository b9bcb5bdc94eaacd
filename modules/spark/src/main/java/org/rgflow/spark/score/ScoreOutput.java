package org.rgflow.spark.score;

import org.rgflow.spark.ingest.FileInventory;

/**
 * Where scores go, and in what parts.
 *
 * @param folder of any Hadoop file system
 * @param partitions tasks, and files, of a chunk
 * @param chunk examples committed at once, which a job that was killed need not score again; a job
 *     that goes on keeps the one it began with
 * @param overwrite whether to replace an output that exists, which is deleted first
 * @param latents whether rows have their latents
 * @param earlier files that are left out because an earlier output has them, kept with this one's
 */
public record ScoreOutput(
    String folder,
    int partitions,
    int chunk,
    boolean overwrite,
    boolean latents,
    FileInventory earlier) {
  /** Checks the numbers. */
  public ScoreOutput {
    if (partitions < 1) {
      throw new IllegalArgumentException("score.partitions must be at least 1, was " + partitions);
    }
    if (chunk < 1) {
      throw new IllegalArgumentException("score.chunk must be at least 1, was " + chunk);
    }
  }

  /** All examples as one chunk, in a folder where nothing is yet. */
  public static ScoreOutput whole(String folder, int partitions) {
    return new ScoreOutput(
        folder, partitions, Integer.MAX_VALUE, false, false, FileInventory.empty());
  }

  /** The same, replacing what is there. */
  public ScoreOutput overwriting() {
    return new ScoreOutput(folder, partitions, chunk, true, latents, earlier);
  }

  /** The same in chunks of so many examples. */
  public ScoreOutput inChunks(int examples) {
    return new ScoreOutput(folder, partitions, examples, overwrite, latents, earlier);
  }

  /** The same with the latents in a column. */
  public ScoreOutput withLatents() {
    return new ScoreOutput(folder, partitions, chunk, overwrite, true, earlier);
  }
}
