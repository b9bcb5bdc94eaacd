package org.rgflow.cli.bench;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.rgflow.flow.tensor.Arena;
import org.rgflow.flow.tensor.Kernel;
import org.rgflow.flow.tensor.Views;

/**
 * What to compare with: the rate of one 3x3 convolution (64, 28, 28, c) to as many channels,
 * float32, channels last, called by itself again and again.
 */
public final class ConvolutionLimit {
  private static final int BATCH = 64;
  private static final int SIZE = 28;
  private static final int TAPS = 9;
  private static final long NANOSECONDS = 400_000_000;

  private ConvolutionLimit() {}

  /** 1e9 floating-point operations a second of the fastest call in 0.4 s. */
  public static double gigaflops(int channels) {
    try (Arena arena = new Arena(DataType.FLOAT)) {
      INDArray in = arena.filled(0.5, BATCH, SIZE, SIZE, channels);
      INDArray weights = arena.filled(0.25, 3, 3, channels, channels);
      INDArray out = arena.zeros(BATCH, SIZE, SIZE, channels);
      Kernel convolution =
          arena.convolve(Views.channelsFirst(in), weights, null, Views.channelsFirst(out));
      long fastest = Long.MAX_VALUE;
      long start = System.nanoTime();
      long before = start;
      while (before - start < NANOSECONDS) {
        convolution.run();
        long after = System.nanoTime();
        fastest = Math.min(fastest, after - before);
        before = after;
      }
      return 2.0 * TAPS * channels * channels * BATCH * SIZE * SIZE / fastest;
    }
  }
}
