package org.rgflow.spark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

class OperatorThreadsTest {
  @AfterEach
  void useOne() {
    OperatorThreads.use(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 1})
  void loopsConvolutionsAndProductsTakeAsManyAsAreAskedFor(int threads) {
    Nd4j.getBackend();
    NativeOps natives = NativeOpsHolder.getInstance().getDeviceNativeOps();
    OperatorThreads.use(threads);
    assertThat(natives.ompGetMaxThreads()).isEqualTo(threads);
    assertThat(Nd4j.factory().blas().getMaxThreads()).isEqualTo(threads);
    assertThat(Nd4j.getEnvironment().maxMasterThreads())
        .isEqualTo(Math.min(threads, Nd4j.getEnvironment().maxThreads()));
  }
}
