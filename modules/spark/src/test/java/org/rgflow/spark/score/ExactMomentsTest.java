package org.rgflow.spark.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ExactMomentsTest {
  private static ExactMoments of(double... values) {
    ExactMoments moments = new ExactMoments();
    DoubleStream.of(values).forEach(moments::add);
    return moments;
  }

  @Test
  void meanAndStandardErrorAreThoseOfTheTextbook() {
    ExactMoments moments = of(1, 2, 3, 4);
    moments.addMissing();
    assertThat(moments.rows()).isEqualTo(5);
    assertThat(moments.missing()).isEqualTo(1);
    assertThat(moments.mean()).isEqualTo(2.5);
    // sample variance 5/3 of four numbers
    assertThat(moments.standardError()).isCloseTo(Math.sqrt(5.0 / 12), within(1e-15));
  }

  @Test
  void aSmallSpreadAboutALargeMeanIsKept() {
    assertThat(of(1e9, 1e9 + 1e-3).standardError()).isCloseTo(5e-4, within(1e-7));
    assertThat(of(0.1, 0.1, 0.1).standardError()).isZero();
  }

  @Test
  void neitherOrderNorPartsMatter() {
    double[] values = {1e16, 1, -1e16, 0.1, 1e-300, 3};
    ExactMoments parts = new ExactMoments();
    parts.merge(of(0.1, 3).packed());
    parts.merge(of(-1e16, 1).packed());
    parts.merge(of(1e-300, 1e16).packed());
    assertThat(parts.mean()).isEqualTo(of(values).mean());
    assertThat(parts.mean()).isCloseTo(4.1 / 6, within(1e-15));
    assertThat(parts.standardError()).isEqualTo(of(values).standardError());
  }

  @Test
  void tooFewNumbersGiveNone() {
    assertThat(of().mean()).isNaN();
    assertThat(of(1).standardError()).isNaN();
  }
}
