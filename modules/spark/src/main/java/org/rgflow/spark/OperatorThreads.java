package org.rgflow.spark;

import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * How many threads one of ND4J's operators takes: ND4J's own loops, oneDNN and OpenBLAS each have a
 * number of their own.
 */
public final class OperatorThreads {
  private OperatorThreads() {}

  /** So many on the processor, as {@code OMP_NUM_THREADS} does before the start. */
  public static void use(int threads) {
    if (!Nd4j.getEnvironment().isCPU()) {
      return;
    }
    Nd4j.getEnvironment().setMaxMasterThreads(threads);
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads); // of this thread
    Nd4j.factory().blas().setMaxThreads(threads);
  }
}
